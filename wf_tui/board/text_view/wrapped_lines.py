"""Lines in the rows of a view of some width, wrapped or cut, bounded from the front."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells

from wf_tui.board.text_view.text_line import TextLine
from wf_tui.board.widgets.line import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["TextRow", "WrappedLines", "wrap"]


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row: which line it is of, counted from the first that ever was, and what stands on it."""

    number: int
    line: TextLine
    first: bool


class WrappedLines:
    """At most `most` lines; the oldest go first, and are counted.

    A line keeps its number while others go, so that a cursor stays on what it was on.
    """

    def __init__(self, most: int, *, wrapping: bool = True) -> None:
        self.most = most
        self.width = 80
        self.wrapping = wrapping
        self.rows: list[TextRow] = []
        self.left_out = 0
        """Lines that went; the number of the first one that is there."""
        self.lines: list[TextLine] = []
        self._unfinished = False
        """Whether the last line is still being written."""

    def clear(self) -> None:
        """Forget everything."""
        self.rows.clear()
        self.lines.clear()
        self.left_out = 0
        self._unfinished = False

    @property
    def end(self) -> int:
        """The number after that of the last line."""
        return self.left_out + len(self.lines)

    def line(self, number: int) -> TextLine | None:
        """Return a line by its number; None where it is not there any more, or not yet."""
        place = number - self.left_out
        return self.lines[place] if 0 <= place < len(self.lines) else None

    def row_of(self, number: int) -> int:
        """Return the first row of a line; one search, however many there are."""
        return bisect_left(self.rows, number, key=lambda row: row.number)

    def extend(self, lines: Iterable[TextLine], unfinished: TextLine | None = None) -> int:
        """Add lines, and one that is still being written, which the next call replaces.

        Returns how many rows went from the front, so that a view can keep its place.
        """
        if self._unfinished:
            self.lines.pop()
            del self.rows[self.row_of(self.end) :]
        for line in lines:
            self._add(line)
        self._unfinished = unfinished is not None
        if unfinished is not None:
            self._add(unfinished)
        excess = max(0, len(self.lines) - self.most)
        # Once for all of them: each cut at the front of a list moves all that is behind it.
        del self.lines[:excess]
        self.left_out += excess
        gone = self.row_of(self.left_out) if excess else 0
        del self.rows[:gone]
        return gone

    def replace(self, number: int, line: TextLine) -> None:
        """Put another line in the place of one, as when its colours have come."""
        if self.line(number) is None:
            return
        self.lines[number - self.left_out] = line
        start, end = self.row_of(number), self.row_of(number + 1)
        self.rows[start:end] = self._rows_of(number, line)

    def splice(self, number: int, count: int, lines: Sequence[TextLine]) -> None:
        """Put lines in the place of some; where it is not as many, those behind are renumbered."""
        if len(lines) == count:
            for place, line in enumerate(lines):
                self.replace(number + place, line)
            return
        at = number - self.left_out
        self.lines[at : at + count] = lines
        self._rebuild()

    def rewrap(self, width: int, *, wrapping: bool | None = None) -> None:
        """Fit the lines to another width, in cells; none goes, and an unfinished one stays so."""
        was_wrapping = self.wrapping
        self.width = max(1, width)
        self.wrapping = self.wrapping if wrapping is None else wrapping
        if was_wrapping or self.wrapping:
            self._rebuild()

    def _rebuild(self) -> None:
        self.rows = [
            row
            for place, line in enumerate(self.lines)
            for row in self._rows_of(self.left_out + place, line)
        ]

    def _add(self, line: TextLine) -> None:
        self.rows.extend(self._rows_of(self.end, line))
        self.lines.append(line)

    def _rows_of(self, number: int, line: TextLine) -> list[TextRow]:
        parts = wrap(line, self.width) if self.wrapping else (line,)
        return [TextRow(number, part, place == 0) for place, part in enumerate(parts)]


def wrap(line: TextLine, width: int) -> Sequence[TextLine]:
    """Return the rows that a line takes at a width in cells, each as a line; at least one.

    A rule is filled up, or cut at the edge, instead.
    """
    room = width - sum(cell_len(span.text) + 1 for span in line.right)
    text = line.text
    cells = len(text) if text.isascii() else cell_len(text)
    if line.fill or cells <= max(room, width // 2):
        return (line,)
    parts = list(_fold(text, width, line.hang))
    rows = []
    at = 0
    for place, part in enumerate(parts):
        hang = (Span(" " * line.hang),) if place and line.hang else ()
        spans = (*hang, *_between(line.spans, at, at + len(part)))
        rows.append(TextLine(spans, line.look, () if place else line.right, line.mark))
        at += len(part)
    return rows


def _between(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """Yield the pieces of a line that stand between two of its characters."""
    at = 0
    for span in spans:
        part = span.text[max(0, start - at) : max(0, end - at)]
        if part:
            yield Span(part, span.role, span.hit)
        at += len(span.text)


def _fold(text: str, width: int, hang: int) -> Iterator[str]:
    """Yield what fits in a row, broken at a space where one is near the end of it."""
    wide = not text.isascii()
    room = width
    while len(text) > room or (wide and cell_len(text) > room):
        row = text[:room]
        if wide:
            # What has no width at all makes no part. A character of two cells in a view of one is
            # cut by the view, but ends the loop.
            parts = chop_cells(row, room)
            row = (parts[0] if parts else row) or text[:1]
        space = row.rfind(" ") + 1
        if space > len(row) // 2:
            row = row[:space]
        yield row
        text = text[len(row) :]
        room = max(1, width - hang)
    if text:
        yield text
