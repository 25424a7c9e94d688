"""A program in a real pseudo-terminal: what reaches the terminal, and how it is left."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from dataclasses import dataclass, field
from fcntl import ioctl
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["ANSWER", "ASK", "LIMIT", "Terminal", "open_terminal"]

LIMIT = 30.0
"""Seconds to wait for what has to come."""
ASK, ANSWER = b"\x1b[c", b"\x1b[?62;22c"
"""What every terminal is asked, and how an xterm answers."""
_SIZE = frozenset({"COLUMNS", "LINES", "NO_COLOR", "TEXTUAL_THEME"})
"""What would make the board another one than that of this terminal."""
_ON_BEFORE = frozenset({7, 25})
"""The modes that a terminal has at first: lines wrap, and the cursor is visible."""
_SETTINGS = {0: "iflag", 1: "oflag", 2: "cflag", 3: "lflag"}


@dataclass
class Terminal:
    """A program in a terminal of 120 columns and 40 lines, and all that it has written.

    It answers what it is asked, at once.
    """

    process: subprocess.Popen[bytes]
    master: int
    slave: int
    settings: list[object]
    """Those of the terminal before the program."""
    answers: dict[bytes, bytes]
    rate: int | None = None
    """Bytes a second that it reads; None: all at once."""
    written: bytearray = field(default_factory=bytearray)
    _answered: dict[bytes, int] = field(default_factory=dict)
    """How often each question was answered."""

    def until(self, wanted: bytes, *, after: int = 0) -> None:
        """Read until the program has written something, behind so many bytes."""
        self._read(lambda: wanted in self.written[after:])
        assert wanted in self.written[after:], bytes(self.written[-2000:])

    def pause(self, seconds: float) -> int:
        """Read for so long, and return how much was written."""
        before, over = len(self.written), time.monotonic() + seconds
        self._read(lambda: time.monotonic() > over)
        return len(self.written) - before

    def type(self, *parts: bytes | float) -> None:
        """Send bytes, and pause for so many seconds where there is a number."""
        for part in parts:
            if isinstance(part, bytes):
                os.write(self.master, part)
            else:
                self.pause(part)

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size."""
        ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def end(self) -> int:
        """Read to the end and return the exit status."""
        self._read(lambda: self.process.poll() is not None)
        status = self.process.wait(timeout=LIMIT)
        self.rate = None
        # What the kernel holds comes in portions, and it has no end while the slave is open.
        while select.select([self.master], [], [], 0.2)[0]:
            self._take()
        return status

    def close(self) -> int:
        """Close the window, and return the exit status of the program."""
        os.close(self.slave)
        os.close(self.master)
        return self.process.wait(timeout=LIMIT)

    def left_on(self) -> dict[str, object]:
        """Return what the terminal has not as it was: modes, settings, stacks."""
        modes: dict[int, bool] = {}
        for numbers, how in re.findall(rb"\x1b\[\?([\d;]+)([hl])", bytes(self.written)):
            modes.update(dict.fromkeys(map(int, numbers.split(b";")), how == b"h"))
        left: dict[str, object] = {
            f"?{mode}": on for mode, on in modes.items() if on != (mode in _ON_BEFORE)
        }
        depth = 0
        for how, count in re.findall(rb"\x1b\[([<>])(\d*)u", bytes(self.written)):
            depth += 1 if how == b">" else -int(count or 1)
        if depth:
            left["keyboard"] = depth
        pushed, popped = (self.written.count(b"\x1b[%d;2t" % how) for how in (22, 23))
        if pushed != popped:
            left["titles"] = pushed - popped
        now = termios.tcgetattr(self.slave)
        changed = [name for place, name in _SETTINGS.items() if now[place] != self.settings[place]]
        return left | dict.fromkeys(changed, "changed")

    def unread(self) -> int:
        """Return how many bytes wait for whoever reads the terminal next, such as a shell."""
        # As a shell does it: in lines, a read would wait for one to be whole.
        raw = termios.tcgetattr(self.slave)
        raw[3] &= ~termios.ICANON
        termios.tcsetattr(self.slave, termios.TCSANOW, raw)
        (count,) = struct.unpack("i", ioctl(self.slave, termios.FIONREAD, bytes(4)))
        return int(count)

    def _read(self, done: Callable[[], bool]) -> None:
        over = time.monotonic() + LIMIT
        while not done() and time.monotonic() < over:
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self._take()
                except OSError:
                    return

    def _take(self) -> None:
        if self.rate is None:
            self.written += os.read(self.master, 65536)
        else:
            self.written += os.read(self.master, self.rate // 20)
            time.sleep(0.05)  # what a slow line is
        for asked, answer in self.answers.items():
            count = self.written.count(asked)
            os.write(self.master, answer * (count - self._answered.get(asked, 0)))
            self._answered[asked] = count


@contextlib.contextmanager
def open_terminal(
    words: Sequence[str],
    environ: Mapping[str, str],
    cwd: Path,
    *,
    typed: bytes = b"",
    controlling: bool = True,
    answers: Mapping[bytes, bytes] = MappingProxyType({ASK: ANSWER}),
) -> Iterator[Terminal]:
    """Start a program in a terminal of its own; it is killed in the end.

    `typed` is typed before it. One that is not `controlling` sends no signal when it goes. What it
    has to be asked for its answers can be given; with none of them it is silent.
    """
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    settings = termios.tcgetattr(slave)
    os.write(master, typed)
    ours = {name: value for name, value in environ.items() if name not in _SIZE}
    process = subprocess.Popen(
        words,
        cwd=cwd,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**ours, "TERM": "xterm-256color"},
        start_new_session=True,
        preexec_fn=_own_terminal if controlling else None,  # noqa: PLW1509 - this process has one thread
    )
    try:
        yield Terminal(process, master, slave, settings, dict(answers))
    finally:
        for file in (master, slave):
            with contextlib.suppress(OSError):
                os.close(file)
        process.kill()
        process.wait()


def _own_terminal() -> None:
    ioctl(0, termios.TIOCSCTTY, 0)
