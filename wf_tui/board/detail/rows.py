"""Lines wrapped into the rows of a view of some width, bounded from the front."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.board.detail.document import Line

__all__ = ["Rows"]


class Rows:
    """At most `most` lines; the oldest go first, and are counted."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.width = 80
        self.rows: list[Line] = []
        self.left_out = 0
        """Lines that went."""
        self._lines: deque[Line] = deque()
        self._counts: deque[int] = deque()
        self._unfinished = False

    def clear(self) -> None:
        """Forget everything."""
        self.rows.clear()
        self._lines.clear()
        self._counts.clear()
        self.left_out = 0
        self._unfinished = False

    def extend(self, lines: Iterable[Line], unfinished: Line | None = None) -> int:
        """Add lines, and one that is still being written, which the next call replaces.

        Returns how many rows went from the front.
        """
        if self._unfinished:
            self._lines.pop()
            self._drop_rows_at_end(self._counts.pop())
        for line in lines:
            self._add(line)
        self._unfinished = unfinished is not None
        if unfinished is not None:
            self._add(unfinished)
        return self._bound()

    def rewrap(self, width: int) -> None:
        """Fit the lines to another width."""
        self.width = max(1, width)
        lines = list(self._lines)
        self.rows.clear()
        self._lines.clear()
        self._counts.clear()
        for line in lines:
            self._add(line)

    def _add(self, line: Line) -> None:
        rows = line.wrapped(self.width)
        self._lines.append(line)
        self._counts.append(len(rows))
        self.rows.extend(rows)

    def _drop_rows_at_end(self, count: int) -> None:
        del self.rows[len(self.rows) - count :]

    def _bound(self) -> int:
        excess = max(0, len(self._lines) - self.most)
        gone = 0
        for _ in range(excess):
            self._lines.popleft()
            gone += self._counts.popleft()
        del self.rows[:gone]
        self.left_out += excess
        return gone
