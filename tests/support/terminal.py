"""A program in a real pseudo-terminal: what reaches the terminal, and how it is left."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import struct
import subprocess
import termios
import time
from dataclasses import dataclass, field
from fcntl import ioctl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["LIMIT", "Terminal", "open_terminal"]

LIMIT = 30.0
"""Seconds to wait for what has to come."""
_SIZE = frozenset({"COLUMNS", "LINES", "NO_COLOR", "TEXTUAL_THEME"})
"""What would make the board another one than that of this terminal."""


@dataclass
class Terminal:
    """A program in a terminal of 120 columns and 40 lines, and all that it has written."""

    process: subprocess.Popen[bytes]
    master: int
    written: bytearray = field(default_factory=bytearray)

    def until(self, wanted: bytes) -> None:
        """Read until the program has written something."""
        self._read(lambda: wanted in self.written)
        assert wanted in self.written, bytes(self.written[-2000:])

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.master, keys)

    def end(self) -> int:
        """Read to the end and return the exit status."""
        self._read(lambda: self.process.poll() is not None)
        return self.process.wait(timeout=LIMIT)

    def close(self) -> int:
        """Close the window, and return the exit status of the program."""
        os.close(self.master)
        return self.process.wait(timeout=LIMIT)

    def _read(self, done: Callable[[], bool]) -> None:
        over = time.monotonic() + LIMIT
        while not done() and time.monotonic() < over:
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.written += os.read(self.master, 65536)
                except OSError:
                    return


@contextlib.contextmanager
def open_terminal(
    words: Sequence[str], environ: Mapping[str, str], cwd: Path
) -> Iterator[Terminal]:
    """Start a program in a terminal of its own; it is killed in the end."""
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    ours = {name: value for name, value in environ.items() if name not in _SIZE}
    process = subprocess.Popen(
        words,
        cwd=cwd,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**ours, "TERM": "xterm-256color"},
        start_new_session=True,
        preexec_fn=_own_terminal,  # noqa: PLW1509 - this process has one thread
    )
    os.close(slave)
    yield Terminal(process, master)
    with contextlib.suppress(OSError):
        os.close(master)
    process.kill()
    process.wait()


def _own_terminal() -> None:
    ioctl(0, termios.TIOCSCTTY, 0)
