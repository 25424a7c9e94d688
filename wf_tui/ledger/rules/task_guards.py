"""What a task is fit for as it stands, the sentence that refuses, and the fence around its attempt.

The rules of attempts, of moves and of whole runs ask here; `picture` and `board` do too, so that
what they grey is what the ledger refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.events.task_events import QuestionClosed
from wf_tui.ledger.model.rows import QuestionRow, decode, evolve, select
from wf_tui.ledger.model.states import QuestionState, Step
from wf_tui.ledger.queries.trees import WORK

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import Detail, TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["fence", "in_progress", "refused", "stoppable", "void_questions", "work_left"]


def stoppable(task: TaskRow) -> bool:
    """Whether a running attempt can be taken from its task: in R or Q, but not while merging."""
    return task.claimed and task.step != Step.INTEGRATING


def in_progress(task: TaskRow) -> bool:
    """Whether it is worked on: state R of RULES 3.1, not asking and not merging."""
    return stoppable(task) and not task.asking


def refused(task: TaskRow, done: str) -> RefusedError:
    """Return the error for a move that the task's state does not allow.

    `done` is what the task would have been, in the past: `retried`, `released from a hold`.
    """
    where = task.state.value.replace("_", " ")
    if task.kind:
        where += f" ({task.kind.replace('_', ' ')})"
    elif task.step == Step.INTEGRATING:
        where += " (its work is being merged)"
    return RefusedError(f"task {task.id!r} cannot be {done}: it is {where}")


def work_left(tx: Change, task: TaskRow) -> Detail:
    """Return what a task keeps, as it is given up, of the work of its last attempt, if any."""
    commit = tx.attempt(task.id, task.epoch).commit_id if task.epoch else None
    return {WORK: commit} if commit else {}


def fence(tx: Change, task: TaskRow) -> None:
    """Make the attempt's writes count no more; the scheduler then kills and harvests it.

    The caller takes the claim from the task in the same transaction: a fence without that would
    leave a task whose worker can no longer end it.
    """
    attempt = tx.attempt(task.id, task.epoch)
    tx.write(attempt, evolve(attempt, fenced=True))
    void_questions(tx, task)


def void_questions(tx: Change, task: TaskRow) -> None:
    """Close the questions that a worker no longer waits for; the caller writes that none is open.

    Its answers that it does not have yet stay: they approve nothing, but the next prompt has them.
    """
    if not task.questions:
        return
    rows = tx.db.execute(
        select(
            QuestionRow,
            "WHERE run = :run AND task = :task AND state = :open ORDER BY ordinal",
        ),
        {"run": tx.run.id, "task": task.id, "open": QuestionState.OPEN},
    )
    for asked in (decode(QuestionRow, row) for row in rows):
        tx.write(asked, evolve(asked, state=QuestionState.VOID))
        tx.emit(QuestionClosed(id=asked.id, why=QuestionState.VOID), task)
