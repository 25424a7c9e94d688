"""What an `EntryView` draws from: entries in an order, each found from its neighbour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from wf_tui.picture.entries import Entry, EntryKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from wf_tui.picture.orders import Order

__all__ = ["EntrySource", "ListSource", "next_stop"]


class EntrySource(Protocol):
    """Entries by their neighbours; `picture.entries.Entries` is one, `ListSource` the other.

    Asked on the event loop while a view is drawn, so no question may walk over all entries.
    """

    def first(self) -> Entry | None:
        """Return the first entry; None where there is none."""

    def last(self) -> Entry | None:
        """Return the last entry."""

    def after(self, entry: Entry) -> Entry | None:
        """Return the next entry; the one asked about may have gone."""

    def before(self, entry: Entry) -> Entry | None:
        """Return the entry before."""

    def at(self, order: Order) -> Entry | None:
        """Return the entry that stands exactly there."""

    def nearest(self, order: Order) -> Entry | None:
        """Return the entry there, else the next one, else the last."""

    def header(self, group: float) -> Entry:
        """Return the header of a group."""

    def groups(self) -> list[float]:
        """Return the groups with a header or without, in order."""

    def index(self, entry: Entry) -> int:
        """Return how many stand before an entry; the thumb is placed by it."""

    def __len__(self) -> int:
        """Return how many there are."""


class ListSource:
    """A list short enough to be made anew at each change: the inbox, the seats, the runs.

    An entry is found again by its name, and where that is gone, by its place. `titles` are the
    names of lines that the cursor passes over.
    """

    def __init__(self, names: Sequence[str] = (), titles: Collection[str] = ()) -> None:
        self._entries = [
            Entry(
                EntryKind.HEADER if name in titles else EntryKind.CARD,
                (0.0, float(place), 0.0, 0.0, name),
            )
            for place, name in enumerate(names)
        ]
        self._places = {name: place for place, name in enumerate(names)}

    def first(self) -> Entry | None:
        """Return the first entry."""
        return self._at(0)

    def last(self) -> Entry | None:
        """Return the last entry."""
        return self._at(len(self._entries) - 1)

    def after(self, entry: Entry) -> Entry | None:
        """Return the next entry."""
        return self._at(self._place(entry.at) + (entry.name in self._places))

    def before(self, entry: Entry) -> Entry | None:
        """Return the entry before."""
        return self._at(self._place(entry.at) - 1)

    def at(self, order: Order) -> Entry | None:
        """Return the entry of that name, wherever it stands now."""
        return self.find(order[-1])

    def nearest(self, order: Order) -> Entry | None:
        """Return the entry of that name, else the one in its place, else the last."""
        return self._at(min(self._place(order), len(self._entries) - 1))

    def find(self, name: str) -> Entry | None:
        """Return the entry of a name; None where there is none."""
        place = self._places.get(name)
        return None if place is None else self._entries[place]

    def header(self, group: float) -> Entry:
        """Return the header of a group; its titles are lines like all others, and scroll away."""
        raise KeyError(group)

    def groups(self) -> list[float]:
        """Return no groups."""
        return []

    def index(self, entry: Entry) -> int:
        """Return its place."""
        return self._place(entry.at)

    def __len__(self) -> int:
        return len(self._entries)

    def _place(self, order: Order) -> int:
        return self._places.get(order[-1], int(order[1]))

    def _at(self, place: int) -> Entry | None:
        return self._entries[place] if 0 <= place < len(self._entries) else None


def next_stop(source: EntrySource, entry: Entry, by: int) -> Entry | None:
    """Return the stop of the cursor so many further down, or up; the last where there are fewer.

    The entry itself need not be there any more. None where there is no stop on that side.
    """
    found = None
    one: Entry | None = entry
    step = source.after if by > 0 else source.before
    left = abs(by)
    while left and one is not None:
        one = step(one)
        if one is not None and one.is_stop:
            found, left = one, left - 1
    return found
