"""The rules of selection and acts, against a model of them, whatever happens in whatever order."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hypothesis import given
from hypothesis import strategies as st

from tests.support.bare_project import project_in
from tests.support.board_model import BoardModel
from tests.support.headless_board import HeadlessBoard
from tests.support.ledger_harness import RUN, FixedClock
from tests.support.picture_rows import a_batch, a_phase, a_proof, a_row
from wf_tui.board.viewport.source import next_stop
from wf_tui.config import Config
from wf_tui.ledger.model.states import BlockedKind, DoneKind, TaskState
from wf_tui.picture.entries import Entry, EntryKind
from wf_tui.picture.orders import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

PHASES = (a_phase("scan", 0), a_phase("build", 1))
COUNT = 8
SAME = "cannot find module left-pad"
BECOMES: Final[Sequence[tuple[TaskState, BlockedKind | DoneKind | None]]] = (
    (TaskState.PENDING, None),
    (TaskState.IN_PROGRESS, None),
    (TaskState.DONE, DoneKind.MERGED),
    (TaskState.BLOCKED, BlockedKind.FAILED),
    (TaskState.BLOCKED, BlockedKind.FAILED),
    (TaskState.BLOCKED, BlockedKind.HOLD),
)
NUMBERS = st.integers(0, COUNT - 1)
CHANGES = st.dictionaries(NUMBERS, st.sampled_from(BECOMES), min_size=1, max_size=4)
Become = dict[int, tuple[TaskState, BlockedKind | DoneKind | None]]
"""Which tasks become what."""
MOVES = ("j", "k", "h", "l", "J", "K", "N", "z", "Z", "v", "space", "V", "*", "escape")
ACTS = ("task.retry", "task.cancel", "task.skip", "task.hold", "task.release")
ACTED = st.tuples(st.sampled_from(ACTS), st.booleans(), st.none() | st.none() | CHANGES)
"""Which key is pressed, what a question is answered, and what changes before the key is taken."""
STEPS = st.one_of(
    st.tuples(st.just("change"), CHANGES),
    st.tuples(st.just("key"), st.sampled_from(MOVES)),
    st.tuples(st.just("key"), st.sampled_from(MOVES)),
    st.tuples(st.just("click"), NUMBERS),
    st.tuples(st.just("marked"), st.sets(NUMBERS, min_size=1, max_size=3)),
    st.tuples(st.just("filter"), st.sampled_from(["", "state:blocked", "phase:build", "1"])),
    st.tuples(st.just("resize"), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([0.1, 0.5, 0.7])),
    st.tuples(st.just("frame"), st.none()),
    st.tuples(st.just("rest"), st.none()),
    st.tuples(st.just("act"), ACTED),
    st.tuples(st.just("act"), ACTED),
    st.tuples(st.just("drop"), st.tuples(NUMBERS, st.sampled_from(list(TaskState)))),
)


@cache
def application() -> HeadlessBoard:
    """Return the application; it is made once, since only its parts are used."""
    config = Config()
    nowhere = project_in(Path("/nowhere"))
    return HeadlessBoard(nowhere, RUN, clock=FixedClock(), environ={}, config=config)


class Followed:
    """A board and the model, told of the same things."""

    def __init__(self) -> None:
        self.rows = {
            r.id: r for r in (a_row(n, "scan" if n % 2 else "build") for n in range(COUNT))
        }
        self.board = application()
        self.board.begin(a_batch(list(self.rows.values()), COUNT, phases=PHASES, whole=True))
        self.screen = self.board.screen_of_run
        self.model = BoardModel(self.board.seen())

    def change(self, changes: Become) -> None:
        """Let tasks become others."""
        for number, (state, kind) in changes.items():
            name = f"t{number}"
            worker = "w1" if state is TaskState.IN_PROGRESS else None
            self.rows[name] = replace(self.rows[name], state=state, kind=kind, worker=worker)
        rows = [self.rows[f"t{number}"] for number in changes]
        last = {row.id: a_proof(row.id, SAME) for row in rows}
        self.board.apply_batch(a_batch(rows, COUNT, phases=PHASES, last=last))
        self.model.by_itself(self.board.seen())

    def resize(self, narrow: bool) -> None:  # noqa: FBT001 - hypothesis gives it
        """Make the terminal narrow, or wide."""
        self.screen.show_list(on=narrow)
        self.board.follow()
        self.model.by_itself(self.board.seen())

    def key(self, key: str) -> None:
        """Press a key that moves, folds or marks."""
        selection, marks = self.screen.selection, self.screen.marks
        selection.begun = True
        does: dict[str, Callable[[], object]] = {
            "j": lambda: self._step(1),
            "k": lambda: self._step(-1),
            "h": lambda: selection.sideways(-1, COLUMNS, self.screen),
            "l": lambda: selection.sideways(1, COLUMNS, self.screen),
            "J": lambda: selection.beside(1),
            "K": lambda: selection.beside(-1),
            "N": self._next_need,
            "z": selection.toggle_fold,
            "Z": selection.toggle_all_folds,
            "v": lambda: self.screen.show_list(on=not selection.in_list),
            "space": marks.toggle,
            "V": marks.extend,
            "*": marks.toggle_all,
            "escape": self.board.picture.marks.clear,
        }
        does[key]()
        self._moved()

    def _moved(self) -> None:
        self.screen.selection.begun = True
        self.board.follow()
        self.model.by_person(self.board.seen())

    def _step(self, by: int) -> None:
        selection = self.screen.selection
        if selection.at is not None:
            entries = selection.entries(selection.column)
            here = entries.at(selection.at) or Entry(EntryKind.CARD, selection.at)
            entry = next_stop(entries, here, by)
            if entry is not None:
                selection.go(selection.column, entry)

    def _next_need(self) -> None:
        task = self.screen.selection.next_need()
        if task is not None and not self.screen.selection.go_to(task):
            self.filter("")
            self.screen.selection.go_to(task)

    def click(self, number: int) -> None:
        """Click on one of the lines."""
        column = self.screen.selection.column
        stops = self.screen.stops(column)
        if stops:
            self.screen.selection.go(column, stops[number % len(stops)])
        self._moved()

    def filter(self, text: str) -> None:
        """Enter a filter; it ends all marks."""
        self.board.picture.filter(text)
        self.board.picture.marks.clear()
        self._moved()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.board.time += seconds

    def rest(self, _: None) -> None:
        """Look at what is shown for a second."""
        self.board.frame()
        self.model.drawn(self.board.time)
        self.board.time += 1.0

    def marked(self, numbers: set[int]) -> None:
        """Go to some tasks and mark each, or no longer."""
        for number in sorted(numbers):
            if self.screen.selection.go_to(f"t{number}"):
                self.screen.marks.toggle()
            self._moved()

    def frame(self, _: None) -> None:
        """Have all drawn that has come."""
        self.board.frame()
        self.model.drawn(self.board.time)

    def act(self, how: tuple[str, bool, Become | None]) -> None:
        """Press a key for tasks; something may change before it is known that it is no paste."""
        action, agrees, meanwhile = how
        board = self.board
        board.agrees = agrees
        before = len(board.acted)
        alike = () if board.picture.marks else self.screen.similar_tasks
        board.press(action, board.time)
        self.model.by_person(board.seen())
        if meanwhile is not None:
            self.change(meanwhile)
        board.typed()
        self._judge(before, alike)

    def _judge(self, before: int, meant: Collection[str]) -> None:
        """Have the model judge what a key or drop did, which may be several acts."""
        done = self.board.acted[before:]
        if done:
            tasks = {task for one in done for task in one.tasks}
            self.model.acted(tasks, self.board.time, asked=done[0].asked, meant=meant)

    def drop(self, how: tuple[int, TaskState]) -> None:
        """Drop a card that is shown onto a column."""
        cards = sorted(self.board.seen().frame)
        card = cards[how[0] % len(cards)] if cards else ""
        running = [name for name in cards if self.rows[name].state is TaskState.IN_PROGRESS]
        onto = running[0] if running and how[1] is TaskState.IN_PROGRESS else None
        nowhere = how[1] is TaskState.IN_PROGRESS and onto is None
        if not card or nowhere or self.rows[card].state is how[1]:
            return
        before, board = len(self.board.acted), self.board
        marks = board.picture.marks
        meant = set(marks) if card in marks else {card}
        board.drop(card, how[1], onto, board.time)
        self.model.by_person(board.seen())
        self._judge(before, meant)
        for typed in board._typed:
            typed.close()
        board._typed.clear()


@given(
    start=st.fixed_dictionaries({n: st.sampled_from(BECOMES) for n in range(COUNT)}),
    steps=st.lists(STEPS, min_size=10, max_size=40),
)
def test_acts_reach_what_a_person_has_seen_and_nothing_else(
    start: Become,
    steps: list[tuple[str, object]],
) -> None:
    """The selection moves by keys alone, acts wait for 600 ms, what has no line is asked about."""
    followed = Followed()
    followed.change(start)
    followed.rest(None)
    for what, value in steps:
        getattr(followed, what)(value)


HELD, FAILED = (TaskState.BLOCKED, BlockedKind.HOLD), (TaskState.BLOCKED, BlockedKind.FAILED)
RUNS, WAITS = (TaskState.IN_PROGRESS, None), (TaskState.PENDING, None)


def acts_of(followed: Followed) -> list[tuple[tuple[str, ...], str]]:
    """Return what reached the run, and after which question."""
    return [(one.tasks, one.asked) for one in followed.board.acted]


def test_one_marked_task_that_is_folded_away_is_asked_about() -> None:
    """A key works on the mark, which has no line; the question has its title."""
    followed = Followed()
    followed.marked({1})
    followed.key("z")
    followed.rest(None)
    assert followed.screen.selected is None
    followed.act(("task.cancel", True, None))
    assert acts_of(followed) == [(("t1",), "Cancel “task 1”?")]
    followed.act(("task.cancel", False, None))
    assert len(followed.board.acted) == 1


def test_nothing_is_let_go_before_the_question_about_what_runs() -> None:
    """`b` on a running and a held task stops the one and lets the other go, or does neither."""
    followed = Followed()
    followed.change({0: RUNS, 1: HELD})
    followed.marked({0, 1})
    followed.rest(None)
    followed.act(("task.hold", False, None))
    assert acts_of(followed) == []
    followed.act(("task.hold", True, None))
    asked = "Stop & hold 2 marked tasks? 1 running"
    assert sorted(acts_of(followed)) == [(("t0",), asked), (("t1",), asked)]


def test_marks_out_of_view_are_dropped_after_a_question() -> None:
    """A marked card takes the others along, also those that are folded away: it says how many."""
    followed = Followed()
    followed.marked({1, 3, 0})
    followed.key("z")
    followed.rest(None)
    followed.board.agrees = False
    followed.board.drop("t1", TaskState.BLOCKED, None, followed.board.time)
    assert acts_of(followed) == []
    followed.board.agrees = True
    followed.board.drop("t1", TaskState.BLOCKED, None, followed.board.time)
    assert acts_of(followed) == [(("t0", "t1", "t3"), "Drop 3 marked tasks?")]


def test_a_marked_task_that_has_just_changed_is_not_dropped() -> None:
    """Nor are those that it was marked with."""
    followed = Followed()
    followed.marked({1, 3})
    followed.rest(None)
    followed.change({1: HELD})
    followed.board.drop("t3", TaskState.BLOCKED, None, followed.board.time)
    assert acts_of(followed) == []
    assert followed.board.told == ["drop ignored: it has just changed "]


def test_a_resize_keeps_what_the_filter_hides() -> None:
    """Its ghost stands in the list where its card would, and is the card again without a filter."""
    followed = Followed()
    followed.change({5: FAILED})
    followed.marked({3})
    followed.filter("state:blocked")
    for narrow in (True, False, True):
        followed.resize(narrow)
        selection = followed.screen.selection
        assert (selection.task, selection.is_ghost) == ("t3", True)
    followed.filter("")
    assert (selection.task, selection.is_ghost, selection.in_list) == ("t3", False, True)


def test_what_a_resize_selects_was_not_chosen() -> None:
    """Where no task was selected the first one is, and keys do not mean it yet."""
    followed = Followed()
    followed.marked({1})
    followed.key("escape")
    followed.key("z")
    followed.rest(None)
    followed.resize(narrow=True)
    assert followed.screen.selected is not None
    followed.act(("task.cancel", True, None))
    assert acts_of(followed) == []
    followed.rest(None)
    followed.act(("task.cancel", True, None))
    assert len(followed.board.acted) == 1


def test_a_change_while_a_key_waits_for_a_paste_counts() -> None:
    """For 20 ms it is not known whether a key is pasted; what changes then was not seen."""
    followed = Followed()
    followed.marked({1})
    followed.rest(None)
    followed.act(("task.cancel", True, {1: FAILED}))
    assert acts_of(followed) == []
    assert followed.board.told == ["x ignored: it has just changed "]


def test_the_cursor_stays_on_a_similar_card_whose_oldest_task_leaves() -> None:
    """The card has another place then; its keys still ask about all that it stands for."""
    followed = Followed()
    followed.change({1: FAILED, 3: FAILED, 5: FAILED, 7: FAILED})
    similar = next(one for one in followed.screen.stops("blocked") if one.kind is EntryKind.SIMILAR)
    followed.screen.selection.go("blocked", similar)
    followed.rest(None)
    followed.change({1: WAITS})
    assert followed.screen.stop_sentence
    followed.act(("task.retry", True, None))
    assert acts_of(followed) == [(("t3", "t5", "t7"), "Retry 3 tasks?")]
