"""Which groups are folded: some by themselves, all others by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.selection.places import PLAIN
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.orders import LIST

if TYPE_CHECKING:
    from collections.abc import Collection

    from wf_tui.board.selection.places import SelectablePicture

__all__ = ["Folds", "groups_of"]

_DONE: Final = TaskState.DONE.value
_FOLDED_AT_FIRST: Final = frozenset({3.0, 4.0})
"""The groups of the list that begin folded: what waits, and what is done."""


class Folds:
    """Remembers what was folded, by hand or by itself.

    By itself a phase folds when it has finished, and in the list what waits and what is done; but
    not while it holds the selected task or a marked one, as nothing folds around them.
    """

    def __init__(self) -> None:
        self._opened: set[tuple[str, float]] = set()
        self._closed: set[tuple[str, float]] = set()
        self._by_itself: set[tuple[str, float]] = set()

    def update(self, picture: SelectablePicture, held: Collection[tuple[str, float]]) -> None:
        """Take note of a new picture; `held` are the groups that must not fold by themselves."""
        groups = groups_of(picture, _DONE)
        finished = {(_DONE, g) for g in groups if picture.group_title(_DONE, g).finished}
        # What is not finished any more opens by itself, but not what a person has folded.
        self._by_itself = {one for one in self._by_itself if one[0] == LIST or one in finished}
        candidates = finished | {(LIST, group) for group in _FOLDED_AT_FIRST}
        self._by_itself |= candidates - self._opened - set(held)

    def folded(self, column: str) -> frozenset[float]:
        """Return the folded groups of a column or of the list."""
        closed = self._closed | self._by_itself
        return frozenset(group for where, group in closed if where == column) - PLAIN[column]

    def open(self, column: str, group: float) -> None:
        """Unfold a group by hand; it stays open."""
        self._closed.discard((column, group))
        self._by_itself.discard((column, group))
        self._opened.add((column, group))

    def close(self, column: str, group: float) -> None:
        """Fold a group by hand."""
        self._opened.discard((column, group))
        self._closed.add((column, group))


def groups_of(picture: SelectablePicture, column: str) -> list[float]:
    """Return the groups of a column that have cards; costs a search for each."""
    cards = picture.sections if column == LIST else picture.columns[column]
    found: list[float] = []
    place = 0
    while place < len(cards):
        group = cards.order(place)[0]
        found.append(group)
        place = cards.place((group, *(float("inf"),) * 3, ""))
    return found
