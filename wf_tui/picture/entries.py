"""What stands in a column or in the list, one entry after the other, from any place on.

A view draws the few entries that fit, so nothing here ever walks over all cards: the neighbour of
an entry costs a search, also where a folded group of thousands lies between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import TYPE_CHECKING

from wf_tui.picture.orders import SIMILAR

if TYPE_CHECKING:
    from collections.abc import Collection

    from wf_tui.picture.columns import Column
    from wf_tui.picture.orders import Order

__all__ = ["SIMILAR", "Entries", "Entry", "EntryKind", "header_order"]


class EntryKind(Enum):
    """What an entry is."""

    HEADER = "header"
    """The first line of a group."""
    CARD = "card"
    SIMILAR = "similar"
    """One card for several tasks that are blocked for the same reason."""
    GHOST = "ghost"
    """The place that the selected task has left."""


@dataclass(frozen=True)
class Entry:
    """One entry; `at` is where it stands, by which it is found again whatever comes or goes."""

    kind: EntryKind
    at: Order
    folded: bool = False
    """Of a header: whether the cards of its group are not shown."""

    @property
    def group(self) -> float:
        """The group it belongs to."""
        return self.at[0]

    @property
    def name(self) -> str:
        """The id of the task, the name of a similar card, or "" for a header."""
        return self.at[-1]

    @property
    def is_stop(self) -> bool:
        """Whether the cursor stops here; of headers only at those of folded groups."""
        return self.kind is not EntryKind.HEADER or self.folded


def header_order(group: float) -> Order:
    """Return where the header of a group stands: before all of its cards."""
    return (group, -inf, -inf, -inf, "")


def _end_of(group: float) -> Order:
    return (group, inf, inf, inf, "")


class Entries:
    """The entries of one column as it is now: a view over it, made anew for each drawing.

    The first number of an order is its group. `folded` are the groups whose cards are not shown,
    `plain` those without a header, and `ghost` the order that the selected task had when it left.
    """

    def __init__(
        self,
        column: Column,
        *,
        folded: Collection[float] = (),
        plain: Collection[float] = (),
        ghost: Order | None = None,
    ) -> None:
        self._column = column
        self._folded = frozenset(folded) - frozenset(plain)
        self._plain = frozenset(plain)
        # Where the task has come back to its place there is nothing to stand in for.
        self._ghost = None if ghost is None or column.contains(ghost) else ghost

    # -- single entries

    def first(self) -> Entry | None:
        """Return the first entry; None where there is none."""
        return self._opened(self._order_from(header_order(-inf)))

    def last(self) -> Entry | None:
        """Return the last entry; None where there is none."""
        return self._closed(self._order_before(_end_of(inf)))

    def after(self, entry: Entry) -> Entry | None:
        """Return the next entry; None after the last. The entry itself may have gone."""
        if entry.kind is EntryKind.HEADER and not entry.folded:
            found = self._order_from(entry.at)
        elif entry.kind is EntryKind.HEADER:
            found = self._order_from(_end_of(entry.group))
        else:
            found = self._order_from((*entry.at[:-1], f"{entry.at[-1]}\0"))
        if found is not None and found[0] == entry.group:
            return self._entry(found)
        return self._opened(found)

    def before(self, entry: Entry) -> Entry | None:
        """Return the entry before; None before the first. The entry itself may have gone."""
        found = self._order_before(entry.at)
        if found is not None and found[0] == entry.group:
            return self._entry(found)
        if entry.kind is EntryKind.HEADER or entry.group in self._plain:
            return self._closed(found)
        return self.header(entry.group)

    def at(self, order: Order) -> Entry | None:
        """Return the entry that stands exactly there, or the header of the group that hides it."""
        if order == header_order(order[0]):
            found = self._order_from(order)
            empty = found is None or found[0] != order[0] or order[0] in self._plain
            return None if empty else self.header(order[0])
        if order != self._ghost and not self._column.contains(order):
            return None
        return self.header(order[0]) if order[0] in self._folded else self._entry(order)

    def nearest(self, order: Order) -> Entry | None:
        """Return the entry there, else the next one, else the last; None where there is none."""
        found = self._order_from(order)
        if found is None:
            return self.last()
        hidden = found[0] in self._folded or order == header_order(found[0])
        return self.header(found[0]) if hidden else self._entry(found)

    def header(self, group: float) -> Entry:
        """Return the header of a group."""
        return Entry(EntryKind.HEADER, header_order(group), folded=group in self._folded)

    # -- counts, each by a search

    def __len__(self) -> int:
        return len(self._column)

    def index(self, entry: Entry) -> int:
        """Return how many cards stand before an entry, folded ones as well."""
        return self._column.place(entry.at)

    def count(self, group: float) -> int:
        """Return how many cards a group has."""
        return self._column.count(group)

    def groups(self) -> list[float]:
        """Return the groups that have cards or the ghost, in order; costs a search for each."""
        found: list[float] = []
        order = self._order_from(header_order(-inf))
        while order is not None:
            found.append(order[0])
            order = self._order_from(_end_of(order[0]))
        return found

    # -- the column and the ghost as one sequence

    def _order_from(self, order: Order) -> Order | None:
        """Return the first order that is not before this one."""
        place = self._column.place(order)
        found = self._column.order(place) if place < len(self._column) else None
        ghost = self._ghost
        if ghost is not None and ghost >= order and (found is None or ghost < found):
            return ghost
        return found

    def _order_before(self, order: Order) -> Order | None:
        place = self._column.place(order)
        found = self._column.order(place - 1) if place else None
        ghost = self._ghost
        if ghost is not None and ghost < order and (found is None or ghost > found):
            return ghost
        return found

    def _entry(self, order: Order) -> Entry:
        if order == self._ghost:
            return Entry(EntryKind.GHOST, order)
        similar = order[-1].startswith(SIMILAR)
        return Entry(EntryKind.SIMILAR if similar else EntryKind.CARD, order)

    def _opened(self, order: Order | None) -> Entry | None:
        """Return what is seen first of the group of this order, its first."""
        if order is None or order[0] in self._plain:
            return None if order is None else self._entry(order)
        return self.header(order[0])

    def _closed(self, order: Order | None) -> Entry | None:
        """Return what is seen last of the group of this order, its last."""
        if order is None or order[0] not in self._folded:
            return None if order is None else self._entry(order)
        return self.header(order[0])
