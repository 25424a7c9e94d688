"""How wide the columns are, and when one of them is a rail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.board.columns.rails import Rails
from wf_tui.board.columns.widths import RAIL, column_widths, stand_side_by_side
from wf_tui.picture.orders import COLUMNS

P, R, D, B = COLUMNS


@pytest.mark.parametrize(
    ("width", "rails", "widths"),
    [
        (120, (), [20, 31, 19, 39]),
        (200, (), [37, 51, 37, 64]),
        (120, (P, R), [3, 3, 38, 65]),
        (107, (), [18, 28, 16, 34]),
        (80, (P, R), [3, 3, 21, 42]),
    ],
)
def test_widths_follow_from_which_columns_are_empty(
    width: int, rails: tuple[str, ...], widths: list[int]
) -> None:
    """Minimum, then up to the ideal, then the rest; each figure worked out by hand."""
    assert list(column_widths(width, rails).values()) == widths


@given(st.integers(107, 400), st.sets(st.sampled_from(COLUMNS), max_size=3))
def test_no_cell_is_lost(width: int, rails: set[str]) -> None:
    """Together with the rules the columns are as wide as the terminal."""
    widths = column_widths(width, rails)
    assert sum(widths.values()) + 11 == width
    assert all((widths[one] == RAIL) == (one in rails) for one in COLUMNS)


def test_below_107_columns_stand_side_by_side_where_rails_leave_room() -> None:
    """Each needs its minimum."""
    assert stand_side_by_side(107, ())
    assert not stand_side_by_side(106, ())
    assert stand_side_by_side(67, (P, R))
    assert not stand_side_by_side(66, (P, R))


def _counts(*with_cards: str) -> dict[str, int]:
    return {column: int(column in with_cards) for column in COLUMNS}


def test_a_rail_opens_at_once_and_a_column_closes_after_a_while() -> None:
    """After 30 s without a card and 2 s without a key, and never with the cursor."""
    rails = Rails()
    assert rails.update(_counts(P), P, 0.0, narrow=False)
    assert rails.closed == {R, D, B}
    assert rails.update(_counts(P, R), P, 1.0, narrow=False)
    assert rails.closed == {D, B}
    assert not rails.update(_counts(P), P, 10.0, narrow=False)
    rails.note_input(39.0)
    assert not rails.update(_counts(P), P, 40.0, narrow=False)
    assert rails.update(_counts(P), P, 41.0, narrow=False)
    assert rails.closed == {R, D, B}
    assert not rails.update(_counts(R), P, 200.0, narrow=True)
    assert rails.update(_counts(R), P, 200.0, narrow=False)
    assert rails.closed == {D, B}
    assert not rails.update(_counts(R), P, 999.0, narrow=False)


def test_a_column_that_had_a_card_for_a_moment_waits_anew() -> None:
    """The 30 s begin when it is empty again."""
    rails = Rails()
    rails.update(_counts(P, R), P, 0.0, narrow=False)
    rails.update(_counts(P), P, 10.0, narrow=False)
    rails.update(_counts(P, R), P, 35.0, narrow=False)
    assert not rails.update(_counts(P), P, 41.0, narrow=False)
    assert not rails.update(_counts(P), P, 70.0, narrow=False)
    assert rails.update(_counts(P), P, 71.0, narrow=False)


def test_in_a_narrow_terminal_only_a_key_changes_the_columns() -> None:
    """A card that comes to a rail waits there; the next key opens it."""
    rails = Rails()
    rails.update(_counts(P), P, 0.0, narrow=True)
    assert not rails.update(_counts(P, B), P, 1.0, narrow=True)
    assert rails.closed == {R, D, B}
    assert rails.at_key(P, 2.0)
    assert rails.closed == {R, D}
    assert not rails.at_key(P, 2.0)
