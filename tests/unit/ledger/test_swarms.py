"""What a swarm lives by, in the ledger: the last one, those who are put off, and who is cancelled.

What one lane does with a refusal is in `lanes/test_host_lane.py`, who goes on in which session in
`test_going_on.py`, and what a join gets in `test_partial_results.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.ledger_harness import BAD, RUN, phase, seat, shell
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import LimitKind, RunState, Step
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness

NEAR, FAR = "near", "far"


def make(drive: LedgerHarness, *names: str) -> LedgerHarness:
    """Make a swarm with one seat in each of two lanes."""
    spec = Spec(prompt="Do", tags=("swarm",))
    items = [shell(name, spec=spec, scope=(name,), max_attempts=3, backoff=0) for name in names]
    seats = [seat(lane, lane, kind="agent", lane=lane) for lane in (NEAR, FAR)]
    return drive.make(phase("items", *items, on_failure="skip_continue"), seats=seats)


def test_the_last_one_never_fails_for_being_last(drive: LedgerHarness) -> None:
    """The only task that is left is put off as often as it is refused, and counts no try."""
    make(drive, "a", "b").finish("a", worker=NEAR)
    for _ in range(40):
        fence = drive.expect_claim("b", FAR)
        drive.ledger.limited(fence, BAD, LimitKind.RATE, FAR, drive.clock.now() + 60)
        assert drive.run().state == RunState.RUNNING
        drive.clock.move(61)
    assert (drive.where("b"), drive.task("b").tries) == ("P", 0)
    assert drive.done(drive.expect_claim("b", FAR))


def test_a_lane_that_is_shut_holds_up_no_other(drive: LedgerHarness) -> None:
    """While one provider refuses all, the seats of another take what there is."""
    make(drive, "a", "b", "c")
    until = drive.clock.now() + 60
    drive.ledger.see_lanes(RUN, [LaneState(FAR, LaneStatus.LIMITED, None, "429", until)], {})
    assert drive.claim(FAR) is None
    drive.finish("a", "b", "c", worker=NEAR)


def test_the_lane_that_is_used_least_comes_first(drive: LedgerHarness) -> None:
    """What is for anybody is spread over all lanes, however many seats each of them has."""
    spec = Spec(prompt="Do", tags=("swarm",))
    items = [shell(name, spec=spec, scope=(name,)) for name in "abcdef"]
    near = [seat(f"near-{number}", NEAR, kind="agent", lane=NEAR) for number in (1, 2, 3)]
    far = [seat(f"far-{number}", FAR, kind="agent", lane=FAR) for number in (1, 2)]
    drive.make(phase("items", *items), seats=[*near, *far])

    def idle() -> tuple[str, ...]:
        return reads.idle_seats(drive.db, RUN)

    assert idle() == ("near-1", "far-1", "near-2", "far-2", "near-3")
    drive.expect_claim("a", "near-1")
    drive.expect_claim("b", "near-2")
    assert idle() == ("far-1", "far-2", "near-3")


def test_a_refused_one_comes_first_again(drive: LedgerHarness) -> None:
    """What was put off is before what has not begun, so that it is not starved by the rest."""
    make(drive, "a", "b", "c")
    fence = drive.expect_claim("a", FAR)
    drive.ledger.limited(fence, BAD, LimitKind.RATE, FAR, drive.clock.now() + 3)
    assert drive.claim(FAR) is None
    drive.clock.move(3)
    drive.ledger.release_due(RUN)
    drive.expect_claim("a", FAR)


def test_a_quota_is_no_rate(drive: LedgerHarness) -> None:
    """A task whose quota is used up waits until it is there again; its phase waits with it."""
    make(drive, "a", "b")
    fence = drive.expect_claim("a", FAR)
    drive.ledger.limited(fence, BAD, LimitKind.QUOTA, FAR, drive.clock.now() + 18_000)
    drive.finish("b", worker=NEAR)
    assert (drive.where("a"), drive.task("a").tries) == ("B:quota", 0)
    assert drive.phase("items").settled_at is None


def test_any_other_failure_is_tried_again(drive: LedgerHarness) -> None:
    """One that fails by its work is tried three times, and then holds up none of the others."""
    make(drive, "a", "b")
    for _ in range(3):
        fence = drive.expect_claim("a")
        if drive.task("b").attempts == 0:
            drive.finish("b")
        drive.fail(fence)
        drive.clock.move(1)
    assert drive.where() == "B:failed D:merged"
    assert drive.phase("items").settled_at is not None


def test_who_cancels_keeps_what_is_done(drive: LedgerHarness) -> None:
    """An abort leaves finished tasks as they are, and the rest can be had back later."""
    make(drive, "a", "b", "c").finish("a")
    drive.expect_claim("b", step=Step.RUNNING)
    drive.mine.abort(RUN)
    assert drive.where("a") == "D:merged"
    assert drive.where("c") == "B:cancelled"
