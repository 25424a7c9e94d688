"""Lock files that the kernel frees: whoever held one and was killed holds it no more.

A lock belongs to the open file, not to the process (flock(2)), so each taker opens it anew, and it
ends when that handle is closed. The file itself stays: a lock on one that was deleted is a lock on
nothing that others can see. Handles are never inherited by programs that wf starts.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

__all__ = ["held", "held_if_free", "is_held", "lock", "open_lock", "try_lock", "unlock"]

_PRIVATE: Final = 0o600
_FLAGS: Final = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW


def open_lock(path: Path) -> int:
    """Return a handle of a lock file, made where it is missing; it is not locked yet.

    Raises `OSError`, also where the name is a symbolic link: it could lead anywhere.
    """
    return os.open(path, _FLAGS | os.O_CREAT, _PRIVATE)


def lock(handle: int) -> None:
    """Take the lock; block in the kernel's queue while somebody else has it."""
    fcntl.flock(handle, fcntl.LOCK_EX)


def try_lock(handle: int) -> bool:
    """Take the lock if nobody else has it; return whether it is taken. Never blocks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(handle: int) -> None:
    """Let others have the lock, and keep the handle."""
    fcntl.flock(handle, fcntl.LOCK_UN)


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock; wait, however long, while somebody else does."""
    handle = open_lock(path)
    try:
        lock(handle)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def held_if_free(path: Path) -> Iterator[bool]:
    """Hold the lock if nobody else does; the value says whether it is held. Never waits."""
    handle = open_lock(path)
    try:
        yield try_lock(handle)
    finally:
        os.close(handle)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock just now; a file that is not there is nobody's."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError:
        return False
    try:
        return not try_lock(handle)
    finally:
        os.close(handle)
