"""The whole run: pause, stop, abort, its end, and its coming back (RULES 3.1)."""

from __future__ import annotations

import pytest

from tests.support import recount
from tests.support.ledger_harness import BAD, RUN, STOPPED, LedgerHarness, phase, seat, shell
from wf_tui.errors import RefusedError, UsageError
from wf_tui.ledger.model.states import BlockedKind, LimitKind, Step
from wf_tui.ledger.rules.moves import CANCEL, HOLD, MOVES, REASSIGN, RETRY, SKIP
from wf_tui.picture.event_json import event_json


def end(drive: LedgerHarness, *, foreground: bool = False) -> str:
    """Let the scheduler look whether the run is over."""
    return drive.ledger.end_when_idle(RUN, foreground=foreground)


def test_pause(drive: LedgerHarness) -> None:
    """A paused run claims nothing; what runs goes on; pausing twice changes nothing."""
    drive.make("a", "b")
    fence = drive.expect_claim("a")
    assert drive.mine.pause(RUN)
    assert not drive.mine.pause(RUN)
    assert drive.claim("w2") is None
    assert drive.done(fence)
    assert (drive.run().state, drive.run().intent) == ("paused", "go")


def test_resume(drive: LedgerHarness) -> None:
    """A resumed run claims again; resuming one that runs changes nothing."""
    drive.make("a")
    drive.mine.pause(RUN)
    assert drive.mine.resume(RUN)
    assert not drive.mine.resume(RUN)
    drive.expect_claim("a")
    assert drive.kinds().count("run_resumed") == 1


def test_stop(drive: LedgerHarness) -> None:
    """A stop pauses and asks the scheduler to exit when no attempt is open."""
    drive.make("a")
    fence = drive.expect_claim("a")
    assert drive.mine.stop(RUN) == []
    assert (drive.run().state, drive.run().intent) == ("paused", "drain")
    assert drive.done(fence)


def test_stop_now(drive: LedgerHarness) -> None:
    """A stop at once takes running work and questions back; what merges may finish."""
    drive.make("a", "b", "c")
    first = drive.expect_claim("a")
    drive.ask(drive.expect_claim("b"))
    merging = drive.expect_claim("c", step=Step.INTEGRATING)
    assert drive.mine.stop(RUN, now=True) == ["a", "b"]
    assert (drive.where(), drive.run().intent) == ("P P M", "stop")
    assert drive.done(merging)
    drive.ledger.close(first, STOPPED)
    recount.check(drive.db)


def test_resume_after_a_stop(drive: LedgerHarness) -> None:
    """After a stop a resume sets the intent back, so that claims are made again."""
    drive.make("a")
    drive.mine.stop(RUN)
    drive.mine.resume(RUN)
    drive.expect_claim("a")


def test_timers_go_on_in_a_pause(drive: LedgerHarness) -> None:
    """A quota that ends while the run is paused frees its task; it waits for the resume."""
    drive.make("a")
    drive.ledger.limited(
        drive.expect_claim("a"), BAD, LimitKind.QUOTA, "local", drive.clock.now() + 5
    )
    drive.mine.pause(RUN)
    drive.clock.move(5)
    drive.ledger.release_due(RUN)
    assert (drive.where("a"), drive.reason("a").kind) == ("P", "paused")


def test_abort(drive: LedgerHarness) -> None:
    """An abort cancels all that waits or runs, leaves blocked tasks, and lets merges finish."""
    drive.make("a", "b", "c", "d", shell("e", "d"), "f", "g")
    drive.fail(drive.expect_claim("a"))
    running, merging = drive.expect_claim("b"), drive.expect_claim("c", step=Step.INTEGRATING)
    drive.mine.move(RUN, HOLD, ["f"])
    drive.mine.abort(RUN)
    assert drive.where() == "B:failed B:cancelled M" + " B:cancelled" * 4
    assert (drive.run().state, drive.run().intent) == ("running", "abort")
    drive.done(merging)
    assert drive.run().state == "running"
    drive.ledger.close(running, STOPPED)
    assert (drive.run().state, drive.where("c")) == ("aborted", "D:merged")
    recount.check(drive.db)


@pytest.mark.parametrize("how", ["fail", "conflict"])
def test_an_unfinished_merge_is_cancelled(drive: LedgerHarness, how: str) -> None:
    """A merge that does not succeed while the run is aborted ends cancelled, not in the queue."""
    drive.make(shell("a", max_attempts=9))
    fence = drive.expect_claim("a", step=Step.INTEGRATING)
    drive.mine.abort(RUN)
    if how == "fail":
        drive.fail(fence)
    else:
        drive.ledger.conflict(fence, BAD, ("x",), "x differs")
    assert (drive.where("a"), drive.run().state) == ("B:cancelled", "aborted")


def test_abort_with_nothing_open(drive: LedgerHarness) -> None:
    """An abort with no attempt open ends the run at once."""
    drive.make("a", "b")
    drive.mine.abort(RUN)
    assert (drive.run().state, drive.kinds()[-1]) == ("aborted", "run_ended")
    assert drive.events("run_ended")[0].data["counts"] == {"pending": 0, "done": 0, "blocked": 2}


def test_what_an_aborting_run_refuses(drive: LedgerHarness) -> None:
    """While attempts of an aborted run are open, pause, resume, abort and retry are refused."""
    drive.make("a", "b").expect_claim("a")
    drive.mine.abort(RUN)
    for act in (drive.mine.pause, drive.mine.resume, drive.mine.abort, drive.mine.stop):
        with pytest.raises(RefusedError, match="is being aborted"):
            act(RUN)
    assert not drive.mine.move(RUN, RETRY, ["b"])[0].changed
    with pytest.raises(RefusedError, match="is being aborted"):
        drive.mine.add(RUN, shell("x"))


def test_a_retry_brings_an_aborted_run_back(drive: LedgerHarness) -> None:
    """A retry on an aborted run emits `run_resumed` and the task runs."""
    drive.make("a", "b")
    drive.mine.abort(RUN)
    drive.mine.move(RUN, RETRY, ["a"])
    assert (drive.run().state, drive.run().intent, drive.run().ended_at) == ("running", "go", None)
    drive.finish("a")


def test_completed(drive: LedgerHarness) -> None:
    """A run whose tasks are all done or skipped is completed, in the foreground or not."""
    drive.make("a", "b").finish("a")
    drive.mine.move(RUN, SKIP, ["b"])
    assert end(drive) == "completed"
    assert drive.run().ended_at == drive.clock.now()
    assert end(drive) == "completed"
    assert drive.kinds().count("run_ended") == 1


def test_a_paused_run_completes(drive: LedgerHarness) -> None:
    """A run that was paused before its last task ended is completed all the same."""
    fence = drive.make("a").expect_claim("a")
    drive.mine.pause(RUN)
    drive.done(fence)
    assert end(drive) == "completed"


def test_a_paused_run_never_stalls(drive: LedgerHarness) -> None:
    """A paused run with work left stays paused."""
    drive.make("a", "b")
    drive.wreck("a")
    drive.mine.pause(RUN)
    assert end(drive, foreground=True) == "paused"


def test_not_while_something_may_happen(drive: LedgerHarness) -> None:
    """With an attempt open or a timer set a run is not over."""
    drive.make(shell("a", max_attempts=2), "b")
    fence = drive.expect_claim("a")
    assert end(drive, foreground=True) == "running"
    drive.fail(fence)
    drive.wreck("b")
    assert end(drive, foreground=True) == "running"


def test_partial_in_the_foreground(drive: LedgerHarness) -> None:
    """In the foreground a run with blocked work stalls and ends in one go, naming the roots."""
    drive.make("a", shell("b", "a")).wreck("a")
    assert end(drive, foreground=True) == "partial"
    assert drive.kinds()[-2:] == ["run_stalled", "run_ended"]
    assert drive.events("run_stalled")[0].data == {"roots": ["a"]}


def test_stalled_when_detached(drive: LedgerHarness) -> None:
    """Detached, a run with blocked work stalls once and is partial after 30 idle minutes."""
    drive.make("a").wreck("a")
    assert end(drive) == "stalled"
    drive.clock.move(1799)
    assert end(drive) == "stalled"
    drive.clock.move(1)
    assert end(drive) == "partial"
    assert drive.kinds().count("run_stalled") == 1


def test_what_a_person_has_cancelled_is_waited_for_by_nobody(drive: LedgerHarness) -> None:
    """Where all that is left is that, or comes after it, the run is partial at once."""
    drive.make(phase("p", "a", shell("n", "a"), "b"), phase("q", "c", after=["p"]))
    drive.mine.move(RUN, CANCEL, ["a"])
    drive.wreck("b")
    assert end(drive) == "stalled"
    drive.mine.move(RUN, CANCEL, ["b"])
    assert end(drive) == "partial"
    assert drive.kinds().count("run_stalled") == 1


def test_pending_work_without_a_worker_stalls(drive: LedgerHarness) -> None:
    """A task that no seat can do stalls the run though nothing is blocked."""
    drive.make(shell("a", role="review"), seats=[seat("w1", roles=("test",))])
    assert drive.claim() is None
    assert end(drive) == "stalled"


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize(
    "act", ["retry", "skip", "reassign", "accept", "unhold", "answer", "add", "undo"]
)
def test_a_person_brings_a_run_back(drive: LedgerHarness, act: str, *, ended: bool) -> None:
    """An accepted act that gives it something to do brings a stalled or ended run back."""
    drive.make("a")
    if act == "unhold":
        drive.mine.move(RUN, HOLD, ["a"])
    elif act == "undo":
        drive.mine.move(RUN, CANCEL, ["a"])
    elif act == "answer":
        fence = drive.ask(drive.expect_claim("a"))
        drive.ledger.question_expired(fence, "1")
        drive.ledger.close(fence, STOPPED)
    else:
        drive.ledger.block(drive.expect_claim("a"), BAD, BlockedKind.SCOPE)
    end(drive, foreground=ended)
    if act == "add":
        drive.mine.add(RUN, shell("x"))
    elif act == "undo":
        drive.mine.undo(RUN)
    else:
        arguments = {"reassign": {"to": "w2"}, "answer": {"text": "yes"}}
        drive.mine.move(RUN, MOVES[act], ["a"], **arguments.get(act, {}))
    assert (drive.run().state, drive.run().idle_since) == ("running", None)
    assert "run_resumed" in drive.kinds()


def test_reassigning_what_nobody_could_do(drive: LedgerHarness) -> None:
    """A pending task given to another seat brings a stalled run back as well."""
    drive.make(shell("a", worker="nobody"))
    end(drive)
    drive.mine.move(RUN, REASSIGN, ["a"], to="w2")
    assert drive.run().state == "running"
    drive.expect_claim("a", "w2")


@pytest.mark.parametrize("act", ["hold", "cancel", "edit", "message", "priority"])
def test_what_leaves_a_stalled_run_as_it_is(drive: LedgerHarness, act: str) -> None:
    """Acts that give it nothing to do do not wake a stalled run."""
    drive.make(shell("a", worker="nobody"))
    end(drive)
    arguments: dict[str, dict[str, object]] = {
        "edit": {"fields": {"title": "x"}},
        "message": {"text": "hello"},
        "priority": {"number": 3},
    }
    assert drive.mine.move(RUN, MOVES[act], ["a"], **arguments.get(act, {}))[0].changed
    assert drive.run().state == "stalled"


def test_a_refused_act_wakes_nothing(drive: LedgerHarness) -> None:
    """An act that is refused leaves an ended run ended."""
    drive.make("a").finish("a")
    end(drive)
    before = drive.dump()
    assert not drive.mine.move(RUN, RETRY, ["a"])[0].changed
    assert drive.dump() == before


def test_what_an_ended_run_refuses(drive: LedgerHarness) -> None:
    """A run that is over is not paused, stopped or aborted; a completed one is not resumed."""
    drive.make("a").finish("a")
    end(drive)
    for act in (drive.mine.pause, drive.mine.stop, drive.mine.abort):
        with pytest.raises(RefusedError, match="run r1 is over: completed"):
            act(RUN)
    with pytest.raises(RefusedError, match="run r1 is completed"):
        drive.mine.resume(RUN)


def test_a_partial_run_can_be_resumed(drive: LedgerHarness) -> None:
    """A person may set a partial run going again."""
    drive.make("a").wreck("a")
    end(drive, foreground=True)
    assert drive.mine.resume(RUN)
    assert drive.run().state == "running"


def test_jobs(drive: LedgerHarness) -> None:
    """The number of jobs can be changed at any time, to 1 or more."""
    drive.make("a", jobs=1)
    assert drive.mine.set_jobs(RUN, 4)
    assert not drive.mine.set_jobs(RUN, 4)
    assert event_json(drive.events("jobs_changed")[0])["data"] == {"jobs": 4, "before": 1}
    with pytest.raises(UsageError, match="at least 1, not 0"):
        drive.mine.set_jobs(RUN, 0)


def test_an_abort_tells_each_task_once(drive: LedgerHarness) -> None:
    """Dependants go first: nobody is told of a root that is about to change (10,000 in a chain)."""
    names = [f"t{number}" for number in range(20)]
    drive.make(*(shell(name, *names[:number][-1:]) for number, name in enumerate(names)))
    drive.mine.abort(RUN)
    assert [event.task for event in drive.events("task_blocked")] == names[::-1]
    assert (drive.run().blocked, drive.run().state) == (20, "aborted")
