"""Rivals: tasks of a phase that try the same, of which one is merged, and never two."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support import recount
from tests.support.ledger_harness import (
    BAD,
    GOOD,
    RUN,
    STOPPED,
    LedgerHarness,
    merging,
    phase,
    seat,
    shell,
)
from wf_tui.errors import RefusedError, UsageError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.new_tasks import NewPhase
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Intent, RunState, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.decisions.judgement import Judgement
from wf_tui.ledger.rules.moves import ACCEPT, CANCEL, HOLD, MOVES, RETRY, SKIP
from wf_tui.ledger.rules.undo.acts import last_act
from wf_tui.plan.choices import OnFailure, Pick
from wf_tui.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import AttemptRow
    from wf_tui.ledger.rules.moves import Move

SCOPE = ("src",)
"""That of all rivals: they are in nobody's way, for one of them is merged."""


def rivals(pick: Pick, *names: str, judge: str | None = None, on_failure: str = "hold") -> NewPhase:
    """Return a phase of rivals that want the same files."""
    tasks = tuple(shell(name, scope=SCOPE) for name in names)
    return NewPhase("try", True, OnFailure(on_failure), tasks, pick=pick, judge=judge)


@pytest.fixture(autouse=True)
def _merging(drive: LedgerHarness) -> None:
    """Let merges move the branch."""
    merging(drive)


def first(drive: LedgerHarness, *names: str, **policy: str) -> list[Fence]:
    """Make a run of rivals of which the first is merged, with a task behind; claim them all."""
    drive.make(
        rivals(Pick.FIRST, *names, **policy),
        phase("later", "z", after=["try"]),
        seats=len(names),
    )
    return [drive.expect_claim(name) for name in names]


def best(drive: LedgerHarness, *names: str, judge: str | None = "j") -> list[Fence]:
    """Make a run of rivals of which a judge, or a person, takes one; claim them all."""
    phases = [rivals(Pick.BEST, *names, judge=judge)]
    if judge is not None:
        phases.append(phase("choose", shell(judge, *names, mode="read_only")))
    drive.make(*phases, phase("later", "z", after=["try"]), seats=len(names) + 1)
    return [drive.expect_claim(name) for name in names]


def review(drive: LedgerHarness, fence: Fence) -> None:
    """Let a rival pass its checks, and wait to be taken."""
    drive.bring(fence, Step.CHECKING)
    assert drive.ledger.hold_for_review(fence, GOOD, {"paths": ["src/a"]}, tree=None)


def judge(drive: LedgerHarness, named: str | None) -> None:
    """Let the judge begin and end, and name a rival."""
    fence = drive.expect_claim("j")
    assert drive.ledger.done(fence, DoneKind.ANSWERED, GOOD, "", judgement=Judgement(pick=named))


def take(drive: LedgerHarness, task: str) -> Fence:
    """Return the claim of whoever has taken a rival."""
    row = drive.task(task)
    return Fence(RUN, task, row.epoch, str(row.worker))


def refused(drive: LedgerHarness, move: Move[[]], task: str) -> str:
    """Return why a move is refused."""
    (result,) = drive.mine.move(RUN, move, [task])
    assert not result.changed
    return result.reason


def sound(drive: LedgerHarness) -> None:
    """See that all counters are right, and that the log is legal."""
    recount.check(drive.db)
    found = verify.examine(reads.events(drive.db, RUN), drive.run(), reads.tasks(drive.db, RUN))
    assert found.violations == []


def test_rivals_run_side_by_side(drive: LedgerHarness) -> None:
    """Their scopes do not contend with each other, but with those of everybody else."""
    drive.make(shell("o", scope=SCOPE), rivals(Pick.FIRST, "a", "b"), seats=4)
    outside = drive.expect_claim("o")
    assert drive.claim("w2") is None
    assert drive.reason("a").kind == "scope_busy"
    assert drive.done(outside)
    assert [drive.expect_claim("a").task, drive.expect_claim("b").task] == ["a", "b"]
    sound(drive)


def test_the_first_one_is_merged(drive: LedgerHarness) -> None:
    """As it is merged the others are skipped; one that runs is stopped, its work kept."""
    a, b, c = first(drive, "a", "b", "c")
    assert drive.fail(c)
    assert drive.done(b)
    assert drive.where("a", "b", "c") == "D:skipped D:merged D:skipped"
    assert drive.task("a").note == "b was first"
    assert not drive.ledger.done(a, DoneKind.NO_CHANGES, GOOD, "late")
    skipped = drive.events("rival_skipped")
    assert [(e.task, e.data.get("winner"), e.data.get("stopped")) for e in skipped] == [
        ("a", "b", True),
        ("c", "b", None),
    ]
    sound(drive)


def test_what_comes_after_waits_until_all_are_stopped(drive: LedgerHarness) -> None:
    """The phase settles when one is merged and no attempt of another one is open."""
    a, b = first(drive, "a", "b")
    assert drive.done(a)
    assert drive.phase("try").settled_at is None
    drive.ledger.close(b, STOPPED)
    assert drive.phase("try").settled_at is not None
    drive.expect_claim("z")
    sound(drive)


def test_the_next_one_is_merged_where_the_first_does_not_merge(drive: LedgerHarness) -> None:
    """Of two that have passed the second goes where the first is in conflict."""
    a, b = first(drive, "a", "b")
    drive.bring(b, Step.CHECKING)
    drive.bring(a, Step.INTEGRATING)
    with pytest.raises(RefusedError, match="its rival 'a' was first"):
        drive.ledger.step(b, Step.INTEGRATING)
    assert drive.ledger.conflict(a, BAD, ("src/a",), "both changed src/a")
    assert drive.done(b)
    assert drive.where("a", "b") == "D:skipped D:merged"
    sound(drive)


def test_one_without_changes_has_not_won(drive: LedgerHarness) -> None:
    """It is done, and the others go on; where none has changed anything the phase is over."""
    a, b = first(drive, "a", "b")
    assert drive.ledger.done(a, DoneKind.NO_CHANGES, GOOD, None)
    assert drive.where("a", "b") == "D:no_changes R:claimed"
    assert drive.ledger.done(b, DoneKind.NO_CHANGES, GOOD, None)
    assert drive.phase("try").settled_at is not None
    sound(drive)


@pytest.mark.parametrize(
    ("policy", "state", "later"),
    [("hold", RunState.STALLED, "P"), ("abort", RunState.ABORTED, "B:cancelled")],
)
def test_where_all_fail(drive: LedgerHarness, policy: str, state: RunState, later: str) -> None:
    """The policy of the phase counts when the last of them has failed, and not before."""
    a, b = first(drive, "a", "b", on_failure=policy)
    assert drive.fail(a)
    assert drive.run().intent is Intent.GO
    assert drive.reason("z").text == "waits for phase try"
    assert drive.fail(b)
    drive.ledger.end_when_idle(RUN, foreground=False)
    assert (drive.run().state, drive.where("z")) == (state, later)
    sound(drive)


def test_what_comes_after_starts_where_failures_are_passed_over(drive: LedgerHarness) -> None:
    """With `skip_continue` a phase of which all have failed is over."""
    a, b = first(drive, "a", "b", on_failure="skip_continue")
    assert drive.fail(a)
    assert drive.phase("try").settled_at is None
    assert drive.fail(b)
    drive.expect_claim("z")
    sound(drive)


def test_the_judge_waits_for_all(drive: LedgerHarness) -> None:
    """It begins when each has passed or is given up, and takes the one that it names."""
    a, b, c = best(drive, "a", "b", "c")
    review(drive, a)
    assert drive.fail(b)
    assert drive.claim("w1") is None
    assert drive.reason("j").text == "waits for c"
    review(drive, c)
    judge(drive, "c")
    assert drive.where("a", "c") == "B:review R:checking"
    assert drive.done(take(drive, "c"))
    assert drive.where() == "D:skipped D:skipped D:merged D:answered P"
    assert drive.task("a").note == "c was taken"
    drive.expect_claim("z")
    sound(drive)


@pytest.mark.parametrize("named", [None, "nobody", "z", "b"])
def test_a_judge_that_names_none(drive: LedgerHarness, named: str | None) -> None:
    """Where it names nothing, nonsense, or what has failed, a person chooses."""
    a, b = best(drive, "a", "b")
    review(drive, a)
    assert drive.fail(b)
    judge(drive, named)
    assert drive.where("a", "b", "j") == "B:review B:failed D:answered"
    assert drive.task("j").pick == named
    assert drive.mine.move(RUN, ACCEPT, ["a"])[0].changed
    assert drive.done(take(drive, "a"))
    sound(drive)


def test_what_a_judge_took_may_not_pass(drive: LedgerHarness) -> None:
    """It goes back to its review with the reason, and a person has the choice again."""
    a, b = best(drive, "a", "b")
    review(drive, a)
    review(drive, b)
    judge(drive, "a")
    assert "its rival 'a' is being merged" in refused(drive, ACCEPT, "b")
    assert drive.ledger.give_back(take(drive, "a"), BAD)
    assert drive.where("a", "b") == "B:review B:review"
    assert drive.mine.move(RUN, ACCEPT, ["b"])[0].changed
    sound(drive)


def test_a_person_may_choose_before_the_judge(drive: LedgerHarness) -> None:
    """Then neither the judge nor the rivals that run still are needed."""
    a, b = best(drive, "a", "b")
    review(drive, a)
    assert drive.mine.move(RUN, ACCEPT, ["a"])[0].changed
    assert drive.done(take(drive, "a"))
    assert drive.where("a", "b", "j") == "D:merged D:skipped D:skipped"
    drive.ledger.close(b, STOPPED)
    sound(drive)


def test_a_judge_with_nothing_to_judge(drive: LedgerHarness) -> None:
    """Where all have failed it is blocked with them; a retry frees it, and it waits again."""
    a, b = best(drive, "a", "b")
    assert drive.fail(a)
    assert drive.fail(b)
    assert (drive.where("j"), drive.task("j").detail["root"]) == ("B:dependency", "a")
    assert drive.mine.move(RUN, RETRY, ["a"])[0].changed
    assert drive.where("j") == "P"
    assert drive.ledger.done(drive.expect_claim("a"), DoneKind.NO_CHANGES, GOOD, None)
    assert drive.mine.move(RUN, SKIP, ["b"])[0].changed
    assert drive.where("a", "b", "j") == "D:no_changes D:skipped D:skipped"
    sound(drive)


def test_the_best_is_never_merged_by_itself(drive: LedgerHarness) -> None:
    """A worker's own merge is refused: somebody has to take it."""
    a, _ = best(drive, "a", "b", judge=None)
    drive.bring(a, Step.CHECKING)
    with pytest.raises(RefusedError, match="nobody has taken it"):
        drive.ledger.step(a, Step.INTEGRATING)


def test_no_rival_comes_back_after_the_choice(drive: LedgerHarness) -> None:
    """A retry of one that lost is refused with the reason, and so is an undo of its skip."""
    a, b, c = first(drive, "a", "b", "c")
    drive.ledger.release_due(RUN)
    assert drive.fail(c)
    assert drive.mine.move(RUN, SKIP, ["c"])[0].changed
    assert drive.done(a)
    drive.ledger.close(b, STOPPED)
    assert "its rival 'a' was merged" in refused(drive, RETRY, "b")
    with pytest.raises(RefusedError, match="its rival 'a' was merged"):
        drive.mine.undo(RUN)
    sound(drive)


def test_no_judge_comes_back_after_the_choice(drive: LedgerHarness) -> None:
    """There is nothing to choose from any more, neither for a retry nor for an undo."""
    a, b = best(drive, "a", "b")
    assert drive.mine.move(RUN, SKIP, ["j"])[0].changed
    review(drive, a)
    assert drive.task("a").detail == {"paths": ["src/a"]}
    assert drive.mine.move(RUN, ACCEPT, ["a"])[0].changed
    assert drive.done(take(drive, "a"))
    drive.ledger.close(b, STOPPED)
    assert "nothing to choose from" in refused(drive, RETRY, "j")
    accepted = last_act(drive.db, RUN, "user:ann")
    assert accepted is not None
    with pytest.raises(RefusedError, match="nothing to choose from"):
        drive.mine.undo(RUN, before=accepted.number)
    sound(drive)


def test_rivals_moved_by_hand(drive: LedgerHarness) -> None:
    """What a person holds, cancels or skips is out of it; the merge of another ends it, too."""
    a, b, c = first(drive, "a", "b", "c")
    assert drive.mine.move(RUN, HOLD, ["b"])[0].changed
    assert drive.mine.move(RUN, CANCEL, ["c"])[0].changed
    assert drive.done(a)
    assert drive.where("a", "b", "c") == "D:merged D:skipped D:skipped"
    for stopped in (b, c):
        drive.ledger.close(stopped, STOPPED)
    sound(drive)


def test_nothing_is_added_to_rivals(drive: LedgerHarness) -> None:
    """None joins them, and none needs the result of one that may lose."""
    a, b = first(drive, "a", "b")
    with pytest.raises(RefusedError, match="picks one of its tasks"):
        drive.mine.add(RUN, shell("x"), "try")
    with pytest.raises(UsageError, match="another may take its place"):
        drive.mine.add(RUN, shell("x", "a"))
    worker = drive.ledger.acting("worker:w1")
    with pytest.raises(RefusedError, match="it is a rival"):
        worker.add(RUN, shell("x", spec=Spec(command="true")))
    assert drive.done(a)
    assert drive.mine.add(RUN, shell("x", "a")).id == "x"
    drive.ledger.close(b, STOPPED)
    sound(drive)


def test_a_log_with_two_of_them_merged_is_found(drive: LedgerHarness) -> None:
    """The checker of the log says so, of itself."""
    a, b = first(drive, "a", "b")
    assert drive.done(a)
    events = list(reads.events(drive.db, RUN))
    merged = [e for e in events if e.task == "a" and e.epoch == 1 and e.kind != "task_claimed"]
    kept = [e for e in events if e.kind != "rival_skipped"]
    more = [
        type(e)(len(kept) + n, e.at, e.run, "b", b.worker, 1, e.actor, e.kind, _as_b(e.data))
        for n, e in enumerate(merged, 1)
    ]
    numbered = [
        type(e)(n, e.at, e.run, e.task, e.worker, e.epoch, e.actor, e.kind, e.data)
        for n, e in enumerate([*kept, *more], 1)
    ]
    found = verify.examine(numbered, drive.run(), reads.tasks(drive.db, RUN)).violations
    assert "merged beside a" in {one.text for one in found if one.code == "rival"}


def _as_b(data: object) -> dict[str, object]:
    """Return the data of an event of a merge, made again onto what the first one has made."""
    values = dict(data) if isinstance(data, dict) else {}
    if "old" in values:
        values["old"], values["new"] = values["new"], "another"
    if "commit" in values:
        values["commit"] = "another"
    return values


WAYS: list[str] = [
    "review", "review", "merged", "merged", "failed", "no_changes", "conflict", "answered",
    "given back", "stop", "stop", "stop", "claim", "claim", "claim", "claim",
    "retry", "skip", "hold", "unhold", "cancel", "accept", "accept", "undo", "release",
]  # fmt: skip


def wander(drive: LedgerHarness, random: Random, names: Sequence[str]) -> None:
    """Let anybody do anything, in any order; after each act all has to be right."""
    for _ in range(50):
        way = random.choice(WAYS)
        opened = [one for one in reads.attempts(drive.db, RUN) if one.open]
        with suppress(RefusedError):
            if way == "claim":
                drive.claim(f"w{random.randint(1, 4)}")
            elif way == "undo":
                drive.mine.undo(RUN)
            elif way in MOVES:
                drive.mine.move(RUN, MOVES[way], [random.choice(names)])
            elif way == "stop":
                for one in opened:
                    if one.fenced:
                        drive.ledger.close(Fence(RUN, one.task, one.epoch, one.worker), STOPPED)
            elif live := [one for one in opened if not one.fenced]:
                _report(drive, random, random.choice(live), way)
        sound(drive)


def _report(drive: LedgerHarness, random: Random, attempt: AttemptRow, way: str) -> None:
    fence = Fence(RUN, attempt.task, attempt.epoch, attempt.worker)
    row = drive.task(attempt.task)
    ledger = drive.ledger
    if row.spec.judges and way in {"merged", "review", "answered", "no_changes"}:
        named = random.choice([*row.spec.needs, None, "nobody"])
        ledger.done(fence, DoneKind.ANSWERED, GOOD, "", judgement=Judgement(pick=named))
    elif way == "review" and not row.by_hand and row.step is not Step.INTEGRATING:
        drive.bring(fence, Step.CHECKING)
        ledger.hold_for_review(fence, GOOD, {}, tree=None)
    elif way in {"merged", "conflict"}:
        ledger.step(fence, Step.INTEGRATING)
        if random.random() < 0.3:
            return
        if way == "merged":
            ledger.done(fence, DoneKind.MERGED, GOOD, "")
        else:
            ledger.conflict(fence, BAD, ("src/a",), "both changed src/a")
    elif way == "no_changes":
        ledger.done(fence, DoneKind.NO_CHANGES, GOOD, "")
    elif way == "given back" and row.by_hand:
        ledger.give_back(fence, BAD)
    elif way == "failed":
        ledger.fail(fence, BAD, kind=BlockedKind.FAILED)


def _wandering(drive: LedgerHarness, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same history each time
    names = ("a", "b", "c")
    how = random.choice(["first", "best", "judge"])
    policy = random.choice(["hold", "hold", "skip_continue", "abort"])
    judge = "j" if how == "judge" else None
    pick = Pick.FIRST if how == "first" else Pick.BEST
    phases = [rivals(pick, *names, judge=judge, on_failure=policy)]
    if judge is not None:
        phases.append(phase("choose", shell("j", *names, mode="read_only", max_attempts=3)))
    drive.make(
        *phases, phase("later", "z", after=["try"]), seats=[seat(f"w{n}") for n in range(1, 5)]
    )
    wander(drive, random, [*names, *filter(None, [judge])])


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens(drive: LedgerHarness, seed: int) -> None:
    """One is merged at most, all others are done with it, and the log is legal at each step."""
    _wandering(drive, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1000, 1016))
def test_whatever_happens_for_long(drive: LedgerHarness, seed: int) -> None:
    """The same for more histories."""
    _wandering(drive, seed)
