"""Tells what was pressed from all else that a terminal sends, in a stream of bytes that may stop.

Source of the grammar: ECMA-48 (control sequences and strings), xterm's ctlseqs (mouse, paste), and
what the Linux console and rxvt send beside it.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "ESCAPE_TIME",
    "LATE",
    "MOST_PASTED",
    "Character",
    "Escape",
    "Pasted",
    "Scanner",
    "Sequence",
]

ESCAPE_TIME: Final = 0.35
"""Seconds after which a lone ESC was the escape key. A line that stalls sends the rest of a
sequence a quarter of a second later; a person who waits for longer believes the key broken."""
_ALT_TIME: Final = 0.1
"""Seconds within which ESC and a character are one key with Alt, and not two keys."""
_SEQUENCE_TIME: Final = 1.0
_STRING_TIME: Final = 2.0
_PASTE_TIME: Final = 2.5
"""Seconds of silence after which the rest of one of these is not waited for any more."""
LATE: Final = 10.0
"""Seconds of silence after which a rest is still known for one."""
MOST_PASTED: Final = 1 << 20
"""Bytes of a paste that are kept; of a longer one nothing is given on."""
_BURST: Final = 4
"""Bytes that come at once which no person types."""
_LONGEST: Final = 128
"""Bytes of a sequence that are kept; no key and no report is longer."""
_MOUSE: Final = 3
"""Bytes after `ESC [ M`: the button, the column and the line, each any byte."""

_PASTE_START: Final = b"\x1b[200~"
_PASTE_END: Final = b"\x1b[201~"
_ESC, _BEL, _ETX, _ST = 0x1B, 0x07, 0x03, 0x9C
_CANCELS: Final = frozenset({0x18, 0x1A})
"""CAN and SUB, which end a string without its end."""
_C1: Final = {0x8F: b"O", 0x90: b"P", 0x98: b"X", 0x9B: b"[", 0x9D: b"]", 0x9E: b"^", 0x9F: b"_"}
"""The same in one byte as ESC and that letter; no terminal that speaks UTF-8 means text by it."""
_STRINGS: Final = b"]PX^_"
"""What begins, after ESC, an OSC, DCS, SOS, PM or APC string."""
_INNER, _LAST = range(0x20, 0x40), range(0x40, 0x7F)
"""What a control sequence has within it, and at its end (ECMA-48, 5.4)."""
_RAW: Final = range(0xDC80, 0xDD00)
"""A byte that is no UTF-8, as `surrogateescape` has it."""


@dataclass(frozen=True)
class Character:
    """One character that was typed; control characters are keys, too."""

    text: str
    alt: bool = False


@dataclass(frozen=True)
class Sequence:
    """A whole control sequence, from its ESC to its last character: a key, the mouse, a report."""

    text: str


@dataclass(frozen=True)
class Escape:
    """The escape key."""


@dataclass(frozen=True)
class Pasted:
    """What was pasted, without its marks."""

    data: bytes


Token = Character | Sequence | Escape | Pasted


class _State(Enum):
    GROUND = auto()
    ESCAPE = auto()
    CSI = auto()
    SS3 = auto()
    MOUSE = auto()
    STRING = auto()
    STRING_ESCAPE = auto()
    PASTE = auto()


_TIMES: Final[Mapping[_State, float]] = {
    _State.ESCAPE: ESCAPE_TIME,
    _State.CSI: _SEQUENCE_TIME,
    _State.SS3: _SEQUENCE_TIME,
    _State.MOUSE: _SEQUENCE_TIME,
    _State.STRING: _STRING_TIME,
    _State.STRING_ESCAPE: _STRING_TIME,
    _State.PASTE: _PASTE_TIME,
}


class Scanner:
    """Cuts a stream of bytes into what was typed, whole sequences, and pastes.

    Nothing that belongs to a sequence, a string or a paste is ever told as typed, wherever the
    stream was cut and however long it stood still (up to `LATE`; a string or a paste that goes on
    byte by byte after seconds of silence cannot be told from a person). It never raises. It has no
    clock: its caller says when bytes came, in seconds of any clock that does not go back, and calls
    `tick` when `deadline` has passed and nothing has come.
    """

    def __init__(self) -> None:
        self._state = _State.GROUND
        self._held = bytearray()
        """What of the sequence or the paste has come."""
        self._too_long = False
        self._is_osc = False
        self._last = 0
        """The byte before this one, in a string."""
        self._alt = False
        self._touched = 0.0
        """When bytes came last."""
        self._now = 0.0
        self._began = 0.0
        """When the sequence began."""
        self._late: _State | None = None
        """What the time has ended; its rest may still come."""
        self._tokens: list[Token] = []
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._steps: Mapping[_State, Callable[[int], None]] = {
            _State.GROUND: self._ground,
            _State.ESCAPE: self._escape,
            _State.CSI: self._csi,
            _State.SS3: self._ss3,
            _State.MOUSE: self._mouse,
            _State.STRING: self._string,
            _State.STRING_ESCAPE: self._string_escape,
        }

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to say, unless bytes come before; None: never."""
        if self._state is _State.GROUND:
            return None
        # An introducer with nothing behind it may have been Alt and that letter.
        if self._state is _State.STRING and not self._held:
            return self._touched + ESCAPE_TIME
        return self._touched + _TIMES[self._state]

    def feed(self, data: bytes, now: float) -> list[Token]:
        """Take bytes that came now, and return what is whole by them."""
        self._now = now
        if self._late is not None and data:
            self._resume(data)
        at = 0
        while at < len(data):
            if self._state is _State.PASTE:
                at = self._paste(data, at)
            else:
                self._steps[self._state](data[at])
                at += 1
        self._touched = now
        return self._told()

    def tick(self, now: float) -> list[Token]:
        """End what has been waited for long enough; call it only when nothing more can be read."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return []
        self._late = self._state
        if self._state is _State.ESCAPE:
            self._tokens.append(Escape())
        elif self._state is _State.PASTE:
            self._end_paste()
        self._state = _State.GROUND
        return self._told()

    def _told(self) -> list[Token]:
        tokens, self._tokens = self._tokens, []
        return tokens

    def _resume(self, data: bytes) -> None:
        """Go on with what the time has ended, where these bytes can only be its rest.

        Only what comes next can be: whatever else is read first was typed by a person.
        """
        late, self._late = self._late, None
        if late is None or self._now - self._touched > LATE:
            return
        first, is_burst = data[0:1], len(data) >= _BURST and data[0] != _ESC
        match late:
            case _State.ESCAPE:
                # The escape key was told; the letters behind it are none.
                is_rest = first in b"[O" or (is_burst and first in _STRINGS)
            case _State.CSI | _State.SS3:
                is_rest = first.isalnum() or first in b";:~$[" or is_burst
            case _State.MOUSE:
                is_rest = True
            case _State.PASTE:
                is_rest = is_burst or _PASTE_END in data
            case _State.STRING_ESCAPE if first != b"\\":
                late, is_rest = _State.STRING, is_burst
            case _:
                is_rest = is_burst or first == b"\\" or data.startswith(b"\x1b\\")
        if is_rest:
            self._state = late

    # -- one byte in each state

    def _ground(self, byte: int) -> None:
        for char in self._decode(bytes((byte,))):
            is_raw = ord(char) in _RAW
            code = ord(char) - 0xDC00 if is_raw else ord(char)
            if self._state is not _State.GROUND:
                # What stood before it, in a character that was cut off, has begun a sequence.
                self._steps[self._state](code & 0xFF)
            elif code == _ESC:
                self._begin(_State.ESCAPE)
            elif code in _C1:
                self._escape(_C1[code][0])
            elif code != _ST:
                text = "\N{REPLACEMENT CHARACTER}" if is_raw else char
                self._tokens.append(Character(text, self._alt))
            self._alt = False

    def _begin(self, state: _State) -> None:
        self._state = state
        self._began = self._now
        self._held.clear()
        self._too_long = False

    def _escape(self, byte: int) -> None:
        introducer = bytes((byte,))
        if introducer == b"[":
            self._begin(_State.CSI)
        elif introducer == b"O":
            self._begin(_State.SS3)
        elif introducer in _STRINGS:
            self._begin(_State.STRING)
            self._is_osc = introducer == b"]"
            self._last = byte
        else:
            # A person who presses escape and then a key is slower than a terminal with Alt.
            is_one_key = self._now - self._began <= _ALT_TIME
            if not is_one_key:
                self._tokens.append(Escape())
            self._alt = is_one_key and byte != _ESC
            self._state = _State.GROUND
            self._ground(byte)

    def _hold(self, byte: int) -> None:
        if len(self._held) < _LONGEST:
            self._held.append(byte)
        else:
            self._too_long = True

    def _finish(self, introducer: bytes) -> None:
        """End a sequence; one that was cut off or is too long is dropped."""
        self._state = _State.GROUND
        if not self._too_long:
            self._tokens.append(Sequence((introducer + self._held).decode("ascii")))

    def _abort(self, byte: int) -> None:
        """Drop a sequence for a byte that cannot be part of it, which then counts by itself."""
        self._state = _State.GROUND
        self._ground(byte)

    def _csi(self, byte: int) -> None:
        if byte in b"<=>?" and self._held:
            self._abort(byte)  # a private mark stands at the beginning only
        elif byte in _INNER:
            self._hold(byte)
            # rxvt ends keys with shift by what is an intermediate character everywhere else.
            if byte == ord("$") and f"\x1b[{self._held.decode()}" in ANSI_SEQUENCES_KEYS:
                self._finish(b"\x1b[")
        elif byte in _LAST:
            self._end_csi(byte)
        else:
            self._abort(byte)

    def _end_csi(self, byte: int) -> None:
        first = not self._held
        self._hold(byte)
        if first and byte == ord("["):
            return  # the Linux console's F1 to F5, ESC [ [ A
        if first and byte == ord("M"):
            self._begin(_State.MOUSE)
        elif b"\x1b[" + self._held == _PASTE_START:
            self._begin(_State.PASTE)
        else:
            self._finish(b"\x1b[")

    def _ss3(self, byte: int) -> None:
        if byte in b"0123456789;":
            self._hold(byte)
        elif byte in _LAST or byte == ord(" "):
            self._hold(byte)
            self._finish(b"\x1bO")
        else:
            self._abort(byte)

    def _mouse(self, byte: int) -> None:
        """Pass over the three bytes of a mouse report of the oldest kind, which nobody asks for."""
        self._hold(byte)
        if len(self._held) == _MOUSE:
            self._state = _State.GROUND

    def _string(self, byte: int) -> None:
        if byte == _ETX:
            self._abort(byte)  # ctrl+c is a key whatever else is going on
        elif byte == _ESC:
            self._state = _State.STRING_ESCAPE
        elif byte in _CANCELS or self._is_end(byte):
            self._state = _State.GROUND
        self._last = byte
        self._hold(byte)

    def _is_end(self, byte: int) -> bool:
        if byte == _BEL:
            return self._is_osc
        # Behind another byte that is no ASCII it is a part of a character in the text.
        return byte == _ST and chr(self._last).isascii()

    def _string_escape(self, byte: int) -> None:
        if byte == ord("\\"):
            self._state = _State.GROUND
        elif byte != _ESC:
            # A string that was cut off, and then a sequence: that of a person, or of the terminal.
            self._state = _State.ESCAPE
            self._escape(byte)

    def _paste(self, data: bytes, start: int) -> int:
        """Take a paste up to its end mark, which may be cut anywhere; return where it has ended."""
        kept = len(self._held)
        searched = max(0, kept - len(_PASTE_END) + 1)
        self._held += data[start:]
        end = self._held.find(_PASTE_END, searched)
        if end < 0:
            if len(self._held) > MOST_PASTED:
                # Only what may be the beginning of the end mark; all the rest is dropped.
                del self._held[: -len(_PASTE_END)]
                self._too_long = True
            return len(data)
        # A terminal may leave an end mark within what it pastes; of those at once the last counts.
        begins = self._held.find(_PASTE_START, end)
        end = self._held.rfind(_PASTE_END, end, begins if begins > 0 else len(self._held))
        del self._held[end:]
        self._end_paste()
        self._state = _State.GROUND
        return start + end + len(_PASTE_END) - kept

    def _end_paste(self) -> None:
        if not self._too_long:
            self._tokens.append(Pasted(bytes(self._held)))
        self._begin(_State.PASTE)
