"""What is selected, without a screen: a task, its ghost, stops and folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.support.selection_harness import FakePicture, FakeTask
from wf_tui.board.selection.marks import Marks
from wf_tui.picture.entries import EntryKind, header_order
from wf_tui.picture.orders import COLUMNS, LIST

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.selection.selection import Selection

from tests.support.selection_harness import StopWindow, begin, haunts, kind_at, some, step

ALL = set(COLUMNS)


def test_until_the_first_key_the_first_that_needs_a_person_is_selected() -> None:
    """Else what is in progress, else what is pending; and it is looked for again each time."""
    picture = FakePicture({"p": FakeTask("pending")})
    selection = begin(picture)
    assert (selection.task, selection.column) == ("p", "pending")
    picture.at["r"] = FakeTask("in_progress")
    selection.follow()
    assert selection.task == "r"
    picture.at["b"] = FakeTask("blocked", 0, 5)
    selection.follow()
    assert (selection.task, selection.column) == ("b", "blocked")
    picture.at["a"] = FakeTask("blocked", 0, 1)
    selection.begun = True
    selection.follow()
    assert selection.task == "b"


def test_what_is_folded_away_is_not_the_first() -> None:
    """Where all that there is begins folded, the cursor stands on the header, and no task is."""
    picture = FakePicture({"r0": FakeTask("in_progress"), "w0": FakeTask("pending", 1)})
    selection = begin(picture, in_list=True)
    del picture.at["r0"]
    selection.follow()
    assert (selection.task, kind_at(selection)) == (None, EntryKind.HEADER)
    assert selection.toggle_fold()
    assert selection.task == "w0"


def test_where_there_is_nothing_nothing_is_selected() -> None:
    """And the first card that comes is, even after a key."""
    picture = FakePicture()
    selection = begin(picture)
    assert (selection.task, selection.at, selection.stop) == (None, None, None)
    assert selection.next_need() is None
    assert not selection.beside(1)
    selection.begun = True
    picture.at["a"] = FakeTask("done")
    selection.follow()
    assert selection.task == "a"


# -- rule 1: a task, not a place


def test_a_ghost_stays_where_the_task_has_left() -> None:
    """Its keys still mean the task; what leaves from there goes to the neighbours of the place."""
    picture = some()
    selection = begin(picture, "b0")
    picture.at["b0"] = FakeTask("in_progress", 0, 9)
    selection.follow()
    assert (selection.task, selection.column, selection.is_ghost) == ("b0", "blocked", True)
    assert kind_at(selection) is EntryKind.GHOST
    step(selection, 1)
    assert (selection.task, selection.is_ghost) == ("b1", False)
    assert list(picture.columns["blocked"]) == ["b1", "b2", "b3"]


def test_a_task_that_comes_back_is_no_ghost() -> None:
    """As after it was taken back; its card is under the cursor again."""
    picture = some()
    selection = begin(picture, "b1")
    before = picture.at["b1"]
    picture.at["b1"] = FakeTask("pending", 0, 9)
    selection.follow()
    assert haunts(selection)
    picture.at["b1"] = before
    selection.follow()
    assert not haunts(selection)
    assert kind_at(selection) is EntryKind.CARD


def test_a_new_order_is_no_new_place() -> None:
    """Within its column a card is followed; the halves of what is blocked are two places."""
    picture = some()
    selection = begin(picture, "r0")
    picture.at["r0"] = FakeTask("in_progress", 0, 50)
    selection.follow()
    assert not haunts(selection)
    assert selection.at is not None
    assert selection.at[1] == 50
    assert selection.go_to("b0")
    picture.at["b0"] = FakeTask("blocked", 1, 0)
    selection.follow()
    assert haunts(selection)


def test_in_the_list_a_place_is_a_group() -> None:
    """From ready to waiting it leaves a ghost, within a group it does not."""
    picture = some()
    selection = begin(picture, "p0", in_list=True)
    picture.at["p0"] = FakeTask("pending", 0, 70)
    selection.follow()
    assert not haunts(selection)
    picture.at["p0"] = FakeTask("pending", 1, 70)
    selection.follow()
    assert haunts(selection)
    assert selection.task == "p0"


def test_what_the_filter_hides_leaves_a_ghost() -> None:
    """And is back when the filter lets it through again."""
    picture = some()
    selection = begin(picture, "p1")
    picture.hidden = {"p1"}
    selection.follow()
    assert (selection.task, selection.is_ghost) == ("p1", True)
    picture.hidden = set()
    selection.follow()
    assert not haunts(selection)


_NAMES = tuple("abcdefgh")


_TASKS = st.builds(
    FakeTask,
    st.sampled_from(COLUMNS),
    st.integers(0, 2),
    st.integers(0, 6),
    st.sampled_from(["", "", "s"]),
)


_CHANGES = st.tuples(st.sampled_from(_NAMES), _TASKS)


@given(
    start=st.dictionaries(st.sampled_from(_NAMES), _TASKS, min_size=1),
    in_list=st.booleans(),
    steps=st.lists(
        _CHANGES
        | st.sampled_from(["j", "k", "h", "l", "N", "J", "K", "z", "Z", "v", "space", "*", "V"])
        | st.sets(st.sampled_from(_NAMES), max_size=3),
        max_size=25,
    ),
)
def test_the_selected_task_never_changes_by_itself(
    start: dict[str, FakeTask],
    in_list: bool,  # noqa: FBT001 - hypothesis gives it
    steps: list[object],
) -> None:
    """Whatever comes, goes, folds or is filtered; and the cursor always stands on something."""
    picture = FakePicture(dict(start), finished={1})
    selection = begin(picture, in_list=in_list)
    selection.begun = True
    marks = Marks(selection)
    for one in steps:
        before = selection.task
        marked = set(picture.marks)
        if isinstance(one, str):
            press(selection, marks, one)
        elif isinstance(one, set):
            picture.hidden = one
        else:
            assert isinstance(one, tuple)
            picture.at[one[0]] = one[1]
        selection.follow()
        if not isinstance(one, str):
            assert selection.task == before or before is None
            assert picture.marks == marked
        if selection.task is not None:
            assert selection.at is not None
            kind = kind_at(selection)
            expected = EntryKind.GHOST if selection.is_ghost else EntryKind.CARD
            assert kind is expected
            assert selection.at[-1] == selection.task
        if selection.stop is not None:
            assert selection.stop.folded or selection.stop.kind is EntryKind.SIMILAR


def press(selection: Selection, marks: Marks, key: str) -> None:
    """Do what a key does."""
    moves: dict[str, Callable[[], object]] = {
        "j": lambda: step(selection, 1),
        "k": lambda: step(selection, -1),
        "h": lambda: selection.sideways(-1, ALL, StopWindow(selection)),
        "l": lambda: selection.sideways(1, ALL, StopWindow(selection)),
        "J": lambda: selection.beside(1),
        "K": lambda: selection.beside(-1),
        "N": lambda: (task := selection.next_need()) and selection.go_to(task),
        "z": selection.toggle_fold,
        "Z": selection.toggle_all_folds,
        "v": lambda: selection.show_list(on=not selection.in_list),
        "space": marks.toggle,
        "*": marks.toggle_all,
        "V": marks.extend,
    }
    moves[key]()


# -- stops without a task, and folding


def test_on_a_folded_group_no_task_is_selected() -> None:
    """`z` opens it and goes to its first card; folded again, the cursor stays on its header."""
    picture = some()
    selection = begin(picture, "p1")
    seen: list[str | None] = []
    for key in ("z", "j", "k", "z"):
        press(selection, Marks(selection), key)
        seen.append(selection.task)
    assert seen == [None, "p2", None, "p0"]


def test_a_similar_card_is_a_stop() -> None:
    """`z` shows its tasks, the first of them selected, and they stay so."""
    picture = some()
    picture.at |= {f"s{n}": FakeTask("blocked", 0, 5 + n, "same") for n in range(3)}
    selection = begin(picture, "b1")
    step(selection, 1)
    assert (selection.task, kind_at(selection)) == (None, EntryKind.SIMILAR)
    assert selection.toggle_fold()
    assert selection.task == "s0"
    step(selection, 1)
    assert selection.task == "s1"


def test_the_cursor_stays_where_a_similar_card_or_a_fold_has_left() -> None:
    """A ghost without a task, until a key leads away; what comes back is no ghost."""
    picture = some()
    alike = {f"s{n}": FakeTask("blocked", 0, 5 + n, "same") for n in range(3)}
    picture.at |= alike
    selection = begin(picture, "b1")
    step(selection, 1)
    for name in alike:
        del picture.at[name]
    selection.follow()
    assert (selection.task, kind_at(selection)) == (None, EntryKind.GHOST)
    picture.at |= alike
    selection.follow()
    assert kind_at(selection) == EntryKind.SIMILAR
    selection = begin(picture, "p1")
    assert selection.toggle_fold()
    del picture.at["p0"], picture.at["p1"]
    selection.follow()
    assert (selection.task, kind_at(selection)) == (None, EntryKind.HEADER)
    step(selection, 1)
    assert selection.task == "p2"
    assert selection.entries("pending").groups() == [1.0]


def test_what_has_no_header_does_not_fold() -> None:
    """What is in progress, and what needs a person."""
    selection = begin(some(), "r0")
    assert not selection.toggle_fold()
    assert selection.task == "r0"
    assert selection.go_to("b0")
    assert not selection.toggle_fold()


def test_a_finished_phase_folds_unless_the_cursor_or_a_mark_is_in_it() -> None:
    """It folds when both have left; a phase that was opened by hand stays open."""
    picture = some()
    selection = begin(picture, "d0")
    picture.finished, picture.marks = {0, 1}, {"d2"}
    selection.follow()
    assert not selection.folds.folded("done")
    assert selection.go_to("p0")
    assert selection.folds.folded("done") == {0.0}
    picture.marks = set()
    selection.follow()
    assert selection.folds.folded("done") == {0.0, 1.0}
    picture.marks = {"d2"}
    selection.follow()
    assert selection.folds.folded("done") == {0.0, 1.0}
    assert selection.go_to("d0")
    assert selection.go_to("p0")
    assert selection.folds.folded("done") == {1.0}
    picture.finished = set()
    selection.follow()
    assert not selection.folds.folded("done")


def test_all_groups_fold_and_open_together() -> None:
    """`Z` folds what is open; where nothing is, it opens all."""
    selection = begin(some(), "p2")
    selection.toggle_all_folds()
    assert (selection.task, selection.at) == (None, header_order(1.0))
    assert selection.folds.folded("blocked") == {1.0}
    selection.toggle_all_folds()
    assert not any(selection.folds.folded(column) for column in COLUMNS)
    assert selection.task == "p2"


def test_in_the_list_what_waits_and_what_is_done_begin_folded() -> None:
    """But the group of the selected task is open."""
    selection = begin(some(), in_list=True)
    assert selection.folds.folded(LIST) == {3.0, 4.0}
    assert selection.go_to("d1")
    assert selection.folds.folded(LIST) == {3.0}


def test_nothing_becomes_a_similar_card_around_what_is_selected_or_marked() -> None:
    """The picture is told which tasks these are."""
    picture = some()
    selection = begin(picture, "b0")
    picture.marks = {"b1"}
    selection.follow()
    assert picture.protected == {"b0", "b1"}
