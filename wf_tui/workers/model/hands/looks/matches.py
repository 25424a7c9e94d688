"""What a search asks for, what it finds, and how that is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wf_tui.workers.model.hands.files.names import shown
from wf_tui.workers.model.hands.looks.looking import MOST_CHARACTERS

__all__ = ["Line", "Query", "rendered"]

_LONGEST_LINE: Final = 400


@dataclass(frozen=True)
class Query:
    """A search, as the model asks for it."""

    pattern: str
    glob: str
    literal: bool
    ignore_case: bool
    context: int
    limit: int
    """Matches that are shown."""


@dataclass(frozen=True)
class Line:
    """One line of a file, in the order of files and lines."""

    path: str
    """From the folder that is searched."""
    number: int
    text: str
    is_match: bool


def rendered(lines: Iterator[Line], query: Query, above: str) -> str:
    """Return the answer: below a line that says how many, the lines under the path of each file."""
    told: list[str] = []
    path, number, matches, room = None, 0, 0, MOST_CHARACTERS
    files = set[str]()
    for line in lines:
        if (line.is_match and matches == query.limit) or room < 0:
            return "\n".join([_head(matches, len(files), is_more=True), *told])
        if line.path != path:
            path = line.path
            told.append(shown(above + path))
        elif query.context and line.number > number + 1:
            told.append("--")
        number = line.number
        if line.is_match:
            matches += 1
            files.add(line.path)
        told.append(f"{number}{':' if line.is_match else '-'} {_short(line.text)}")
        room -= len(told[-1]) + 1
    if not matches:
        return "[nothing matches]"
    return "\n".join([_head(matches, len(files), is_more=False), *told])


def _head(matches: int, files: int, *, is_more: bool) -> str:
    words = f"{matches} {'match' if matches == 1 else 'matches'} in {files} "
    words += "file" if files == 1 else "files"
    if is_more:
        words += "; there are more: narrow the pattern, path or glob"
    return f"[{words}]"


def _short(line: str) -> str:
    text = line.rstrip("\r\n")
    if len(text) <= _LONGEST_LINE:
        return text
    return f"{text[:_LONGEST_LINE]} [the line goes on]"
