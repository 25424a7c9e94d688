"""The life of an attempt, row by row of RULES 3.1; every write of a worker passes the fence.

`task_if_live` is the fence: the task must still be held by this worker in this epoch. A late
result changes nothing and leaves `result_rejected`; closing an attempt is never refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.attempt_events import AttemptEnded, ConflictFound
from wf_tui.ledger.model.events.run_events import LaneLimited
from wf_tui.ledger.model.events.task_events import TaskBlocked, TaskDone, TaskReleased, TaskStep
from wf_tui.ledger.model.rows import AttemptRow, Detail, TaskRow, evolve
from wf_tui.ledger.model.states import (
    BlockedKind,
    Cause,
    DoneKind,
    Intent,
    LimitKind,
    Outcome,
    PinnedBy,
    ReleaseKind,
    SeatState,
    Step,
    TaskState,
)
from wf_tui.ledger.model.task_moves import blocked, finished
from wf_tui.ledger.rules import breaker
from wf_tui.ledger.rules.claims import wake
from wf_tui.ledger.rules.runs import abort_rest, refresh_abort
from wf_tui.ledger.rules.task_guards import in_progress, refused, void_question
from wf_tui.plan.choices import Isolation, OnFailure

if TYPE_CHECKING:
    from random import Random

    from wf_tui.ledger.rules.change import Change

__all__ = [
    "LONGEST_WAIT",
    "MAX_BACKOFF",
    "Ending",
    "backoff",
    "block",
    "block_at_once",
    "close",
    "conflict",
    "done",
    "fail",
    "give_back",
    "hold_for_review",
    "limited",
    "next_step",
    "pin_to_fallback",
    "task_if_live",
]

MAX_BACKOFF: Final = 300.0
"""Seconds; the upper end of the exponential back-off (RULES 5, Retry)."""
LONGEST_WAIT: Final = 1.1 * MAX_BACKOFF + 60.0
"""Seconds; a back-off with its jitter, and what a clock may be corrected by without being set."""
_HIGHEST_DOUBLING: Final = 16


@dataclass(frozen=True)
class Ending:
    """How the program of an attempt ended, for the record."""

    outcome: Outcome
    cause: str = ""
    """A `Cause`, or a word of its worker."""
    text: str = ""
    exit_code: int | None = None
    signal: int | None = None
    ref: str | None = None
    commit: str | None = None


def task_if_live(tx: Change, task_id: str, epoch: int, worker: str) -> TaskRow | None:
    """Return the task if this claim is the live one, else None: the fence (RULES 4.1).

    Both are asked. A task that was taken back and not claimed again has the epoch still, but no
    worker; one that was claimed again by the same seat has another epoch.
    """
    task = tx.task(task_id)
    if task.epoch == epoch and task.worker == worker:
        return task
    return None


def next_step(
    tx: Change, task: TaskRow, step: Step, deadline: float | None, result: str | None
) -> TaskRow:
    """Go on to a later step; from a question, which is void then, to the harvest.

    `deadline` of the step is in UTC seconds, None for no limit; `result` is kept with the task.
    Raises `RefusedError` for a step that the task is past.
    """
    order = list(Step)
    later = order[order.index(Step(str(task.step))) :]
    if step not in ([Step.HARVESTING] if task.asking else later):
        raise refused(task, f"brought to {step.value}")
    if task.asking:
        void_question(tx, task)
    tx.emit(TaskStep(step=step, before=task.step), task)
    ahead = evolve(
        task,
        state=TaskState.IN_PROGRESS,
        kind=None,
        note="" if task.asking else task.note,
        step=step,
        step_at=tx.now,
        step_deadline=deadline,
        result=result,
    )
    return tx.update_task(task, ahead)


def done(
    tx: Change,
    task: TaskRow,
    kind: DoneKind,
    ending: Ending,
    result: str | None,
    note: str = "",
) -> TaskRow:
    """Finish a task; its dependants learn of it in the same transaction.

    `result` is what they get to read; `note` says how much was changed. Only a merge may finish a
    task whose work is being merged, and nothing else may.
    """
    merging = task.step == Step.INTEGRATING and not task.asking
    if not (merging if kind is DoneKind.MERGED else in_progress(task)):
        raise refused(task, f"done ({kind.value})")
    before = task.step or task.state.value
    tx.emit(TaskDone(kind=kind, before=before, commit=ending.commit, text=note or None), task)
    if kind is DoneKind.MERGED:
        tx.update_run(evolve(tx.run, merges=tx.run.merges + 1))
    commit = ending.commit if kind is DoneKind.MERGED else None
    with_result = evolve(finished(task, kind, note), commit_id=commit, result=result)
    return close(tx, tx.update_task(task, with_result), ending)


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
    its back-off comes from `random`. Never refused, whatever step the attempt was at.
    """
    if task.asking:
        void_question(tx, task)
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
    later = evolve(pin_to_fallback(task, tries), tries=tries, not_before=not_before)
    waiting = tx.to_pending(task, later, note=ending.text, detail=detail)
    return close(tx, waiting, ending)


def backoff(first: float, tries: int, random: Random) -> float:
    """Return the seconds to wait: doubling from `first`, at most 300, up to a tenth of jitter."""
    wait = min(MAX_BACKOFF, first * 2.0 ** min(tries - 1, _HIGHEST_DOUBLING))
    return wait * (1 + random.random() / 10)


def pin_to_fallback(task: TaskRow, tries: int) -> TaskRow:
    """Return a failed task pinned to the next profile of its `fallback`; a person's pin stays.

    `tries` is how often it has failed now; the last profile of the list takes all further tries.
    """
    if not task.spec.fallback or task.pinned_by is PinnedBy.PERSON:
        return task
    place = min(tries, len(task.spec.fallback)) - 1
    return evolve(task, pinned=task.spec.fallback[place], pinned_by=PinnedBy.PLAN)


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
    if kind.facts.aborts_run and tx.phase(task.phase).on_failure is OnFailure.ABORT:
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
    return block(tx, task, ending, kind=BlockedKind.REVIEW, detail=detail)


def give_back(tx: Change, task: TaskRow, ending: Ending, detail: Detail) -> TaskRow:
    """Return to a person what was accepted and did not pass: blocked as before, not counted.

    `accept` has noted in the detail as what it was blocked. Paths and head of a conflict are kept,
    since the marked merge still lies in the tree.
    """
    kind = BlockedKind(str(task.detail["accepted"]))
    kept = {name: task.detail[name] for name in ("paths", "head") if name in task.detail}
    return block(tx, task, ending, kind=kind, detail={**kept, **detail})


def limited(
    tx: Change, task: TaskRow, ending: Ending, *, kind: LimitKind, lane: str, until: float
) -> TaskRow:
    """Put a task back, uncounted, because its provider is slow, used up, or refuses the key.

    All seats of the lane claim nothing before `until`, in UTC seconds (RULES 5, Limits). A refused
    key blocks the task as failed: to wait mends nothing.
    """
    if not in_progress(task):
        raise refused(task, "put back")
    tx.db.execute(
        "UPDATE worker SET lane_until = :until WHERE run = :run AND lane = :lane",
        {"until": until, "run": tx.run.id, "lane": lane},
    )
    tx.emit(LaneLimited(lane=lane, until=until, reason=kind), task)
    if kind is LimitKind.QUOTA:
        return block(
            tx, task, ending, kind=BlockedKind.QUOTA, detail={"lane": lane}, not_before=until
        )
    if kind is LimitKind.AUTH:
        return block(tx, task, ending, kind=BlockedKind.FAILED, detail={"lane": lane})
    tx.emit(TaskReleased(kind=ReleaseKind.LANE_LIMITED, before=task.step, text=ending.text), task)
    waiting = tx.to_pending(task, note=ending.text, detail={"lane": lane})
    return close(tx, waiting, ending)


def conflict(
    tx: Change, task: TaskRow, ending: Ending, paths: tuple[str, ...], text: str, head: str
) -> TaskRow:
    """First time: straight back to the queue, on the new head, not counted; then blocked.

    What a person has accepted never goes to a worker again by itself. `head` is the base of the
    marked merge in the kept tree.
    """
    if task.step != Step.INTEGRATING:
        raise refused(task, "in conflict")
    tx.emit(ConflictFound(paths=paths, text=text, again=task.conflicts > 0), task)
    detail: Detail = {"paths": list(paths), "head": head}
    if task.conflicts or task.by_hand or tx.run.intent == Intent.ABORT:
        ending = replace(ending, text=text)
        return block(tx, task, ending, kind=BlockedKind.CONFLICT, detail=detail)
    tx.emit(
        TaskReleased(kind=ReleaseKind.READY, before=task.step, cause=Cause.CONFLICT, text=text),
        task,
    )
    again = tx.to_pending(task, evolve(task, conflicts=1), note=text, detail=detail)
    return close(tx, again, ending)


def close(tx: Change, task: TaskRow, ending: Ending) -> TaskRow:
    """Close the task's open attempt: its seat, scope and caps are free again.

    Called when its processes are gone and its work is saved, whatever became of the task: also of
    one that was fenced, and whose task a person has moved on since. Returns the task, which may be
    claimed again from here on. Never refused.
    """
    attempt = tx.attempt(task.id, task.epoch)
    closed = tx.write(
        attempt,
        evolve(
            attempt,
            open=False,
            outcome=ending.outcome,
            cause=ending.cause or None,
            note=ending.text,
            exit_code=ending.exit_code,
            signal=ending.signal,
            ref=ending.ref or attempt.ref,
            commit_id=ending.commit or attempt.commit_id,
            ended_at=tx.now,
        ),
    )
    _free_seat(tx, closed)
    if ending.outcome is Outcome.SUCCEEDED:
        breaker.worked(tx, closed.profile)
    ended = AttemptEnded(
        outcome=ending.outcome,
        cause=ending.cause or None,
        text=ending.text or None,
        exit_code=ending.exit_code,
        signal=ending.signal,
        ref=closed.ref,
        fenced=closed.fenced or None,
    )
    # The task has lost its claim by now; the event is of the attempt's worker and epoch.
    tx.emit(ended, evolve(task, worker=closed.worker, epoch=closed.epoch))
    # A claim counts as one thing that the task waits for, so that nobody claims it again before.
    free = tx.update_task(task, evolve(task, open_epoch=None, unmet=task.unmet - 1))
    if closed.writes and closed.isolation is Isolation.SHARED and task.kind != DoneKind.MERGED:
        # Its files lie in the tree that others use: nobody may enter until it is refreshed.
        tx.update_run(evolve(tx.run, shared_merges=-1))
    # Behind the row of the attempt: what is woken looks at the attempts that are open now.
    wake(tx, closed)
    refresh_abort(tx)
    return free


def _free_seat(tx: Change, attempt: AttemptRow) -> None:
    """Give back what the attempt held of the caps of its run and its phase, and its seat."""
    tx.update_run(evolve(tx.run, open_attempts=tx.run.open_attempts - 1))
    phase = tx.phase(attempt.phase)
    tx.write(phase, evolve(phase, open_attempts=phase.open_attempts - 1))
    tx.db.execute(
        # By epoch too: the seat may have left and joined again meanwhile, and hold another task.
        "UPDATE worker SET task = NULL, epoch = NULL, state = :idle "
        "WHERE run = :run AND name = :worker AND epoch = :epoch",
        {
            "idle": SeatState.IDLE,
            "run": tx.run.id,
            "worker": attempt.worker,
            "epoch": attempt.epoch,
        },
    )
