"""The part of a list that is on the screen, against a layout of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from wf_tui.board.viewport.layout import thumb
from wf_tui.board.viewport.source import ListSource, next_stop
from wf_tui.board.viewport.viewport import Sticky, Viewport
from wf_tui.board.widgets.line import Line, Span
from wf_tui.picture.columns import Column
from wf_tui.picture.entries import Entries, Entry, EntryKind

if TYPE_CHECKING:
    from wf_tui.picture.orders import Order

_ORDERS = st.builds(
    lambda group, place: (float(group), float(place), 0.0, 0.0, f"{group}.{place:02}"),
    st.integers(0, 3),
    st.integers(0, 12),
)
_MOVES = ("down", "up", "first", "last", "page_down", "page_up")


class Shape:
    """Headers of one line, cards of one to three, and a gap above each header but the first."""

    def lines_of(self, entry: Entry) -> tuple[Line, ...]:
        """Return lines with the name and a number."""
        count = 1 if entry.kind is EntryKind.HEADER else 1 + int(entry.at[1]) % 3
        return tuple(Line((Span(f"{entry.name} {y}"),)) for y in range(count))

    def gap(self, before: Entry, after: Entry) -> int:
        """Return 1 above a header."""
        return int(before.kind is EntryKind.CARD and after.kind is EntryKind.HEADER)

    def has_header(self, group: float) -> bool:
        """All have one."""
        return group >= 0


def whole(view: Viewport) -> dict[Order, tuple[int, int]]:
    """Return where each entry stands in a layout of everything, and how high it is."""
    shape, found, y = Shape(), {}, 0
    one, before = view.source.first(), None
    while one is not None:
        y += shape.gap(before, one) if before is not None else 0
        found[one.at] = (y, len(shape.lines_of(one)))
        y += found[one.at][1]
        one, before = view.source.after(one), one
    return found


def check(view: Viewport) -> None:
    """Compare what is seen with the layout of everything."""
    view.lay_out()
    every = whole(view)
    assert bool(view.blocks) == bool(every)
    if not every:
        return
    total = max(y + size for y, size in every.values())
    away = every[view.blocks[0].entry.at][0] - view.blocks[0].top
    assert 0 <= away <= max(0, total - view.height)
    seen = {at for at, (y, size) in every.items() if y + size > away and y < away + view.height}
    assert {block.entry.at: block.top + away for block in view.blocks} == {
        at: every[at][0] for at in seen
    }


@given(
    orders=st.sets(_ORDERS, max_size=30),
    folded=st.sets(st.integers(0, 3).map(float)),
    height=st.integers(8, 25),
    sticky=st.sampled_from(Sticky),
    steps=st.lists(st.sampled_from(_MOVES) | st.integers(-9, 9) | _ORDERS, min_size=1, max_size=12),
)
def test_what_is_seen_is_a_piece_of_the_whole(
    orders: set[Order],
    folded: set[float],
    height: int,
    sticky: Sticky,
    steps: list[str | int | Order],
) -> None:
    """After any moves, scrolling and changes; where the cursor was put, all of it is in view."""
    view = Viewport(Shape(), sticky)
    view.height = height
    view.source = Entries(Column(orders), folded=folded)
    check(view)
    for step in steps:
        if isinstance(step, str):
            entry = view.target(step)
            if entry is None:
                continue
            view.put_cursor(entry.at)
            check(view)
            assert view.row_of(entry.at) is not None
        elif isinstance(step, int):
            view.scroll(step)
            check(view)
        elif step != view.cursor:
            orders ^= {step}
            row = None if view.cursor is None else view.row_of(view.cursor)
            view.source = Entries(Column(orders), folded=folded)
            check(view)
            if row is not None and view.cursor and view.source.at(view.cursor):
                assert view.row_of(view.cursor) is not None


def _column(*places: int, group: float = 0.0) -> list[Order]:
    return [(group, float(place), 0.0, 0.0, f"{place:02}") for place in places]


def test_the_cursor_keeps_its_row_while_cards_come_and_go() -> None:
    """Above it and below, and also when it stands elsewhere in the order."""
    view = Viewport(Shape())
    view.height = 12
    orders = _column(*range(0, 60, 3))
    view.source = Entries(Column(orders), plain={0.0})
    view.lay_out()
    view.put_cursor(orders[9])
    view.lay_out()
    row = view.row_of(orders[9])
    assert row is not None
    view.source = Entries(Column([*orders[3:], *_column(1, 4, 28)]), plain={0.0})
    view.lay_out()
    assert view.row_of(orders[9]) == row
    moved: Order = (0.0, 31.5, 0.0, 0.0, "27")
    view.follow_cursor(moved)
    view.source = Entries(Column([*orders[:9], moved, *orders[10:]]), plain={0.0})
    view.lay_out()
    assert view.row_of(moved) == row


def test_out_of_sight_the_first_card_keeps_its_row() -> None:
    """Who has scrolled away reads on undisturbed."""
    view = Viewport(Shape())
    view.height = 10
    orders = _column(*range(0, 90, 3))
    view.source = Entries(Column(orders), plain={0.0})
    view.lay_out()
    view.put_cursor(orders[0])
    view.scroll(12)
    first = view.blocks[0]
    view.source = Entries(Column([*orders[4:], *_column(1, 2)]), plain={0.0})
    view.lay_out()
    assert view.blocks[0] == first


def test_headers_stay_on_the_screen() -> None:
    """The one of the first group stays at the top, or all of them do, stacked at both ends."""
    orders = [order for group in range(3) for order in _column(*range(9), group=float(group))]
    view = Viewport(Shape(), Sticky.FIRST)
    view.height = 9
    view.source = Entries(Column(orders))
    view.lay_out()
    assert view.stuck() == {}
    view.scroll(3)
    assert {row: entry.group for row, entry in view.stuck().items()} == {0: 0.0}
    view.sticky = Sticky.ALL
    view.put_cursor(orders[13])
    view.lay_out()
    assert {row: entry.group for row, entry in view.stuck().items()} == {0: 0.0, 1: 1.0, 8: 2.0}
    assert view.limits(orders[13]) == (2, 8)


def test_a_list_finds_its_entries_by_name_and_else_by_place() -> None:
    """What was in second place is followed to the fourth; what has gone leaves its place."""
    source = ListSource(["title", "a", "b", "c"], titles={"title"})
    entry = source.find("a")
    assert entry is not None
    assert next_stop(source, entry, 1) == source.find("b")
    assert next_stop(source, entry, -1) is None
    later = ListSource(["b", "c", "d", "a"])
    assert later.at(entry.at) == later.last()
    assert later.before(entry) == later.find("d")
    without = ListSource(["b", "c", "d"])
    assert without.at(entry.at) is None
    assert without.nearest(entry.at) == without.find("c")
    assert without.after(entry) == without.find("c")


def test_the_thumb_goes_from_the_top_to_the_bottom() -> None:
    """By places: at the top first, at the end at last, nowhere when all is seen."""
    assert thumb(0, 10, 100, 20) == range(2)
    assert thumb(90, 10, 100, 20) == range(18, 20)
    assert thumb(0, 10, 10, 20) == range(0)
