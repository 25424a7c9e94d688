"""What is selected, without a screen: a task, its ghost, stops, moves, folds and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.support.selection_harness import FakePicture, FakeTask, FakeWindow
from wf_tui.board.selection.marks import Marks
from wf_tui.board.selection.selection import Selection
from wf_tui.board.viewport.source import next_stop
from wf_tui.picture.entries import Entry, EntryKind, header_order
from wf_tui.picture.orders import COLUMNS, LIST

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.picture.orders import Order

ALL = set(COLUMNS)


class StopWindow(FakeWindow):
    """A screen of one-line entries, all of them in view."""

    def __init__(self, selection: Selection) -> None:
        super().__init__()
        self._selection = selection

    def _stops(self, column: str) -> list[Entry]:
        entries = self._selection.entries(column)
        found, one = [], entries.first()
        while one is not None:
            found += [one] if one.is_stop else []
            one = entries.after(one)
        return found

    def row_of(self, column: str, at: Order) -> int | None:
        """Return its place."""
        orders = [one.at for one in self._stops(column)]
        return orders.index(at) if at in orders else None

    def stop_on(self, column: str, row: int) -> Entry | None:  # type: ignore[override]
        """Return the one in that place, else the last."""
        stops = self._stops(column)
        return stops[min(row, len(stops) - 1)] if stops else None


def begin(picture: FakePicture, task: str = "", *, in_list: bool = False) -> Selection:
    """Return a selection, on a task."""
    selection = Selection(picture)
    selection.show_list(on=in_list)
    selection.follow()
    if task:
        assert selection.go_to(task)
    return selection


def step(selection: Selection, by: int) -> None:
    """Move down or up, as `j` and `k` do."""
    entries = selection.entries(selection.column)
    if selection.at is None:
        return
    here = entries.at(selection.at) or Entry(EntryKind.CARD, selection.at)
    entry = next_stop(entries, here, by)
    if entry is not None:
        selection.go(selection.column, entry)


def haunts(selection: Selection) -> bool:
    """Return whether only the ghost of the selected task is there."""
    return selection.is_ghost


def kind_at(selection: Selection) -> EntryKind | None:
    """Return what the cursor is on."""
    assert selection.at is not None
    entry = selection.entries(selection.column).at(selection.at)
    return None if entry is None else entry.kind


def some() -> FakePicture:
    """Return a few tasks in each column."""
    return FakePicture(
        {
            **{f"p{n}": FakeTask("pending", n // 2, n) for n in range(4)},
            **{f"r{n}": FakeTask("in_progress", 0, n) for n in range(3)},
            **{f"d{n}": FakeTask("done", n // 2, n) for n in range(4)},
            **{f"b{n}": FakeTask("blocked", n // 2, n) for n in range(4)},
        }
    )


# -- rule 2: until the first key


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


# -- moving to the side


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


# -- rule 5: marks


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
