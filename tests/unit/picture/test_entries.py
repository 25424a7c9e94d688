"""The entries of a column: neighbours, headers, folds, a ghost, against a walk over all cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from wf_tui.picture.columns import Column
from wf_tui.picture.entries import SIMILAR, Entries, Entry, EntryKind, header_order

if TYPE_CHECKING:
    from wf_tui.picture.orders import Order

_ORDERS = st.builds(
    lambda group, place, name: (float(group), float(place), 0.0, 0.0, name),
    st.integers(0, 4),
    st.integers(0, 5),
    st.sampled_from(["a", "b", f"{SIMILAR}c"]),
)


def _plainly(
    orders: set[Order], folded: set[float], plain: set[float], ghost: Order | None
) -> list[Entry]:
    """Return all entries, by a walk over everything."""
    found: list[Entry] = []
    hidden = folded - plain
    every = sorted(orders | ({ghost} if ghost is not None else set()))
    for order in every:
        group = order[0]
        if group not in plain and (not found or found[-1].group != group):
            found.append(Entry(EntryKind.HEADER, header_order(group), folded=group in hidden))
        if group in hidden:
            continue
        kind = EntryKind.SIMILAR if order[-1].startswith(SIMILAR) else EntryKind.CARD
        if order not in orders:
            kind = EntryKind.GHOST
        found.append(Entry(kind, order))
    return found


@given(
    orders=st.sets(_ORDERS, max_size=12),
    folded=st.sets(st.integers(0, 4).map(float)),
    plain=st.sets(st.integers(0, 4).map(float), max_size=2),
    ghost=st.none() | _ORDERS,
)
def test_a_walk_by_neighbours_finds_what_a_walk_over_everything_finds(
    orders: set[Order], folded: set[float], plain: set[float], ghost: Order | None
) -> None:
    """Forwards and backwards, from both ends and from each entry."""
    entries = Entries(Column(orders), folded=folded, plain=plain, ghost=ghost)
    expected = _plainly(orders, folded, plain, ghost)
    forwards, backwards = [], []
    one = entries.first()
    while one is not None:
        forwards.append(one)
        one = entries.after(one)
    one = entries.last()
    while one is not None:
        backwards.append(one)
        one = entries.before(one)
    assert forwards == expected
    assert backwards == expected[::-1]
    assert entries.groups() == sorted({entry.group for entry in expected})
    for entry in expected:
        assert entries.at(entry.at) == entry
        assert entries.nearest(entry.at) == entry


def test_what_has_gone_still_has_neighbours() -> None:
    """A view asks from an entry that it drew, and that may have left meanwhile."""
    stay: Order = (0.0, 2.0, 0.0, 0.0, "b")
    gone = Entry(EntryKind.CARD, (0.0, 1.0, 0.0, 0.0, "a"))
    entries = Entries(Column([stay]), plain={0.0})
    assert entries.after(gone) == Entry(EntryKind.CARD, stay)
    assert entries.before(gone) is None
    assert entries.at(gone.at) is None
    assert entries.nearest(gone.at) == Entry(EntryKind.CARD, stay)
    assert entries.at(header_order(0.0)) is None
    assert Entries(Column([stay])).at(header_order(1.0)) is None


def test_a_group_counts_its_cards_without_a_walk() -> None:
    """Folded or not, and what stands before an entry counts folded cards too."""
    orders: list[Order] = [(float(n // 3), float(n), 0.0, 0.0, str(n)) for n in range(9)]
    entries = Entries(Column(orders), folded={1.0})
    assert [entries.count(group) for group in entries.groups()] == [3, 3, 3]
    assert entries.index(entries.header(2.0)) == 6
