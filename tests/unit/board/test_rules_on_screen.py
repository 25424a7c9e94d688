"""The same rules as in `test_rules.py`, on a whole board with its ledger, screens and dialogs."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from textual import events

from tests.support.board_harness import board
from tests.support.board_model import BoardModel
from tests.support.headless_board import look
from wf_tui.board import dialog_app
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.errors import WfError

if TYPE_CHECKING:
    from tests.support.board_harness import BoardHarness, StillApp

TASKS = ("a", "b", "c", "d", "e")
MOVES = ("j", "k", "h", "l", "N", "z", "Z", "v", "space", "asterisk", "V", "exclamation_mark")
ACTS = ("x", "f", "b", "r")
STEPS = st.one_of(
    st.tuples(st.sampled_from(["wreck", "finish", "claim"]), st.sampled_from(TASKS)),
    st.tuples(st.just("press"), st.sampled_from(MOVES)),
    st.tuples(st.just("press"), st.sampled_from(MOVES)),
    st.tuples(st.just("act"), st.tuples(st.sampled_from(ACTS), st.booleans())),
    st.tuples(st.just("act"), st.tuples(st.sampled_from(ACTS), st.booleans())),
    st.tuples(st.just("wait"), st.sampled_from([0.1, 0.7])),
    st.tuples(st.just("resize"), st.sampled_from([80, 120])),
    st.tuples(st.just("click"), st.tuples(st.integers(1, 118), st.integers(2, 12))),
)


@dataclass
class Time:
    """The clock of keys and frames; each key takes some of it, so that none is a paste."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


class Person:
    """Somebody in front of a board, and the model beside it."""

    def __init__(self, hand: BoardHarness, time: Time) -> None:
        self.hand, self.time = hand, time
        self.acts = 0
        self.screen = hand.app.get_screen("board", BoardScreen)
        self.model = BoardModel(look(self.screen.selection, hand.app.picture))
        self.model.drawn(time.now)

    async def _now(self, *, by_person: bool) -> None:
        await self.hand.settle()
        seen = look(self.screen.selection, self.hand.app.picture)
        (self.model.by_person if by_person else self.model.by_itself)(seen)
        self.model.drawn(self.time.now)

    async def change(self, what: str, task: str) -> None:
        """Let the scheduler and a worker do something, where that is possible."""
        with suppress(WfError, AssertionError):
            getattr(self.hand.drive, {"claim": "expect_claim"}.get(what, what))(task)
        await self._now(by_person=False)

    async def press(self, key: str) -> None:
        """Press a key that changes nothing of the run."""
        await self.hand.press(key)
        await self._now(by_person=True)

    async def click(self, at: tuple[int, int]) -> None:
        """Click somewhere above the status line."""
        if at[0] < self.hand.app.size.width:
            await self.hand.pilot.click(offset=at)
        await self._now(by_person=True)

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.time.now += seconds

    async def resize(self, width: int) -> None:
        """Make the terminal narrow or wide."""
        await self.hand.pilot.resize_terminal(width, 40)
        await self._now(by_person=False)

    async def act(self, how: tuple[str, bool]) -> None:
        """Press a key for tasks, and answer what is asked."""
        key, agrees = how
        hand, pressed, asked = self.hand, self.time.now, ""
        before = look(self.screen.selection, hand.app.picture)
        alike = () if before.marks else self.screen.similar_tasks
        await hand.press(key)
        if hand.app.screen.is_modal:
            asked = getattr(hand.app.screen, "_title", "")
            assert isinstance(hand.app.screen, ConfirmDialog)
            await hand.press("y" if agrees else "n")
        done = {task for _, task in hand.acts[self.acts :] if task}
        self.acts = len(hand.acts)
        if done:
            self.model.acted(done, pressed, asked=asked, meant=alike)
        await self._now(by_person=True)


def timed(app: StillApp, time: Time) -> Any:
    """Return what takes the application's events, each read at the time of the clock."""
    # The events are kept: of one that is gone another may have the number.
    take, stamped = app.on_event, dict[int, events.Event]()

    async def on_event(event: events.Event) -> None:
        if isinstance(event, events.Key | events.MouseUp) and id(event) not in stamped:
            stamped[id(event)] = event
            event.time = time.now
            time.now += 0.03
        await take(event)

    return on_event


@pytest.mark.slow
@pytest.mark.timeout(600)
@given(steps=st.lists(STEPS, min_size=8, max_size=20))
@settings(
    max_examples=3, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck)
)
async def test_a_board_on_a_ledger_keeps_the_rules(steps: list[tuple[str, Any]]) -> None:
    """No act without 600 ms of a look at the task, none unasked on what has no line."""
    time = Time()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(dialog_app, "get_time", time)
        async with board(Path(folder), *TASKS, guard=0.6, jobs=3) as hand:
            patch.setattr(hand.app.guard, "_now", time)
            patch.setattr(hand.app, "on_event", timed(hand.app, time))
            time.now += 1.0
            person = Person(hand, time)
            for what, value in steps:
                if what in {"wreck", "finish", "claim"}:
                    await person.change(what, value)
                else:
                    await getattr(person, what)(value)
