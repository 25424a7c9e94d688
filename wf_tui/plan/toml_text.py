"""Reading TOML with the standard reader, and finding the places that it does not keep."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wf_tui.plan.document import (
    DEEPEST,
    MOST_VALUES,
    Document,
    Mark,
    Spot,
    UnreadableError,
    too_deep,
    too_many_values,
)

__all__ = ["read_toml"]

_TOKEN: Final = re.compile(
    r"""
    (?P<text>\"\"\"(?:[^\\]|\\.)*?\"{3,5} | '''.*?'{3,5} | "(?:[^"\\\n]|\\.)*" | '[^'\n]*')
    | (?P<comment>\#[^\n]*)
    | (?P<open>[\[{]) | (?P<close>[\]}]) | (?P<equals>=) | (?P<comma>,) | (?P<newline>\n)
    | (?P<other>[^"'#\[\]{}=,\n]+ | ["'])
    """,
    re.VERBOSE | re.DOTALL,
)
_ARRAY = 2
_LONGEST_KEY = 10_000
_PLACE: Final = re.compile(r" \(at line (?P<line>\d+), column (?P<column>\d+)\)$")


def read_toml(text: str) -> Document:
    """Return the document; where the text is not TOML, one without values that says where."""
    try:
        return _read(text.replace("\r\n", "\n"))
    except UnreadableError as error:
        return Document("toml", None, Spot(Mark(1, 1)), (error.problem(),))


def _read(text: str) -> Document:
    statements = list(_Statements(text))
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(error, text) from error
    except ValueError as error:
        raise UnreadableError("a number or date that is out of range") from error
    return Document("toml", value, _spots(statements))


def _unreadable(error: tomllib.TOMLDecodeError, text: str) -> UnreadableError:
    # The standard reader tells its place in words only.
    reason = _PLACE.sub("", str(error))
    if place := _PLACE.search(str(error)):
        return UnreadableError(reason, Mark(int(place["line"]), int(place["column"])))
    return UnreadableError(f"the text ends here: {reason}", Mark(text.count("\n") + 1, 1))


@dataclass(frozen=True)
class _Statement:
    """A header (1 bracket, or 2) or the key of a pair (0), as written, with its place."""

    key: str
    mark: Mark
    brackets: int


class _Statements:
    """The statements of a text: what gives a value its place.

    Refuses what is too deep or too much before the standard reader sees it: that one recurses
    into brackets, and its time grows with the square of the parts of a dotted key.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._line, self._line_start = 1, 0
        self._depth = self._dots = self._values = 0
        self._restart()

    def __iter__(self) -> Iterator[_Statement]:
        for token in _TOKEN.finditer(self._text):
            kind, written = token.lastgroup, token.group()
            if kind in {"text", "other"}:
                self._word(written, self._mark(token.start()))
            elif kind == "newline" and not self._depth:
                self._restart()
            elif kind in {"open", "close", "equals"} and (
                ended := self._sign(written, token.start())
            ):
                yield ended
            if kind in {"newline", "comma", "equals", "close"}:
                self._count_value(token.start(), is_value=kind != "newline")
            if newlines := written.count("\n"):
                self._line += newlines
                self._line_start = token.start() + written.rindex("\n") + 1

    def _restart(self) -> None:
        self._key = ""
        self._start: Mark | None = None
        self._brackets = 0
        self._complete = False

    def _mark(self, at: int) -> Mark:
        return Mark(self._line, at - self._line_start + 1)

    def _word(self, written: str, mark: Mark) -> None:
        self._dots += written.count(".") if written[0] not in "\"'" else 0
        if self._dots > DEEPEST:
            raise too_deep(mark)
        if not self._complete and written.strip():
            blanks = len(written) - len(written.lstrip())
            self._start = self._start or Mark(mark.line, mark.column + blanks)
            self._key += written
            if len(self._key) > _LONGEST_KEY:
                raise UnreadableError(
                    f"a key of more than {_LONGEST_KEY:,} characters", self._start
                )

    def _count_value(self, at: int, *, is_value: bool) -> None:
        self._dots = 0
        self._values += is_value
        if self._values > MOST_VALUES:
            raise too_many_values(self._mark(at))

    def _sign(self, sign: str, at: int) -> _Statement | None:
        """Take a bracket or `=`; return the statement whose key ends here."""
        if self._complete:
            self._depth = max(0, self._depth + (sign in "[{") - (sign in "]}"))
            if self._depth > DEEPEST:
                raise too_deep(self._mark(at))
        elif sign == "[" and not self._key:
            self._start = self._start or self._mark(at)
            self._brackets += 1
        else:
            self._complete = True
            return _Statement(self._key, self._start or self._mark(at), self._brackets)
        return None


def _spots(statements: list[_Statement]) -> Spot:
    root = table = Spot(Mark(1, 1))
    for statement in statements:
        spot = root if statement.brackets else table
        for part in _key_parts(statement.key):
            spot = _newest_item(spot).parts.setdefault(part, Spot(statement.mark))
        if statement.brackets == _ARRAY:
            spot.parts[len(spot.parts)] = Spot(statement.mark)
        if statement.brackets:
            table = _newest_item(spot)
    return root


def _key_parts(key: str) -> Iterator[str]:
    # The standard reader has taken the whole text by now, so each key is one that it can read.
    table: object = tomllib.loads(f"{key} = 0")
    while isinstance(table, dict):
        part, table = next(iter(table.items()))
        yield part


def _newest_item(spot: Spot) -> Spot:
    """Return the table that a header or key goes on in: of an array of tables the last one."""
    return spot.parts.get(len(spot.parts) - 1, spot)
