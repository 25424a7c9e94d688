"""When an attempt does not end in done: tried again, put back, or blocked (RULES 3.1).

What fails is counted and waits longer each time, until the tries are used up; a conflict and a
limit of the provider are not counted. Called by the methods of `Ledger` within the transaction of
the report, after the fence.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.attempt_events import ConflictFound
from wf_tui.ledger.model.events.task_events import TaskBlocked, TaskReleased
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.rows import BreakerRow, Detail, TaskRow, decode, evolve, select
from wf_tui.ledger.model.states import (
    BlockedKind,
    Cause,
    Intent,
    LimitKind,
    NextSeat,
    ReleaseKind,
    Step,
)
from wf_tui.ledger.model.task_moves import blocked
from wf_tui.ledger.queries.rivals import awaited_judge
from wf_tui.ledger.queries.trees import OPENED, WORK
from wf_tui.ledger.rules import breaker, going_on
from wf_tui.ledger.rules.attempts import Ending, close
from wf_tui.ledger.rules.decisions import critics, rivals
from wf_tui.ledger.rules.limits import lanes
from wf_tui.ledger.rules.runs import abort_rest
from wf_tui.ledger.rules.task_guards import in_progress, refused, void_questions
from wf_tui.plan.choices import OnFailure

if TYPE_CHECKING:
    from random import Random

    from wf_tui.ledger.rules.change import Change

__all__ = [
    "MAX_BACKOFF",
    "backoff",
    "block",
    "block_at_once",
    "conflict",
    "fail",
    "give_back",
    "hold_answer",
    "hold_for_critic",
    "hold_for_review",
    "interrupted",
    "limited",
    "merge_gate",
    "reanchor",
]

MAX_BACKOFF: Final = 300.0
"""Seconds; the upper end of the exponential back-off (RULES 5, Retry)."""
_JITTER: Final = 0.1
"""The most that is added to a back-off, as a part of it."""
_PUT_OFF_MOST: Final = 50
_SHUT_BY: Final = {
    LimitKind.RATE: LaneStatus.LIMITED,
    LimitKind.QUOTA: LaneStatus.QUOTA,
    LimitKind.BUDGET: LaneStatus.QUOTA,
    LimitKind.AUTH: LaneStatus.AUTH,
}
"""How a lane is shut by what its provider says to an attempt."""
_HIGHEST_DOUBLING: Final = 16
_KEPT: Final = (
    OPENED,
    WORK,
    *("paths", "head", "why", "all"),
    *("kinds", "words", "with", "base", "commit", "laid_out"),
)
"""What a task that goes back to its person was blocked with, and still is."""
_BY_CAUSE: Final = {
    Cause.DELIVERABLE: BlockedKind.DELIVERABLE,
    Cause.GATE: BlockedKind.GATE,
    Cause.MERGE_GATE: BlockedKind.GATE,
    Cause.SCOPE: BlockedKind.SCOPE,
}
"""As what mended work comes back that does not pass; else as what it was."""


def fail(
    tx: Change,
    task: TaskRow,
    ending: Ending,
    *,
    kind: BlockedKind,
    detail: Detail,
    random: Random,
) -> TaskRow:
    """Count a failure: try again later while there are tries left, else block with the cause.

    `kind` and `detail` are what the task is blocked as when its tries are used up; the jitter of
    its back-off comes from `random`; who tries again, the ending says. Never refused, whatever step
    the attempt was at.
    """
    void_questions(tx, task)
    # While the attempt is open still: the breaker asks how long it took from its claim until now.
    breaker.failed(tx, tx.attempt(task.id, task.epoch))
    tries = task.tries + 1
    if tries >= task.max_attempts or tx.run.intent == Intent.ABORT:
        return block(tx, task, ending, kind=kind, detail=detail, tries=tries)
    wait = backoff(task.backoff, tries, random)
    tx.emit(
        TaskReleased(
            kind=ReleaseKind.BACKOFF,
            before=task.step,
            cause=ending.cause,
            text=ending.text,
            tries=tries,
            wait=round(wait, 3),
        ),
        task,
    )
    # None where there is no wait: a timer keeps it out of the walk until somebody looks at it.
    not_before = tx.now + wait if wait else None
    later = evolve(task, tries=tries, not_before=not_before)
    if ending.next_seat is NextSeat.SAME:
        later = going_on.go_on(tx, later, at=not_before)
    else:
        later = going_on.to_fallback(tx, going_on.begin_anew(later), tries, ending.next_seat)
    waiting = tx.to_pending(task, later, note=ending.text, detail=detail)
    return close(tx, waiting, ending)


def interrupted(tx: Change, task: TaskRow, ending: Ending, *, random: Random) -> TaskRow:
    """First time: straight back to the queue, for its session, not counted; then it is counted.

    What it went on with is gone, the host of the models; but one that dies of a task dies again.
    """
    if not in_progress(task):
        raise refused(task, "put back")
    if tx.run.intent == Intent.ABORT or _was_interrupted(tx, task, ending):
        return fail(tx, task, ending, kind=BlockedKind.FAILED, detail={}, random=random)
    tx.emit(
        TaskReleased(
            kind=ReleaseKind.READY, before=task.step, cause=ending.cause, text=ending.text
        ),
        task,
    )
    waiting = tx.to_pending(task, going_on.go_on(tx, task), note=ending.text)
    return close(tx, waiting, ending)


def _was_interrupted(tx: Change, task: TaskRow, ending: Ending) -> bool:
    """Whether an attempt of the task has ended by the same before."""
    rows = tx.db.execute(
        "SELECT 1 FROM attempt WHERE run = :run AND task = :task AND cause = :cause LIMIT 1",
        {"run": tx.run.id, "task": task.id, "cause": ending.cause},
    )
    return bool(rows)


def backoff(first: float, tries: int, random: Random) -> float:
    """Return the seconds to wait: doubling from `first`, at most 300, up to a tenth of jitter."""
    return _without_jitter(first, tries) * (1 + random.random() * _JITTER)


def _longest_backoff(first: float, tries: int) -> float:
    """Return the seconds that a back-off lasts at most, with its jitter."""
    return _without_jitter(first, tries) * (1 + _JITTER)


def _without_jitter(first: float, tries: int) -> float:
    return min(MAX_BACKOFF, first * 2.0 ** min(tries - 1, _HIGHEST_DOUBLING))


def block(
    tx: Change,
    task: TaskRow,
    ending: Ending,
    *,
    kind: BlockedKind,
    detail: Detail,
    tries: int | None = None,
    not_before: float | None = None,
) -> TaskRow:
    """End an attempt with its task blocked; the phase's `abort` policy acts here.

    `tries` is the new count, None where the failure is not counted; `not_before` is when a quota
    is over, in UTC seconds.
    """
    if tx.run.intent == Intent.ABORT:
        # What was merging when the run was aborted ends like the rest, whatever it failed by.
        kind = BlockedKind.CANCELLED
    if kind.facts.can_mend and ending.commit:
        detail = {**detail, WORK: ending.commit}
    tx.emit(
        TaskBlocked(
            kind=kind,
            before=task.step or task.state.value,
            cause=ending.cause or None,
            text=ending.text,
            tries=tries,
            detail=detail or None,
        ),
        task,
    )
    stays = evolve(
        blocked(task, kind, ending.text, detail),
        tries=task.tries if tries is None else tries,
        not_before=not_before,
    )
    closed = close(tx, tx.update_task(task, stays), ending)
    aborts = kind.facts.aborts_run and not task.spec.rival
    if task.critic_of and kind.facts.settles_phase:
        critics.given_up(tx, closed)
    elif aborts and tx.phase(task.phase).on_failure is OnFailure.ABORT:
        abort_rest(tx, f"phase {task.phase} aborts the run when a task is blocked")
    # Read again: what the abort did to others may have reached the counters of this one.
    return tx.task(closed.id)


def block_at_once(
    tx: Change, task: TaskRow, ending: Ending, *, kind: BlockedKind, detail: Detail
) -> TaskRow:
    """Block a task that went outside its scope or over its budget; it is not tried again."""
    if not in_progress(task):
        raise refused(task, f"blocked for its {kind.value}")
    return block(tx, task, ending, kind=kind, detail=detail)


def hold_for_review(
    tx: Change, task: TaskRow, ending: Ending, detail: Detail, tree: str | None
) -> TaskRow:
    """Keep work that has passed its checks for a person, who accepts it or sends it back.

    The attempt is closed as a success, so that its seat and its scope are free. `tree` is the
    worktree that a person finds the work in, or None where there is none of its own.
    """
    if task.step != Step.CHECKING or not in_progress(task):
        raise refused(task, "held for a review")
    attempt = tx.attempt(task.id, task.epoch)
    tx.write(attempt, evolve(attempt, tree=tree))
    waits = {**detail, **awaited_judge(tx.db, task)}
    return block(tx, task, ending, kind=BlockedKind.REVIEW, detail=waits)


def hold_for_critic(
    tx: Change, task: TaskRow, ending: Ending, detail: Detail, tree: str | None
) -> TaskRow:
    """Keep work that has passed its checks for a critic, which is added in the same transaction.

    As for a review otherwise: seat and scope are free, and the worktree stays for whoever goes on
    in it. Nobody is asked in a run that is being aborted. Refused for a task that has no critic, or
    has changed nothing.
    """
    wanted = task.spec.critic and ending.commit and not task.by_critic
    if not wanted or task.step != Step.CHECKING or not in_progress(task):
        raise refused(task, "held for its critic")
    attempt = tx.attempt(task.id, task.epoch)
    tx.write(attempt, evolve(attempt, tree=tree))
    asked = critics.asked_of(tx, task, str(ending.commit))
    ending = replace(
        ending, text=f"round {asked['round']} of {asked['of']}, {asked['critic']} looks at it"
    )
    held = block(tx, task, ending, kind=BlockedKind.CRITIC, detail={**detail, **asked})
    if held.kind is BlockedKind.CRITIC:
        critics.ask(tx, held)
    return held


def hold_answer(tx: Change, task: TaskRow, ending: Ending, why: str) -> TaskRow:
    """Keep an answer for a person that decides nothing, or that nothing is made of (RULES 5)."""
    if task.step != Step.CHECKING or not in_progress(task):
        raise refused(task, "held for a person")
    ending = replace(ending, cause=Cause.REVIEW, text=why)
    return block(tx, task, ending, kind=BlockedKind.REVIEW, detail={})


def give_back(tx: Change, task: TaskRow, ending: Ending, detail: Detail) -> TaskRow:
    """Return to a person what was accepted and did not pass: blocked as before, not counted.

    `accept` has noted in the detail as what it was blocked. Paths and head of a conflict are kept,
    since the marked merge still lies in the tree; so is why it was held back. What had failed comes
    back as what it fails by now, in the worktree that its person has, which stays theirs.
    """
    was = kind = BlockedKind(str(task.detail["accepted"]))
    kept = {name: task.detail[name] for name in _KEPT if name in task.detail}
    if was.facts.can_mend:
        # Its paths are of what it failed by then.
        kept = {name: value for name, value in kept.items() if name in {OPENED, WORK}}
        kind = next((known for cause, known in _BY_CAUSE.items() if cause == ending.cause), was)
        if tx.attempt(task.id, task.epoch).tree:
            kept[OPENED] = True
    back = block(tx, task, ending, kind=kind, detail={**kept, **detail})
    if task.spec.rival:
        rivals.leave_to_person(tx, task.phase, f"{task.id} was taken, and did not pass")
    return back


def limited(
    tx: Change,
    task: TaskRow,
    ending: Ending,
    *,
    kind: LimitKind,
    lane: str,
    until: float | None,
    patience: float | None = None,
) -> TaskRow:
    """Put a task back, uncounted, because its provider is slow, used up, or refuses the key.

    All seats of the lane claim nothing before `until`, in UTC seconds, or before a person opens it
    (RULES 5, Lanes). A refused key blocks the task as failed: to wait mends nothing. What was put
    off for `patience` seconds, or fifty times, without one tool call between waits for a person.
    """
    if not in_progress(task):
        raise refused(task, "put back")
    status = _SHUT_BY[kind]
    ends = None if status is LaneStatus.AUTH else until
    lanes.shut(tx, task, LaneState(lane, status, kind, ending.text, ends))
    if ending.next_seat is NextSeat.SAME:
        task = tx.update_task(task, going_on.go_on(tx, task, at=until))
    if kind is LimitKind.QUOTA:
        ends_at = {} if until is None else {"until": until}
        held: Detail = {"lane": lane, **ends_at}
        return block(tx, task, ending, kind=BlockedKind.QUOTA, detail=held, not_before=until)
    if kind is LimitKind.AUTH:
        return block(tx, task, ending, kind=BlockedKind.FAILED, detail={"lane": lane})
    task = _put_off(tx, task)
    since = tx.now - (task.limited_since or tx.now)
    if task.limited_count >= _PUT_OFF_MOST or (patience is not None and since >= patience):
        detail: Detail = {"lane": lane, lanes.PATIENCE: task.limited_count}
        return block(tx, task, ending, kind=BlockedKind.QUOTA, detail=detail)
    tx.emit(TaskReleased(kind=ReleaseKind.LANE_LIMITED, before=task.step, text=ending.text), task)
    waiting = tx.to_pending(task, note=ending.text, detail={"lane": lane})
    return close(tx, waiting, ending)


def _put_off(tx: Change, task: TaskRow) -> TaskRow:
    """Count how often a task was put off; from the start again where it has used a tool since."""
    worked = tx.attempt(task.id, task.epoch).tools > 0
    if worked or task.limited_since is None:
        counted = evolve(task, limited_since=tx.now, limited_count=1)
    else:
        counted = evolve(task, limited_count=task.limited_count + 1)
    return tx.update_task(task, counted)


def conflict(
    tx: Change, task: TaskRow, ending: Ending, paths: tuple[str, ...], text: str, detail: Detail
) -> TaskRow:
    """First time: straight back to the queue, on the new head, not counted; then blocked.

    What a person has accepted never goes to a worker again by itself. `detail` has the `head` that
    is the base of the marked merge in the kept tree.
    """
    if task.step != Step.INTEGRATING:
        raise refused(task, "in conflict")
    tx.emit(ConflictFound(paths=paths, text=text, again=task.conflicts > 0), task)
    detail = {"paths": list(paths), **detail}
    if task.conflicts or task.by_hand or tx.run.intent == Intent.ABORT:
        ending = replace(ending, text=text)
        return block(tx, task, ending, kind=BlockedKind.CONFLICT, detail=detail)
    tx.emit(
        TaskReleased(kind=ReleaseKind.READY, before=task.step, cause=Cause.CONFLICT, text=text),
        task,
    )
    again = tx.to_pending(task, evolve(task, conflicts=1), note=text, detail=detail)
    return close(tx, again, ending)


def merge_gate(
    tx: Change, task: TaskRow, ending: Ending, detail: Detail, tree: str | None
) -> TaskRow:
    """First time: straight back to the queue, on the new head, not counted; then blocked.

    Its work is good by itself, and the gate failed on the merge of it with what others have made.
    `tree` is the worktree in which that lies, where it is kept for a person; the `head` in the
    detail is what it was merged with.
    """
    if task.step != Step.CHECKING or not in_progress(task):
        raise refused(task, "sent back by its gate")
    if task.merge_gates or tx.run.intent == Intent.ABORT:
        attempt = tx.attempt(task.id, task.epoch)
        tx.write(attempt, evolve(attempt, tree=tree or attempt.tree))
        return block(tx, task, ending, kind=BlockedKind.GATE, detail=detail)
    tx.emit(
        TaskReleased(
            kind=ReleaseKind.READY, before=task.step, cause=ending.cause, text=ending.text
        ),
        task,
    )
    again = tx.to_pending(task, evolve(task, merge_gates=1), note=ending.text, detail=detail)
    return close(tx, again, ending)


def reanchor(tx: Change) -> None:
    """After the clock was set back: no wait is longer than its own, none begins in the future.

    What is stored of a wait is when it ends, by the wall clock. A scheduler looks at its start, and
    as soon as it sees that the clock was set; the wait then begins anew at the most. A quota stays
    as it is: its end is a time that the provider said.
    """
    _cut_backoffs(tx)
    lanes.cut_limits(tx)
    _cut_pauses(tx)
    tx.db.execute(
        "UPDATE task SET ready_at = :now WHERE run = :run AND ready_at > :now "
        "AND state = 'pending' AND pinned_by = 'plan'",
        {"now": tx.now, "run": tx.run.id},
    )
    if tx.run.idle_since is not None:
        tx.update_run(evolve(tx.run, idle_since=min(tx.run.idle_since, tx.now)))


def _cut_backoffs(tx: Change) -> None:
    """Let no task wait longer than its own back-off, by how often it has failed."""
    waiting = (
        "WHERE run = :run AND not_before IS NOT NULL AND not_before > :now AND state = 'pending'"
    )
    values: dict[str, str | int | float | None] = {"run": tx.run.id, "now": tx.now}
    # Many tasks wait alike: a statement for each kind of wait, not for each task.
    for first, tries in tx.db.execute(
        f"SELECT DISTINCT backoff, tries FROM task {waiting}", values
    ):
        latest = tx.now + _longest_backoff(float(first or 0), int(tries or 0))
        tx.db.execute(
            f"UPDATE task SET not_before = :latest {waiting} AND not_before > :latest "
            "AND backoff = :first AND tries = :tries",
            {**values, "latest": latest, "first": first, "tries": tries},
        )


def _cut_pauses(tx: Change) -> None:
    """Let no profile pause longer than its last trip says."""
    rows = tx.db.execute(
        select(BreakerRow, "WHERE run = :run AND until > :now"), {"run": tx.run.id, "now": tx.now}
    )
    for row in (decode(BreakerRow, one) for one in rows):
        latest = tx.now + breaker.pause_after(row.trips)
        if row.until is not None and row.until > latest:
            tx.write(row, evolve(row, until=latest))
