"""What is told to a person who looks elsewhere: each item once, several together, nothing old."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, LedgerHarness
from tests.support.picture_harness import PictureHarness
from wf_tui.board.attention.alerts import Alerts
from wf_tui.board.attention.caller import Caller, window_title
from wf_tui.config import Notifications
from wf_tui.ledger.model.run_budget import RunBudget, write_budget
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.rules.moves import ANSWER, RETRY
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[PictureHarness]:
    """Give a picture of a run of three tasks, of which one has failed."""
    with contextlib.closing(SqliteDatabase(tmp_path / "ledger.db", create=True)) as db:
        drive = LedgerHarness(db).make("old", "a", "b")
        drive.wreck("old")
        watcher = PictureHarness(drive)
        watcher.look()
        yield watcher


def told(alerts: Alerts, watcher: PictureHarness, *times: float) -> list[str]:
    """Return what is told at these times."""
    if watcher.drive.run().seq > watcher.picture.seq:
        watcher.look()
    return [text for now in times if (text := alerts.look(watcher.picture, now))]


def test_what_was_there_at_the_opening_is_old(watcher: PictureHarness) -> None:
    """Only what comes after it is told, after three seconds, together and once."""
    alerts = Alerts(0.0)
    alerts.focus(has=False)
    assert told(alerts, watcher, 0.0, 5.0) == []
    watcher.drive.wreck("a")
    assert told(alerts, watcher, 10.0, 12.0) == []
    watcher.drive.wreck("b")
    said = told(alerts, watcher, 12.5, 13.0, 14.0, 30.0)
    assert said == ["wf: 2 need you: a, b"]


def test_who_looks_is_told_nothing(watcher: PictureHarness) -> None:
    """Neither while the terminal has the focus, nor where it comes back within three seconds."""
    alerts = Alerts(0.0)
    alerts.focus(has=True)
    told(alerts, watcher, 0.0)
    watcher.drive.wreck("a")
    assert told(alerts, watcher, 100.0, 104.0) == []
    alerts.focus(has=False)
    watcher.drive.wreck("b")
    assert told(alerts, watcher, 110.0) == []
    alerts.focus(has=True)
    alerts.focus(has=False)
    assert told(alerts, watcher, 114.0) == []


def test_without_focus_events_a_minute_without_a_key_counts(watcher: PictureHarness) -> None:
    """Some terminals tell of no focus; whoever presses a key looks."""
    alerts = Alerts(0.0)
    told(alerts, watcher, 0.0)
    alerts.pass_key(30.0)
    watcher.drive.wreck("a")
    assert told(alerts, watcher, 60.0, 70.0) == []
    watcher.drive.wreck("b")
    assert len(told(alerts, watcher, 90.0, 94.0)) == 1


def test_what_was_answered_meanwhile_is_not_told(watcher: PictureHarness) -> None:
    """It needs nobody any more when the three seconds are over."""
    alerts = Alerts(0.0)
    alerts.focus(has=False)
    told(alerts, watcher, 0.0)
    watcher.drive.wreck("a")
    assert told(alerts, watcher, 1.0) == []
    watcher.drive.ledger.move(RUN, RETRY, ["a"])
    assert told(alerts, watcher, 5.0) == []


def test_what_comes_again_is_told_again(watcher: PictureHarness) -> None:
    """Another question of the same attempt is another item."""
    alerts = Alerts(0.0)
    alerts.focus(has=False)
    told(alerts, watcher, 0.0)
    fence = watcher.drive.ask(watcher.drive.expect_claim("a"))
    assert told(alerts, watcher, 1.0, 4.0) == ["wf: 1 needs you: a"]
    watcher.drive.clock.move(5)
    watcher.drive.mine.move(RUN, ANSWER, ["a"], text="yes")
    assert told(alerts, watcher, 5.0, 9.0) == []
    watcher.drive.clock.move(5)
    watcher.drive.ask(fence, name="2")
    assert told(alerts, watcher, 10.0, 14.0) == ["wf: 1 needs you: a"]


@pytest.mark.parametrize(
    ("state", "used", "said"),
    [
        (RunState.STALLED, 0, "wf: nothing moves, 1 task for you"),
        (RunState.PARTIAL, 0, "wf: the run is partial, 0/3 done"),
        (RunState.RUNNING, 80, "wf: 80 % of the budget are spent"),
        (RunState.RUNNING, 79, ""),
    ],
)
def test_an_end_a_stall_and_a_budget_are_told(
    watcher: PictureHarness, state: RunState, used: int, said: str
) -> None:
    """Each once, also where nobody is needed."""
    alerts = Alerts(0.0)
    alerts.focus(has=False)
    told(alerts, watcher, 0.0)
    batch = watcher.read()
    budget = write_budget(RunBudget(cost_microusd=100))
    run = replace(batch.run, state=state, budget=budget, usage=Usage(cost_microusd=used))
    watcher.picture.apply(replace(batch, run=run))
    found = [alerts.look(watcher.picture, now) for now in (1.0, 4.0, 5.0, 9.0)]
    assert [text for text in found if text] == [said] * bool(said)


def test_the_title_of_the_window(watcher: PictureHarness) -> None:
    """How many need the person, how far it is, and what it is about."""
    assert window_title(watcher.picture.header, "◆").startswith("◆1 0/3 ")


def test_a_board_runs_no_command(watcher: PictureHarness, tmp_path: Path) -> None:
    """The person's command belongs to the scheduler: three boards would run it three times."""
    told_by_it = tmp_path / "told"
    command = (sys.executable, "-c", "import sys; open(sys.argv[1], 'w')", str(told_by_it))
    written: list[str] = []
    caller = Caller(Notifications(via="bell", command=command), {}, written.append, 0.0)
    caller.alerts.focus(has=False)
    caller.beat(watcher.picture, 0.0)
    watcher.drive.wreck("a")
    watcher.look()
    for now in (10.0, 14.0, 18.0):
        caller.beat(watcher.picture, now)
    assert written == ["\a"]
    assert not told_by_it.exists()
