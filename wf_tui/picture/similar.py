"""Tasks that are blocked for one reason, which stand in the column Blocked as one card.

A missing package fails 27 tasks with the same line: a person wants to see that line once. The card
stands in the place of the oldest. Who is in it changes when a row changes and never by a look, so a
walk over the column costs what it draws.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import BlockedKind
from wf_tui.picture.columns import Column
from wf_tui.picture.orders import SIMILAR, Order

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

__all__ = ["SimilarCards", "similar_name"]

_FEWEST: Final = 3
"""Fewer are not worth a card of their own."""
_SHORTEST: Final = 12
"""Letters of a proof, below which it says too little to be the same reason."""
_KINDS: Final = frozenset({BlockedKind.FAILED, BlockedKind.GATE, BlockedKind.DELIVERABLE})
_LONGEST: Final = 200
_MASKED: Final = re.compile(
    r"(?:[^\s/:'\"()\[\]]*/)+[^\s/:'\"()\[\],]*"  # a path
    r"|\b(?:0x[0-9a-f]+|[0-9a-f]{7,})\b"  # an address, a commit
    r"|\d[\w.]*"
)
_LETTER: Final = re.compile(r"[^\W\d_]")


def similar_name(kind: str, proof: str) -> str:
    """Return the name of the card that a task may be part of, "" where it is none of its own kind.

    The same for tasks of one kind whose proofs differ in numbers and paths alone.
    """
    if kind not in _KINDS or len(proof) < _SHORTEST:
        return ""
    masked = " ".join(_MASKED.sub("#", proof[:_LONGEST].casefold()).split())
    letters = len(_LETTER.findall(masked))
    return f"{SIMILAR}{kind}:{masked}" if letters >= _SHORTEST else ""


@dataclass
class _Alike:
    """The tasks of one name: those in its card, and those that stand for themselves."""

    inside: Column = field(default_factory=Column)
    outside: Column = field(default_factory=Column)


class SimilarCards:
    """The column Blocked with similar tasks as one entry, as far as the filter lets them through.

    `column` is what is drawn. Cards are `add`ed and `remove`d with the name that they had then.
    """

    def __init__(self) -> None:
        self.column = Column()
        self.opened: set[str] = set()
        """The cards that a person has opened; they stay so."""
        self.protected: Collection[str] = frozenset()
        """Tasks that no card is formed around: selected, marked, or opened."""
        self._alike: dict[str, _Alike] = {}

    def fill(self, cards: Iterable[tuple[Order, str]]) -> None:
        """Begin anew with these places and names; costs a walk over all, once."""
        seen: list[Order] = []
        named: dict[str, list[Order]] = {}
        for order, name in cards:
            (named.setdefault(name, []) if name else seen).append(order)
        self._alike = {name: self._parted(name, many) for name, many in named.items()}
        for name, alike in self._alike.items():
            seen += alike.outside.orders()
            seen += [self._entry(name)] if alike.inside else []
        self.column = Column(seen)

    def add(self, order: Order, name: str) -> None:
        """Put a task in."""
        self.column.add(order)
        if name:
            self._alike.setdefault(name, _Alike()).outside.add(order)
            self._gather(name)

    def remove(self, order: Order, name: str) -> None:
        """Take a task out, with the order and the name under which it was put in."""
        if not name:
            self.column.remove(order)
            return
        alike = self._alike[name]
        if alike.outside.contains(order):
            alike.outside.remove(order)
            self.column.remove(order)
        else:
            self.column.remove(self._entry(name))
            alike.inside.remove(order)
            self._put_back(name)
        if not alike.inside and not alike.outside:
            del self._alike[name]

    def open(self, name: str) -> None:
        """Show the tasks of a card each by itself from now on."""
        self.opened.add(name)
        alike = self._alike.get(name)
        if alike is not None and alike.inside:
            self.column.remove(self._entry(name))
            self._dissolve(alike)

    def members(self, name: str) -> Sequence[str]:
        """Return the tasks in a card, the oldest first; none where there is no such card."""
        alike = self._alike.get(name)
        return alike.inside if alike is not None else ()

    def entry(self, order: Order, name: str) -> Order:
        """Return where a task is seen: its own place, or that of the card that it is part of."""
        alike = self._alike.get(name) if name else None
        inside = alike is not None and alike.inside.contains(order)
        return self._entry(name) if inside else order

    def _parted(self, name: str, orders: list[Order]) -> _Alike:
        free = [one for one in orders if one[-1] not in self.protected]
        if name in self.opened or len(free) < _FEWEST:
            return _Alike(outside=Column(orders))
        rest = [one for one in orders if one[-1] in self.protected]
        return _Alike(Column(free), Column(rest))

    def _entry(self, name: str) -> Order:
        return (*self._alike[name].inside.order(0)[:-1], name)

    def _put_back(self, name: str) -> None:
        alike = self._alike[name]
        if len(alike.inside) >= _FEWEST:
            self.column.add(self._entry(name))
        else:
            self._dissolve(alike)

    def _dissolve(self, alike: _Alike) -> None:
        for order in alike.inside.orders():
            alike.outside.add(order)
            self.column.add(order)
        alike.inside = Column()

    def _gather(self, name: str) -> None:
        """Take into a card what may be in it, if there is enough for one."""
        alike = self._alike[name]
        if name in self.opened:
            return
        free = [one for one in alike.outside.orders() if one[-1] not in self.protected]
        if not free or len(alike.inside) + len(free) < _FEWEST:
            return
        if alike.inside:
            self.column.remove(self._entry(name))
        for order in free:
            alike.outside.remove(order)
            self.column.remove(order)
            alike.inside.add(order)
        self.column.add(self._entry(name))
