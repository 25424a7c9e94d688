"""How the terminal was before the board, and how it becomes that again, whatever has happened."""

from __future__ import annotations

import contextlib
import os
import termios
import tty
from typing import Final

__all__ = ["ENTER", "LEAVE", "RENEW", "TerminalSettings"]

_MOUSE: Final = (1000, 1003, 1015, 1006)
"""Clicks, motion, and reports in which no byte can be taken for a key."""
_KEYBOARD: Final = 0b11001
"""Of the kitty keyboard protocol: no key looks like the start of a sequence, all keys are reported,
with their text. https://sw.kovidgoyal.net/kitty/keyboard-protocol/#progressive-enhancement"""


def _modes(how: str, *numbers: int) -> str:
    return "".join(f"\x1b[?{number}{how}" for number in numbers)


_ALTERNATE, _FOCUS, _PASTE, _CURSOR, _WRAP, _SYNC, _SIZE, _PIXELS = (
    1049, 1004, 2004, 25, 7, 2026, 2048, 1016
)  # fmt: skip
_SET: Final = _modes("h", _ALTERNATE, *_MOUSE, _FOCUS, _PASTE) + _modes(
    "l", _CURSOR, _WRAP, _PIXELS
)
_PUSH_TITLE, _POP_TITLE = "\x1b[22;2t", "\x1b[23;2t"
ENTER: Final = f"{_PUSH_TITLE}{_SET}\x1b[>{_KEYBOARD}u"
"""What the board needs. Title and keyboard's mode lie on stacks, so this is written once."""
RENEW: Final = f"{_SET}\x1b[={_KEYBOARD};1u"
"""The same for a terminal that may have it already."""
LEAVE: Final = (
    "\x1b[0m"
    # Before the alternate screen is left, which has a keyboard of its own.
    + _modes("l", _SYNC, _PASTE, _SIZE, _PIXELS, *_MOUSE, _FOCUS)
    + "\x1b[<u"
    + _modes("l", _ALTERNATE)
    + _modes("h", _WRAP, _CURSOR)
    + _POP_TITLE
)
"""What takes all of that back, and what Textual or another program may have left on."""


class TerminalSettings:
    """The settings of the terminal itself (termios), which need no output and no reader.

    The driver has them; they are put back from the main thread, and from any other one where that
    hangs.
    """

    def __init__(self, file: int) -> None:
        self._file = file
        self._before = None
        with contextlib.suppress(termios.error):
            self._before = termios.tcgetattr(file)

    def make_raw(self) -> None:
        """Have every key at once and as it is: no echo, no lines, no signals, no flow control."""
        with contextlib.suppress(termios.error):
            now = termios.tcgetattr(self._file)
            signals = 0 if os.environ.get("TEXTUAL_ALLOW_SIGNALS") else termios.ISIG
            now[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | signals)
            now[tty.IFLAG] &= ~(
                termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR
                | termios.ISTRIP
            )  # fmt: skip
            now[tty.CC][termios.VMIN], now[tty.CC][termios.VTIME] = 1, 0
            termios.tcsetattr(self._file, termios.TCSANOW, now)

    def restore(self) -> None:
        """Put back how it was, without waiting for what is still to be written."""
        if self._before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self._file, termios.TCSANOW, self._before)

    def drop_input(self) -> None:
        """Forget what has come and was not read: the shell would take it for a command."""
        with contextlib.suppress(termios.error):
            termios.tcflush(self._file, termios.TCIFLUSH)
