"""The display sanitizer: the one place that every string of a plan, worker or file passes.

What reaches a terminal can move its cursor, set its clipboard or forge its lines; `clean` leaves
text that can only be read. Source of the classes removed: ECMA-48 and Unicode (bidi, tags).
"""

import re
import unicodedata
from collections.abc import Collection
from itertools import islice
from typing import Final

__all__ = [
    "clean",
    "cut",
    "dollars",
    "fits",
    "in_ascii",
    "last_state",
    "line_counts",
    "listed",
    "plural",
    "signs_in_ascii",
    "unfinished_state",
]

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x1b\x07\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS ...
    r"|\x1b[ -/]*[0-~]?"  # two-character escapes, and a lone ESC
)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset("\u2028\u2029")
_DELETE = 0x7F
_TAGS = range(0xE0000, 0xE0080)
_SURROGATES = range(0xD800, 0xE000)
_C1 = range(0x80, 0xA0)


_IN_ASCII = {
    "◆": "!",
    "●": "*",
    "○": "o",
    "·": ".",
    "◇": "#",
    "✓": "v",
    "⊘": "x",
    "▾": "-",
    "▸": "+",
    "┃": ">",
    "│": "|",
    "─": "-",
    "━": "=",
    "╍": "*",
    "‖": "=",
    "▶": ">",
    "⚠": "!",
    "…": "~",
    "←": "<",
    "→": ">",
    "\u203a": ">",
    "≥": ">",
    "−": "-",
    "\u00d7": "x",
    "⏎": " ",
    "├": "|",
    "└": "`",
    "“": '"',
    "”": '"',
}
"""What stands for the signs of our own where the output cannot take them."""


_SIGNS: Final = str.maketrans(_IN_ASCII)


def fits(encoding: str | None) -> bool:
    """Return whether an output of this encoding can take the signs that we print."""
    try:
        "".join(_IN_ASCII).encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def signs_in_ascii(text: str) -> str:
    """Return `text` with letters for the signs of our own, one for one."""
    return text if text.isascii() else text.translate(_SIGNS)


def in_ascii(error: UnicodeError) -> tuple[str, int]:
    """Return what is printed for signs that an output cannot take: a handler for `codecs`.

    Every other character is a question mark, as with Python's own `replace`.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_IN_ASCII.get(sign, "?") for sign in signs), error.end


def clean(text: str | bytes, *, limit: int = 4000, multiline: bool = False) -> str:
    """Return `text` without anything that acts on a terminal, at most `limit` characters long.

    Escape sequences vanish; other control characters become visible stand-ins; a newline stays
    only with `multiline`.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    if text.isascii() and text.isprintable():  # nearly all, and ten times as fast
        return cut(text, limit)
    # Cut before it is read: a worker's line may have megabytes, and what is shown has not.
    stripped = _SEQUENCE.sub("", text[: limit * 4])
    return cut("".join(_visible(char, multiline=multiline) for char in stripped), limit)


def last_state(line: str) -> str:
    """Return what is left of a line that writes over itself, as a progress bar does.

    The part behind the last carriage return that says anything: a program may wipe its bar at the
    end. For what programs print, and not for texts of files, where it would hide the beginning.
    """
    if "\r" not in line:
        return line
    return next((part for part in reversed(line.split("\r")) if clean(part).strip()), "")


def unfinished_state(line: str) -> str:
    """Return a line to which more will be added, without the states that it has been through."""
    before, returned, last = line.rpartition("\r")
    return f"{last_state(before)}\r{last}" if returned else line


def cut(text: str, limit: int) -> str:
    """Return `text` in at most `limit` characters, an ellipsis in place of what is left out."""
    return text if len(text) <= limit else text[: limit - 1] + "\u2026"


def plural(count: int, noun: str) -> str:
    """Return the count with its noun: `1 task`, `2 tasks`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def dollars(microusd: float) -> str:
    """Return an amount of money in at most six characters below a thousand: to the cent.

    Below a cent to a tenth of it, and never as nothing.
    """
    amount = microusd / 1_000_000
    if 0 < amount < 0.01:  # noqa: PLR2004 - a cent
        return f"${max(amount, 0.001):.3f}"
    return f"${amount:,.2f}"


def listed(names: Collection[str], most: int, *, limit: int = 4000, noun: str = "") -> str:
    """Return the first `most` names, safe to show, and how many more there are: `a, b and 3 more`.

    Each name is cut to `limit` characters; with a `noun` it reads `a, b and 3 more files`.
    """
    shown = ", ".join(clean(name, limit=limit) for name in islice(names, most))
    more = len(names) - most
    if more <= 0:
        return shown
    return f"{shown} and {plural(more, f'more {noun}') if noun else f'{more} more'}"


def _visible(char: str, *, multiline: bool) -> str:
    code = ord(char)
    if " " <= char < "\x7f":
        return char
    if char == "\n":
        return "\n" if multiline else "\u23ce"
    if char == "\t":
        return "    " if multiline else " "
    if code < ord(" "):
        return chr(0x2400 + code)
    if code == _DELETE:
        return "\u2421"
    if char in _BIDI or char in _BREAKS or code in _C1 or code in _SURROGATES or code in _TAGS:
        return "\ufffd"
    if unicodedata.category(char) == "Cf" and char != "\u200d":
        return "\ufffd"
    return char


def line_counts(added: int | None, removed: int | None) -> str:
    """Return how many lines were changed, `+214 −36`; "" where nobody counted them."""
    return "" if added is None else f"+{added} −{removed or 0}"
