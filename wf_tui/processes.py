"""What the system tells of processes: which is which, which still runs, and where each works.

A process number alone proves nothing, since the kernel uses it again; together with the time that
the process was started at, and the boot that this time counts from, it names one process for ever.
Whoever has to find a process again (the ledger's row of a leader, a sweep) keeps all of these.
"""

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from wf_tui.values import frozen

__all__ = [
    "ProcessIdentity",
    "hide_memory",
    "identity_of",
    "is_alive",
    "is_running",
    "own_identity",
    "process_ids",
    "start_time",
    "working_folders",
]

_PROC: Final = Path("/proc")
_BOOT: Final = _PROC / "sys/kernel/random/boot_id"
_STATE: Final = 0  # field 3 of proc(5) stat, counted after the command's name
_START_TIME: Final = 19  # field 22
_PR_SET_DUMPABLE: Final = 4
_DEAD: Final = frozenset({"Z", "X"})


@frozen
class ProcessIdentity:
    """A process that cannot be taken for another one: numbers are used again, this is not."""

    pid: int
    host: str
    boot: str
    """The kernel's id of this boot; "" where it has none (macOS)."""
    pid_started: str
    """When it was started, in ticks since that boot; "" where the system does not tell."""


def own_identity() -> ProcessIdentity:
    """Return the identity of this process, for others to ask `is_alive` about."""
    return identity_of(os.getpid())


def identity_of(pid: int) -> ProcessIdentity:
    """Return the identity of a process of this machine that has not been waited for."""
    return ProcessIdentity(pid, os.uname().nodename, _boot(), start_time(pid) or "")


def is_alive(process: ProcessIdentity | None) -> bool:
    """Whether that very process still runs, on this machine and since this boot.

    Where the system shows no start times, a process with the same number has to do.
    """
    if process is None or process.host != os.uname().nodename or process.boot != _boot():
        return False
    if not _PROC.is_dir():
        return is_running(process.pid)
    return bool(process.pid_started) and start_time(process.pid) == process.pid_started


def is_running(pid: int) -> bool:
    """Whether any process has this number; one that is dead and not yet waited for does not run."""
    if _PROC.is_dir():
        return start_time(pid) is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def start_time(pid: int) -> str | None:
    """Return when a process was started, in ticks since boot; None when it is gone or a zombie."""
    try:
        status = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The command's name before it may hold spaces and brackets, so count from its last bracket.
    fields = status.rpartition(b")")[2].decode("ascii").split()
    return None if fields[_STATE] in _DEAD else fields[_START_TIME]


def hide_memory() -> bool:
    """Keep other processes of this user from reading the memory and environment of this one.

    Schedulers call it before they read a key: a worker is such a process. What this one starts is
    not hidden, since an exec ends it. Returns whether the system does that; one as root reads all.
    """
    if sys.platform != "linux":
        return False
    import ctypes  # noqa: PLC0415 - views look at processes, and none hides itself

    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)


def process_ids() -> Iterator[int]:
    """Return the numbers of all processes, of all users; none where there is no /proc."""
    if not _PROC.is_dir():
        return
    with os.scandir(_PROC) as entries:
        for entry in entries:
            if entry.name.isdecimal():
                yield int(entry.name)


def working_folders() -> frozenset[Path] | None:
    """Return the working directories of all processes; None where the system does not tell.

    Those of other users' processes are missing unless this one may look into them.
    """
    if sys.platform != "linux":
        return None
    folders = set()
    for pid in process_ids():
        try:
            folders.add((_PROC / str(pid) / "cwd").readlink())
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else
    return frozenset(folders)


@cache
def _boot() -> str:
    """Return the kernel's id of this boot, which no running process sees change."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
