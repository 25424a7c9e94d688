"""One leader per run: a lock that the kernel frees, and a row that tells others who it is."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.queries.reads import Leader

__all__ = ["Identity", "is_alive", "leadership", "own_identity", "without_leader"]

_START_TIME = 19  # field 22 of proc(5) stat, counted after the command's name


@dataclass(frozen=True)
class Identity:
    """A process that cannot be taken for another one: numbers are used again, this is not."""

    pid: int
    host: str
    boot: str
    pid_started: str


@contextlib.contextmanager
def leadership(lock: Path) -> Iterator[None]:
    """Hold the lock of a run; wait as a stand-by while another scheduler holds it."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def without_leader(lock: Path) -> Iterator[bool]:
    """Keep a run without a scheduler for a while; False where one leads it now."""
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def own_identity() -> Identity:
    """Return this process's identity."""
    pid = os.getpid()
    return Identity(pid, socket.gethostname(), _boot(), _started(pid) or "")


def is_alive(leader: Leader | None) -> bool:
    """Whether the process that last led a run still runs, on this machine and since this boot."""
    if leader is None or leader.host != socket.gethostname() or leader.boot != _boot():
        return False
    if not Path("/proc").is_dir():
        return _exists(leader.pid)
    return bool(leader.pid_started) and _started(leader.pid) == leader.pid_started


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """Return when a process was started, in ticks since boot; None when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {b"Z", b"X"} else fields[_START_TIME].decode()


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
