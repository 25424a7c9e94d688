"""Reading JSON, iteratively and with places.

The standard reader recurses, keeps no places and drops all but the last of equal keys.
"""

import bisect
import json
import re
from typing import Final

from wf_tui.plan.document import (
    BEYOND_ANY_NUMBER,
    MOST_DIGITS,
    Builder,
    Document,
    Mark,
    UnreadableError,
)

__all__ = ["read_json"]

_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_CLOSING: Final = {"{": "}", "[": "]"}


def read_json(text: str) -> Document:
    """Return the document; where the text stops being JSON, one without values that says where."""
    builder = Builder()
    try:
        _Reader(text, builder).read()
    except UnreadableError as error:
        return builder.broken("json", error)
    return builder.document("json")


def _whole_number(digits: str) -> int:
    # int() refuses a million digits with an error of its own, and takes long for a thousand.
    return int(digits) if len(digits) <= MOST_DIGITS else BEYOND_ANY_NUMBER


class _Reader:
    def __init__(self, text: str, builder: Builder) -> None:
        self._text = text
        self._at = 0
        # Where each line begins: a place is asked for with every value, and must not cost a count.
        self._lines = [0, *(found.end() for found in re.finditer("\n", text))]
        self._scalars = json.JSONDecoder(parse_int=_whole_number)
        self._builder = builder
        self._open: list[str] = []

    def read(self) -> None:
        self._value()
        while self._open:
            self._next()
        if self._peek():
            raise self._unreadable("text after the end of the plan", "leave it out")

    def _next(self) -> None:
        """Read one item of the innermost list or table, or its end."""
        kind = self._open[-1]
        if self._peek() == _CLOSING[kind]:
            self._close()
            return
        if kind == "{":
            self._key()
        self._value()

    def _value(self) -> None:
        char, mark = self._peek(), self._mark()
        if char in _CLOSING:
            self._at += 1
            self._open.append(char)
            (self._builder.open_map if char == "{" else self._builder.open_list)(mark)
            return
        self._builder.scalar(self._scalar(), mark)
        self._after_value()

    def _key(self) -> None:
        mark = self._mark()
        if self._peek() != '"':
            raise self._unreadable("a key is expected here", "keys stand in double quotes")
        self._builder.key(str(self._scalar()), mark)
        if self._peek() != ":":
            raise self._unreadable("`:` is expected here, between key and value")
        self._at += 1

    def _close(self) -> None:
        self._at += 1
        self._open.pop()
        self._builder.close()
        self._after_value()

    def _after_value(self) -> None:
        """Read the comma, unless the list or table ends here."""
        if not self._open:
            return
        closing = _CLOSING[self._open[-1]]
        char = self._peek()
        if char == ",":
            self._at += 1
            if self._peek() == closing:
                raise self._unreadable(f"`{closing}` after a comma", "remove the comma before it")
        elif char != closing:
            raise self._unreadable(f"`,` or `{closing}` is expected here")

    def _scalar(self) -> object:
        # Never asked for a list or a table, at which the standard reader recurses.
        try:
            value, self._at = self._scalars.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._at = error.pos
            raise self._unreadable(_reason(error)) from error
        return value

    def _peek(self) -> str:
        blanks = _BLANKS.match(self._text, self._at)
        self._at = blanks.end() if blanks else self._at
        return self._text[self._at : self._at + 1]

    def _mark(self) -> Mark:
        line = bisect.bisect_right(self._lines, self._at)
        return Mark(line, self._at - self._lines[line - 1] + 1)

    def _unreadable(self, message: str, hint: str = "") -> UnreadableError:
        if self._text.startswith(("//", "/*", "#"), self._at):
            message, hint = (
                "a comment",
                "JSON has none: remove it, or write the plan in YAML or TOML",
            )
        elif self._at >= len(self._text):
            message = f"the text ends here: {message}"
        return UnreadableError(message, self._mark(), hint)


def _reason(error: json.JSONDecodeError) -> str:
    if error.msg == "Expecting value":
        return "a value is expected here"
    return error.msg[0].lower() + error.msg[1:]
