"""Opening files in folders that a worker can write: it may have planted a link or a FIFO there."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

__all__ = ["open_plain"]


def open_plain(path: Path) -> BinaryIO:
    """Open a regular file for reading; anything else is FileNotFoundError and never blocks."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:  # a link, a socket
        raise FileNotFoundError(error.errno, "not a plain file", str(path)) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileNotFoundError(0, "not a plain file", str(path))
    return os.fdopen(handle, "rb")
