"""The fence: what a worker says counts only while its claim is the live one (G1, G2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from tests.support import recount
from tests.support.ledger_harness import BAD, GOOD, RUN, STOPPED, LedgerHarness, phase, shell
from wf_tui.errors import RefusedError, UnknownNameError
from wf_tui.ledger.model.events.attempt_events import WorkHarvested
from wf_tui.ledger.model.states import BlockedKind, DoneKind, LimitKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import ACCEPT, CANCEL, HOLD, RELEASE, SKIP

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.ledger.ledger import Fence

RESULTS: Final[dict[str, Callable[[LedgerHarness, Fence], bool]]] = {
    "done": lambda drive, fence: drive.ledger.done(fence, DoneKind.MERGED, GOOD, "ok"),
    "fail": lambda drive, fence: drive.ledger.fail(fence, BAD),
    "block": lambda drive, fence: drive.ledger.block(fence, BAD, BlockedKind.SCOPE),
    "conflict": lambda drive, fence: drive.ledger.conflict(fence, BAD, ("a",), "a differs"),
    "limited": lambda drive, fence: drive.ledger.limited(fence, BAD, LimitKind.RATE, "far", 2e6),
}
NEWS: Final[dict[str, Callable[[LedgerHarness, Fence], bool]]] = {
    "step": lambda drive, fence: drive.ledger.step(fence, Step.RUNNING),
    "started": lambda drive, fence: drive.ledger.started(fence, pid=7),
    "progress": lambda drive, fence: drive.ledger.progress(fence, "half"),
    "ask": lambda drive, fence: bool(drive.ledger.ask(fence, "1", "may I?")),
    "expired": lambda drive, fence: drive.ledger.question_expired(fence, "1"),
    "intend": lambda drive, fence: drive.ledger.intend(fence, "b0", "b1"),
}


def fenced(drive: LedgerHarness) -> Fence:
    """Claim the only task and take it away again."""
    fence = drive.make("a").expect_claim("a", step=Step.RUNNING)
    drive.mine.move(RUN, RELEASE, ["a"])
    return fence


def superseded(drive: LedgerHarness) -> Fence:
    """Claim a task twice; return the older claim, whose attempt is closed."""
    fence = drive.make(shell("a", max_attempts=9, backoff=0)).expect_claim("a")
    drive.fail(fence)
    drive.expect_claim("a")
    return fence


@pytest.mark.parametrize("result", RESULTS)
def test_a_fenced_result_is_rejected(drive: LedgerHarness, result: str) -> None:
    """A result after a stop leaves the task as it is, is kept as rejected, and closes."""
    fence = fenced(drive)
    assert not RESULTS[result](drive, fence)
    assert drive.where("a") == "P"
    assert drive.kinds()[-2:] == ["result_rejected", "attempt_ended"]
    (attempt,) = reads.attempts(drive.db, RUN, "a")
    assert (attempt.open, attempt.outcome) == (False, "rejected")
    recount.check(drive.db)


@pytest.mark.parametrize("result", RESULTS)
def test_an_old_result_is_rejected(drive: LedgerHarness, result: str) -> None:
    """A result of an older epoch changes neither the task nor the attempt that is open now."""
    fence = superseded(drive)
    before = drive.dump()
    assert not RESULTS[result](drive, fence)
    (event,) = drive.events("result_rejected")
    assert (event.task, event.epoch, event.worker) == ("a", 1, "w1")
    assert drive.dump() | {"event": [], "run": []} == before | {"event": [], "run": []}


@pytest.mark.parametrize("late", [fenced, superseded])
@pytest.mark.parametrize("news", NEWS)
def test_late_news_is_nothing(
    drive: LedgerHarness, news: str, late: Callable[[LedgerHarness], Fence]
) -> None:
    """Steps, progress and questions of a claim that is gone change nothing at all."""
    fence = late(drive)
    before = drive.dump()
    assert not NEWS[news](drive, fence)
    assert drive.dump() == before


@pytest.mark.parametrize("news", ["started", "progress", "intend", "step"])
def test_live_news_is_recorded(drive: LedgerHarness, news: str) -> None:
    """The same of the live claim is recorded."""
    fence = drive.make("a").expect_claim("a")
    before = drive.dump()
    assert NEWS[news](drive, fence)
    assert drive.dump() != before


def test_rejecting(drive: LedgerHarness) -> None:
    """A result known to be too late is kept as rejected, and closes its attempt."""
    drive.ledger.reject(fenced(drive), GOOD)
    assert drive.kinds()[-2:] == ["result_rejected", "attempt_ended"]
    assert drive.run().open_attempts == 0


def test_the_worker_counts_too(drive: LedgerHarness) -> None:
    """A result with the right epoch but of another worker is rejected."""
    fence = drive.make("a").expect_claim("a", "w1", Step.INTEGRATING)
    assert not drive.ledger.done(replace(fence, worker="w2"), DoneKind.MERGED, GOOD, "")


def test_closing_is_never_refused(drive: LedgerHarness) -> None:
    """A fenced attempt is closed once; closing it again, or an old one, does nothing."""
    fence = fenced(drive)
    drive.ledger.close(fence, STOPPED)
    (attempt,) = reads.attempts(drive.db, RUN, "a")
    assert (attempt.open, attempt.outcome) == (False, "cancelled")
    before = drive.dump()
    drive.ledger.close(fence, STOPPED)
    assert drive.dump() == before


def test_a_harvest_is_kept_when_fenced(drive: LedgerHarness) -> None:
    """What a stopped attempt left behind is recorded with its own epoch and worker."""
    fence = fenced(drive)
    drive.ledger.harvested(fence, WorkHarvested(ref="refs/wf/a/1", commit="c1", files=2))
    (attempt,) = reads.attempts(drive.db, RUN, "a")
    assert (attempt.ref, attempt.commit_id) == ("refs/wf/a/1", "c1")
    (event,) = drive.events("harvested")
    assert (event.epoch, event.worker) == (1, "w1")
    assert event.data == {"ref": "refs/wf/a/1", "commit": "c1", "files": 2}


def test_an_attempt_that_never_was(drive: LedgerHarness) -> None:
    """A harvest of an attempt or a task that does not exist is refused."""
    fence = fenced(drive)
    with pytest.raises(RefusedError, match="'a' has no attempt 7"):
        drive.ledger.harvested(replace(fence, epoch=7), WorkHarvested())
    with pytest.raises(UnknownNameError, match="unknown task 'aa'"):
        drive.ledger.done(replace(fence, task="aa"), DoneKind.MERGED, GOOD, "")


def test_an_open_attempt_keeps_the_task(drive: LedgerHarness) -> None:
    """A task is not claimable while its fenced attempt is open, and is once that is closed."""
    fence = fenced(drive)
    assert drive.claim("w2") is None
    assert drive.reason("a").text == "waits for its previous attempt to be cleaned up"
    drive.ledger.close(fence, STOPPED)
    assert drive.expect_claim("a", "w2").epoch == 2


def test_an_open_attempt_keeps_its_seat(drive: LedgerHarness) -> None:
    """A seat is busy until its fenced attempt is closed."""
    drive.make("a", "b")
    fence = drive.expect_claim("a", "w1")
    drive.mine.move(RUN, CANCEL, ["a"])
    assert drive.claim("w1") is None
    drive.ledger.close(fence, STOPPED)
    drive.expect_claim("b", "w1")


def test_an_open_attempt_keeps_its_scope(drive: LedgerHarness) -> None:
    """A scope is held until the fenced attempt that wrote there is closed."""
    drive.make("a", shell("b", scope=("src/a",)))
    fence = drive.expect_claim("a", "w1")
    drive.mine.move(RUN, CANCEL, ["a"])
    assert drive.claim("w2") is None
    drive.ledger.close(fence, STOPPED)
    drive.expect_claim("b", "w2")


def test_an_open_attempt_keeps_its_caps(drive: LedgerHarness) -> None:
    """Jobs and the limit of a phase count attempts that are open, fenced or not."""
    drive.make(phase("p", "a", "b", wip=1), "c", jobs=2)
    fence = drive.expect_claim("c", "w2")
    drive.mine.move(RUN, SKIP, ["c"])
    drive.expect_claim("a", "w1")
    assert drive.claim("w3") is None
    drive.ledger.close(fence, STOPPED)
    assert drive.claim("w3") is None
    assert (drive.run().open_attempts, drive.phase("p").open_attempts) == (1, 1)


def test_a_merge_is_not_taken_away(drive: LedgerHarness) -> None:
    """Once it merges, no command takes a task; the merge ends it."""
    fence = drive.make("a").expect_claim("a", step=Step.INTEGRATING)
    stops = [RELEASE, HOLD, CANCEL, SKIP]
    assert [drive.mine.move(RUN, move, ["a"])[0].changed for move in stops] == [False] * 4
    assert drive.done(fence)


def test_the_head_moves_whoever_holds_the_claim(drive: LedgerHarness) -> None:
    """That the branch has moved is recorded with old and new, whatever became of the task."""
    fence = fenced(drive)
    drive.ledger.integrated(fence, "b0", "b1")
    assert drive.run().head == "b1"
    assert drive.events("integrated")[0].data == {"old": "b0", "new": "b1"}


def test_intent_is_written_before(drive: LedgerHarness) -> None:
    """Before the branch moves the attempt says from where to where."""
    fence = drive.make("a").expect_claim("a", step=Step.INTEGRATING)
    assert drive.ledger.intend(fence, "b0", "b1")
    (attempt,) = reads.attempts(drive.db, RUN)
    assert (attempt.intent_old, attempt.intent_new) == ("b0", "b1")


def test_accepted_work_has_a_fence_of_its_own(drive: LedgerHarness) -> None:
    """A person who accepts holds the claim in a new epoch, and the scope is waived."""
    fence = drive.make("a").expect_claim("a", step=Step.CHECKING)
    drive.ledger.block(fence, BAD, BlockedKind.SCOPE)
    drive.mine.move(RUN, ACCEPT, ["a"])
    mine = replace(fence, epoch=2, worker="user:ann")
    assert not drive.ledger.step(fence, Step.INTEGRATING)
    attempt = reads.attempts(drive.db, RUN, "a")[-1]
    assert (attempt.worker, attempt.profile, attempt.scope_waived) == ("user:ann", "user", True)
    assert drive.done(mine)
    recount.check(drive.db)
