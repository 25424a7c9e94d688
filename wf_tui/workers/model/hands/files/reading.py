"""`read_file`: some lines of a file, which may be of any size.

Without line numbers: models copy them into the text that they want to replace, and they cost a
tenth more tokens; the first line of the answer says which lines follow, and `search` gives the
number of a line.
"""

import os
from collections.abc import Iterator
from typing import IO, Final

from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.text_file import MOST_BYTES, TextFile, encoding_of
from wf_tui.workers.model.hands.files.tree import Place, Tree
from wf_tui.workers.model.tools import MOST_LINES

__all__ = ["read_file"]

_MOST_CHARACTERS: Final = 80_000
"""Of one answer; about 20,000 tokens."""
_LONGEST_LINE: Final = 2000
_MOST_PASSED: Final = 1024 * 1024 * 1024
"""Bytes that are read over to come to a line; more would keep the other calls waiting."""
_LOOK: Final = 8192


def read_file(tree: Tree, args: Arguments) -> str:
    """Return the lines that are asked for, below a line that says which they are."""
    first = args.number("offset", 1)
    limit = min(args.number("limit", MOST_LINES), MOST_LINES)
    with tree.find(args.text("path")) as place, os.fdopen(place.open(), "rb") as file:
        encoding = encoding_of(file.read(_LOOK))
        file.seek(0)
        if encoding == "utf-8":
            lines: Iterator[str] = (_text(line) for line in _raw_lines(file, place))
        else:  # it has a mark, or is none: then the error says so
            lines = iter(TextFile.read(place).text.removeprefix("\ufeff").splitlines(keepends=True))
        return _answer(place, lines, first, limit)


def _answer(place: Place, lines: Iterator[str], first: int, limit: int) -> str:
    taken: list[str] = []
    room, number, is_more, crlf = _MOST_CHARACTERS, 0, False, False
    for number, line in enumerate(lines, 1):
        if number < first:
            continue
        crlf = crlf or line.endswith("\r\n")
        short = _short(line.rstrip("\r\n"))
        room -= len(short) + 1
        if len(taken) == limit or (room < 0 and taken):
            is_more = True
            break
        taken.append(short)
    if not taken:
        if first > 1:
            raise CallError(f"{place.path} has {number} lines, so there is no line {first}")
        return f"[{place.path} is empty]"
    return "\n".join([_head(place, first, len(taken), is_more=is_more, crlf=crlf), *taken])


def _head(place: Place, first: int, count: int, *, is_more: bool, crlf: bool) -> str:
    last = first + count - 1
    words = [f"{place.path}, lines {first} to {last}"]
    words.append(f"there are more, from offset {last + 1}" if is_more else "the end of the file")
    if crlf:
        words.append("its lines end in CRLF, which edit_file keeps")
    return f"[{'; '.join(words)}]"


def _raw_lines(file: IO[bytes], place: Place) -> Iterator[bytes]:
    """Give the lines of a file; of a very long one the beginning, with the end of the line."""
    passed = 0
    while line := file.readline(MOST_BYTES):
        passed += len(line)
        if passed > _MOST_PASSED:
            raise CallError(f"{place.path} is too large to come to that line; use run_command")
        yield line


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _short(line: str) -> str:
    if len(line) <= _LONGEST_LINE:
        return line
    return f"{line[:_LONGEST_LINE]} [the line goes on for {len(line) - _LONGEST_LINE:,} characters]"
