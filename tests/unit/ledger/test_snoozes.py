"""What a person has put off (RULES 3.1): by whom, until when, and what shows it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, LedgerHarness, shell
from tests.support.task_states import STATES
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.snoozes import snooze_of, snoozes
from wf_tui.ledger.rules.moves import ACCEPT, ANSWER, RETRY, SNOOZE, WAKE
from wf_tui.paths import RepoPaths
from wf_tui.picture.inbox import read_inbox
from wf_tui.picture.status import read_status
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from pathlib import Path

HOUR = 3600.0


def snooze(drive: LedgerHarness, task: str, seconds: float | None = HOUR) -> None:
    """Put a task off."""
    until = None if seconds is None else drive.clock.now() + seconds
    assert drive.mine.move(RUN, SNOOZE, [task], until=until)[0].changed


def woken(drive: LedgerHarness) -> list[object]:
    """Return why tasks were shown again; what the log tells has to be right, too."""
    verdict = verify_run(drive.db, RUN, None)
    assert not verdict.violations, verdict.violations
    return [event.data["why"] for event in drive.events("task_woken")]


def is_asked_for(drive: LedgerHarness, task: str, folder: Path) -> bool:
    """Whether a task is among what needs a person."""
    paths = RepoPaths(folder).run(RUN)
    status = read_status(drive.db, RUN, drive.clock.now(), paths)
    asked = [item for item in read_inbox(drive.db, status) if item.snooze is None]
    return task in {item.task.id for item in asked}


def test_it_is_in_no_inbox_until_its_time(drive: LedgerHarness, tmp_path: Path) -> None:
    """Views know by the clock that it is over; the scheduler writes it down, once."""
    drive.make("a").wreck("a")
    before = drive.task("a")
    snooze(drive, "a")
    assert drive.task("a") == before
    assert not is_asked_for(drive, "a", tmp_path)
    drive.clock.move(HOUR)
    assert is_asked_for(drive, "a", tmp_path)
    assert snooze_of(drive.db, RUN, "a", drive.clock.now()) is None
    assert woken(drive) == []
    assert reads.pulse(drive.db, RUN, drive.clock.now()).next_timer == drive.clock.now()
    drive.ledger.show_snoozed(RUN)
    drive.ledger.show_snoozed(RUN)
    assert woken(drive) == ["time"]
    assert snoozes(drive.db, RUN) == {}


def test_it_comes_back_by_hand(drive: LedgerHarness) -> None:
    """`off` shows it again; what is not put off is refused."""
    drive.make("a").wreck("a")
    snooze(drive, "a", None)
    assert drive.mine.move(RUN, WAKE, ["a"])[0].changed
    (refused,) = drive.mine.move(RUN, WAKE, ["a"])
    assert (refused.changed, refused.reason) == (False, "task 'a' is not snoozed")
    assert woken(drive) == ["person"]


@pytest.mark.parametrize("seconds", [HOUR, None])
def test_it_comes_back_when_it_changes(drive: LedgerHarness, seconds: float | None) -> None:
    """Its state, its kind and its epoch end a snooze, before its time, too."""
    drive.make("a").wreck("a")
    snooze(drive, "a", seconds)
    drive.mine.move(RUN, RETRY, ["a"])
    assert woken(drive) == ["change"]
    drive.wreck("a")
    assert snoozes(drive.db, RUN) == {}
    assert woken(drive) == ["change"]


def test_another_question_ends_it(drive: LedgerHarness) -> None:
    """What is asked is another one; an answer lets it go on, which is a change as well."""
    drive.make("a")
    fence = drive.ask(drive.expect_claim("a"))
    snooze(drive, "a", None)
    assert drive.ledger.ask(fence, "2", "and this?")
    assert woken(drive) == ["change"]
    snooze(drive, "a", None)
    drive.mine.move(RUN, ANSWER, ["a"], text="yes")
    assert woken(drive) == ["change", "change"]


def test_what_is_accepted_is_no_longer_put_off(drive: LedgerHarness) -> None:
    """A claim of a person is a change, told before the work goes on."""
    STATES["B:scope"](drive)
    snooze(drive, "t")
    assert drive.mine.move(RUN, ACCEPT, ["t"])[0].changed
    assert woken(drive) == ["change"]


def test_what_does_not_change_it_leaves_it(drive: LedgerHarness) -> None:
    """An edit, a message and a comment are no change of what needs a person."""
    drive.make("a").wreck("a")
    snooze(drive, "a")
    drive.mine.comment(RUN, "a", "src/a", 1, "why?")
    drive.mine.move(RUN, SNOOZE, ["a"], until=drive.clock.now() + 2 * HOUR)
    assert woken(drive) == []
    assert snoozes(drive.db, RUN)["a"].until == drive.clock.now() + 2 * HOUR


@pytest.mark.parametrize("state", STATES)
def test_only_what_needs_a_person(drive: LedgerHarness, state: str) -> None:
    """What waits for others, runs or is done cannot be put off."""
    STATES[state](drive)
    needs = {"failed", "gate", "deliverable", "scope", "conflict", "budget", "question", "review"}
    (made,) = drive.mine.move(RUN, SNOOZE, ["t"], until=None)
    assert made.changed == (drive.task("t").state == "blocked" and drive.task("t").kind in needs)


def test_a_run_with_only_that_left_stalls_as_ever(drive: LedgerHarness) -> None:
    """A snooze moves nothing: it is no timer that keeps a run from its end."""
    drive.make("a", shell("b")).wreck("a")
    drive.finish("b")
    snooze(drive, "a")
    assert drive.ledger.end_when_idle(RUN, foreground=False) == "stalled"


def test_a_step_wakes_nobody(drive: LedgerHarness) -> None:
    """Of a run with snoozes another task goes on as it does."""
    drive.make("a", "b").wreck("a")
    snooze(drive, "a")
    drive.bring(drive.expect_claim("b"), Step.CHECKING)
    assert woken(drive) == []
