"""A clock that is set, forwards or back: the ledger waits no longer than it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import BAD, RUN, seat, shell
from wf_tui.ledger.model.states import LimitKind, RunState, Step
from wf_tui.ledger.queries import lane_reads, reads
from wf_tui.ledger.rules.runs import IDLE_END

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness

HOUR = 3600.0


def test_a_back_off_is_cut_when_the_clock_was_set_back(drive: LedgerHarness) -> None:
    """It ends at most its own length from now, however long others may be; also in a day."""
    drive.make(shell("a", max_attempts=4, backoff=3.0), shell("b", max_attempts=2, backoff=300.0))
    drive.wreck("a", "b")
    drive.clock.move(-48 * HOUR)
    drive.ledger.reanchor(RUN)
    now = drive.clock.now()
    assert (drive.task("a").not_before or 0) - now == pytest.approx(3.3)
    assert (drive.task("b").not_before or 0) - now == pytest.approx(330.0)
    drive.clock.move(3.4)
    drive.expect_claim("a", "w2")


def test_a_limit_of_a_provider_is_cut(drive: LedgerHarness) -> None:
    """A lane is limited for as long as was said, counted from when the clock was set."""
    drive.make("a", seats=[seat("w1", lane="far")])
    fence = drive.expect_claim("a", step=Step.RUNNING)
    drive.ledger.limited(fence, BAD, LimitKind.RATE, "far", drive.clock.now() + 30)
    drive.clock.move(-3 * HOUR)
    drive.ledger.reanchor(RUN)
    assert lane_reads.lanes(drive.db, RUN)["far"].state.until == drive.clock.now() + 30


def test_a_failure_across_a_set_clock_is_not_quick(drive: LedgerHarness) -> None:
    """How long an attempt took that began in the future is not known: it is no storm."""
    drive.make(shell("a", max_attempts=9))
    drive.ledger.set_breakers(RUN, {"shell": 1})
    fence = drive.expect_claim("a")
    drive.clock.move(-3 * HOUR)
    drive.fail(fence)
    assert not drive.events("lane_limited")


def test_a_back_off_within_its_length_stays(drive: LedgerHarness) -> None:
    """A clock that is right loses nothing by being looked at."""
    drive.make(shell("a", max_attempts=2, backoff=300.0))
    drive.wreck("a")
    before = drive.dump()
    drive.ledger.reanchor(RUN)
    assert drive.dump() == before


def test_a_back_off_is_over_when_the_clock_was_set_forwards(drive: LedgerHarness) -> None:
    """What may start by the clock starts."""
    drive.make(shell("a", max_attempts=2, backoff=300.0))
    drive.wreck("a")
    drive.clock.move(10 * 365 * 24 * HOUR)
    assert drive.claim("w2") is not None


def test_a_pinned_task_is_stolen_although_the_clock_was_set_back(drive: LedgerHarness) -> None:
    """The wait for a busy worker begins anew, and ends."""
    drive.make("x", shell("a", worker="w1")).expect_claim("x", "w1")
    drive.clock.move(-3 * HOUR)
    drive.ledger.reanchor(RUN)
    assert drive.claim("w2") is None
    drive.clock.move(301.0)
    assert drive.claim("w2") is not None


def test_a_stalled_run_ends_although_the_clock_was_set_back(drive: LedgerHarness) -> None:
    """Its idle half hour is counted from when the clock was set."""
    drive.make(shell("a"))
    drive.wreck("a")
    assert drive.ledger.end_when_idle(RUN, foreground=False) == RunState.STALLED
    drive.clock.move(-3 * HOUR)
    drive.ledger.reanchor(RUN)
    drive.clock.move(IDLE_END + 1)
    assert drive.ledger.end_when_idle(RUN, foreground=False) == RunState.PARTIAL


def test_a_clock_that_was_set_expires_no_claim(drive: LedgerHarness) -> None:
    """Only the scheduler, by its monotonic clock, takes a claim; the ledger's times are shown."""
    drive.make(shell("a"), "b")
    fence = drive.expect_claim("a")
    for jump in (3 * HOUR, -6 * HOUR, 10 * 365 * 24 * HOUR):
        drive.clock.move(jump)
        drive.ledger.reanchor(RUN)
        drive.ledger.release_due(RUN)
        assert drive.task("a").worker == fence.worker
    assert drive.done(fence)


def test_events_and_attempts_are_in_the_order_of_their_numbers(drive: LedgerHarness) -> None:
    """The clock has no say in what came first."""
    drive.make("a", "b")
    drive.finish("a")
    drive.clock.move(-3 * HOUR)
    drive.finish("b")
    assert [event.seq for event in drive.events()] == list(range(1, drive.run().seq + 1))
    assert [attempt.task for attempt in reads.attempts(drive.db, RUN)] == ["a", "b"]
