"""What a person does to tasks: several at once, to the right worker, with the right words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.ledger_harness import BAD, RUN, LedgerHarness, seat, shell
from tests.support.task_states import STATES
from wf_tui.errors import UnknownNameError, UsageError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.events.attempt_events import WorkHarvested
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import BlockedKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.trees import needed_trees
from wf_tui.ledger.rules.moves import (
    ACCEPT,
    CANCEL,
    EDIT,
    HOLD,
    MOVES,
    REASSIGN,
    RETRY,
    SKIP,
    UNHOLD,
    MoveResult,
)
from wf_tui.prompts.gather import asked_next


def test_one_refusal_does_not_keep_the_others(drive: LedgerHarness) -> None:
    """Of several tasks each is done or refused by itself, and said so in the order asked."""
    drive.make("a", "b", "c").finish("a")
    acted = drive.mine.move(RUN, HOLD, ["c", "a", "b"])
    assert [(one.task, one.changed) for one in acted] == [("c", True), ("a", False), ("b", True)]
    assert acted[1] == MoveResult(
        "a", False, "done", "task 'a' cannot be held: it is done (merged)"
    )


def test_an_unknown_task_keeps_all(drive: LedgerHarness) -> None:
    """When one of several names is wrong nothing is done at all."""
    drive.make("a")
    before = drive.dump()
    with pytest.raises(UnknownNameError, match="unknown task 'b'"):
        drive.mine.move(RUN, HOLD, ["a", "b"])
    assert drive.dump() == before


@pytest.mark.parametrize(
    ("act", "step", "sentence"),
    [
        ("unhold", None, "task 'a' cannot be released from a hold: it is pending"),
        ("release", None, "task 'a' cannot be released: it is pending"),
        ("hold", Step.INTEGRATING, "it is in progress (its work is being merged)"),
    ],
)
def test_refusals_say_why(drive: LedgerHarness, act: str, step: Step | None, sentence: str) -> None:
    """A refusal says what could not be done and where the task is."""
    drive.make("a")
    if step:
        drive.expect_claim("a", step=step)
    (acted,) = drive.mine.move(RUN, MOVES[act], ["a"])
    assert acted.reason.endswith(sentence)


def test_reassign_to_a_seat(drive: LedgerHarness) -> None:
    """A task given to a seat is claimed by that one alone."""
    drive.make("a")
    drive.mine.move(RUN, REASSIGN, ["a"], to="w2")
    assert drive.claim("w1") is None
    drive.expect_claim("a", "w2")


@pytest.mark.parametrize("state", ["P ready", "R:running", "B:failed", "B:conflict"])
def test_reassign_from_the_clean_head(drive: LedgerHarness, state: str) -> None:
    """Wherever the task is, its next attempt is told so; given away again, no longer."""
    STATES[state](drive)
    drive.mine.move(RUN, REASSIGN, ["t"], to="w2", fresh=True)
    assert drive.task("t").detail["fresh"] is True
    drive.mine.move(RUN, REASSIGN, ["t"], to="w2")
    assert "fresh" not in drive.task("t").detail


def test_the_clean_head_is_kept_in_mind_until_the_claim(drive: LedgerHarness) -> None:
    """A result that is blocked and comes back, or a hold, does not let it be forgotten."""
    drive.make("a", shell("t", "a"))
    drive.mine.move(RUN, REASSIGN, ["t"], to="w2", fresh=True)
    for there, back in ((CANCEL, RETRY), (SKIP, RETRY)):
        drive.mine.move(RUN, there, ["a"])
        drive.mine.move(RUN, back, ["a"])
        assert drive.task("t").detail == {"fresh": True}
    drive.mine.move(RUN, CANCEL, ["a"])
    assert drive.task("t").kind is BlockedKind.DEPENDENCY
    drive.mine.move(RUN, HOLD, ["t"])
    drive.mine.move(RUN, UNHOLD, ["t"])
    assert drive.task("t").detail["fresh"] is True
    drive.mine.move(RUN, RETRY, ["a"])
    assert drive.task("t").detail == {"fresh": True}


def test_an_attempt_from_the_clean_head_leaves_the_work_so_far(drive: LedgerHarness) -> None:
    """It does not begin with what the one before has left, as it would otherwise."""
    drive.make(shell("t", spec=Spec(command="true", checkpoint="keep")))
    fence = drive.expect_claim("t", step=Step.CHECKING)
    drive.ledger.harvested(fence, WorkHarvested(commit="c1"))
    drive.ledger.fail(fence, replace(BAD, commit="c1"), kind=BlockedKind.FAILED)
    assert asked_next(drive.db, drive.task("t")).checkpoint == "c1"
    drive.mine.move(RUN, REASSIGN, ["t"], to="w2", fresh=True)
    assert asked_next(drive.db, drive.task("t")).checkpoint is None


def test_reassign_to_a_profile(drive: LedgerHarness) -> None:
    """A task given to a profile is claimed by any of its seats."""
    drive.make("a", seats=[seat("w1"), seat("k1", "kimi"), seat("k2", "kimi")])
    drive.mine.move(RUN, REASSIGN, ["a"], to="kimi")
    assert drive.claim("w1") is None
    drive.expect_claim("a", "k2")


def test_reassign_a_parked_task(drive: LedgerHarness) -> None:
    """A task that waits for a scope goes on waiting for it after it was reassigned."""
    drive.make(shell("a", scope=("src",)), shell("b", scope=("src",))).expect_claim("a")
    assert drive.claim("w2") is None
    drive.mine.move(RUN, REASSIGN, ["b"], to="w3")
    assert drive.claim("w3") is None
    assert drive.reason("b").kind == "scope_busy"


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (shell("a", spec=Spec(prompt="think")), "a worker of kind shell needs a command"),
        (shell("a", role="test"), "its roles are review, the task's is test"),
    ],
)
def test_an_unfit_worker(drive: LedgerHarness, task: object, message: str) -> None:
    """A task is not given to a worker that cannot do it; nothing changes."""
    drive.make(task, seats=[seat("r1", roles=("review",))])  # type: ignore[arg-type]
    before = drive.dump()
    with pytest.raises(UsageError, match=message):
        drive.mine.move(RUN, REASSIGN, ["a"], to="r1")
    assert drive.dump() == before


def test_an_unknown_worker(drive: LedgerHarness) -> None:
    """A worker that does not exist is named with the nearest one."""
    drive.make("a")
    with pytest.raises(UnknownNameError, match="unknown worker 'w22'") as caught:
        drive.mine.move(RUN, REASSIGN, ["a"], to="w22")
    assert caught.value.hint == "did you mean 'w2'?"


def test_edit(drive: LedgerHarness) -> None:
    """An edit changes what the next attempt is asked for, and the place in the queue."""
    drive.make("a", "b")
    fields = {"command": None, "prompt": "think", "scope": ("lib",), "max_attempts": 7}
    drive.mine.move(RUN, EDIT, ["b"], fields=fields)
    task = drive.task("b")
    assert (task.spec.command, task.spec.prompt, task.takes) == (None, "think", "prompt")
    assert (task.scope, task.scope_key, task.max_attempts) == (
        ("lib",),
        'scope:worktree:["lib"]',
        7,
    )


def test_editing_while_it_runs(drive: LedgerHarness) -> None:
    """An edit of a running task leaves its attempt alone, scope and claim."""
    drive.make("a", shell("b", scope=("src/a",))).expect_claim("a")
    drive.mine.move(RUN, EDIT, ["a"], fields={"scope": ("lib",)})
    assert drive.where("a") == "R:claimed"
    assert reads.attempts(drive.db, RUN)[0].scope == ("src/a",)
    assert drive.claim("w2") is None


def test_hold_keeps_the_tries(drive: LedgerHarness) -> None:
    """A hold and its end leave the tries as they are, and the back-off is over."""
    drive.make(shell("a", max_attempts=3)).wreck("a")
    drive.mine.move(RUN, HOLD, ["a"])
    assert drive.task("a").note == "held by ann"
    drive.mine.move(RUN, UNHOLD, ["a"])
    assert (drive.task("a").tries, drive.task("a").not_before) == (1, None)


def test_a_retry_forgets_the_result(drive: LedgerHarness) -> None:
    """A retried skip has neither commit nor result; the scope is no longer waived."""
    drive.make("a")
    drive.mine.move(RUN, SKIP, ["a"])
    drive.mine.move(RUN, RETRY, ["a"])
    task = drive.task("a")
    assert (task.commit_id, task.result, task.scope_waived) == (None, None, False)


def test_accepting_twice(drive: LedgerHarness) -> None:
    """Work that was accepted and conflicts again is blocked and can be accepted again."""
    drive.make("a")
    for _ in range(2):
        drive.ledger.conflict(
            drive.expect_claim("a", step=Step.INTEGRATING), BAD, ("x",), "x differs"
        )
    (acted,) = drive.mine.move(RUN, ACCEPT, ["a"])
    assert (acted.state, drive.task("a").epoch, drive.task("a").worker) == (
        "in_progress", 3, "user:ann",
    )  # fmt: skip
    assert not drive.mine.move(RUN, ACCEPT, ["a"])[0].changed


def test_acting_for_somebody(drive: LedgerHarness) -> None:
    """A ledger can act for another, with the same store and clock."""
    drive.make("a")
    drive.ledger.acting("user:bob").move(RUN, HOLD, ["a"])
    assert (drive.events()[-1].actor, drive.task("a").note) == ("user:bob", "held by bob")


def test_cancelling_a_chain_tells_each_task_once(drive: LedgerHarness) -> None:
    """Dependants go first, and the answers are in the order that was asked for."""
    names = [f"t{number}" for number in range(20)]
    drive.make(*(shell(name, *names[:number][-1:]) for number, name in enumerate(names)))
    assert [one.task for one in drive.mine.move(RUN, CANCEL, names)] == names
    assert [event.task for event in drive.events("task_blocked")] == names[::-1]
    drive.mine.undo(RUN)
    assert drive.where("t0", "t19") == "P P"


def test_accepted_work_that_does_not_pass(drive: LedgerHarness) -> None:
    """It is the person's again, with what it was blocked for, and no failure is counted."""
    drive.make(shell("a", max_attempts=3))
    detail = {"paths": ["x"]}
    drive.ledger.block(drive.expect_claim("a", step=Step.CHECKING), BAD, BlockedKind.SCOPE, detail)
    drive.mine.move(RUN, ACCEPT, ["a"])
    drive.ledger.give_back(Fence(RUN, "a", 2, "user:ann"), BAD, {"tail": "no"})
    task = drive.task("a")
    assert (drive.where(), task.tries, task.worker) == ("B:scope", 0, None)
    assert task.detail == {"paths": ["x"], "tail": "no"}
    assert drive.mine.move(RUN, ACCEPT, ["a"])[0].changed


def test_accepted_work_in_conflict(drive: LedgerHarness) -> None:
    """It never goes to a worker, though it is the first conflict; its tree is the next base."""
    drive.make("a")
    drive.ledger.block(drive.expect_claim("a", step=Step.CHECKING), BAD, BlockedKind.SCOPE)
    drive.mine.move(RUN, ACCEPT, ["a"])
    mine = Fence(RUN, "a", 2, "user:ann")
    drive.ledger.step(mine, Step.INTEGRATING)
    drive.ledger.conflict(mine, BAD, ("x",), "x differs", head="h1", tree="7")
    assert drive.where() == "B:conflict"
    drive.mine.move(RUN, ACCEPT, ["a"])
    attempt = reads.attempts(drive.db, RUN, "a")[-1]
    assert (attempt.base, attempt.tree) == ("h1", "7")
    assert needed_trees(drive.db, RUN) == {7}


def test_stopping_leaves_accepted_work(drive: LedgerHarness) -> None:
    """What a person has accepted is seen through, also when all else is taken back."""
    drive.make("a", "b", seats=2)
    drive.ledger.block(drive.expect_claim("a", step=Step.CHECKING), BAD, BlockedKind.SCOPE)
    drive.mine.move(RUN, ACCEPT, ["a"])
    drive.expect_claim("b")
    assert drive.mine.stop(RUN, now=True) == ["b"]
    assert drive.task("a").worker == "user:ann"


@pytest.mark.parametrize("act", ["retry", "reassign"])
def test_a_conflict_is_known_to_the_next(drive: LedgerHarness, act: str) -> None:
    """Who tries again is told what did not merge, also when a person has asked for it."""
    drive.make("a")
    for _ in range(2):
        drive.ledger.conflict(
            drive.expect_claim("a", step=Step.INTEGRATING), BAD, ("x",), "x differs"
        )
    to = {"to": "w1"} if act == "reassign" else {}
    drive.mine.move(RUN, MOVES[act], ["a"], **to)
    claim = drive.ledger.claim(RUN, "w1")
    assert claim is not None
    assert (claim.conflict, claim.last_note) == (("x",), "x differs")
