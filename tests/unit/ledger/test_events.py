"""The event log: gap-free, and with all that a checker of it needs."""

from __future__ import annotations

import json

import pytest

from tests.support.ledger_harness import BAD, RUN, START, LedgerHarness, phase, seat, shell
from wf_tui.ledger.model.events.read import EVENTS
from wf_tui.ledger.model.states import BlockedKind, LimitKind, Outcome, Step
from wf_tui.ledger.queries import conversation
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.moves import ANSWER, HOLD, MESSAGE, MOVES, RELEASE, RETRY, UNHOLD
from wf_tui.picture.event_json import event_json

KINDS = frozenset(
    [
        "run_created",
        "run_paused",
        "run_resumed",
        "run_stalled",
        "run_ended",
        "scheduler_started",
        "scheduler_lost",
        "scheduler_waited",
        "phase_settled",
        "node_decided",
        "phase_added",
        "task_added",
        "task_claimed",
        "task_step",
        "task_progress",
        "task_blocked",
        "task_unblocked",
        "task_released",
        "task_retried",
        "task_reassigned",
        "task_done",
        "task_skipped",
        "task_edited",
        "attempt_started",
        "attempt_ended",
        "harvested",
        "left_kept",
        "result_rejected",
        "question_asked",
        "question_answered",
        "question_delivered",
        "question_closed",
        "allowance_made",
        "allowance_ended",
        "message_late",
        "budget_changed",
        "budget_reached",
        "usage",
        "message_sent",
        "message_delivered",
        "integrated",
        "exported",
        "export_pending",
        "landed",
        "conflict_found",
        "undone",
        "comment_kept",
        "comment_dropped",
        "comments_sent",
        "task_snoozed",
        "task_woken",
        "worktree_opened",
        "gate_started",
        "gate_ended",
        "processes_ended",
        "jobs_changed",
        "profiles_changed",
        "run_removed",
        "worktree_removed",
        "worktree_kept",
        "worker_joined",
        "worker_left",
        "lane_limited",
        "lane_open",
        "critic_judged",
        "rival_left",
        "rival_skipped",
        "rivals_judged",
    ]
)


def test_the_kinds_are_the_documented_ones() -> None:
    """Scripts match these words: one that is gone or new is a change of what users see."""
    assert {event.event_kind for event in EVENTS} == KINDS


def test_created(drive: LedgerHarness) -> None:
    """`run_created` has the scopes and each phase with its policy and dependencies."""
    first = phase("p", "a", "b", parallel=False, on_failure="hold")
    drive.make(first, phase("q", "c", after=["p"]), scopes="race")
    (event,) = drive.events("run_created")
    assert (event.seq, event.at, event.data["scopes"]) == (1, START, "race")
    assert event.data["phases"] == [
        {"name": "p", "parallel": False, "on_failure": "hold", "depends_on": []},
        {"name": "q", "parallel": True, "on_failure": "hold", "depends_on": ["p"]},
    ]


def test_added(drive: LedgerHarness) -> None:
    """`task_added` has phase, needs, mode, isolation and scope."""
    drive.make("a", shell("b", "a"))
    data = drive.events("task_added", task="b")[0].data
    expected = {
        "phase": "work", "needs": ["a"], "mode": "read_write", "isolation": "worktree",
        "scope": ["src/b"],
    }  # fmt: skip
    assert expected.items() <= data.items()


def test_claimed(drive: LedgerHarness) -> None:
    """`task_claimed` has the lease, the tries, the scope and the isolation."""
    drive.make("a").expect_claim("a", "w2")
    (event,) = drive.events("task_claimed")
    assert (event.task, event.worker, event.epoch, event.actor) == ("a", "w2", 1, "scheduler")
    expected = {"lease_until": START + 60, "tries": 0, "scope": ["src/a"], "isolation": "worktree"}
    assert expected.items() <= event.data.items()


def test_done(drive: LedgerHarness) -> None:
    """`task_done` has how, from which step, and the commit."""
    drive.make("a").finish("a")
    data = drive.events("task_done")[0].data
    assert data == {"kind": "merged", "before": "integrating", "commit": "c1"}


def test_blocked(drive: LedgerHarness) -> None:
    """`task_blocked` has the kind, the step it was in, and why."""
    drive.make("a", shell("b", "a"))
    drive.fail(drive.expect_claim("a", step=Step.CHECKING), BlockedKind.GATE)
    gate, dependency = drive.events("task_blocked")
    assert gate.data == {
        "kind": "gate", "before": "checking", "cause": "exit", "text": "exit status 1", "tries": 1,
    }  # fmt: skip
    assert (dependency.data["kind"], dependency.data["before"]) == ("dependency", "pending")
    assert dependency.data["detail"] == {"root": "a", "needs": "a"}


@pytest.mark.parametrize(
    ("act", "before"), [("hold", "pending"), ("cancel", "pending"), ("skip", "pending")]
)
def test_by_hand(drive: LedgerHarness, act: str, before: str) -> None:
    """What a person does has the person as actor, and says where the task was."""
    drive.make("a")
    drive.mine.move(RUN, MOVES[act], ["a"])
    event = drive.events(task="a")[-1]
    assert (event.actor, event.data["before"]) == ("user:ann", before)


def test_ended(drive: LedgerHarness) -> None:
    """`attempt_ended` has outcome, cause, exit code or signal, the ref of the work, its proof."""
    drive.make("a")
    ending = Ending(Outcome.FAILED, "signal", "killed", None, 9, "refs/wf/a/1", "c9")
    drive.ledger.fail(drive.expect_claim("a"), ending)
    data = drive.events("attempt_ended")[0].data
    assert data == {
        "outcome": "failed", "cause": "signal", "text": "killed", "signal": 9, "ref": "refs/wf/a/1",
        "proof": "killed",
    }  # fmt: skip


def test_started_and_progress(drive: LedgerHarness) -> None:
    """`attempt_started` has base, tree and process; a sample of progress its text."""
    fence = drive.make("a").expect_claim("a")
    drive.ledger.prepared(fence, base="b0", tree="3")
    drive.ledger.started(fence, pid=99)
    drive.ledger.progress(fence, "half")
    started, progress = drive.events()[-2:]
    assert started.data == {"base": "b0", "tree": "3", "pid": 99}
    assert (progress.kind, progress.data) == ("task_progress", {"text": "half"})


def test_questions_and_messages(drive: LedgerHarness) -> None:
    """Questions, answers and messages are told with their text; delivery with the number."""
    drive.make("a")
    drive.ask(drive.expect_claim("a"))
    drive.mine.move(RUN, ANSWER, ["a"], text="yes")
    drive.mine.move(RUN, MESSAGE, ["a"], text="be quick")
    drive.mine.move(RUN, RELEASE, ["a"])
    asked, answered, sent = drive.events("question_asked", "question_answered", "message_sent")
    options = [{"id": "y", "name": "yes", "kind": ""}, {"id": "n", "name": "no", "kind": ""}]
    assert asked.data == {"id": "1", "text": "may I?", "options": options}
    assert answered.data == {"id": "1", "text": "yes"}
    assert event_json(sent)["data"] == {"id": 1, "text": "be quick"}


def test_messages_are_delivered_once(drive: LedgerHarness) -> None:
    """A claim has all messages written since the last one, each once, in order."""
    drive.make(shell("a", max_attempts=9, backoff=0))
    drive.mine.move(RUN, MESSAGE, ["a"], text="one")
    drive.mine.move(RUN, MESSAGE, ["a"], text="two")
    for worker in ("w1", "w2"):
        assert drive.ledger.claim(RUN, worker)
        drive.mine.move(RUN, RELEASE, ["a"])
        drive.db.execute("UPDATE task SET unmet = 0")
    had = [(sent.text, sent.epoch) for sent in conversation.messages(drive.db, RUN, "a")]
    assert had == [("one", 1), ("two", 1)]
    assert [e.data for e in drive.events("message_delivered")] == [{"count": 2, "ids": [1, 2]}]


def test_exports(drive: LedgerHarness) -> None:
    """The user's branch is told where it is, or once why it waits."""
    drive.make("a")
    drive.ledger.exported(RUN, None, "it is checked out")
    drive.ledger.exported(RUN, None, "it is checked out")
    drive.ledger.exported(RUN, "c1", "")
    drive.ledger.exported(RUN, "c1", "")
    assert [e.data for e in drive.events("export_pending")] == [{"reason": "it is checked out"}]
    assert [e.data for e in drive.events("exported")] == [{"commit": "c1"}]
    assert (drive.run().exported, drive.run().export_note) == ("c1", "")
    drive.ledger.exported(RUN, None, "the disk is full")
    drive.ledger.exported(RUN, "c1", "")
    assert drive.run().export_note == ""


def test_trees(drive: LedgerHarness) -> None:
    """A worktree is told to be removed, or kept and why."""
    drive.make("a")
    drive.ledger.tree_gone(RUN, "1")
    drive.ledger.tree_gone(RUN, "2", kept="a task is blocked on it")
    assert [event.kind for event in drive.events()[-2:]] == ["worktree_removed", "worktree_kept"]


def test_no_gap_and_only_known_kinds(drive: LedgerHarness) -> None:
    """Numbers run without a gap in the order of commits, and every kind is a documented one."""
    drive.make("a", shell("b", "a"), shell("c", max_attempts=2), seats=[seat("w1", lane="far")])
    drive.wreck("a")
    drive.mine.move(RUN, RETRY, ["a"])
    drive.ledger.limited(drive.expect_claim("a"), BAD, LimitKind.RATE, "far", START)
    drive.finish("a", "b")
    drive.mine.abort(RUN)
    rows = drive.db.execute("SELECT seq, kind, data FROM event ORDER BY seq")
    assert [row[0] for row in rows] == list(range(1, drive.run().seq + 1))
    assert {str(row[1]) for row in rows} <= KINDS
    assert all(isinstance(json.loads(str(row[2])), dict) for row in rows)


def test_a_refused_act_takes_no_number(drive: LedgerHarness) -> None:
    """What is refused leaves no event and no gap."""
    drive.make("a", "b")
    drive.mine.move(RUN, UNHOLD, ["a"])
    drive.mine.move(RUN, HOLD, ["b"])
    assert drive.kinds()[-2:] == ["worker_joined", "task_blocked"]
