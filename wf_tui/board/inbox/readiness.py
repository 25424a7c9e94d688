"""When the keys of the answer box count: never before a person can have read what they answer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Readiness"]


class Readiness:
    """Knows since when an item is on the screen, and which lines of its command were (RULES 7.3).

    It belongs to the event loop. Times are those of Textual's events. With `seconds` of 0 no time
    has to pass; the whole command has to have been seen all the same.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._item: object = None
        self._since = math.inf
        """When a frame first showed the item."""
        self._unseen: set[int] = set()
        self._was_seen = False
        """Whether all of the command was on the screen; narrower lines do not take that back."""

    def show(self, item: object, command: Iterable[int]) -> None:
        """Note what the next frames show; `command` are the lines that have to be seen."""
        lines = set(command)
        if item != self._item:
            self._item, self._since, self._was_seen = item, math.inf, False
            self._unseen = lines
        elif not self._was_seen and not lines >= self._unseen:
            self._unseen = lines  # laid out anew: another line has another number
        self._was_seen = self._was_seen or not self._unseen

    def drawn(self, item: object, now: float, lines: Iterable[int]) -> None:
        """Note a frame that showed these lines of an item."""
        if item != self._item:
            return
        self._since = min(self._since, now)
        self._unseen.difference_update(lines)
        self._was_seen = self._was_seen or not self._unseen

    def why_not(self, key: str, at: float) -> str:
        """Return why a key that was read at this time answers nothing, or ""."""
        if self.seconds > 0 and at < self._since + self.seconds:
            return f"{key} ignored: it has just changed"
        if not self._was_seen:
            return f"{key}: PgDn shows the rest of the command first"
        return ""
