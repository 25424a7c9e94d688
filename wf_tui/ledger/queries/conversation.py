"""What passes between workers and persons: questions, messages, and what was allowed."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from wf_tui.ledger.model.rows import AllowanceRow, MessageRow, QuestionRow, decode, select
from wf_tui.ledger.model.states import PERSON, BlockedKind, MessageState, QuestionState
from wf_tui.values import frozen

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.store.database import Database

__all__ = [
    "PersonSaid",
    "allowances",
    "answerable",
    "answered",
    "messages",
    "open_questions",
    "questions",
    "said_to",
    "waiting_messages",
]


@frozen
class PersonSaid:
    """A message of a person, or their answer to a question of an attempt that is gone."""

    by: str
    at: float
    """UTC seconds."""
    text: str
    question: str = ""
    """What a worker had asked, where this is the answer: the worker's words."""
    chosen: str = ""
    """The option that was chosen, in the worker's words."""


def said_to(
    db: Database, run: str, task: str, epoch: int, *, new: bool = False
) -> tuple[PersonSaid, ...]:
    """Return what people wrote to a task, the oldest first.

    With `new` only what the attempts before this epoch were not told.
    """
    told = [
        PersonSaid(one.actor, one.at, one.text)
        for one in messages(db, run, task)
        if not new or one.epoch is None or one.epoch >= epoch
    ]
    # An answer that its own worker has is in the session of that; what it did not live to hear is
    # what a person said, and allows nothing.
    told += [
        PersonSaid(
            one.answered_by,
            one.asked_at,
            one.answer or "",
            question=one.text,
            chosen="" if one.answer is not None else one.said,
        )
        for one in questions(db, run, task)
        if one.answered_by.startswith(PERSON)
        and one.delivered_epoch != one.epoch
        and (not new or one.delivered_epoch is None or one.delivered_epoch >= epoch)
    ]
    return tuple(sorted(told, key=attrgetter("at")))


def messages(db: Database, run: str, task: str) -> list[MessageRow]:
    """Return what people wrote to a task, in order."""
    rows = db.execute(
        select(MessageRow, "WHERE run = :run AND task = :task ORDER BY id"),
        {"run": run, "task": task},
    )
    return [decode(MessageRow, row) for row in rows]


def waiting_messages(db: Database, run: str, task: str) -> list[MessageRow]:
    """Return what no worker of a task has yet, for the one that runs."""
    rows = db.execute(
        select(MessageRow, "WHERE run = :run AND task = :task AND state = :waiting ORDER BY id"),
        {"run": run, "task": task, "waiting": MessageState.WAITING},
    )
    return [decode(MessageRow, row) for row in rows]


def questions(db: Database, run: str, task: str) -> list[QuestionRow]:
    """Return what the workers of a task ever asked, in order."""
    rows = db.execute(
        select(QuestionRow, "WHERE run = :run AND task = :task ORDER BY ordinal"),
        {"run": run, "task": task},
    )
    return [decode(QuestionRow, row) for row in rows]


def answered(db: Database, run: str, task: str, epoch: int) -> list[QuestionRow]:
    """Return the questions of an attempt whose answers its program does not have yet."""
    rows = db.execute(
        select(
            QuestionRow,
            "WHERE run = :run AND task = :task AND epoch = :epoch AND state = :answered "
            "ORDER BY ordinal",
        ),
        {"run": run, "task": task, "epoch": epoch, "answered": QuestionState.ANSWERED},
    )
    return [decode(QuestionRow, row) for row in rows]


def answerable(db: Database, task: TaskRow) -> list[QuestionRow]:
    """Return the open questions of a task that asks, else the one that nobody answered in time."""
    if task.kind != BlockedKind.QUESTION:
        return []
    state = QuestionState.OPEN if task.claimed else QuestionState.EXPIRED
    rows = db.execute(
        select(
            QuestionRow,
            "WHERE run = :run AND task = :task AND epoch = :epoch AND state = :state "
            "ORDER BY ordinal",
        ),
        {"run": task.run, "task": task.id, "epoch": task.epoch, "state": state},
    )
    return [decode(QuestionRow, row) for row in rows]


def open_questions(db: Database, run: str) -> list[QuestionRow]:
    """Return all open questions of a run, the oldest first."""
    rows = db.execute(
        select(QuestionRow, "WHERE run = :run AND state = 'open' ORDER BY asked_at, task, ordinal"),
        {"run": run},
    )
    return [decode(QuestionRow, row) for row in rows]


def allowances(db: Database, run: str, task: str) -> list[AllowanceRow]:
    """Return what a person allowed for the rest of a run, to a task or to a profile of it."""
    rows = db.execute(
        select(
            AllowanceRow,
            "WHERE run = :run AND (task = :task OR profile IN "
            "(SELECT profile FROM attempt WHERE run = :run AND task = :task)) ORDER BY id",
        ),
        {"run": run, "task": task},
    )
    return [decode(AllowanceRow, row) for row in rows]
