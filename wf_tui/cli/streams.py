"""The three standard streams as the command line needs them, whoever started it.

A parent can hand over a closed stream, or one that does not block: a program that forgets it would
give a file that it opens the number of its output, or lose what a full pipe has no room for.
"""

from __future__ import annotations

import contextlib
import io
import os
import select
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["prepare_streams"]

_STREAMS: Final = ("stdin", os.O_RDONLY), ("stdout", os.O_WRONLY), ("stderr", os.O_WRONLY)


def prepare_streams() -> None:
    """Open what is closed on nothing, and have output wait for a reader that is slow.

    Called once, by `cli.main`, before any other file is opened.
    """
    for number, (name, flags) in enumerate(_STREAMS):
        if _is_closed(number):
            _open_on_nothing(number, name, flags)
    for name in "stdout", "stderr":
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper):
            setattr(sys, name, _patient(stream))


def _is_closed(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return True
    return False


def _open_on_nothing(number: int, name: str, flags: int) -> None:
    null = os.open(os.devnull, flags)
    if null != number:
        os.dup2(null, number)
        os.close(null)
    os.set_inheritable(number, True)  # for the programs that are started, as any other stream
    mode = "r" if flags == os.O_RDONLY else "w"
    setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def _patient(stream: io.TextIOWrapper) -> io.TextIOWrapper:
    """Return a stream like this one that writes all, also where the descriptor does not block."""
    return io.TextIOWrapper(
        io.BufferedWriter(_PatientFile(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


class _PatientFile(io.FileIO):
    """A file whose writes wait until there is room, instead of writing a part.

    The flag is one of the open file, not of the descriptor: to change it would change it for the
    parent too, and another program can set it at any time.
    """

    def write(self, data: ReadableBuffer, /) -> int:
        """Write all of it; raises `OSError` where nobody will read it."""
        rest = memoryview(data).cast("B")
        length = len(rest)
        while rest:
            try:
                rest = rest[os.write(self.fileno(), rest) :]
            except BlockingIOError:
                with contextlib.suppress(InterruptedError):
                    select.select([], [self], [])
        return length
