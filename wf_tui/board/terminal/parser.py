"""Makes Textual's messages of what a terminal sends: keys, the mouse, pastes and reports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual import events
from textual._xterm_parser import XTermParser
from textual.geometry import Size
from textual.keys import Keys
from textual.message import Message
from textual.messages import InBandWindowResize, TerminalSupportsSynchronizedOutput

from wf_tui.board.terminal.bursts import Bursts
from wf_tui.board.terminal.sequences import Character, Escape, Pasted, Scanner, Sequence
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wf_tui.board.terminal.sequences import Token

__all__ = ["Answered", "InputParser"]

_MOST_CELLS: Final = 10_000
"""Columns or lines of a terminal; one that reports more than that is not believed."""
_ANSWER: Final = re.compile(r"\x1b\[\?[\d;]*c")
"""To DA1, `ESC [ c`, which every terminal answers (DEC STD 070; xterm's ctlseqs)."""
_MODE: Final = re.compile(r"\x1b\[\?(\d{1,6});(\d)\$y")
_SIZE: Final = re.compile(r"\x1b\[48;(\d{1,6})(?::[\d:]*)?;(\d{1,6})(?::[\d:]*)?;[\d:]*;[\d:]*t")
"""Lines, columns, and both in pixels: many terminals say 0 there, and nothing here needs them."""
_MOUSE: Final = re.compile(r"\x1b\[<\d{1,4};-?\d{1,6};-?\d{1,6}[Mm]")
_SURROGATES: Final = range(0xD800, 0xE000)
_TYPES: Final = re.compile(r"\x1b\[(?:[\d:;]*u|27;\d+;\d+~)")
"""What names a character by its number: kitty's protocol, and modifyOtherKeys of xterm."""
_CURSOR: Final = re.compile(r"\x1b\[\d*;\d*R")
"""Where the cursor is. It reads like F3 with a modifier, or worse; nothing here asks for it."""


class Answered(Message):
    """The terminal has answered a fence: all that it was sent before has been worked off."""


class InputParser:
    """Turns bytes into messages; what is no key, click, paste or known report is dropped.

    The driver's thread for the input has one, and so has whoever reads the input to its end. Like
    the scanner it has no clock and never raises.
    """

    def __init__(self) -> None:
        self._scanner = Scanner()
        self._bursts = Bursts()
        # For its tables of keys and the mouse alone; it is never fed.
        self._xterm = XTermParser()

    @property
    def deadline(self) -> float | None:
        """When `tick` has to be called, unless bytes come before."""
        return self._scanner.deadline

    def feed(self, data: bytes, now: float) -> list[Message]:
        """Take the bytes that came at this time, and return what they mean."""
        return list(self._messages(self._bursts.gathered(self._scanner.feed(data, now), now)))

    def tick(self, now: float) -> list[Message]:
        """Return what is meant by the silence up to now."""
        return list(self._messages(self._scanner.tick(now)))

    def _messages(self, tokens: Iterable[Token]) -> Iterator[Message]:
        for token in tokens:
            try:
                yield from self._meaning(token)
            except (ValueError, OverflowError):
                continue  # a number in it that no terminal means

    def _meaning(self, token: Token) -> Iterable[Message]:
        match token:
            case Escape():
                return [events.Key("escape", "\x1b")]
            case Pasted(data):
                return [events.Paste(pasted_text(data))]
            case Character(text, alt):
                return self._character(text, alt=alt)
            case Sequence(text):
                return self._sequence(text)

    def _character(self, char: str, *, alt: bool) -> list[Message]:
        if not alt:
            return self._keys(char)
        known = self._keys(f"\x1b{char}")
        if known:
            return known
        if not char.isprintable():
            # Nobody binds Alt and a control character: it was escape, and then that key.
            return [events.Key("escape", "\x1b"), *self._keys(char)]
        return self._keys(char, alt=True)

    def _keys(self, sequence: str, *, alt: bool = False) -> list[Message]:
        # Private, but the one place that has the tables of all terminals and kitty's protocol.
        keys = self._xterm._sequence_to_key_events(sequence, alt)  # noqa: SLF001
        return [key for key in keys if usable(key)]

    def _sequence(self, text: str) -> list[Message]:
        if text == "\x1b[I":
            return [events.AppFocus()]
        if text == "\x1b[O":
            return [events.AppBlur()]
        if _ANSWER.fullmatch(text):
            return [Answered()]
        if mode := _MODE.fullmatch(text):
            return _mode(mode[1], int(mode[2]))
        if size := _SIZE.fullmatch(text):
            return _resize(int(size[2]), int(size[1]))
        if _MOUSE.fullmatch(text):
            event = self._xterm.parse_mouse_code(text)
            return [] if event is None else [event]
        if _CURSOR.fullmatch(text):
            return []
        keys = self._keys(text)
        if text.startswith("\x1b[") and not _TYPES.fullmatch(text):
            # Textual takes the number of any that it does not know for that of a character.
            return [key for key in keys if isinstance(key, events.Key) and key.character is None]
        return keys


def usable(key: events.Key) -> bool:
    """Return whether this is a key: Textual's table also names what is to be passed over.

    Half of a surrogate pair, which a report of a key may name, could be stored nowhere.
    """
    return key.key != Keys.Ignore and not any(ord(c) in _SURROGATES for c in key.character or "")


def pasted_text(data: bytes) -> str:
    """Return what was pasted, as text that can only be read; its lines stay."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    # Tabs stay as well: what is pasted may be a file that means them.
    return "\t".join(clean(part, limit=len(part) + 1, multiline=True) for part in text.split("\t"))


def _mode(mode: str, setting: int) -> list[Message]:
    """Return what the answer to a question about a mode means; 0 and 4 are no."""
    if mode == "2026" and setting > 0:
        return [TerminalSupportsSynchronizedOutput()]
    if mode == "2048":
        return [InBandWindowResize.from_setting_parameter(setting)]
    return []


def _resize(columns: int, lines: int) -> list[Message]:
    if not (0 < columns <= _MOST_CELLS and 0 < lines <= _MOST_CELLS):
        return []
    size = Size(columns, lines)
    return [events.Resize(size, size)]
