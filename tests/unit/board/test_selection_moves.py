"""Where the selection goes: to the side, to the next need, to what is folded away."""

from __future__ import annotations

from tests.support.selection_harness import FakeTask, FakeWindow, StopWindow, begin, kind_at, some
from wf_tui.picture.entries import EntryKind, header_order
from wf_tui.picture.orders import COLUMNS, LIST

ALL = set(COLUMNS)


def test_a_column_remembers_its_card() -> None:
    """One goes back to it while it is in view, and else to the card on the same row."""
    picture = some()
    selection = begin(picture, "p1")
    window = StopWindow(selection)
    assert selection.sideways(1, ALL, window)
    assert selection.task == "r1"
    assert selection.cursor_in("pending") == (0.0, 1.0, 0.0, 0.0, "p1")
    assert selection.sideways(-1, ALL, window)
    assert selection.task == "p1"
    picture.at["p1"] = FakeTask("done", 0, 30)
    assert selection.go_to("r1")
    assert selection.cursor_in("pending") is None
    assert selection.sideways(-1, ALL, window)
    assert selection.task == "p2"


def test_rails_are_passed_over() -> None:
    """And beyond the last column there is nothing."""
    selection = begin(some(), "p0")
    window = StopWindow(selection)
    assert selection.sideways(1, {"pending", "blocked"}, window)
    assert selection.column == "blocked"
    assert not selection.sideways(1, {"pending", "blocked"}, window)
    assert selection.sideways(-1, {"pending", "blocked"}, FakeWindow())
    assert selection.task == "p0"


def test_in_the_list_one_goes_from_group_to_group() -> None:
    """To the first card of each, or on the header of one that is folded."""
    selection = begin(some(), "b1", in_list=True)
    seen = []
    while selection.sideways(1, ALL, FakeWindow()):
        seen.append(selection.task)
    assert seen == ["r0", "p0", None, None]
    assert selection.sideways(-1, ALL, FakeWindow())
    assert selection.at == header_order(3.0)


def test_the_next_card_lies_beyond_what_stands_for_several() -> None:
    """`J` passes over folded groups."""
    picture = some()
    picture.at["p9"] = FakeTask("pending", 2, 9)
    selection = begin(picture, "p1")
    selection.folds.close("pending", 1.0)
    assert selection.beside(1)
    assert selection.task == "p9"
    assert not selection.beside(1)


# -- the next that needs a person


def test_the_next_need_is_the_next_oldest() -> None:
    """From the selected one on, and round; from a ghost, the one after its place."""
    picture = some()
    picture.at["b4"] = FakeTask("blocked", 0, 7)
    selection = begin(picture, "b1")
    assert selection.next_need() == "b4"
    assert selection.go_to("b4")
    assert selection.next_need() == "b0"
    assert selection.go_to("b0")
    picture.at["b0"] = FakeTask("in_progress", 0, 20)
    selection.follow()
    assert selection.next_need() == "b1"
    assert selection.go_to("p0")
    assert selection.next_need() == "b1"


def test_what_a_task_is_folded_into_is_opened() -> None:
    """A group, a similar card; only what the filter hides cannot be gone to."""
    picture = some()
    picture.at |= {f"s{n}": FakeTask("blocked", 1, 5 + n, "same") for n in range(3)}
    selection = begin(picture, "p0")
    selection.folds.close("blocked", 1.0)
    assert selection.go_to("s2")
    assert (selection.task, kind_at(selection)) == ("s2", EntryKind.CARD)
    picture.hidden = {"b0"}
    assert not selection.go_to("b0")
    assert selection.task == "s2"


def test_the_list_and_the_columns_have_one_selected_task() -> None:
    """Changing between them keeps it, also where only its ghost was left."""
    picture = some()
    selection = begin(picture, "b0")
    picture.at["b0"] = FakeTask("done", 0, 8)
    selection.follow()
    selection.show_list(on=True)
    assert (selection.task, selection.is_ghost, selection.column) == ("b0", False, LIST)
    selection.show_list(on=False)
    assert (selection.task, selection.column) == ("b0", "done")
