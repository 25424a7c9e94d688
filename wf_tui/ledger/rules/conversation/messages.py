"""What a person writes to the worker of a task, and which attempt has it (RULES 5, Persons)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError, UsageError
from wf_tui.ledger.model.events.attempt_events import MessageDelivered
from wf_tui.ledger.model.events.task_events import MessageLate, MessageSent
from wf_tui.ledger.model.rows import MessageRow, decode, evolve, select
from wf_tui.ledger.model.states import MessageState

if TYPE_CHECKING:
    from collections.abc import Collection

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["LONGEST", "check_length", "deliver", "message", "take_back", "too_late"]

LONGEST: Final = 64 * 1024
"""Bytes of one message."""


def message(tx: Change, task: TaskRow, *, text: str) -> TaskRow:
    """Write to the worker of a task: at once where it can hear, else with its next attempt.

    The rule of the move `MESSAGE`. What waits is handed over by `deliver`.
    """
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
    tx.emit_act(MessageSent(id=new.id, text=text), task, undo={"message": new.id})
    return task


def check_length(_: Change, task: TaskRow, *, text: str) -> None:
    """Refuse a message that is too long (`UsageError`)."""
    if len(text.encode()) > LONGEST:
        raise UsageError(
            f"the message to {task.id!r} is longer than {LONGEST // 1024} KiB",
            "put it into a file of the repository, and name that",
        )


def deliver(
    tx: Change, task: TaskRow, ids: Collection[int] | None = None, *, heard: bool = False
) -> list[MessageRow]:
    """Note that the attempt of a task has what waited, or these of it; return them in order.

    A claim calls it, for its prompt has them, and a report of the program, which then has `heard`.
    `task` has the worker and the epoch that they came to.
    """
    waiting = [one for one in _waiting(tx, task.id) if ids is None or one.id in ids]
    for one in waiting:
        new = evolve(one, state=MessageState.DELIVERED, epoch=task.epoch, delivered_at=tx.now)
        tx.write(one, new)
    if waiting:
        numbers = tuple(one.id for one in waiting)
        tx.emit(MessageDelivered(count=len(waiting), ids=numbers, heard=heard or None), task)
    return waiting


def take_back(tx: Change, task: TaskRow, number: int) -> None:
    """Take a message back that no worker has; raises `RefusedError` where one has it."""
    mine = next((one for one in _waiting(tx, task.id) if one.id == number), None)
    if mine is None:
        raise RefusedError("a worker has it")
    tx.write(mine, evolve(mine, state=MessageState.DROPPED))


def too_late(tx: Change, task: TaskRow) -> None:
    """Note that a task is done before a worker had what a person wrote."""
    for one in _waiting(tx, task.id):
        tx.write(one, evolve(one, state=MessageState.LATE))
        tx.emit(MessageLate(id=one.id), task)


def _waiting(tx: Change, task: str) -> list[MessageRow]:
    rows = tx.db.execute(
        select(MessageRow, "WHERE run = :run AND task = :task AND state = :waiting ORDER BY id"),
        {"run": tx.run.id, "task": task, "waiting": MessageState.WAITING},
    )
    return [decode(MessageRow, row) for row in rows]
