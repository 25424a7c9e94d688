"""A column as a sorted sequence: one card more or less costs a search, not a sort."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from math import inf
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from wf_tui.picture.orders import Order

__all__ = ["Column"]


class Column(Sequence[str]):
    """The ids of a column in its order, by position.

    It keeps the orders sorted; each ends with its id, so no two are alike and a search finds the
    one card. A card more or less costs a binary search and a shift of the list behind it, where
    sorting again would cost all cards.
    """

    def __init__(self, orders: Iterable[Order] = ()) -> None:
        self._orders = sorted(orders)

    def __len__(self) -> int:
        return len(self._orders)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [task for *_, task in self._orders[place]]
        *_, task = self._orders[place]
        return task

    def orders(self) -> tuple[Order, ...]:
        """Return all orders as they are now; costs the column."""
        return tuple(self._orders)

    def order(self, place: int) -> Order:
        """Return the order of the card at a place."""
        return self._orders[place]

    def count(self, group: float, since: float = -inf) -> int:
        """Return how many entries of a group there are, whose second number is at least `since`.

        Costs two searches.
        """
        first, end = (group, since, -inf, -inf, ""), (group, inf, inf, inf, "")
        return self.place(end) - self.place(first)

    def add(self, order: Order) -> None:
        """Put a card in; it must not be there already, as nothing would tell the two apart."""
        insort(self._orders, order)

    def remove(self, order: Order) -> None:
        """Take a card out; it has to be there, under exactly this order."""
        del self._orders[self.place(order)]

    def place(self, order: Order) -> int:
        """Return where a card is, or would be, from 0 on; `contains` tells which of the two."""
        return bisect_left(self._orders, order)

    def contains(self, order: Order) -> bool:
        """Whether a card is in it."""
        place = self.place(order)
        return place < len(self._orders) and self._orders[place] == order
