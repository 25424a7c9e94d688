"""Finds and kills the stray processes of dead schedulers by the marks in their environment.

The last resort, after the death of both the scheduler and the shims: no process ids are trusted.
"""

import contextlib
import os
import select
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

from wf_tui.processes import is_running, process_ids, start_time
from wf_tui.values import frozen

__all__ = ["sweep_left", "sweep_marked"]

_ROUNDS = 50
_PATIENCE_MS = 200


@frozen
class _Process:
    """A process is known by its number and start time: numbers are used again."""

    pid: int
    started: str


def sweep_marked(prefix: str, *, exact: bool = False) -> int:
    """Kill this user's processes whose `WF_ATTEMPT` starts with `prefix`; return how many.

    With `exact` the mark has to be `prefix`. Returns when none is left; where processes do not
    show their environment (no /proc) none is found.
    """
    return _sweep(_marked(prefix, exact=exact))


def sweep_left(prefix: str, git_dir: Path) -> int:
    """Kill what a dead scheduler left of its run; return how many, when none is left.

    Programs by their mark, as `sweep_marked`; and git commands on a repository whose `wf` is gone,
    and which may still write: they outlive a killed scheduler for as long as they need, and
    `WF_GIT` says whose they are. One look at all processes is for both.
    """
    has_mark, is_orphan = _marked(prefix), _orphan(git_dir)

    def is_left(variables: list[bytes]) -> bool:
        return has_mark(variables) or is_orphan(variables)

    return _sweep(is_left)


def _marked(prefix: str, *, exact: bool = False) -> Callable[[list[bytes]], bool]:
    """Return what tells a program of an attempt by its environment."""
    if not prefix:
        raise ValueError("a sweep needs a mark")
    wanted = b"WF_ATTEMPT=" + os.fsencode(prefix)

    def has_mark(variables: list[bytes]) -> bool:
        return any(one == wanted if exact else one.startswith(wanted) for one in variables)

    return has_mark


def _orphan(git_dir: Path) -> Callable[[list[bytes]], bool]:
    """Return what tells a git command on this repository, that nobody waits for any more."""
    place = b"GIT_DIR=" + os.fsencode(git_dir)
    mark = b"WF_GIT="

    def is_orphan(variables: list[bytes]) -> bool:
        if place not in variables:
            return False
        owners = [one.removeprefix(mark) for one in variables if one.startswith(mark)]
        return any(not (owner.isdigit() and is_running(int(owner))) for owner in owners)

    return is_orphan


def _sweep(is_stray: Callable[[list[bytes]], bool]) -> int:
    """Kill until a look finds none: what is found may fork before it is killed."""
    killed: set[_Process] = set()
    for _ in range(_ROUNDS):
        found = _found(is_stray)
        if not found:
            break
        _kill(found)
        killed |= found
    return len(killed)


def _found(is_stray: Callable[[list[bytes]], bool]) -> set[_Process]:
    found: set[_Process] = set()
    for pid in process_ids():
        # Nearly none is one, and only of those that look like it the rest is asked for.
        if pid == os.getpid() or not is_stray(_environment(pid)):
            continue
        # Its start time first: if the number is given to another process meanwhile, what is read
        # belongs to that one, and `_kill` sees that it is not the one found here.
        started = start_time(pid)
        if started is not None and is_stray(_environment(pid)):
            found.add(_Process(pid, started))
    return found


def _environment(pid: int) -> list[bytes]:
    """Return the variables of a process of this user; none of one without a mark of wf."""
    folder = Path("/proc", str(pid))
    try:
        content = (folder / "environ").read_bytes()
        if b"WF_" in content and folder.stat().st_uid == os.geteuid():
            return content.split(b"\0")
    except OSError:
        pass  # it ended meanwhile, or is not ours to read
    return []


def _kill(processes: Iterable[_Process]) -> None:
    with contextlib.ExitStack() as handles:
        dying = []
        for process in processes:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                # The handle first, then the look: from here on the number stands for one process.
                handle = os.pidfd_open(process.pid)
                handles.callback(os.close, handle)
                if start_time(process.pid) == process.started:
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                    dying.append(handle)
        for handle in dying:
            poller = select.poll()
            poller.register(handle, select.POLLIN)
            poller.poll(_PATIENCE_MS)
