"""Stopping as a job of a shell: all processes of it at once, where a shell would take over.

A job is a process group. `uv run wf` or a script has processes of its own in it, and a shell takes
the terminal back only when all of them have stopped.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Final

__all__ = ["has_job_shell", "stop_job", "stop_process"]

_PROC: Final = Path("/proc")
_PARENT: Final = 1
"""Field 4 of proc(5) stat, counted after the command's name."""


def stop_process() -> None:
    """Stop this process alone, as whoever sent it SIGTSTP has meant; it returns when continued."""
    os.kill(os.getpid(), signal.SIGSTOP)


def stop_job() -> None:
    """Stop this process and all others of its group; it returns when the job is continued.

    Not SIGTSTP: a launcher that handles or ignores that would go on, and the shell would wait.
    """
    os.killpg(0, signal.SIGSTOP)


def has_job_shell() -> bool:
    """Whether someone of this session would get the terminal if the job stopped.

    It is so where the first ancestor that is not of the job is of the same session: the shell that
    made the job. Else the group is orphaned (POSIX, 3.264): it is the only program of a terminal,
    as in a pane of tmux, and nobody could continue it.
    """
    group, session = os.getpgrp(), os.getsid(0)
    parent = os.getppid()
    while parent > 1:
        try:
            if os.getsid(parent) != session:
                return False
            if os.getpgid(parent) != group:
                return True
        except OSError:
            return False  # gone meanwhile, or nobody of ours
        parent = _parent_of(parent)
    return False


def _parent_of(process: int) -> int:
    """Return the parent of a process; 0 where the system does not tell."""
    try:
        stat = (_PROC / str(process) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[_PARENT])
