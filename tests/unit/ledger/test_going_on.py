"""Who goes on with a task: the seat whose session knows it, for a while, or any other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support.histories import history
from tests.support.ledger_harness import HOST_DIED, RUN, seat, shell
from wf_tui.ledger.deferred_writes import deferring
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import LimitKind, NextSeat, Outcome
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.going_on import WAIT
from wf_tui.ledger.rules.moves import REASSIGN, RELEASE

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness

SERVER = Ending(Outcome.FAILED, "server", "the provider had a fault", next_seat=NextSeat.SAME)


def in_session(drive: LedgerHarness, fence: Fence) -> Fence:
    """Let an attempt have a session and a worktree."""
    drive.ledger.prepared(fence, base="b0", tree="4")
    row = reads.attempts(drive.ledger.db, RUN, fence.task)[-1]
    with deferring(drive.ledger.db, RUN) as db:
        db.write(row, evolve(row, session="s-1"))
    return fence


def two_seats(drive: LedgerHarness) -> Fence:
    """Claim the one task of a run with two seats, in a session."""
    drive.make(shell("a", max_attempts=9, backoff=0), seats=[seat("w1"), seat("w2")])
    return in_session(drive, drive.expect_claim("a", "w1"))


def test_the_same_seat_goes_on_in_its_session(drive: LedgerHarness) -> None:
    """After a fault of the provider others leave the task to the seat that knows it."""
    drive.ledger.fail(two_seats(drive), SERVER)
    assert drive.claim("w2") is None
    pulse = reads.pulse(drive.ledger.db, RUN, drive.clock.now())
    assert pulse.wanted_trees == {4}
    claim = drive.ledger.claim(RUN, "w1")
    assert claim is not None
    assert (claim.session, claim.tree) == ("s-1", "4")
    assert drive.task("a").seat_wanted is None


def test_any_seat_goes_on_anew_after_a_while(drive: LedgerHarness) -> None:
    """A seat that is busy is not waited for for ever, and the run knows when to look again."""
    drive.ledger.fail(two_seats(drive), SERVER)
    pulse = reads.pulse(drive.ledger.db, RUN, drive.clock.now())
    assert pulse.next_timer == drive.clock.now() + WAIT
    drive.clock.move(WAIT + 1)
    claim = drive.ledger.claim(RUN, "w2")
    assert claim is not None
    assert (claim.session, claim.tree) == (None, None)


def test_what_the_work_failed_by_is_begun_anew(drive: LedgerHarness) -> None:
    """Its own failure is looked at by another seat, with fresh eyes."""
    drive.ledger.fail(two_seats(drive), replace(SERVER, next_seat=NextSeat.ANOTHER))
    claim = drive.ledger.claim(RUN, "w2")
    assert claim is not None
    assert claim.session is None


def test_a_released_task_keeps_its_session(drive: LedgerHarness) -> None:
    """A person who releases it did not say that its work was bad; who reassigns it did."""
    fence = two_seats(drive)
    drive.mine.move(RUN, RELEASE, ["a"])
    assert (drive.task("a").seat_wanted, drive.task("a").tree_wanted) == ("w1", "4")
    drive.mine.move(RUN, REASSIGN, ["a"], to="w2")
    assert drive.task("a").seat_wanted is None
    drive.ledger.close(fence, Ending(Outcome.CANCELLED))
    drive.expect_claim("a", "w2")


def test_a_drain_takes_back_what_waits_for_an_answer(drive: LedgerHarness) -> None:
    """It might wait for ever; its question is void, and its session goes on later."""
    fence = drive.ask(two_seats(drive))
    assert drive.mine.stop(RUN) == ["a"]
    assert (drive.where("a"), drive.task("a").seat_wanted) == ("P", "w1")
    drive.ledger.close(fence, Ending(Outcome.CANCELLED))
    drive.mine.resume(RUN)
    assert drive.claim("w2") is None


def test_a_model_that_is_too_small_is_left_at_once(drive: LedgerHarness) -> None:
    """Where the conversation does not fit, the first fallback has the next try."""
    small = seat("w1")
    drive.make(
        shell("a", max_attempts=9, backoff=0, spec=replace(shell("x").spec, fallback=("large",))),
        seats=[small, seat("w2"), seat("l1", "large")],
    )
    fence = drive.expect_claim("a", "w1")
    drive.ledger.fail(fence, replace(SERVER, next_seat=NextSeat.FALLBACK))
    assert drive.claim("w2") is None
    drive.expect_claim("a", "l1")


def test_a_worktree_that_another_attempt_had_since_is_not_asked_for(drive: LedgerHarness) -> None:
    """It may be kept for that one by now: the session begins anew in another."""
    seats = [seat("w1"), seat("w2")]
    drive.make(shell("a", max_attempts=9, backoff=0), shell("b"), seats=seats)
    first = in_session(drive, drive.expect_claim("a", "w1"))
    in_session(drive, drive.expect_claim("b", "w2"))
    drive.ledger.fail(first, SERVER)
    assert (drive.task("a").seat_wanted, drive.task("a").tree_wanted) == ("w1", None)


def test_a_host_that_died_is_not_counted_once(drive: LedgerHarness) -> None:
    """The same seat goes on in its session at once; the second time it is a failure as others."""
    drive.ledger.interrupted(two_seats(drive), HOST_DIED)
    task = drive.task("a")
    assert (drive.where("a"), task.tries, task.not_before) == ("P", 0, None)
    claim = drive.ledger.claim(RUN, "w1")
    assert claim is not None
    assert (claim.session, claim.tree) == ("s-1", "4")
    drive.ledger.interrupted(Fence(RUN, "a", claim.epoch, "w1"), HOST_DIED)
    assert drive.task("a").tries == 1
    assert history(drive.db).found() == []


def test_a_fallback_whose_lane_is_shut_is_passed_over(drive: LedgerHarness) -> None:
    """Nobody waits for a quota or a key where another profile could go on; for a rate they do."""
    spec = replace(shell("x").spec, fallback=("large", "small"))
    seats = [seat("w1"), seat("l1", "large", lane="far"), seat("s1", "small")]
    drive.make(*(shell(name, max_attempts=9, backoff=0, spec=spec) for name in "abc"), seats=seats)
    fence = drive.expect_claim("a", "l1")
    drive.ledger.limited(fence, replace(SERVER, cause="auth"), LimitKind.AUTH, "far", None)
    anew = replace(SERVER, next_seat=NextSeat.FALLBACK)
    drive.ledger.fail(drive.expect_claim("b", "w1"), anew)
    assert drive.task("b").pinned == "small"
    drive.mine.open_lanes(RUN, ["far"])
    fence = drive.expect_claim("c", "w1")
    drive.ledger.see_lanes(RUN, [LaneState("far", LaneStatus.LIMITED, until=2e6)], {})
    drive.ledger.fail(fence, anew)
    assert drive.task("c").pinned == "large"
