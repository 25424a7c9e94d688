"""A board without a screen: selection, marks, guard and keys are the application's own.

What would be drawn is asked of the entries of the columns. Nothing here waits: frames are drawn,
and time passes, when a test says so.
"""

from __future__ import annotations

import inspect
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.support.board_harness import StillApp
from tests.support.board_model import GUARD, Seen
from tests.support.ledger_harness import START
from wf_tui.board.acting.guard import Guard
from wf_tui.board.messages import CardDropped
from wf_tui.board.screens.board_view import BoardView
from wf_tui.board.selection.marks import Marks
from wf_tui.board.selection.selection import Selection
from wf_tui.picture.orders import COLUMNS, LIST
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from wf_tui.ledger.model.states import TaskState
    from wf_tui.picture.batch import Batch, Changes
    from wf_tui.picture.entries import Entry
    from wf_tui.picture.orders import Order

__all__ = ["Acted", "HeadlessBoard", "look"]


@dataclass(frozen=True)
class Acted:
    """What reached the run: these tasks, after this question, "" where there was none."""

    tasks: tuple[str, ...]
    asked: str


class _Screen:
    """What a board knows without being drawn; each entry has a line, and all are in view."""

    listed = None
    stop_sentence: Any = BoardView.stop_sentence
    similar_tasks: Any = BoardView.similar_tasks
    marks_out_of_view: Any = BoardView.marks_out_of_view
    show_list: Any = BoardView.show_list
    why_not: Any = BoardView.why_not
    act: Any = BoardView.act

    def __init__(self, host: HeadlessBoard) -> None:
        self.host = host
        self.selection = Selection(host.picture)
        self.marks = Marks(self.selection)

    @property
    def selected(self) -> str | None:
        """The selected task."""
        return self.selection.task

    def stops(self, column: str) -> list[Entry]:
        """Return all that the cursor stops at."""
        return stops(self.selection, column)

    def row_of(self, column: str, at: Order) -> int | None:
        """Return the place of an entry."""
        orders = [one.at for one in self.stops(column)]
        return orders.index(at) if at in orders else None

    def stop_on(self, column: str, row: int) -> Entry | None:
        """Return the one in that place, else the last."""
        stops = self.stops(column)
        return stops[min(row, len(stops) - 1)] if stops else None


class HeadlessBoard(StillApp):
    """The application, never run; a test calls what the terminal and the timers would."""

    def begin(self, batch: Batch) -> None:
        """Begin anew, with another run."""
        self.time = -1e6
        self.live = self.picture = Picture(START)
        self.guard = Guard(GUARD, lambda: self.time)
        self.told: list[str] = []
        self.acted: list[Acted] = []
        self.agrees = True
        self._asked = ""
        self._after_frame: list[Callable[[], object]] = []
        self._typed: list[Coroutine[Any, Any, Any]] = []
        self.screen_of_run = _Screen(self)
        self.apply_batch(batch)

    # -- what the application asks of a terminal

    @property
    def run_screen(self) -> Any:
        """The board."""
        return self.screen_of_run

    @property
    def screen(self) -> Any:
        """Never a dialog: questions are answered at once."""
        return self

    is_modal = False

    def show_toast(self, text: str, hint: str = "", **_: Any) -> None:
        """Keep what is told."""
        self.told.append(f"{text} {hint}")

    def set_window_title(self, title: str) -> None:
        """There is none."""

    def call_after_refresh(self, callback: Any, *args: Any, **_: Any) -> bool:
        """Call it after the next frame."""
        self._after_frame.append(lambda: callback(*args))
        return True

    def run_worker(self, work: Any, *_: Any, **__: Any) -> Any:
        """Keep a key that waits for others which may come with it."""
        self._typed.append(work)

    def start_dialog(self, dialog: Coroutine[None, None, None]) -> None:
        """Have a question answered at once."""
        _to_end(dialog)
        self._asked = ""

    async def push_screen_wait(self, screen: Any) -> Any:  # type: ignore[override]
        """Answer a question."""
        self._asked = getattr(screen, "_title", "")
        return self.agrees

    def do(self, act: Callable[..., object], label: str, **_: Any) -> None:  # noqa: ARG002 - the host's
        """Keep which tasks would be changed."""
        known = (
            act.args[2]
            if isinstance(act, partial)
            else inspect.getclosurevars(act).nonlocals["ids"]
        )
        tasks = tuple(known)
        self.acted.append(Acted(tasks, self._asked))

    def show_changes(self, changes: Changes) -> None:  # noqa: ARG002 - the application's
        """Follow the picture."""
        self.follow()

    def follow(self) -> None:
        """Find the selected task again, as each view does before it is drawn."""
        selection = self.screen_of_run.selection
        before = selection.task
        selection.follow()
        if selection.task != before and selection.task is not None:
            self.guard_changed([selection.task])

    # -- what happens

    def frame(self) -> None:
        """Draw a frame that shows everything."""
        calls, self._after_frame = self._after_frame, []
        for call in calls:
            call()

    def press(self, action: str, at: float) -> None:
        """Press a key for tasks, which was read at that time; it waits for `typed`."""
        self.pressed_at = at
        self.screen_of_run.selection.begun = True
        self.action_perform(action)

    def drop(self, card: str, to: TaskState, onto: str | None, at: float) -> None:
        """Drop a card of the frame on a column, or on a card there."""
        self.pressed_at = at
        self.screen_of_run.selection.begun = True
        self.move_dropped_card(CardDropped(card, self.picture.row(card).state, to, onto))

    def typed(self) -> None:
        """Let the 20 ms pass in which a paste would have gone on."""
        typed, self._typed = self._typed, []
        for one in typed:
            _to_end(one)

    def seen(self) -> Seen:
        """Return what the board has now."""
        return look(self.screen_of_run.selection, self.picture)


def stops(selection: Selection, column: str) -> list[Entry]:
    """Return all that the cursor stops at in a column."""
    entries = selection.entries(column)
    found, one = [], entries.first()
    while one is not None:
        found += [one] if one.is_stop else []
        one = entries.after(one)
    return found


def look(selection: Selection, picture: Picture) -> Seen:
    """Return what a board has, and which tasks have a line in its columns, or in its list."""
    drawn = [LIST] if selection.in_list else list(COLUMNS)
    lines = [one for column in drawn for one in stops(selection, column)]
    rows = [picture.row(name) for name in picture.cards]
    return Seen(
        selection.task,
        frozenset(picture.marks),
        {row.id: (row.state.value, row.kind) for row in rows},
        # A fold or a similar card that has left has a ghost, too, which is no task's.
        frozenset(one.name for one in lines if one.name in picture.cards),
    )


def _to_end(work: Coroutine[Any, Any, Any]) -> None:
    with suppress(StopIteration):
        while True:
            work.send(None)
