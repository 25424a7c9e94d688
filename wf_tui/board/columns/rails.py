"""Which columns are rails: one opens at once when a card comes, and closes only after a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.picture.orders import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Rails"]

_EMPTY_FOR: Final = 30.0
"""Seconds for which a column has been empty when it closes."""
_QUIET_FOR: Final = 2.0
"""Seconds without a key or the mouse before a column closes."""


class Rails:
    """Keeps the columns from opening and closing as cards come and go; nothing here has a clock.

    `update` is called after each change and once a second, `at_key` at each key. In a narrow
    terminal the columns change at keys only: until then a column that got a card stays a rail.
    """

    def __init__(self) -> None:
        self.closed: frozenset[str] = frozenset()
        """The columns that are rails."""
        self._empty_since: dict[str, float] = {}
        self._input_at = float("-inf")
        self._begun = False

    def note_input(self, now: float) -> None:
        """Note that a key was pressed or the mouse moved."""
        self._input_at = now

    def update(self, counts: Mapping[str, int], current: str, now: float, *, narrow: bool) -> bool:
        """Take the number of cards of each column; return whether other columns are rails now.

        `current` is the column with the cursor, which never closes.
        """
        for column in COLUMNS:
            if counts[column]:
                self._empty_since.pop(column, None)
            else:
                self._empty_since.setdefault(column, now)
        if not self._begun:
            self._begun = any(counts.values())
            return self._set(self._empty(current))
        if narrow:
            return False
        quiet = now - self._input_at >= _QUIET_FOR
        return self._set(self._closing(current, now, quiet=quiet))

    def at_key(self, current: str, now: float) -> bool:
        """Let a narrow terminal have the columns that have cards; return whether they are others.

        Of those that are empty, one that was open waits with closing as in a wide one.
        """
        return self._set(self._closing(current, now, quiet=True))

    def _closing(self, current: str, now: float, *, quiet: bool) -> frozenset[str]:
        return frozenset(
            column
            for column in self._empty(current)
            if column in self.closed or (quiet and now - self._empty_since[column] >= _EMPTY_FOR)
        )

    def _empty(self, current: str) -> frozenset[str]:
        return frozenset(column for column in self._empty_since if column != current)

    def _set(self, closed: frozenset[str]) -> bool:
        before, self.closed = self.closed, closed
        return before != closed
