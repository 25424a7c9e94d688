"""A critic judges the work of a task before that is merged (RULES 5, Critic)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import recount
from tests.support.histories import history, of
from tests.support.ledger_harness import BAD, GOOD, RUN, merging, phase, seat, shell
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.events.attempt_events import WorkHarvested
from wf_tui.ledger.model.new_tasks import NewPhase
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import DoneKind, LimitKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.critics import critics_of
from wf_tui.ledger.rules.decisions.judgement import Judgement
from wf_tui.ledger.rules.moves import ACCEPT, CANCEL, HOLD, REASSIGN, RETRY, SKIP
from wf_tui.paths import RunPaths
from wf_tui.picture.card import make_card
from wf_tui.picture.critic_rounds import critic_rounds
from wf_tui.picture.inbox import read_inbox
from wf_tui.picture.status import read_status
from wf_tui.plan.choices import OnFailure, Pick

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from wf_tui.ledger.model.new_tasks import NewTask
    from wf_tui.ledger.rules.moves import Move

SEATS = [seat("w1"), seat("w2"), seat("k1", "critic", kind="agent", lane="kimi")]


def judged(name: str = "a", *needs: str, rounds: int = 3, **spec: object) -> NewTask:
    """Return a task with a critic."""
    asked = Spec(command="true", needs=needs, critic="look", critic_rounds=rounds, **spec)  # type: ignore[arg-type]  # fields of a spec
    return shell(name, spec=asked, max_attempts=2, backoff=0)


@pytest.fixture
def run(drive: LedgerHarness) -> LedgerHarness:
    """Give a run of one task with a critic, and two seats that could do it again."""
    return merging(drive).make(judged(), seats=SEATS)


def work(run: LedgerHarness, name: str = "a", worker: str | None = None) -> Fence:
    """Let a worker do the task, so that its critic is asked."""
    fence = run.expect_claim(name, worker, step=Step.RUNNING)
    assert run.ledger.session_started(fence, "s1", None, None)
    assert run.ledger.prepared(fence, base="b0", tree="3")
    commit = f"w{fence.epoch}"
    run.ledger.harvested(fence, WorkHarvested(commit=commit, ref=f"refs/{commit}"))
    run.bring(fence, Step.CHECKING)
    assert run.ledger.hold_for_critic(fence, replace(GOOD, commit=commit), {}, tree="3")
    return fence


def judge(run: LedgerHarness, verdict: str, critic: str) -> None:
    """Let a critic answer."""
    fence = run.expect_claim(critic, "k1", step=Step.CHECKING)
    assert run.ledger.done(fence, DoneKind.ANSWERED, GOOD, "so", "", Judgement(verdict))


def merge(run: LedgerHarness) -> None:
    """Do what a scheduler does with the claim of a critic that has passed the work."""
    task = run.task("a")
    fence = Fence(RUN, "a", task.epoch, str(task.worker))
    assert run.ledger.step(fence, Step.INTEGRATING)
    assert run.ledger.done(fence, DoneKind.MERGED, GOOD, "ok")


def sound(run: LedgerHarness) -> bool:
    """Whether counters and log are as they have to be."""
    recount.check(run.db)
    return history(run.db).found() == []


def test_a_critic_is_asked_of_the_very_work(run: LedgerHarness) -> None:
    """It only reads, at that commit; seat and scope of the author are free meanwhile."""
    work(run)
    critic = run.task("a.critic.1")
    assert (critic.critic_of, critic.spec.reads, critic.writes) == ("a", "w1", False)
    assert run.where() == "B:critic P"
    assert run.task("a").note == "round 1 of 3, a.critic.1 looks at it"
    assert (run.run().open_attempts, run.seat("w1").task) == (0, None)
    assert sound(run)


def test_a_pass_is_merged_without_a_worker(run: LedgerHarness) -> None:
    """The claim is the critic's, of the commit that it has judged; nobody works again."""
    work(run)
    judge(run, "pass", "a.critic.1")
    task, attempt = run.task("a"), reads.attempts(run.db, RUN, "a")[-1]
    assert (run.where("a"), task.worker) == ("R:checking", "critic:a.critic.1")
    assert (attempt.base, attempt.commit_id) == ("b0", "w1")
    merge(run)
    assert run.ledger.end_when_idle(RUN, foreground=True) == "completed"
    assert run.where() == "D:merged D:answered"
    assert sound(run)


def test_a_fail_goes_back_to_the_same_seat(run: LedgerHarness) -> None:
    """In its session and its worktree, with no failure counted; the second round may pass."""
    work(run)
    judge(run, "fail", "a.critic.1")
    task = run.task("a")
    assert (run.where("a"), task.tries, task.critic_rounds) == ("P", 0, 1)
    assert (task.seat_wanted, task.tree_wanted) == ("w1", "3")
    assert task.note == "sent back by its critic, round 1 of 3"
    assert run.claim("w2") is None
    work(run)
    assert run.task("a").note == "round 2 of 3, a.critic.2 looks at it"
    judge(run, "pass", "a.critic.2")
    merge(run)
    assert sound(run)


@pytest.mark.parametrize(
    ("verdict", "note"),
    [
        ("unsure", "its critic is unsure, round 1 of 1: see wf show a"),
        ("fail", "its critic is not content, round 1 of 1: see wf show a"),
    ],
)
def test_a_person_is_asked_where_no_critic_decides(
    drive: LedgerHarness, verdict: str, note: str
) -> None:
    """An unsure one, and one that fails the work in its last round; they may accept it."""
    run = merging(drive).make(judged(rounds=1), seats=SEATS)
    work(run)
    judge(run, verdict, "a.critic.1")
    assert (run.where("a"), run.task("a").note) == ("B:review", note)
    status = read_status(run.db, RUN, run.clock.now(), RunPaths(Path("/run")))
    assert [item.proof for item in read_inbox(run.db, status)] == ["a.critic.1: unsure, so"]
    assert run.mine.move(RUN, ACCEPT, ["a"])[0].changed
    merge(run)
    assert sound(run)


def test_who_wants_to_see_it_is_asked_after_the_critic(drive: LedgerHarness) -> None:
    """`review: true` is for a person, and a critic is none."""
    run = merging(drive).make(judged(review=True), seats=SEATS)
    work(run)
    judge(run, "pass", "a.critic.1")
    assert run.where("a") == "B:review"
    assert sound(run)


def test_its_own_failures_are_those_of_any_task(run: LedgerHarness) -> None:
    """A crash is tried again, a quota waited for; used up, the work waits for a person."""
    work(run)
    run.wreck("a.critic.1", worker="k1")
    assert run.where() == "B:critic P"
    fence = run.expect_claim("a.critic.1", "k1", step=Step.RUNNING)
    run.ledger.limited(fence, BAD, LimitKind.QUOTA, "kimi", run.clock.now() + 60)
    assert run.where() == "B:critic B:quota"
    run.clock.move(61)
    run.ledger.release_due(RUN)
    run.wreck("a.critic.1", worker="k1")
    assert run.where() == "B:review B:failed"
    assert run.task("a").note == "its critic a.critic.1 has not answered: exit status 1"
    assert run.mine.move(RUN, RETRY, ["a.critic.1"])[0].changed
    judge(run, "pass", "a.critic.1")
    merge(run)
    assert sound(run)


@pytest.mark.parametrize(
    ("move", "where"),
    [
        (ACCEPT, "R:checking D:skipped"),
        (RETRY, "P D:skipped"),
        (SKIP, "D:skipped D:skipped"),
        (CANCEL, "B:cancelled D:skipped"),
        (HOLD, "B:critic P"),
    ],
)
@pytest.mark.parametrize("working", [True, False])
def test_a_person_need_not_wait_for_it(
    run: LedgerHarness, move: Move[[]], where: str, *, working: bool
) -> None:
    """What takes the author on without its critic stops that; a hold is for the critic itself."""
    work(run)
    late = run.expect_claim("a.critic.1", "k1", step=Step.CHECKING) if working else None
    changed = run.mine.move(RUN, move, ["a"])[0].changed
    assert changed == (move is not HOLD)
    if late is not None and changed:
        assert not run.ledger.done(late, DoneKind.ANSWERED, GOOD, "so", "", Judgement("pass"))
    assert run.where() == (where if changed or not working else "B:critic R:checking")
    assert sound(run)


def test_a_retry_by_hand_begins_the_rounds_anew(run: LedgerHarness) -> None:
    """And can be taken back, with the critic, where that had not begun."""
    work(run)
    judge(run, "fail", "a.critic.1")
    work(run)
    run.mine.move(RUN, RETRY, ["a"])
    assert (run.task("a").critic_rounds, run.where("a.critic.2")) == (0, "D:skipped")
    run.mine.undo(RUN)
    assert (run.task("a").critic_rounds, run.where("a", "a.critic.2")) == (1, "B:critic P")
    judge(run, "fail", "a.critic.2")
    assert run.task("a").critic_rounds == 2
    assert sound(run)


def test_another_worker_is_given_it_without_its_critic(run: LedgerHarness) -> None:
    """A reassignment takes the author on, too."""
    work(run)
    run.mine.move(RUN, REASSIGN, ["a"], to="w2")
    assert (run.where(), run.task("a").pinned) == ("P D:skipped", "w2")
    assert sound(run)


@pytest.mark.parametrize("move", [SKIP, CANCEL])
def test_without_its_critic_the_work_is_a_persons(run: LedgerHarness, move: Move[[]]) -> None:
    """Who skips or cancels the critic has passed nothing."""
    work(run)
    run.mine.move(RUN, move, ["a.critic.1"])
    assert run.where("a") == "B:review"
    assert sound(run)


@pytest.mark.parametrize("fails", ["conflict", "gate"])
def test_after_a_merge_that_fails_it_is_asked_again(run: LedgerHarness, fails: str) -> None:
    """The work is another one then; the round is the same, since nobody has sent it back."""
    work(run)
    judge(run, "pass", "a.critic.1")
    task = run.task("a")
    fence = Fence(RUN, "a", task.epoch, str(task.worker))
    if fails == "gate":
        run.fail_merge_gate(fence)
    else:
        run.ledger.step(fence, Step.INTEGRATING)
        run.ledger.conflict(fence, BAD, ("x",), "x differs", head="h1")
    assert (run.where("a"), run.task("a").tries) == ("P", 0)
    work(run)
    assert run.task("a").note == "round 1 of 3, a.critic.2 looks at it"
    judge(run, "pass", "a.critic.2")
    merge(run)
    assert sound(run)


def test_its_phase_waits_for_the_author_alone(drive: LedgerHarness) -> None:
    """A failed critic keeps no phase from settling, and does not abort a run."""
    made = phase("p", judged(), on_failure="abort")
    run = merging(drive).make(made, phase("q", "c", after=["p"]), seats=SEATS)
    work(run)
    run.wreck("a.critic.1", "a.critic.1", worker="k1")
    assert (run.where(), run.run().state) == ("B:review P B:failed", "running")
    run.mine.move(RUN, ACCEPT, ["a"])
    merge(run)
    assert run.phase("p").settled_at is not None
    run.finish("c")
    assert run.ledger.end_when_idle(RUN, foreground=True) == "completed"
    assert sound(run)


def test_a_stop_sees_passed_work_through(run: LedgerHarness) -> None:
    """As it does what a person has accepted: in the queue a worker would begin it anew."""
    work(run)
    judge(run, "pass", "a.critic.1")
    assert run.mine.stop(RUN, now=True) == []
    merge(run)
    assert sound(run)


def test_an_abort_takes_both(run: LedgerHarness) -> None:
    """A critic that answers then decides nothing."""
    work(run)
    fence = run.expect_claim("a.critic.1", "k1", step=Step.CHECKING)
    run.mine.abort(RUN)
    assert not run.ledger.done(fence, DoneKind.ANSWERED, GOOD, "so", "", Judgement("pass"))
    assert run.where() == "B:cancelled B:cancelled"
    assert sound(run)


def test_an_earlier_critic_decides_nothing(run: LedgerHarness) -> None:
    """Asked once more by hand, it judges work that is not the one which waits."""
    work(run)
    run.mine.move(RUN, RETRY, ["a"])
    work(run)
    run.mine.move(RUN, HOLD, ["a.critic.2"])
    run.mine.move(RUN, RETRY, ["a.critic.1"])
    judge(run, "pass", "a.critic.1")
    assert run.where("a", "a.critic.2") == "B:critic B:hold"
    assert sound(run)


def test_what_was_said_is_shown(run: LedgerHarness) -> None:
    """Round by round: the verdict of who has answered, else where its critic is."""
    work(run)
    judge(run, "fail", "a.critic.1")
    work(run)
    rounds = critic_rounds(critics_of(run.db, RUN, "a"))
    assert [(one.task, one.commit, one.state) for one in rounds] == [
        ("a.critic.1", "w1", "unsure"),
        ("a.critic.2", "w2", "pending"),
    ]
    assert rounds[0].sentence == "a.critic.1: unsure, so"
    card = make_card(run.task("a.critic.2"), run.reason("a.critic.2"))
    assert (card.rival, card.needs_you) == ("critic of a", False)


def test_a_name_that_is_taken_is_passed_over(drive: LedgerHarness) -> None:
    """A plan may call a task as a critic would be called."""
    run = merging(drive).make(judged(), "a.critic.1", seats=SEATS)
    work(run, worker="w1")
    assert run.task("a.critic.2").critic_of == "a"


def test_a_merge_without_a_pass_is_seen(run: LedgerHarness) -> None:
    """A scheduler that merges what a critic has not passed is found out by the log."""
    run.done(run.expect_claim("a"))
    assert history(run.db).found() == ["critic"]


def test_a_pass_for_other_work_is_seen(run: LedgerHarness) -> None:
    """A verdict counts for the commit alone that it is about."""
    work(run)
    judge(run, "pass", "a.critic.1")
    merge(run)
    assert "critic" in history(run.db).changed(of("critic_judged"), commit="w9").found()


def rivals(run: LedgerHarness, pick: Pick, judge: str | None = None) -> None:
    """Make a run of two rivals with critics, and of a judge between them where there is one."""
    tasks = (judged("a"), judged("b"))
    made = [NewPhase("try", True, OnFailure.HOLD, tasks, pick=pick, judge=judge)]
    if judge is not None:
        asked = Spec(prompt="choose", needs=("a", "b"), structured=True)
        made.append(phase("choose", shell(judge, mode="read_only", spec=asked)))
    merging(run).make(*made, seats=SEATS)


def test_the_first_rival_is_the_first_that_passes(drive: LedgerHarness) -> None:
    """As it is merged, the other one is skipped, and so is its critic."""
    rivals(drive, Pick.FIRST)
    work(drive, "a", "w1")
    work(drive, "b", "w2")
    judge(drive, "pass", "a.critic.1")
    merge(drive)
    assert drive.where("a", "b", "b.critic.1") == "D:merged D:skipped D:skipped"
    assert drive.phase("try").settled_at is not None
    assert sound(drive)


def test_the_best_rival_is_one_that_has_passed(drive: LedgerHarness) -> None:
    """What its critic leaves to a person is no choice: the judge waits where there is no other."""
    rivals(drive, Pick.BEST, "j")
    work(drive, "a", "w1")
    work(drive, "b", "w2")
    judge(drive, "unsure", "a.critic.1")
    judge(drive, "unsure", "b.critic.1")
    assert drive.where("a", "b", "j") == "B:review B:review P"
    assert drive.reason("j").text == "waits for a +1"
    assert drive.claim("k1") is None
    drive.mine.move(RUN, RETRY, ["a"])
    work(drive, "a", "w1")
    judge(drive, "pass", "a.critic.2")
    fence = drive.expect_claim("j", "k1", step=Step.CHECKING)
    drive.ledger.done(fence, DoneKind.ANSWERED, GOOD, "a", "", Judgement("pass", "a"))
    assert str(drive.task("a").worker) == "judge:j"
    merge(drive)
    assert drive.where("a", "b") == "D:merged D:skipped"
    assert sound(drive)
