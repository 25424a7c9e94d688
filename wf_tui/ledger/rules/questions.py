"""What passes between a worker and a person about a task: questions, answers and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.task_events import (
    MessageSent,
    QuestionAnswered,
    QuestionAsked,
    TaskBlocked,
)
from wf_tui.ledger.model.rows import MessageRow, QuestionRow, evolve
from wf_tui.ledger.model.rows.options import Option
from wf_tui.ledger.model.states import BlockedKind, MessageState, QuestionState, Step, TaskState
from wf_tui.ledger.model.task_moves import unclaimed
from wf_tui.ledger.rules.task_guards import fence, in_progress, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["answer", "ask", "message", "question_expired"]


def ask(tx: Change, task: TaskRow, text: str, options: Sequence[str]) -> TaskRow:
    """Let a worker ask a person; it keeps its claim and its time limit stands still.

    Raises `RefusedError` where it asks already, or where its work is being merged. `options` are
    answers to choose from; any other text is an answer, too.
    """
    if not in_progress(task):
        raise refused(task, "asked about")
    rows = tx.db.execute(
        "SELECT max(ordinal) FROM question WHERE run = :run AND task = :task",
        {"run": tx.run.id, "task": task.id},
    )
    ordinal = int(rows[0][0] or 0) + 1
    asked = QuestionRow(
        run=tx.run.id,
        task=task.id,
        epoch=task.epoch,
        id=str(ordinal),
        ordinal=ordinal,
        asked_at=tx.now,
        text=text,
        kind="",
        options=tuple(Option(name, name) for name in options),
        state=QuestionState.OPEN,
    )
    tx.insert(asked)
    tx.emit(QuestionAsked(text=text, options=tuple(options)), task)
    asking = evolve(task, state=TaskState.BLOCKED, kind=BlockedKind.QUESTION, note=text, detail={})
    return tx.update_task(task, asking)


def answer(tx: Change, task: TaskRow, *, text: str) -> TaskRow:
    """Answer a question: the worker goes on, or, when it is gone, the next one is told.

    The rule of the move `ANSWER`. A worker that still waits has its lease renewed with it, since it
    gave no sign of life while it waited.
    """
    tx.db.execute(
        "UPDATE question SET state = :answered, answer = :answer "
        "WHERE run = :run AND task = :task AND state IN (:open, :expired)",
        {
            "answered": QuestionState.ANSWERED,
            "answer": text,
            "run": tx.run.id,
            "task": task.id,
            "open": QuestionState.OPEN,
            "expired": QuestionState.EXPIRED,
        },
    )
    tx.emit(QuestionAnswered(text=text), task)
    if task.claimed:
        deadline = task.step_deadline
        if deadline is not None:
            # The time that the question took is no time of the worker: it waited since `since`.
            deadline += tx.now - task.since
        running = evolve(
            task,
            state=TaskState.IN_PROGRESS,
            kind=None,
            note="",
            step=Step.RUNNING,
            step_deadline=deadline,
            lease_until=tx.now + tx.run.lease,
        )
        return tx.update_task(task, running)
    message(tx, task, text=text)
    return tx.to_pending(task)


def question_expired(tx: Change, task: TaskRow) -> TaskRow:
    """Stop a worker whose question nobody answered; the question stays."""
    if not task.asking:
        raise refused(task, "given up on")
    tx.db.execute(
        "UPDATE question SET state = :expired WHERE run = :run AND task = :task AND state = :open",
        {
            "expired": QuestionState.EXPIRED,
            "run": tx.run.id,
            "task": task.id,
            "open": QuestionState.OPEN,
        },
    )
    # Before `fence`, which makes every question void that is open still.
    kind = BlockedKind.QUESTION
    tx.emit(TaskBlocked(kind=kind, before=kind, stopped=True), task)
    fence(tx, task)
    return tx.update_task(task, unclaimed(task))


def message(tx: Change, task: TaskRow, *, text: str) -> TaskRow:
    """Leave a message for the task's next attempt: its claim hands it over, with all the others."""
    rows = tx.db.execute("SELECT max(id) FROM message WHERE run = :run", {"run": tx.run.id})
    new = MessageRow(
        run=tx.run.id,
        id=int(rows[0][0] or 0) + 1,
        task=task.id,
        at=tx.now,
        actor=tx.actor,
        text=text,
        state=MessageState.WAITING,
    )
    tx.insert(new)
    tx.emit(MessageSent(text=text), task)
    return task
