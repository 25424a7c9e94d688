"""Files in folders that a worker can write: it may have planted a link or a FIFO there."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

__all__ = ["open_plain", "write_plain"]


def open_plain(path: Path) -> BinaryIO:
    """Open a regular file for reading; anything else is FileNotFoundError and never blocks.

    Judged by the open file and not by its name, which could be given to another one in between.
    """
    try:
        # O_NONBLOCK, or opening a FIFO would wait for somebody to write into it.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:  # a link, a socket
        raise FileNotFoundError(error.errno, "not a plain file", str(path)) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileNotFoundError(0, "not a plain file", str(path))
    return os.fdopen(handle, "rb")


def write_plain(path: Path, text: str) -> Path:
    """Write a new file in the place of whatever lies there; what is no character is escaped.

    Returns the path. For files that only their attempt reads: it may be seen half written.
    """
    try:
        handle = _create(path)
    except FileExistsError:
        path.unlink(missing_ok=True)
        handle = _create(path)
    try:
        left = text.encode(errors="backslashreplace")
        while left:
            left = left[os.write(handle, left) :]
    finally:
        os.close(handle)
    return path


def _create(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.open(path, flags, 0o600)
