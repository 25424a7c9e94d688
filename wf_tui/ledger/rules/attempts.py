"""The life of an attempt, row by row of RULES 3.1; every write of a worker passes the fence.

`task_if_live` is the fence: the task must still be held by this worker in this epoch. A late
result changes nothing and leaves `result_rejected`; closing an attempt is never refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.attempt_events import (
    AttemptEnded,
    LeftKept,
    ResultRejected,
    WorkHarvested,
)
from wf_tui.ledger.model.events.task_events import TaskDone, TaskStep
from wf_tui.ledger.model.ignored_files import ignored_text
from wf_tui.ledger.model.json_text import compact_json
from wf_tui.ledger.model.rows import AttemptRow, TaskRow, evolve
from wf_tui.ledger.model.states import (
    BlockedKind,
    DoneKind,
    EdgeKind,
    NextSeat,
    Outcome,
    SeatState,
    Step,
    TaskState,
)
from wf_tui.ledger.model.task_moves import finished
from wf_tui.ledger.queries.left_refs import left_of_attempt
from wf_tui.ledger.queries.trees import WORK
from wf_tui.ledger.rules import breaker, probes
from wf_tui.ledger.rules.claims import wake
from wf_tui.ledger.rules.conversation.messages import too_late
from wf_tui.ledger.rules.decisions import critics, rivals
from wf_tui.ledger.rules.reports.usage import without_figures
from wf_tui.ledger.rules.runs import refresh_abort
from wf_tui.ledger.rules.task_guards import in_progress, refused, void_questions
from wf_tui.plan.choices import Isolation
from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.rules.change import Change
    from wf_tui.ledger.rules.decisions.judgement import Judgement
    from wf_tui.ledger.store.database import Values

__all__ = [
    "Ending",
    "close",
    "done",
    "harvested",
    "next_step",
    "reject",
    "task_if_live",
]

_LONGEST_PROOF: Final = 200
_FREE_SEAT: Final = (
    # By epoch too: the seat may have left and joined again meanwhile, and hold another task.
    "UPDATE worker SET task = NULL, epoch = NULL, state = :idle "
    "WHERE run = :run AND name = :worker AND epoch = :epoch"
)


@frozen
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
    proof: str = ""
    """The line of it that matters, for a card; "" where the text says it."""
    verdict: Mapping[str, object] | None = None
    """How the program judged itself."""
    next_seat: NextSeat = NextSeat.ANOTHER
    """Who tries again, where it has failed."""


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
    A merge that finds the branch elsewhere goes back to its checks. Raises `RefusedError` for any
    other step that the task is past.
    """
    order = list(Step)
    later = order[order.index(Step(str(task.step))) :]
    if task.step == Step.INTEGRATING:
        later.append(Step.CHECKING)
    if step not in ([Step.HARVESTING] if task.asking else later):
        raise refused(task, f"brought to {step.value}")
    if step is Step.INTEGRATING:
        rivals.check_merge(tx, task)
    void_questions(tx, task)
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
        questions=0,
    )
    return tx.update_task(task, ahead)


def harvested(
    tx: Change, attempt: AttemptRow, found: WorkHarvested, left: Sequence[LeftKept] = ()
) -> None:
    """Note what an attempt left behind, in its tree and beside that; also of one that is fenced.

    In one transaction: a crash between the two would leave refs that nothing tells of.
    """
    # A harvest that is made again, after a crash, tells of the same refs again.
    kept_refs = {one.ref: one.data() for one in (*left_of_attempt(attempt), *left)}
    noted = evolve(
        attempt,
        left_refs=compact_json(list(kept_refs.values())),
        ref=found.ref,
        commit_id=found.commit,
        files=found.files,
        added=found.added,
        removed=found.removed,
        ignored=found.ignored or 0,
        ignored_names=found.ignored_names or (),
    )
    tx.write(attempt, noted)
    task, of = tx.task(attempt.task), (attempt.worker, attempt.epoch)
    tx.emit(found, task, of)
    for kept in left:
        tx.emit(kept, task, of)


def done(
    tx: Change,
    task: TaskRow,
    kind: DoneKind,
    ending: Ending,
    result: str | None,
    note: str = "",
    judgement: Judgement | None = None,
) -> TaskRow:
    """Finish a task; its dependants learn of it in the same transaction.

    `result` is what they get to read; `note` says how much was changed; what git
    ignores of it is added, since a person may miss that. Only a merge may finish a
    task whose work is being merged, and nothing else may. By the `judgement` of a
    critic the task goes on that has made what it judges; where it is a rival, or
    the judge of some, the choice between them is made.
    """
    merging = task.step == Step.INTEGRATING and not task.asking
    if not (merging if kind is DoneKind.MERGED else in_progress(task)):
        raise refused(task, f"done ({kind.value})")
    before = task.step or task.state.value
    ties = probes.ties(tx, task)
    ignored = ignored_text(tx.attempt(task.id, task.epoch))
    note = "; ".join(part for part in (note, ignored) if part)
    verdict = judgement.verdict if judgement else None
    tx.emit(
        TaskDone(
            kind=kind, before=before, commit=ending.commit, text=note or None, verdict=verdict
        ),
        task,
    )
    if kind is DoneKind.MERGED:
        tx.update_run(evolve(tx.run, merges=tx.run.merges + 1))
    if kind is DoneKind.ANSWERED and result and _joins(tx, task):
        tx.update_run(evolve(tx.run, result=result))
    commit = ending.commit if kind is DoneKind.MERGED else None
    with_result = evolve(finished(task, kind, note), commit_id=commit, result=result)
    if task.spec.judges:
        with_result = evolve(with_result, pick=judgement.pick if judgement else None)
    if ties.messages:
        too_late(tx, task)
    closed = close(tx, tx.update_task(task, with_result), ending)
    if task.critic_of and kind is DoneKind.ANSWERED:
        critics.judged(tx, closed, judgement.verdict if judgement else "unsure")
    else:
        critics.given_up(tx, closed)
    rivals.take_judged(tx, closed)
    return closed


def _joins(tx: Change, task: TaskRow) -> bool:
    """Whether a task joins what others have found, so that its answer is that of the run.

    It needs results, and nothing needs its own (RULES 5, Prompts).
    """
    if not task.spec.needs or task.spec.judges:
        return False
    needed = tx.db.execute(
        "SELECT 1 FROM edge WHERE run = :run AND src = :task AND kind = :kind LIMIT 1",
        {"run": tx.run.id, "task": task.id, "kind": EdgeKind.RESULT},
    )
    return not needed


def close(tx: Change, task: TaskRow, ending: Ending) -> TaskRow:
    """Close the task's open attempt: its seat, scope and caps are free again.

    Called when its processes are gone and its work is saved, whatever became of the task: also of
    one that was fenced, and whose task a person has moved on since. Returns the task, which may be
    claimed again from here on. Never refused.
    """
    task = without_figures(tx, task, tx.attempt(task.id, task.epoch))
    attempt = tx.attempt(task.id, task.epoch)
    proof = (ending.proof or ending.text)[:_LONGEST_PROOF] or None
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
            proof=proof,
            verdict=compact_json(ending.verdict) if ending.verdict else attempt.verdict,
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
        proof=closed.proof,
        said=closed.said,
        files=closed.files,
        added=closed.added,
        removed=closed.removed,
        verdict=ending.verdict,
    )
    # The task has lost its claim by now.
    tx.emit(ended, task, (closed.worker, closed.epoch))
    # A claim counts as one thing that the task waits for, so that nobody claims it again before.
    free = evolve(task, open_epoch=None, unmet=task.unmet - 1)
    if task.kind is BlockedKind.CANCELLED and closed.commit_id:
        # It was stopped before its work was saved.
        free = evolve(free, detail={**free.detail, WORK: closed.commit_id})
    free = tx.update_task(task, free)
    if closed.writes and closed.isolation is Isolation.SHARED and task.kind != DoneKind.MERGED:
        # Its files lie in the tree that others use: nobody may enter until it is refreshed.
        tx.update_run(evolve(tx.run, shared_merges=-1))
    # Behind the row of the attempt: what is woken looks at the attempts that are open now.
    wake(tx, closed)
    refresh_abort(tx)
    rivals.after_end(tx, free)
    return free


def reject(tx: Change, task: TaskRow, epoch: int, worker: str, ending: Ending) -> None:
    """Tell of a result that came too late, and close its attempt if that is open still."""
    of = worker, epoch
    tx.emit(ResultRejected(outcome=ending.outcome, text=ending.text), task, of)
    if task.open_epoch == epoch:
        close(tx, task, replace(ending, outcome=Outcome.REJECTED))


def _free_seat(tx: Change, attempt: AttemptRow) -> None:
    """Give back what the attempt held of the caps of its run and its phase, and its seat."""
    tx.update_run(evolve(tx.run, open_attempts=tx.run.open_attempts - 1))
    phase = tx.phase(attempt.phase)
    tx.write(phase, evolve(phase, open_attempts=phase.open_attempts - 1))
    values: Values = {
        "idle": SeatState.IDLE,
        "run": tx.run.id,
        "worker": attempt.worker,
        "epoch": attempt.epoch,
    }
    tx.db.execute_late("worker", _FREE_SEAT, [values])
