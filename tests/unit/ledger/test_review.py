"""B review (RULES 3.1): good work waits for a person before it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.histories import history
from tests.support.ledger_harness import BAD, GOOD, RUN, STOPPED, merging, phase, shell
from wf_tui.errors import RefusedError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Outcome, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.trees import needed_trees, stale_trees
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.moves import ACCEPT, CANCEL, HOLD, REASSIGN, RELEASE, RETRY, SKIP

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness

FINISHED = Ending(Outcome.SUCCEEDED, "review", "ready", exit_code=0, ref="refs/x", commit="c1")
MINE = Fence(RUN, "a", 2, "user:ann")


def review(drive: LedgerHarness, name: str = "a", worker: str | None = None) -> Fence:
    """Bring a task to where its work waits for a person, in the tree 3."""
    fence = drive.expect_claim(name, worker, step=Step.CHECKING)
    assert drive.ledger.prepared(fence, base="b0", tree="3")
    assert drive.ledger.hold_for_review(fence, FINISHED, {"paths": ["x"]}, tree="3")
    return fence


def asks(name: str, *needs: str, **values: object) -> object:
    """Return a task whose work a person wants to see."""
    return shell(name, *needs, spec=Spec(command="true", needs=needs, review=True), **values)


def test_its_attempt_is_over_and_a_success(drive: LedgerHarness) -> None:
    """Seat and scope are free, commit and tree are kept."""
    drive.make("a", shell("b", scope=("src/a",)))
    review(drive)
    (attempt,) = reads.attempts(drive.db, RUN, "a")
    assert (attempt.open, attempt.outcome, attempt.commit_id) == (False, "succeeded", "c1")
    assert (drive.where("a"), drive.task("a").note) == ("B:review", "ready")
    assert needed_trees(drive.db, RUN) == {3}
    drive.expect_claim("b", "w1")


def test_what_comes_after_waits(drive: LedgerHarness) -> None:
    """Its phase does not settle, and what needs its result stays pending, as for a question."""
    drive.make(phase("p", "a", shell("b", "a")), phase("q", "c", after=["p"]))
    review(drive)
    assert drive.where("b", "c") == "P P"
    assert drive.phase("p").settled_at is None
    assert drive.claim("w2") is None


def test_a_run_with_nothing_else_stalls(drive: LedgerHarness) -> None:
    """It names the review as what everything waits for."""
    drive.make("a")
    review(drive)
    assert drive.ledger.end_when_idle(RUN, foreground=True) == "partial"
    assert drive.events("run_stalled")[0].data["roots"] == ["a"]


def test_sending_it_back_keeps_the_tries(drive: LedgerHarness) -> None:
    """A retry of a review is no new start: failures before it stay counted."""
    drive.make(shell("a", max_attempts=3, backoff=0)).wreck("a")
    review(drive)
    assert drive.mine.move(RUN, RETRY, ["a"])[0].changed
    assert (drive.where("a"), drive.task("a").tries) == ("P", 1)
    seat = str(drive.task("a").last_worker)
    others = [name for name in ("w1", "w2", "w3") if name != seat]
    assert not any(map(drive.claim, others)), "it waits for the seat whose work it is"
    claim = drive.ledger.claim(RUN, seat)
    assert claim is not None
    assert claim.last_note == "sent back by ann"
    assert (needed_trees(drive.db, RUN), stale_trees(drive.db, RUN)) == (set(), {3})


def test_giving_it_to_another_gives_all_tries(drive: LedgerHarness) -> None:
    """A reassignment is, as of every other blocked task."""
    drive.make(shell("a", max_attempts=3, backoff=0)).wreck("a")
    review(drive)
    drive.mine.move(RUN, REASSIGN, ["a"], to="w2")
    assert (drive.task("a").tries, drive.task("a").pinned) == (0, "w2")


@pytest.mark.parametrize(
    ("move", "where"), [(SKIP, "D:skipped"), (CANCEL, "B:cancelled"), (HOLD, "B:review")]
)
def test_other_moves_are_those_of_a_blocked_task(
    drive: LedgerHarness, move: object, where: str
) -> None:
    """It can be skipped and cancelled, and there is nothing to hold."""
    drive.make("a")
    review(drive)
    drive.mine.move(RUN, move, ["a"])  # type: ignore[arg-type]  # a move without arguments
    assert drive.where("a") == where


def test_an_abort_cancels_it(drive: LedgerHarness) -> None:
    """What nobody has accepted when the run is aborted is not merged any more."""
    drive.make("a")
    review(drive)
    drive.mine.abort(RUN)
    assert (drive.where("a"), drive.run().state) == ("B:cancelled", "aborted")


def test_accepting_claims_it_for_the_person(drive: LedgerHarness) -> None:
    """It goes on where it was checked, from the same tree; its scope still holds."""
    drive.make("a")
    review(drive)
    assert drive.mine.move(RUN, ACCEPT, ["a"])[0].changed
    task, attempt = drive.task("a"), reads.attempts(drive.db, RUN, "a")[-1]
    assert (drive.where("a"), task.worker, task.scope_waived) == ("R:checking", "user:ann", False)
    assert (attempt.tree, attempt.base) == ("3", "b0")


def test_what_does_not_pass_is_to_be_reviewed_again(drive: LedgerHarness) -> None:
    """The reason stands where the person looks, and no failure is counted."""
    drive.make(shell("a", max_attempts=1))
    review(drive)
    drive.mine.move(RUN, ACCEPT, ["a"])
    drive.ledger.give_back(MINE, BAD, {"tail": "no"})
    task = drive.task("a")
    assert (drive.where(), task.tries, task.note) == ("B:review", 0, "exit status 1")
    assert task.detail == {"paths": ["x"], "tail": "no"}
    assert drive.mine.move(RUN, ACCEPT, ["a"])[0].changed


def test_a_conflict_of_accepted_work_is_the_persons(drive: LedgerHarness) -> None:
    """It never goes back to a worker by itself; the marked merge is there to be resolved."""
    drive.make("a")
    review(drive)
    drive.mine.move(RUN, ACCEPT, ["a"])
    drive.ledger.step(MINE, Step.INTEGRATING)
    drive.ledger.conflict(MINE, BAD, ("x",), "x differs", head="h1", tree="3")
    assert drive.where() == "B:conflict"
    drive.mine.move(RUN, ACCEPT, ["a"])
    assert drive.task("a").scope_waived


def test_only_checked_work_is_held(drive: LedgerHarness) -> None:
    """Before its checks, and of an attempt that was stopped, nothing is held for a review."""
    drive.make("a", "b")
    fence = drive.expect_claim("a", step=Step.RUNNING)
    with pytest.raises(RefusedError, match="cannot be held for a review"):
        drive.ledger.hold_for_review(fence, GOOD, {}, tree=None)
    stopped = drive.expect_claim("b", step=Step.CHECKING)
    drive.mine.move(RUN, RELEASE, ["b"])
    assert not drive.ledger.hold_for_review(stopped, GOOD, {}, tree=None)
    assert (drive.where("b"), reads.attempts(drive.db, RUN, "b")[0].outcome) == ("P", "rejected")


def test_the_log_shows_it_to_be_right(drive: LedgerHarness) -> None:
    """A review, a return, a retry, and an accepted end are all legal in the eyes of the checker."""
    merging(drive).make(asks("a", max_attempts=3, backoff=0))  # type: ignore[arg-type]
    review(drive)
    drive.mine.move(RUN, ACCEPT, ["a"])
    drive.ledger.give_back(MINE, BAD)
    drive.mine.move(RUN, RETRY, ["a"])
    drive.wreck("a")
    review(drive, worker="w2")
    drive.mine.move(RUN, ACCEPT, ["a"])
    mine = Fence(RUN, "a", drive.task("a").epoch, "user:ann")
    drive.ledger.step(mine, Step.INTEGRATING)
    assert drive.ledger.done(mine, DoneKind.MERGED, GOOD, "ok")
    assert history(drive.db).found() == []


def test_a_merge_without_the_review_is_seen(drive: LedgerHarness) -> None:
    """A scheduler that merges what a person wanted to see first is found out by the log."""
    merging(drive).make(asks("a"))  # type: ignore[arg-type]
    drive.done(drive.expect_claim("a"))
    assert history(drive.db).found() == ["move"]


def test_a_stopped_attempt_is_no_review(drive: LedgerHarness) -> None:
    """A hold while it is checked wins; the work is harvested and waits for nobody."""
    drive.make("a")
    fence = drive.expect_claim("a", step=Step.CHECKING)
    drive.mine.move(RUN, HOLD, ["a"])
    drive.ledger.close(fence, STOPPED)
    assert drive.task("a").kind == BlockedKind.HOLD
