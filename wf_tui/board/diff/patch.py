"""A patch as git prints it, taken apart: files, hunks, and lines with their numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wf_tui.board.text_view.text_line import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["CodeLine", "FilePatch", "Hunk", "Sign", "one_side", "parse_patch"]

_HUNK: Final = re.compile(r"@@+ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@+ ?(.*)")


class Sign(StrEnum):
    """What a line of a hunk is, as git marks it."""

    ADDED = "+"
    REMOVED = "-"
    SAME = " "
    NOTE = "\\"
    """Git's own words: `No newline at end of file`."""


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line of a hunk; its text is safe to draw, and its numbers count from 1."""

    sign: Sign
    text: str
    old: int | None = None
    new: int | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Its side and number, by which a comment knows it: of the new file where it is there."""
        if self.new is not None:
            return "new", self.new
        return "old", self.old or 0


@dataclass(frozen=True)
class Hunk:
    """Lines that belong together, with what git says they are in."""

    start: int
    """Its first line in the new file."""
    heading: str
    lines: tuple[CodeLine, ...]


@dataclass(frozen=True)
class FilePatch:
    """What differs in one file."""

    hunks: tuple[Hunk, ...] = ()
    binary: bool = False
    left_out: int = 0
    """Lines that are not here, because it has too many."""


def one_side(lines: Sequence[CodeLine]) -> list[CodeLine]:
    """Return the last of some lines, with those before it that follow each other on its side.

    What is of the other side only is left out, and all before a gap, as between two hunks.
    """
    if not lines:
        return []
    side, number = lines[-1].place
    found = [lines[-1]]
    for line in reversed(lines[:-1]):
        there = line.new if side == "new" else line.old
        if there is None:
            continue
        if there != number - len(found):
            break
        found.insert(0, line)
    return found


def parse_patch(patch: bytes, most: int) -> list[FilePatch]:
    """Return the patch of each file, in git's order; at most `most` lines of each are kept.

    Without their names, which git quotes: whoever asked knows the order. Called on a thread.
    """
    text = patch.decode("utf-8", "surrogateescape")
    lines = text.removesuffix("\n").split("\n") if text else []
    starts = [at for at, line in enumerate(lines) if line.startswith("diff --git ")]
    ends = [*starts[1:], len(lines)]
    return [_file(lines[start + 1 : end], most) for start, end in zip(starts, ends, strict=True)]


def _file(lines: list[str], most: int) -> FilePatch:
    first = next((at for at, line in enumerate(lines) if line.startswith("@@")), len(lines))
    binary = any(line.startswith(("Binary files ", "GIT binary patch")) for line in lines[:first])
    left_out = max(0, len(lines) - first - most)
    return FilePatch(tuple(_hunks(lines[first : first + most])), binary, left_out)


def _hunks(lines: Sequence[str]) -> Iterator[Hunk]:
    start, old, new, heading = 0, 0, 0, ""
    taken: list[CodeLine] = []
    returns = {line.endswith("\r") for line in lines if line.startswith(("+", "-"))}
    # Only where some lines have it and others not, it is a difference.
    carriage = "␍" if len(returns) > 1 else ""
    for line in lines:
        if line.startswith("@@") and (head := _HUNK.match(line)):
            if taken:
                yield Hunk(start, heading, tuple(taken))
            old, new = int(head[1]), int(head[2])
            # The whole of git's heading is the worker's text.
            start, heading, taken = new, safe(head[3].strip()), []
            continue
        # A line without its blank is one that is empty on both sides.
        sign = _SIGNS.get(line[:1] or " ", Sign.NOTE)
        text = safe(line[1:].removesuffix("\r")) + (carriage if line.endswith("\r") else "")
        match sign:
            case Sign.ADDED:
                taken.append(CodeLine(sign, text, None, new))
            case Sign.REMOVED:
                taken.append(CodeLine(sign, text, old, None))
            case Sign.SAME:
                taken.append(CodeLine(sign, text, old, new))
            case _:
                taken.append(CodeLine(sign, text.strip()))
        old += sign in {Sign.REMOVED, Sign.SAME}
        new += sign in {Sign.ADDED, Sign.SAME}
    if taken:
        yield Hunk(start, heading, tuple(taken))


_SIGNS: Final = {str(sign): sign for sign in Sign}
