"""Each promise, broken in a history that is otherwise real, is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.histories import history, of
from tests.support.ledger_harness import BAD, RUN, STOPPED, merging, phase, shell
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.events.attempt_events import GateEnded, GateStarted
from wf_tui.ledger.model.spec import Spec
from wf_tui.ledger.model.states import BlockedKind, LimitKind, Step
from wf_tui.ledger.rules.moves import ACCEPT, ANSWER, HOLD, RELEASE, RETRY, SKIP, UNHOLD
from wf_tui.plan.choices import GateOn

if TYPE_CHECKING:
    from tests.support.histories import History
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.ledger.model.rows import Detail


@pytest.fixture
def real(drive: LedgerHarness) -> History:
    """Give a history with a bit of everything, of which nothing is wrong."""
    work = phase(
        "work",
        shell("a", scope=("src/x",)),
        shell("b", scope=("src",)),
        shell("c", "a"),
        shell("t", max_attempts=2),
    )
    line = phase(
        "line", shell("d"), shell("e"), after=["work"], parallel=False, on_failure="skip_continue"
    )
    merging(drive).make(work, line, phase("rest", "z", after=["line"]), seats=2)
    drive.finish("a", worker="w1")
    drive.finish("b", worker="w2")
    drive.finish("c")
    drive.wreck("t")
    drive.clock.move(20)
    late = drive.expect_claim("t", step=Step.RUNNING)
    drive.mine.move(RUN, RELEASE, ["t"])
    drive.fail(late)
    drive.finish("t")
    drive.wreck("d")
    drive.finish("e")
    drive.wreck("z")
    drive.ledger.end_when_idle(RUN, foreground=True)
    drive.mine.move(RUN, SKIP, ["z"])
    drive.mine.undo(RUN)
    drive.mine.move(RUN, SKIP, ["z"])
    drive.ledger.end_when_idle(RUN, foreground=True)
    made = history(drive.db)
    assert made.found() == []
    return made


def test_a_gap(real: History) -> None:
    """A lost event leaves a gap in the numbers."""
    events = tuple(event for event in real.events if event.kind != "run_stalled")
    found = type(real)(events, real.row, real.tasks).found()
    assert "gap" in found


@pytest.mark.parametrize("at", [0.0, float("nan"), -5.0])
def test_a_mad_clock(real: History, at: float) -> None:
    """What is no time is named."""
    assert real.changed(of("task_done"), at=at).found() == ["time"]


def test_a_clock_that_was_set_back(real: History) -> None:
    """A time long before is that of a clock that was set: the order is that of the numbers."""
    assert real.changed(of("task_done"), at=1.0).found() == []


def test_two_live_claims(real: History) -> None:
    """A task that is claimed while its attempt is open has two claims (G1)."""
    assert "claim" in real.twice(of("task_claimed", "a")).found()
    assert "claim" in real.without(of("attempt_ended", "t")).found()


@pytest.mark.parametrize("epoch", [1, 3, None])
def test_an_epoch_that_does_not_grow_by_one(real: History, epoch: int | None) -> None:
    """Each claim raises the epoch by one (G1)."""
    assert "epoch" in real.changed(of("task_claimed", "t", 2), epoch=epoch).found()


@pytest.mark.parametrize("kind", ["task_step", "task_done", "integrated", "attempt_ended"])
@pytest.mark.parametrize("values", [{"epoch": 7}, {"worker": "w9"}, {"epoch": None}])
def test_a_result_of_another_claim(real: History, kind: str, values: dict[str, object]) -> None:
    """Steps, merges, successes and ends have to be of the live claim (G2)."""
    assert "stale" in real.changed(of(kind, "a"), **values).found()


def test_a_late_success(real: History) -> None:
    """A fenced attempt cannot succeed, and its rejection is told (G2)."""
    late = of("attempt_ended", "t", outcome="rejected")
    assert "stale" in real.changed(late, outcome="succeeded").found()
    assert "stale" in real.without(of("result_rejected")).found()
    assert "stale" in real.changed(late, fenced=None).found()


def test_a_rejection_of_the_live_claim(real: History) -> None:
    """What the live claim brings may not be refused (G2)."""
    late = of("result_rejected")
    assert "stale" in real.sooner(late, of("task_released", stopped=True)).found()


def test_a_rejected_result_that_counted(real: History) -> None:
    """A result that was rejected changed nothing, or the table gives it away (G2)."""
    spoilt = [event for event in real.events if event.kind != "task_done" or event.task != "t"]
    assert "table" in type(real)(tuple(spoilt), real.row, real.tasks).found()


@pytest.mark.parametrize(
    ("task", "than"),
    [
        ("c", of("task_claimed", "a")),
        ("d", of("task_claimed", "c")),
        ("e", of("task_claimed", "d")),
    ],
    ids=["result", "phase", "sequence"],
)
def test_a_task_that_begins_too_early(real: History, task: str, than: object) -> None:
    """Results, phases and the order of a phase are waited for (G9)."""
    assert "order" in real.sooner(of("task_claimed", task), than).found()  # type: ignore[arg-type]


def test_scopes_that_meet(real: History) -> None:
    """Two attempts never hold overlapping scopes: not even until the first is closed (G9)."""
    assert "scope" in real.sooner(of("task_claimed", "b"), of("attempt_ended", "a")).found()
    apart = real.changed(of("task_claimed", "b"), scope=["docs"])
    assert "scope" in apart.found()


def test_scopes_that_race(real: History) -> None:
    """Worktrees may race where the plan says so; the shared workspace never (G9)."""
    race = real.changed(of("run_created"), scopes="race")
    early = race.sooner(of("task_claimed", "b"), of("attempt_ended", "a"))
    assert early.found() == []
    for task in "ab":
        for kind in ("task_added", "task_claimed"):
            early = early.changed(of(kind, task), isolation="shared")
    assert "scope" in early.found()


def test_a_move_that_is_not_in_the_table(real: History) -> None:
    """A task is where the event says, and may go where it goes."""
    assert "move" in real.changed(of("task_done", "a"), before="checking").found()
    assert "move" in real.changed(of("task_step", "a"), before="running").found()
    assert "move" in real.twice(of("task_skipped")).found()
    assert "move" in real.changed(of("task_skipped"), stopped=True).found()


def test_steps_that_go_back(real: History) -> None:
    """A task takes its steps in order."""
    assert "move" in real.changed(of("task_step", "a", step="checking"), step="claimed").found()
    assert "move" in real.changed(of("task_step", "a"), step="resting").found()


def test_wrong_tries(real: History) -> None:
    """A failure is counted once, and a task is tried as often as it may be."""
    assert "tries" in real.changed(of("task_released", "t", kind="backoff"), tries=2).found()
    assert "tries" in real.changed(of("task_claimed", "t", 2), tries=0).found()
    assert "tries" in real.changed(of("task_added", "t"), max_attempts=1).found()
    assert "tries" in real.changed(of("task_added", "d"), max_attempts=3).found()


def test_a_back_off_that_was_cut_short(real: History) -> None:
    """A task waits until its back-off is over."""
    assert "timer" in real.changed(of("task_released", "t", kind="backoff"), wait=60.0).found()


def test_a_phase_that_settles_wrongly(real: History) -> None:
    """A phase settles when nothing is left to do, not sooner, and not never."""
    assert "phase" in real.sooner(of("phase_settled"), of("task_claimed", "c")).found()
    assert "phase" in real.without(of("phase_settled")).found()
    assert "phase" in real.twice(of("phase_settled")).found()


def test_a_claim_of_a_run_that_is_not_running(real: History) -> None:
    """A paused or ended run claims nothing."""
    paused = real.sooner(of("run_ended"), of("task_claimed", "a"))
    assert "run" in paused.found()
    assert "run" in real.without(of("run_stalled")).found()
    assert "run" in real.without(of("run_resumed")).found()


def test_too_many_attempts(real: History) -> None:
    """No more attempts are open than the run has jobs, and none is on a seat that is taken."""
    early = real.changed(of("run_created"), scopes="race", jobs=1)
    early = early.sooner(of("task_claimed", "b"), of("attempt_ended", "a"))
    assert "run" in early.found()
    assert "seat" in early.changed(of("task_claimed", "b"), worker="w1").found()
    assert "seat" in real.without(of("worker_joined")).found()


def test_an_undo_that_comes_too_late(real: History) -> None:
    """Only one's last act can be taken back, once, and only if nothing has happened since."""
    assert "undo" in real.changed(of("undone"), undoes=3).found()
    assert "undo" in real.changed(of("undone"), actor="user:bob").found()
    assert "undo" in real.twice(of("undone")).found()
    assert "undo" in real.changed(of("task_skipped"), stopped=True).found()


def test_wrong_counts(real: History) -> None:
    """The counts at the end are those of the tasks."""
    wrong = {"pending": 0, "done": 6, "blocked": 0}
    assert real.changed(of("run_ended"), counts=wrong).found() == ["counts"]


def test_a_broken_chain_of_merges(real: History) -> None:
    """Each merge goes on from the one before, and no merge is done twice."""
    assert "chain" in real.changed(of("integrated", "c"), old="c0").found()
    assert "chain" in real.without(of("integrated", "b")).found()
    assert "chain" in real.changed(of("task_done", "b"), commit="c0").found()
    first = real.events[real.at(of("integrated", "a"))].data["new"]
    assert "chain" in real.changed(of("integrated", "c"), new=first).found()


def test_unknown_events_and_tasks(real: History) -> None:
    """What nobody knows is named, whatever it is."""
    assert "unknown" in real.changed(of("run_stalled"), kind="run_dreams").found()
    assert "unknown" in real.changed(of("task_done"), kind="task_dreams").found()
    assert "unknown" in real.without(of("task_added", "e")).found()
    assert "unknown" in real.twice(of("task_added", "e")).found()
    assert "unknown" in real.changed(of("phase_settled"), phase="q").found()
    assert "unknown" in real.changed(of("task_added", "e"), phase="q").found()


def test_a_table_that_differs(real: History) -> None:
    """The tables are what the events have made."""
    assert real.found() == []
    forged = [task for task in real.tasks if task.id != "a"]
    assert type(real)(real.events, real.row, tuple(forged)).found() == ["table"]


@pytest.mark.parametrize("kind", [BlockedKind.FAILED, BlockedKind.SCOPE])
def test_an_abort_that_lets_others_go_on(drive: LedgerHarness, kind: BlockedKind) -> None:
    """After a failure that aborts the run nothing is claimed any more."""
    merging(drive).make(phase("p", "a", "b", on_failure="abort"), seats=1)
    fence = drive.expect_claim("a", step=Step.CHECKING)
    if kind is BlockedKind.FAILED:
        drive.fail(fence)
    else:
        drive.ledger.block(fence, BAD, kind)
    made = history(drive.db)
    assert made.found() == []
    drive.mine.move(RUN, RETRY, ["b"])
    drive.expect_claim("b")
    assert "run" in history(drive.db).without(of("run_resumed")).found()


@pytest.mark.parametrize(
    ("why", "every", "found"),
    [
        ("filter", ["filter", "outside"], []),
        ("outside", ["filter", "outside"], ["move"]),
        ("outside", ["outside", "filter"], ["move"]),
        ("weather", ["weather"], ["move"]),
        ("outside", [], ["move"]),
    ],
)
def test_reasons_in_a_wrong_order(
    drive: LedgerHarness, why: str, every: list[str], found: list[str]
) -> None:
    """Of several reasons why work is held back the first one is what its task says."""
    merging(drive).make("a")
    parts = {word: {"paths": ["f"]} for word in every}
    detail: Detail = {"why": why, "paths": ["f"], "all": parts}
    fence = drive.expect_claim("a", step=Step.CHECKING)
    drive.ledger.block(fence, BAD, BlockedKind.SCOPE, detail)
    assert history(drive.db).found() == found


def test_a_result_that_holds_nobody_up(drive: LedgerHarness) -> None:
    """A task is blocked by a result exactly while one that it needs is blocked."""
    merging(drive).make("a", shell("b", "a"))
    drive.wreck("a")
    held = of("task_blocked", "b")
    assert "move" in history(drive.db).without(held).found()
    assert "move" in history(drive.db).sooner(held, of("task_claimed", "a")).found()
    drive.mine.move(RUN, RETRY, ["a"])
    assert "move" in history(drive.db).without(of("task_unblocked", "b")).found()


def test_questions_holds_and_stops(drive: LedgerHarness) -> None:
    """Answers need a question, stops need a claim, and the end of a hold needs a hold."""
    merging(drive).make("a", shell("b", scope=("b",)), seats=2)
    drive.ask(drive.expect_claim("a"))
    drive.mine.move(RUN, ANSWER, ["a"], text="yes")
    drive.mine.move(RUN, HOLD, ["b"])
    drive.mine.move(RUN, UNHOLD, ["b"])
    drive.mine.stop(RUN, now=True)
    made = history(drive.db)
    assert made.found() == []
    assert "move" in made.without(of("question_asked")).found()
    assert "move" in made.without(of("task_blocked", "b")).found()
    assert "run" in made.without(of("run_paused")).found()


def test_quotas_and_conflicts(drive: LedgerHarness) -> None:
    """A quota blocks until it is back; a conflict sends a task back once."""
    merging(drive).make("a", "b", seats=1)
    drive.ledger.limited(
        drive.expect_claim("a"), BAD, LimitKind.QUOTA, "local", drive.clock.now() + 60
    )
    drive.clock.move(90)
    drive.ledger.release_due(RUN)
    for _ in range(2):
        drive.ledger.conflict(drive.expect_claim("a", step=Step.INTEGRATING), BAD, ("x",), "no")
    made = history(drive.db)
    assert made.found() == []
    assert "move" in made.without(of("lane_limited")).found()
    assert "lane" in made.changed(of("lane_limited"), until=drive.clock.now() + 60).found()
    assert "move" in made.without(of("conflict_found")).found()
    assert "tries" in made.changed(of("conflict_found"), again=True).found()


def test_accepted_work(drive: LedgerHarness) -> None:
    """Accepted work goes back to where it was, or blocks with a conflict; never into the queue."""
    merging(drive).make("a")
    drive.ledger.block(drive.expect_claim("a", step=Step.CHECKING), BAD, BlockedKind.SCOPE)
    drive.mine.move(RUN, ACCEPT, ["a"])
    drive.ledger.give_back(Fence(RUN, "a", 2, "user:ann"), BAD)
    drive.mine.move(RUN, ACCEPT, ["a"])
    mine = Fence(RUN, "a", 3, "user:ann")
    drive.ledger.step(mine, Step.INTEGRATING)
    drive.ledger.conflict(mine, BAD, ("x",), "no")
    made = history(drive.db)
    assert (made.found(), drive.where()) == ([], "B:conflict")
    back, held = of("task_blocked", "a", 2), of("task_blocked", "a", 3)
    assert "move" in made.changed(of("task_claimed", "a", 2), before="conflict").found()
    assert "move" in made.changed(back, data={"kind": "conflict", "before": "checking"}).found()
    assert "tries" in made.changed(back, data={"kind": "gate", "before": "checking"}).found()
    assert "move" in made.changed(held, data={"kind": "scope", "before": "integrating"}).found()


def test_an_export_of_something_else(drive: LedgerHarness) -> None:
    """What is exported is a place where the branch was, on from the last export."""
    merging(drive).make("a")
    drive.finish("a")
    drive.ledger.exported(RUN, drive.run().head, "")
    made = history(drive.db)
    assert made.found() == []
    assert made.changed(of("exported"), commit="x1").found() == ["chain"]
    assert made.changed(of("exported"), before="x1").found() == ["chain"]


def test_a_closed_attempt_of_a_task_that_runs(drive: LedgerHarness) -> None:
    """An attempt cannot be closed while its claim is live."""
    fence = merging(drive).make("a").expect_claim("a")
    drive.ledger.close(fence, STOPPED)
    assert "stale" in history(drive.db).found()


def gated(drive: LedgerHarness, exit_code: int = 0) -> Fence:
    """Bring a task whose work is on an older head to the end of its gate on the merge."""
    task = shell("a", spec=Spec(command="true", gate="make test"))
    merging(drive).make(task, "b", seats=2)
    fence = drive.expect_claim("a", step=Step.CHECKING)
    drive.finish("b")
    head = drive.run().head
    drive.ledger.tell(fence, GateStarted(on=GateOn.MERGE, head=head, commit="m1"))
    ended = GateEnded(on=GateOn.MERGE, head=head, commit="m1", exit_code=exit_code)
    drive.ledger.tell(fence, ended)
    return fence


def test_a_merge_without_its_gate(drive: LedgerHarness) -> None:
    """What is merged with others' work has passed its gate as it then lies on the branch."""
    fence = gated(drive)
    drive.bring(fence, Step.INTEGRATING)
    drive.ledger.integrated(fence, drive.run().head, "m1", "b0")
    drive.done(fence, "m1")
    made, ended = history(drive.db), of("gate_ended", "a")
    assert made.found() == []
    assert made.without(ended).found() == ["gate"]
    for values in ({"exit_code": 1}, {"exit_code": None}, {"text": "stopped"}, {"commit": "m2"}):
        data = {**made.events[made.at(ended)].data, **values}
        assert made.changed(ended, data=data).found() == ["gate"]
    assert "gate" in made.changed(ended, data={"on": "attempt", "exit_code": 0}).found()


def test_a_merge_gate_that_failed(drive: LedgerHarness) -> None:
    """It sends a task back once, uncounted, and only where it has failed."""
    fence = gated(drive, exit_code=1)
    drive.ledger.merge_gate_failed(fence, BAD, {})
    made, ended = history(drive.db), of("gate_ended", "a")
    assert made.found() == []
    assert "move" in made.changed(ended, data={"on": "merge", "exit_code": 0}).found()
    assert "move" in made.without(ended).found()
