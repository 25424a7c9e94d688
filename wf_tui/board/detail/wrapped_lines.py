"""Lines wrapped into the rows of a view of some width, bounded from the front."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells

from wf_tui.board.widgets.line import Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["WrappedLines", "wrap"]


class WrappedLines:
    """At most `most` lines; the oldest go first, and are counted."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.width = 80
        self.rows: list[Span] = []
        self.left_out = 0
        """Lines that went."""
        self._lines: deque[Span] = deque()
        self._counts: deque[int] = deque()
        """How many rows each line takes."""
        self._unfinished = False
        """Whether the last line is still being written."""

    def clear(self) -> None:
        """Forget everything."""
        self.rows.clear()
        self._lines.clear()
        self._counts.clear()
        self.left_out = 0
        self._unfinished = False

    def extend(self, lines: Iterable[Span], unfinished: Span | None = None) -> int:
        """Add lines, and one that is still being written, which the next call replaces.

        Returns how many rows went from the front, so that a view can keep its place.
        """
        if self._unfinished:
            self._lines.pop()
            count = self._counts.pop()
            del self.rows[len(self.rows) - count :]
        for line in lines:
            self._add(line)
        self._unfinished = unfinished is not None
        if unfinished is not None:
            self._add(unfinished)
        excess = max(0, len(self._lines) - self.most)
        gone = 0
        for _ in range(excess):
            self._lines.popleft()
            gone += self._counts.popleft()
        # Once for all of them: each cut at the front of a list moves all that is behind it.
        del self.rows[:gone]
        self.left_out += excess
        return gone

    def rewrap(self, width: int) -> None:
        """Fit the lines to another width, in cells; none goes, and an unfinished one stays so."""
        self.width = max(1, width)
        lines = list(self._lines)
        self.rows.clear()
        self._lines.clear()
        self._counts.clear()
        for line in lines:
            self._add(line)

    def _add(self, line: Span) -> None:
        rows = wrap(line, self.width)
        self._lines.append(line)
        self._counts.append(len(rows))
        self.rows.extend(rows)


def wrap(line: Span, width: int) -> Sequence[Span]:
    """Return the rows that a line takes at a width in cells; at least one.

    A rule is filled up, or cut at the edge, instead.
    """
    if line.role is Role.RULE:
        return (Span(f"{line.text} ".ljust(width, "─"), Role.RULE),)
    if len(line.text) <= width and line.text.isascii():
        return (line,)
    return tuple(Span(part, line.role) for part in _fold(line.text, width))


def _fold(text: str, width: int) -> Iterator[str]:
    """Yield what fits in a row, broken at a space where one is near the end of it."""
    wide = not text.isascii()
    while len(text) > width or (wide and cell_len(text) > width):
        row = text[:width]
        if wide:
            # A character of two cells in a view of one is cut by the view, but ends the loop.
            row = chop_cells(row, width)[0] or text[:1]
        space = row.rfind(" ") + 1
        if space > len(row) // 2:
            row = row[:space]
        yield row
        text = text[len(row) :]
    if text:
        yield text
