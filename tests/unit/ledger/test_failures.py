"""How attempts end badly: counted or not, what comes next, and what blocks (RULES 3.1 and 5)."""

from __future__ import annotations

import pytest

from tests.support.ledger_harness import (
    BAD,
    RUN,
    STOPPED,
    YES_OR_NO,
    LedgerHarness,
    phase,
    seat,
    shell,
)
from wf_tui.ledger.model.states import BlockedKind, LimitKind, Outcome, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.conversation import said_to
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.moves import ANSWER, CANCEL, HOLD, RETRY


def test_a_failure_is_tried_again(drive: LedgerHarness) -> None:
    """A failure with tries left goes back to the queue, says why, and is counted."""
    drive.make(shell("a", max_attempts=2)).wreck("a")
    task = drive.task("a")
    assert (drive.where("a"), task.tries, task.note) == ("P", 1, "exit status 1")
    assert drive.claim("w2") is None


def test_the_last_failure_blocks(drive: LedgerHarness) -> None:
    """When the tries are used up the task is blocked with the last cause."""
    drive.make(shell("a", max_attempts=2, backoff=0)).wreck("a", "a")
    assert (drive.where("a"), drive.task("a").tries) == ("B:failed", 2)
    assert drive.task("a").note == "exit status 1"


@pytest.mark.parametrize("kind", [BlockedKind.GATE, BlockedKind.DELIVERABLE])
def test_the_kind_is_that_of_the_last_cause(drive: LedgerHarness, kind: BlockedKind) -> None:
    """A gate or a missing file that fails the last try names the block, with its detail."""
    drive.make(shell("a", max_attempts=2, backoff=0)).wreck("a")
    drive.ledger.fail(drive.expect_claim("a"), BAD, kind=kind, detail={"paths": ["out.txt"]})
    assert drive.where("a") == f"B:{kind}"
    assert drive.task("a").detail == {"paths": ["out.txt"]}


def test_the_next_attempt_knows_the_reason(drive: LedgerHarness) -> None:
    """The claim after a failure carries the reason of it, for the prompt."""
    drive.make(shell("a", max_attempts=2, backoff=0)).wreck("a")
    claim = drive.ledger.claim(RUN, "w2")
    assert claim is not None
    assert claim.last_note == "exit status 1"


def test_backoff_doubles_with_jitter(drive: LedgerHarness) -> None:
    """Each failure waits twice as long as the one before, plus up to a tenth."""
    drive.make(shell("a", max_attempts=99, backoff=5.0))
    waits = [_wait(drive) for _ in range(4)]
    for wait, floor in zip(waits, [5.0, 10.0, 20.0, 40.0], strict=True):
        assert floor <= wait <= floor * 1.1


def _wait(drive: LedgerHarness) -> float:
    drive.wreck("a")
    until = drive.task("a").not_before
    wait = until - drive.clock.now() if until else 0.0
    drive.clock.move(wait)
    return wait


def test_backoff_has_an_end(drive: LedgerHarness) -> None:
    """No task waits longer than 300 seconds and the jitter, however often it failed."""
    drive.make(shell("a", max_attempts=9999, backoff=5.0))
    drive.db.execute("UPDATE task SET tries = 5000")
    assert 300.0 <= _wait(drive) <= 330.0


def test_backoff_is_over_at_its_time(drive: LedgerHarness) -> None:
    """A task is claimable at the second its back-off ends and not before."""
    drive.make(shell("a", max_attempts=2)).wreck("a")
    until = drive.task("a").not_before
    assert until is not None
    assert reads.pulse(drive.db, RUN, drive.clock.now()).next_timer == until
    drive.clock.at = until - 0.01
    assert drive.claim("w2") is None
    drive.clock.at = until
    drive.expect_claim("a")


def test_no_backoff(drive: LedgerHarness) -> None:
    """With a back-off of 0 a failed task is ready at once."""
    drive.make(shell("a", max_attempts=2, backoff=0)).wreck("a")
    assert drive.task("a").not_before is None
    drive.expect_claim("a")


def test_retry_ends_the_backoff(drive: LedgerHarness) -> None:
    """A retry by hand of a task that waits makes it ready at once."""
    drive.make(shell("a", max_attempts=2)).wreck("a")
    drive.mine.move(RUN, RETRY, ["a"])
    drive.expect_claim("a")


def test_tries_start_anew_after_a_retry(drive: LedgerHarness) -> None:
    """After a retry by hand a task has all its tries again; attempts count on."""
    drive.make(shell("a", max_attempts=2, backoff=0)).wreck("a", "a")
    drive.mine.move(RUN, RETRY, ["a"])
    drive.wreck("a")
    assert (drive.where("a"), drive.task("a").tries, drive.task("a").attempts) == ("P", 1, 3)


@pytest.mark.parametrize("kind", [BlockedKind.SCOPE, BlockedKind.BUDGET])
def test_scope_and_budget_block_at_once(drive: LedgerHarness, kind: BlockedKind) -> None:
    """Outside its scope or over its budget, a task is blocked though it has tries left."""
    drive.make(shell("a", max_attempts=9))
    fence = drive.expect_claim("a", step=Step.CHECKING)
    drive.ledger.block(fence, BAD, kind, {"paths": ["README"]})
    task = drive.task("a")
    assert (drive.where("a"), task.tries, task.detail) == (f"B:{kind}", 0, {"paths": ["README"]})


def test_the_first_conflict_is_tried_again(drive: LedgerHarness) -> None:
    """A first conflict goes straight back, uncounted; the next claim has paths and new head."""
    drive.make("a", "b")
    fence = drive.expect_claim("a", step=Step.INTEGRATING)
    drive.ledger.integrated(drive.expect_claim("b", "w2", Step.INTEGRATING), "b0", "b1")
    drive.ledger.conflict(fence, BAD, ("src/x",), "both changed src/x")
    assert (drive.where("a"), drive.task("a").tries) == ("P", 0)
    claim = drive.ledger.claim(RUN, "w1")
    assert claim is not None
    assert (claim.conflict, claim.head, claim.last_note) == (("src/x",), "b1", "both changed src/x")


def test_the_second_conflict_blocks(drive: LedgerHarness) -> None:
    """A second conflict is a person's to resolve; it names the paths."""
    drive.make(shell("a", max_attempts=9))
    for _ in range(2):
        fence = drive.expect_claim("a", step=Step.INTEGRATING)
        drive.ledger.conflict(fence, BAD, ("src/x",), "both changed src/x")
    assert drive.where("a") == "B:conflict"
    assert drive.task("a").detail == {"paths": ["src/x"], "head": ""}
    assert [e.data["again"] for e in drive.events("conflict_found")] == [False, True]


def test_a_slow_lane_is_not_counted(drive: LedgerHarness) -> None:
    """A 429 puts the task back uncounted and stops the seats of that lane, no others."""
    drive.make("a", seats=[seat("w1", lane="far"), seat("w2", lane="far"), seat("w3")])
    drive.ledger.limited(
        drive.expect_claim("a"), BAD, LimitKind.RATE, "far", drive.clock.now() + 30
    )
    assert (drive.where("a"), drive.task("a").tries) == ("P", 0)
    assert [drive.claim(name) is None for name in ("w1", "w2", "w3")] == [True, True, False]


def test_a_quota_frees_itself(drive: LedgerHarness) -> None:
    """A used-up quota blocks the task until the reset, which is a timer of the run."""
    drive.make("a")
    drive.ledger.limited(
        drive.expect_claim("a"), BAD, LimitKind.QUOTA, "local", drive.clock.now() + 900
    )
    assert drive.ledger.end_when_idle(RUN, foreground=True) == "running"
    drive.clock.move(899)
    drive.ledger.release_due(RUN)
    assert drive.where("a") == "B:quota"
    drive.clock.move(1)
    drive.ledger.release_due(RUN)
    assert drive.where("a") == "P"
    assert drive.events("task_unblocked")[0].data == {"kind": "ready", "before": "quota"}


def test_a_refused_key_fails(drive: LedgerHarness) -> None:
    """An authentication error blocks the task at once, uncounted, and pauses the lane."""
    drive.make(shell("a", max_attempts=9), "b", seats=[seat("w1", lane="far")])
    drive.ledger.limited(
        drive.expect_claim("a"), BAD, LimitKind.AUTH, "far", drive.clock.now() + 900
    )
    drive.clock.move(1e6)
    assert (drive.where("a"), drive.task("a").tries) == ("B:failed", 0)
    assert drive.claim() is None


def test_a_question_keeps_the_claim(drive: LedgerHarness) -> None:
    """Who asks keeps seat, scope and cap, and the deadline of the work waits for the answer."""
    drive.make("a", jobs=1)
    fence = drive.expect_claim("a")
    drive.ledger.step(fence, Step.RUNNING, drive.clock.now() + 100)
    drive.ledger.ask(fence, "1", "may I?", options=YES_OR_NO)
    assert (drive.where("a"), drive.seat("w1").task) == ("Q", "a")
    drive.clock.move(60)
    drive.mine.move(RUN, ANSWER, ["a"], text="yes")
    task = drive.task("a")
    assert (drive.where("a"), task.worker) == ("R:running", "w1")
    assert task.step_deadline == drive.clock.now() + 100


def test_an_answer_needs_no_deadline(drive: LedgerHarness) -> None:
    """Work without a time limit has none after a question either."""
    drive.make("a")
    drive.ask(drive.expect_claim("a"))
    drive.mine.move(RUN, ANSWER, ["a"], text="yes")
    assert drive.task("a").step_deadline is None


def test_nobody_answers(drive: LedgerHarness) -> None:
    """A question nobody answers stops the worker; an answer then goes into the next prompt."""
    drive.make("a")
    fence = drive.ask(drive.expect_claim("a"))
    assert drive.ledger.question_expired(fence, "1")
    assert drive.where("a") == "B:question"
    drive.ledger.close(fence, STOPPED)
    drive.mine.move(RUN, ANSWER, ["a"], text="use the blue one")
    claim = drive.ledger.claim(RUN, "w1")
    assert claim is not None
    (said,) = said_to(drive.db, RUN, "a", claim.epoch)
    assert (said.question, said.text) == ("may I?", "use the blue one")
    assert drive.db.execute("SELECT state, answer FROM question") == [
        ("delivered", "use the blue one")
    ]


def test_success_while_asking(drive: LedgerHarness) -> None:
    """A worker that ends well without the answer is harvested; its question is void."""
    drive.make("a")
    fence = drive.ask(drive.expect_claim("a"))
    assert drive.ledger.step(fence, Step.HARVESTING)
    assert (drive.where("a"), drive.task("a").note) == ("R:harvesting", "")
    assert drive.db.execute("SELECT state FROM question") == [("void",)]


def test_failure_while_asking(drive: LedgerHarness) -> None:
    """A worker that ends badly without the answer is a counted failure; its question is void."""
    drive.make(shell("a", max_attempts=2))
    drive.fail(drive.ask(drive.expect_claim("a")))
    assert (drive.where("a"), drive.task("a").tries) == ("P", 1)
    assert drive.db.execute("SELECT state FROM question") == [("void",)]


def test_several_questions(drive: LedgerHarness) -> None:
    """A worker may ask again at the very second it was answered."""
    drive.make("a")
    fence = drive.ask(drive.expect_claim("a"))
    drive.mine.move(RUN, ANSWER, ["a"], text="yes")
    assert drive.ledger.ask(fence, "2", "sure?")
    rows = drive.db.execute("SELECT text, state FROM question ")
    assert rows == [("may I?", "answered"), ("sure?", "open")]


@pytest.mark.parametrize("outcome", [Outcome.LOST, Outcome.TIMED_OUT])
def test_lost_and_late_are_counted(drive: LedgerHarness, outcome: Outcome) -> None:
    """A lost attempt and one past its time limit count like any other failure."""
    drive.make(shell("a", max_attempts=2))
    drive.ledger.fail(
        drive.expect_claim("a", step=Step.INTEGRATING), Ending(outcome, "lost", signal=9)
    )
    (attempt,) = reads.attempts(drive.db, RUN, "a")
    assert (drive.task("a").tries, attempt.outcome, attempt.signal) == (1, outcome.value, 9)


def test_the_abort_policy(drive: LedgerHarness) -> None:
    """With `on_failure: abort` a blocked task cancels all the rest of the run."""
    drive.make(phase("p", "a", "b", on_failure="abort"), phase("q", "c", after=["p"]))
    drive.wreck("a")
    assert drive.where() == "B:failed B:cancelled B:cancelled"
    assert (drive.run().state, drive.run().intent) == ("aborted", "abort")


@pytest.mark.parametrize("kind", [BlockedKind.SCOPE, BlockedKind.BUDGET, BlockedKind.GATE])
def test_what_aborts(drive: LedgerHarness, kind: BlockedKind) -> None:
    """Scope, budget and gate abort a run of that policy as a failure does."""
    drive.make(phase("p", "a", "b", on_failure="abort"))
    fence = drive.expect_claim("a", step=Step.CHECKING)
    if kind is BlockedKind.GATE:
        drive.fail(fence, kind)
    else:
        drive.ledger.block(fence, BAD, kind)
    assert drive.where() == f"B:{kind} B:cancelled"


def test_what_does_not_abort(drive: LedgerHarness) -> None:
    """A quota, a hold and a cancel by hand abort nothing."""
    drive.make(phase("p", "a", "b", "c", "d", on_failure="abort"))
    drive.ledger.limited(
        drive.expect_claim("a"), BAD, LimitKind.QUOTA, "far", drive.clock.now() + 9
    )
    drive.mine.move(RUN, HOLD, ["b"])
    drive.mine.move(RUN, CANCEL, ["c"])
    assert drive.where() == "B:quota B:hold B:cancelled P"
    assert drive.run().state == "running"


def test_a_gate_on_the_merge_sends_back_once(drive: LedgerHarness) -> None:
    """Its work is good by itself: straight back to the queue with the output, uncounted."""
    drive.make(shell("a", max_attempts=1))
    fence = drive.expect_claim("a", step=Step.CHECKING)
    assert drive.ledger.merge_gate_failed(fence, BAD, {"tail": "1 failed", "head": "b0"})
    task = drive.task("a")
    assert (drive.where("a"), task.tries, task.merge_gates) == ("P", 0, 1)
    assert (task.note, task.detail["tail"]) == ("exit status 1", "1 failed")
    assert drive.run().open_attempts == 0


def test_a_second_gate_on_the_merge_blocks(drive: LedgerHarness) -> None:
    """The second time in a row it waits for a person, in the tree of the merge; a retry is new."""
    drive.make("a")
    for number in range(2):
        fence = drive.expect_claim("a", step=Step.CHECKING)
        drive.ledger.merge_gate_failed(fence, BAD, {"head": "b0"}, str(number + 7))
    assert (drive.where("a"), drive.task("a").tries) == ("B:gate", 0)
    assert [one.tree for one in reads.attempts(drive.db, RUN, "a")] == [None, "8"]
    drive.mine.move(RUN, RETRY, ["a"])
    assert drive.task("a").merge_gates == 0
    drive.mine.undo(RUN)
    assert drive.task("a").merge_gates == 1


def test_a_gate_on_the_merge_of_an_aborted_run(drive: LedgerHarness) -> None:
    """Nothing goes back to the queue of a run that is being aborted."""
    drive.make("a", "b")
    fence = drive.expect_claim("a", step=Step.INTEGRATING)
    drive.mine.abort(RUN)
    drive.ledger.step(fence, Step.CHECKING)
    drive.ledger.merge_gate_failed(fence, BAD, {})
    assert drive.where("a") == "B:cancelled"
