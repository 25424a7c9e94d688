"""Comments on lines of work: drafts until they go back with it, then told once (RULES 5)."""

from __future__ import annotations

import pytest

from tests.support.ledger_harness import BAD, RUN, LedgerHarness, seat, shell
from wf_tui.errors import RefusedError, UnknownNameError, UsageError
from wf_tui.ledger.ledger import Fence, Ledger
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import Outcome, Step
from wf_tui.ledger.queries import drafts
from wf_tui.ledger.queries.comments import comments, comments_for
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.moves import ACCEPT, REASSIGN, RETRY
from wf_tui.verify.verify import verify_run

FINISHED = Ending(Outcome.SUCCEEDED, "review", "ready", commit="c1")


def review(drive: LedgerHarness, name: str = "a") -> Fence:
    """Bring a task to a review, by a seat with a session, in the tree 3."""
    fence = drive.expect_claim(name)
    drive.bring(fence, Step.PREPARING)
    assert drive.ledger.prepared(fence, base="b0", tree="3")
    drive.bring(fence, Step.RUNNING)
    drive.ledger.session_started(fence, "s1")
    drive.bring(fence, Step.CHECKING)
    assert drive.ledger.hold_for_review(fence, FINISHED, {"paths": ["x"]}, tree="3")
    return fence


@pytest.fixture(name="reviewed")
def _reviewed(drive: LedgerHarness) -> LedgerHarness:
    """Give a task that failed once and is in review."""
    drive.make(
        shell("a", spec=Spec(prompt="think", review=True), max_attempts=3, backoff=0),
        seats=[seat("k1", "kimi", kind="agent"), seat("k2", "kimi", kind="agent")],
    )
    drive.fail(drive.expect_claim("a"))
    review(drive)
    return drive


def states(drive: LedgerHarness) -> list[tuple[int, str]]:
    """Return the comments of the task; what the log tells of them has to be right, too."""
    verdict = verify_run(drive.db, RUN, None)
    assert not verdict.violations, verdict.violations
    return [(one.id, one.state.value) for one in comments(drive.db, RUN, "a")]


def test_a_draft_is_kept_changed_and_dropped(reviewed: LedgerHarness) -> None:
    """It has its line and its attempt, and all who look at the run see it."""
    drive = reviewed
    made = drive.mine.comment(RUN, "a", "src/a", 4, "why?", quote="x = 1")
    assert (made.id, made.epoch, made.place, made.quote) == (1, 2, "src/a:4", "x = 1")
    bob = Ledger(drive.db, drive.clock, actor="user:bob")
    bob.edit_comment(RUN, "a", 1, "why not?")
    (found,) = comments(drive.db, RUN, "a")
    assert (found.text, found.actor) == ("why not?", "user:bob")
    drive.mine.comment(RUN, "a", "src/a", None, "all of it", side="old")
    drive.mine.drop_comment(RUN, "a", 1)
    assert states(drive) == [(2, "draft")]
    with pytest.raises(RefusedError, match="cannot be edited: it is dropped"):
        drive.mine.edit_comment(RUN, "a", 1, "again")
    with pytest.raises(UnknownNameError):
        drive.mine.drop_comment(RUN, "a", 9)
    assert drive.mine.comment(RUN, "a", "src/a", 1, "third").id == 3


def test_a_comment_on_lines_has_all_of_them(reviewed: LedgerHarness) -> None:
    """The quote has each line, however long, and so tells the first; more than 200 are refused."""
    drive = reviewed
    made = drive.mine.comment(RUN, "a", "src/a", 6, "why?", quote=f"x\n{'y' * 1500}\n")
    assert (made.first, made.line, made.place) == (4, 6, "src/a:4-6")
    assert made.quote.split("\n") == ["x", "y" * 1000, ""]
    with pytest.raises(UsageError, match="200 lines at most, not 201"):
        drive.mine.comment(RUN, "a", "src/a", 900, "all", quote="\n" * 200)


def test_what_cannot_be_said(drive: LedgerHarness) -> None:
    """Nothing is said to work that nobody has done, or that is done, or without words."""
    drive.make("a", "b")
    with pytest.raises(RefusedError, match="nobody has worked on it yet"):
        drive.mine.comment(RUN, "a", "src/a", 1, "why?")
    drive.finish("a")
    with pytest.raises(RefusedError, match="it is done"):
        drive.mine.comment(RUN, "a", "src/a", 1, "why?")
    drive.expect_claim("b")
    for text, line, side in ((" ", 1, "new"), ("x" * 70_000, 1, "new"), ("y", 0, "new")):
        with pytest.raises(UsageError):
            drive.mine.comment(RUN, "b", "src/b", line, text, side=side)
    with pytest.raises(UsageError, match="there is no line"):
        drive.mine.comment(RUN, "b", "src/b", 1, "y", side="both")


def test_they_go_back_with_the_work(reviewed: LedgerHarness) -> None:
    """To the same seat, session and tree, with the tries kept; the next prompt has them, once."""
    drive = reviewed
    drive.mine.comment(RUN, "a", "src/b", 2, "second")
    drive.mine.comment(RUN, "a", "src/a", 9, "first")
    assert drive.mine.move(RUN, RETRY, ["a"])[0].changed
    (event,) = drive.events("task_retried")
    assert event.data["sent_back"]
    assert states(drive) == [(1, "sent"), (2, "sent")]
    task = drive.task("a")
    assert (drive.where("a"), task.tries, task.tree_wanted) == ("P", 1, "3")
    with pytest.raises(RefusedError, match="it is sent"):
        drive.mine.edit_comment(RUN, "a", 1, "too late")
    seat_wanted = str(task.seat_wanted)
    other = {"k1": "k2", "k2": "k1"}[seat_wanted]
    drive.clock.move(299)
    assert drive.claim(other) is None
    claim = drive.ledger.claim(RUN, seat_wanted)
    assert claim is not None
    assert (claim.session, claim.tree) == ("s1", "3")
    told = comments_for(drive.db, RUN, "a", claim.epoch, new=True)
    assert [(one.place, one.text) for one in told] == [("src/a:9", "first"), ("src/b:2", "second")]
    assert comments_for(drive.db, RUN, "a", claim.epoch + 1, new=True) == []
    assert len(comments_for(drive.db, RUN, "a", claim.epoch + 1)) == 2


def test_any_seat_takes_it_after_a_while(reviewed: LedgerHarness) -> None:
    """Nobody is waited for longer than for a pin of the plan; the comments come along."""
    drive = reviewed
    drive.mine.comment(RUN, "a", "src/a", 9, "first")
    drive.mine.move(RUN, RETRY, ["a"])
    other = {"k1": "k2", "k2": "k1"}[str(drive.task("a").seat_wanted)]
    drive.clock.move(300)
    claim = drive.ledger.claim(RUN, other)
    assert claim is not None
    assert (claim.session, claim.tree) == (None, None)
    assert len(comments_for(drive.db, RUN, "a", claim.epoch)) == 1


def test_sending_back_is_taken_back(reviewed: LedgerHarness) -> None:
    """As long as nobody has begun, its comments are drafts again, and the review is as old."""
    drive = reviewed
    drive.mine.comment(RUN, "a", "src/a", 9, "first")
    before = drive.dump()["task"], drive.dump()["comment"]
    drive.clock.move(60)
    drive.mine.move(RUN, RETRY, ["a"])
    taken = drive.mine.undo(RUN)
    assert taken.act.name == "sending back of “think”"
    assert (drive.dump()["task"], drive.dump()["comment"]) == before
    assert states(drive) == [(1, "draft")]
    drive.mine.move(RUN, RETRY, ["a"])
    assert states(drive) == [(1, "sent")]


def test_another_worker_is_told_as_well(reviewed: LedgerHarness) -> None:
    """Who gives the work to somebody else sends what was said to it along."""
    drive = reviewed
    drive.mine.comment(RUN, "a", "src/a", 9, "first")
    drive.mine.move(RUN, REASSIGN, ["a"], to="k2")
    assert states(drive) == [(1, "sent")]


def test_what_was_taken_and_did_not_pass_goes_back_to_its_seat(reviewed: LedgerHarness) -> None:
    """A review that comes back from an accept is sent to the worker, not to the person."""
    drive = reviewed
    assert drive.mine.move(RUN, ACCEPT, ["a"])[0].changed
    task = drive.task("a")
    drive.ledger.give_back(Fence(RUN, "a", task.epoch, str(task.worker)), BAD, {"tail": "red"})
    assert drive.where("a") == "B:review"
    drive.mine.comment(RUN, "a", "src/a", 9, "mend it")
    drive.mine.move(RUN, RETRY, ["a"])
    assert drive.task("a").seat_wanted in {"k1", "k2"}
    assert drive.task("a").tree_wanted == "3"


def test_drafts_and_what_was_seen_are_ones_own(reviewed: LedgerHarness) -> None:
    """Neither is in the log, and nobody else sees it."""
    drive = reviewed
    seq = drive.run().seq
    drive.mine.keep_draft(RUN, "a", "message", "I thi")
    drive.mine.keep_draft(RUN, "a", "message", "I think")
    drive.mine.mark_seen(RUN, "a", "src/a", "oid1")
    assert drafts.draft(drive.db, RUN, "a", "message", "user:ann") == "I think"
    assert drafts.draft(drive.db, RUN, "a", "message", "user:bob") == ""
    assert [one.text for one in drafts.drafts(drive.db, RUN, "user:ann")] == ["I think"]
    assert drafts.seen(drive.db, RUN, "a", "user:ann") == {"src/a": "oid1"}
    assert drafts.seen(drive.db, RUN, "a", "user:bob") == {}
    drive.mine.keep_draft(RUN, "a", "message", "")
    drive.mine.mark_seen(RUN, "a", "src/a", "")
    assert drafts.draft(drive.db, RUN, "a", "message", "user:ann") == ""
    assert drafts.seen(drive.db, RUN, "a", "user:ann") == {}
    assert drive.run().seq == seq
    with pytest.raises(UnknownNameError):
        drive.mine.keep_draft(RUN, "z", "message", "x")
