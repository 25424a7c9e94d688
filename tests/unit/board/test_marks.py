"""What is marked, without a screen: a range, a column, a group, and never what nobody sees."""

from __future__ import annotations

from tests.support.selection_harness import FakeTask, begin, some
from wf_tui.board.selection.marks import Marks
from wf_tui.picture.orders import COLUMNS

ALL = set(COLUMNS)


def test_marks_go_from_the_last_to_here() -> None:
    """Over what is shown, not over what is folded away; without a mark it is one."""
    picture = some()
    picture.at["p9"] = FakeTask("pending", 2, 9)
    selection = begin(picture, "p1")
    marks = Marks(selection)
    assert marks.extend()
    assert picture.marks == {"p1"}
    selection.folds.close("pending", 1.0)
    assert selection.go_to("p9")
    assert marks.extend()
    assert picture.marks == {"p1", "p9"}
    selection.folds.open("pending", 1.0)
    assert selection.go_to("p1")
    assert marks.extend()
    assert picture.marks == {"p1", "p2", "p3", "p9"}


def test_all_of_a_column_are_marked_folded_ones_too() -> None:
    """And again none; what the filter hides is not; a similar card stands for its tasks."""
    picture = some()
    picture.at |= {f"s{n}": FakeTask("blocked", 0, 5 + n, "same") for n in range(3)}
    picture.hidden = {"b1"}
    selection = begin(picture, "b0")
    selection.folds.close("blocked", 1.0)
    marks = Marks(selection)
    marks.toggle_all()
    assert picture.marks == {"b0", "b2", "b3", "s0", "s1", "s2"}
    assert marks.out_of_view() == 5
    marks.toggle_all()
    assert not picture.marks


def test_in_the_list_all_are_those_of_the_group() -> None:
    """Of the one that the cursor is in, though it is folded."""
    picture = some()
    selection = begin(picture, "r0", in_list=True)
    marks = Marks(selection)
    marks.toggle_all()
    assert picture.marks == {"r0", "r1", "r2"}


def test_where_no_task_is_selected_none_is_marked() -> None:
    """The cursor is on a folded group."""
    selection = begin(some(), "p0")
    selection.toggle_fold()
    marks = Marks(selection)
    assert not marks.toggle()
    assert not marks.extend()
    assert not selection.picture.marks


def test_a_mark_is_taken_away_as_it_was_made() -> None:
    """By the same key."""
    selection = begin(some(), "p0")
    marks = Marks(selection)
    assert marks.toggle()
    assert selection.picture.marks == {"p0"}
    assert marks.toggle()
    assert not selection.picture.marks
