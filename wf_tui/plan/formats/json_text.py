"""Reading JSON, iteratively and with places.

The standard reader recurses, keeps no places and drops all but the last of equal keys.
"""

import bisect
import json
import re
from typing import Final

from wf_tui.plan.document import (
    BEYOND_ANY_NUMBER,
    DEEPEST,
    MOST_DIGITS,
    MOST_VALUES,
    Builder,
    Document,
    LateSpot,
    Mark,
    UnreadableError,
)

__all__ = ["parse_whole_number", "read_json"]

_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_REASONS: Final = {
    "Expecting value": (
        "a value is expected here",
        "text stands in double quotes; the only words are true, false and null",
    ),
    "Invalid control character at": (
        "a line break, tab or other control character within a text",
        "write it as \\n or \\t",
    ),
}
"""What the standard reader means by its words, and what helps."""
_CLOSING: Final = {"{": "}", "[": "]"}


def read_json(text: str) -> Document:
    """Return the document; where the text stops being JSON, one without values that says where.

    Called by `read.parse_plan`. Raises nothing: comments, equal keys and whatever else JSON does
    not have are faults of the document. The places of a text without such faults are looked for
    only when one is asked for, which takes twenty times as long as its values.
    """
    try:
        value = _faultless(text)
    except (ValueError, RecursionError):
        return _read_with_places(text)
    return Document("json", value, LateSpot(lambda: _read_with_places(text).spot))


def _faultless(text: str) -> object:
    """Return the values of a text by the standard reader alone.

    Raises ValueError or RecursionError where there could be any fault: then it is read with places.
    """
    # A value stands behind a comma or a bracket, or is the whole: texts only make them seem more.
    if text.count(",") + text.count("[") + text.count("{") >= MOST_VALUES:
        raise ValueError("perhaps too many values")
    value: object = _FAULTLESS.decode(text)
    containers = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        parts = (one.values() if isinstance(one, dict) else one for one in containers)
        containers = [part for many in parts for part in many if isinstance(part, dict | list)]
        if not containers:
            return value
    raise ValueError("too deep")


def _table(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a key is written twice")
    return table


def _read_with_places(text: str) -> Document:
    builder = Builder()
    try:
        _Reader(text, builder).read()
    except UnreadableError as error:
        return builder.broken("json", error)
    return builder.document("json")


def parse_whole_number(digits: str) -> int:
    """Return the number that these digits write, or one that no field takes."""
    # int() refuses a million digits with an error of its own, and takes long for a thousand.
    if len(digits) > MOST_DIGITS:
        return BEYOND_ANY_NUMBER
    return int(digits)


_FAULTLESS: Final = json.JSONDecoder(parse_int=parse_whole_number, object_pairs_hook=_table)


class _Reader:
    """Reads one text, from its start to its end, and hands each piece to the builder.

    `_at` is the position of the next character. Each `read_` method leaves it behind what it has
    read; `peek` leaves it at a character that counts.
    """

    def __init__(self, text: str, builder: Builder) -> None:
        self._text = text
        self._at = 0
        # Where each line begins: a place is asked for with every value, and must not cost a count.
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._scalars = json.JSONDecoder(parse_int=parse_whole_number)
        self._builder = builder
        # The brackets that are open, in place of a recursion: a hostile text has a million.
        self._open: list[str] = []

    def read(self) -> None:
        """Read the whole text; raise `UnreadableError` where it stops being JSON."""
        self.read_value()
        while self._open:
            kind = self._open[-1]
            if self.peek() == _CLOSING[kind]:
                self._at += 1
                self._open.pop()
                self._builder.close()
                self.read_comma()
                continue
            if kind == "{":
                self.read_key()
            self.read_value()
        if self.peek():
            raise self.unreadable("text after the end of the plan", "leave it out")

    def read_value(self) -> None:
        """Read a whole text or number, or no more than the bracket that opens a list or table."""
        char = self.peek()
        mark = self.mark()
        if char in _CLOSING:
            self._at += 1
            self._open.append(char)
            if char == "{":
                self._builder.open_map(mark)
            else:
                self._builder.open_list(mark)
            return
        self._builder.scalar(self.read_scalar(), mark)
        self.read_comma()

    def read_key(self) -> None:
        """Read a key and its colon."""
        mark = self.mark()
        if self.peek() != '"':
            raise self.unreadable("a key is expected here", "keys stand in double quotes")
        self._builder.key(str(self.read_scalar()), mark)
        if self.peek() != ":":
            raise self.unreadable("`:` is expected here, between key and value")
        self._at += 1

    def read_comma(self) -> None:
        """Read the comma behind a value, unless the list or table ends here."""
        if not self._open:
            return
        closing = _CLOSING[self._open[-1]]
        char = self.peek()
        if char == ",":
            self._at += 1
            if self.peek() == closing:
                raise self.unreadable(f"`{closing}` after a comma", "remove the comma before it")
        elif char != closing:
            raise self.unreadable(f"`,` or `{closing}` is expected here")

    def read_scalar(self) -> object:
        """Read a text, number or word with the standard reader."""
        # Never asked for a list or a table, at which the standard reader recurses.
        try:
            value, self._at = self._scalars.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            reason = _REASONS.get(error.msg, (error.msg[0].lower() + error.msg[1:], ""))
            raise self.unreadable(*reason) from error
        return value

    def peek(self) -> str:
        """Return the next character that is no blank, without reading it; "" at the end."""
        blanks = _BLANKS.match(self._text, self._at)
        self._at = blanks.end() if blanks else self._at
        return self._text[self._at : self._at + 1]

    def mark(self) -> Mark:
        """Return the place that has been reached."""
        line = bisect.bisect_right(self._lines, self._at)
        return Mark(line, self._at - self._lines[line - 1] + 1)

    def unreadable(self, message: str, hint: str = "") -> UnreadableError:
        """Return the refusal of what stands here; a comment or the end is named as that instead."""
        if self._text.startswith(("//", "/*", "#"), self._at):
            message = "a comment"
            hint = "JSON has none: remove it, or write the plan in YAML or TOML"
        elif self._at >= len(self._text):
            message = f"the text ends here: {message}"
        return UnreadableError(message, self.mark(), hint)
