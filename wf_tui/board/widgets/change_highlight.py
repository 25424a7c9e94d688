"""Which cards have just changed, so that an eye finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["ChangeHighlight"]

_FOR: Final = 1.0
"""Seconds for which a change is marked."""


class ChangeHighlight:
    """Remembers each changed card for a second.

    One for the whole board and not one a column: a card that moves is marked where it arrives. With
    reduced motion nothing is added to it.
    """

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    @property
    def cards(self) -> Collection[str]:
        """The cards that are marked now; a live view, which later changes show in."""
        return self._until.keys()

    def add(self, cards: Iterable[str], now: float) -> None:
        """Mark cards that have changed."""
        self._until.update(dict.fromkeys(cards, now + _FOR))

    def expire(self, now: float) -> None:
        """Forget those that have been marked for long enough."""
        for card in [card for card, until in self._until.items() if until <= now]:
            del self._until[card]
