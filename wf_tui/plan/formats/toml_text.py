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

__all__ = ["find_spots", "load", "read_toml"]

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
_HINTS: Final = {
    "Invalid value": "text stands in quotes; the only words are true and false",
    "Invalid statement": "a line is `key = value`, or a header: [[phases]]",
}
_PLACE: Final = re.compile(r" \(at line (?P<line>\d+), column (?P<column>\d+)\)$")


def read_toml(text: str) -> Document:
    """Return the document; where the text is not TOML, one without values that says where.

    Called by `read.parse_plan`; raises nothing. Unlike JSON and YAML the first fault is the only
    one, since the standard reader stops there.
    """
    try:
        return load(text.replace("\r\n", "\n"))
    except UnreadableError as error:
        return Document("toml", None, Spot(Mark(1, 1)), (error.problem(),))


def load(text: str) -> Document:
    """Return the values and places of a text with plain ends of line; raise `UnreadableError`."""
    # First, though it may be no TOML: what it refuses the standard reader must never see.
    statements = list(_Statements(text))
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The standard reader says its place in words only, and none for the end of the text.
        reason = _PLACE.sub("", str(error))
        place = _PLACE.search(str(error))
        if place is None:
            end = Mark(text.count("\n") + 1, 1)
            raise UnreadableError(f"the text ends here: {reason}", end) from error
        mark = Mark(int(place["line"]), int(place["column"]))
        raise UnreadableError(reason, mark, _HINTS.get(reason, "")) from error
    except ValueError as error:  # after its own error, which is one, too
        raise UnreadableError("a number or date that is out of range") from error
    return Document("toml", value, find_spots(statements))


@dataclass(frozen=True)
class _Statement:
    """A header (1 bracket, or 2) or the key of a pair (0), as written, with its place."""

    key: str
    mark: Mark
    brackets: int


class _Statements:
    """The statements of a text: what gives a value its place.

    Refuses what is too deep or too much before the standard reader sees it: that one recurses
    into brackets, and its time grows with the square of the parts of a dotted key. Of what is no
    TOML anything may come out here; that reader says afterwards what is wrong.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._line, self._line_start = 1, 0
        self._depth = self._dots = self._values = 0
        self._restart()

    def __iter__(self) -> Iterator[_Statement]:
        for token in _TOKEN.finditer(self._text):
            kind, written, at = token.lastgroup, token.group(), token.start()
            if kind in {"text", "other"}:
                self.take_word(written, self.mark(at))
            elif kind == "newline" and not self._depth:  # within brackets a value goes on
                self._restart()
            elif kind in {"open", "close", "equals"}:
                ended = self.take_sign(written, at)
                if ended is not None:
                    yield ended
            if kind in {"newline", "comma", "equals", "close"}:
                self._dots = 0  # dots count within one key: what is behind any of these is another
            if kind in {"comma", "equals", "close"}:
                self._values += 1
                if self._values > MOST_VALUES:
                    raise too_many_values(self.mark(at))
            # Last, since the marks above are of where the token begins, which may have many lines.
            if newlines := written.count("\n"):
                self._line += newlines
                self._line_start = token.start() + written.rindex("\n") + 1

    def _restart(self) -> None:
        """Be at the start of a statement."""
        self._key = ""
        self._start: Mark | None = None
        self._brackets = 0
        self._complete = False

    def mark(self, at: int) -> Mark:
        """Return the place of a character in the line that has been reached."""
        return Mark(self._line, at - self._line_start + 1)

    def take_word(self, written: str, mark: Mark) -> None:
        """Take a part of a key, or, behind its `=`, of a value."""
        if written[0] not in "\"'":  # in quotes a dot is a letter like any other
            self._dots += written.count(".")
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

    def take_sign(self, sign: str, at: int) -> _Statement | None:
        """Take a bracket or `=`; return the statement whose key ends here."""
        if self._complete:
            if sign in "[{":
                self._depth += 1
            elif sign in "]}" and self._depth:  # one too many is no TOML, and not found here
                self._depth -= 1
            if self._depth > DEEPEST:
                raise too_deep(self.mark(at))
        elif sign == "[" and not self._key:
            self._start = self._start or self.mark(at)
            self._brackets += 1
        else:
            self._complete = True
            return _Statement(self._key, self._start or self.mark(at), self._brackets)
        return None


def find_spots(statements: list[_Statement]) -> Spot:
    """Return where the values stand of a text that the standard reader has taken."""
    root = table = Spot(Mark(1, 1))
    for statement in statements:
        spot = root if statement.brackets else table
        # The standard reader has taken each key by now, so it can take one apart: quotes, dots.
        key: object = tomllib.loads(f"{statement.key} = 0")
        while isinstance(key, dict):
            part, key = next(iter(key.items()))
            # The first mention counts: `[a.b]` is where `a` stands, if nothing said so before.
            spot = _newest_item(spot).parts.setdefault(part, Spot(statement.mark))
        if statement.brackets == _ARRAY:
            spot.parts[len(spot.parts)] = Spot(statement.mark)
        if statement.brackets:
            table = _newest_item(spot)
    return root


def _newest_item(spot: Spot) -> Spot:
    """Return the table that a header or key goes on in: of an array of tables the last one."""
    return spot.parts.get(len(spot.parts) - 1, spot)
