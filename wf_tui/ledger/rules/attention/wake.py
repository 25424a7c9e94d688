"""When what was put off is shown again by itself: since it has changed, or at its time.

Below `Change`, which asks for each row of a task that is written; the moves are in `snoozes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.task_events import TaskWoken
from wf_tui.ledger.model.rows import SnoozeRow, decode, select
from wf_tui.ledger.model.states import PERSON, WokenBy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.transaction import RunTransaction

__all__ = ["drop_snooze", "snooze_of", "undo_values", "wake_changed", "wake_due"]


def wake_changed(tx: RunTransaction, old: TaskRow, new: TaskRow) -> None:
    """Show a task again that is another one now; called for each row of a task that is written.

    An act that can be taken back brings the snooze back with the rest.
    """
    was = old.state, old.kind, old.epoch, old.questions
    if (new.state, new.kind, new.epoch, new.questions) == was or old.id not in tx.snoozed:
        return
    before = snooze_of(tx, old.id)
    if before is None:
        return
    woken = TaskWoken(why=WokenBy.CHANGE)
    if tx.undoable and tx.actor.startswith(PERSON):
        tx.emit_act(woken, new, undo={"snooze": undo_values(before)})
    else:
        tx.emit(woken, new)
    drop_snooze(tx, before)


def wake_due(tx: RunTransaction) -> None:
    """Show again what was put off until now; called by the scheduler before it claims."""
    rows = tx.db.execute(
        select(SnoozeRow, "WHERE run = :run AND until <= :now ORDER BY until, task"),
        {"run": tx.run.id, "now": tx.now},
    )
    for due in [decode(SnoozeRow, row) for row in rows]:
        tx.emit(TaskWoken(why=WokenBy.TIME), tx.task(due.task))
        drop_snooze(tx, due)


def snooze_of(tx: RunTransaction, task: str) -> SnoozeRow | None:
    """Return the snooze of a task, also one whose time is over; None where there is none."""
    rows = tx.db.execute(
        select(SnoozeRow, "WHERE run = :run AND task = :task"), {"run": tx.run.id, "task": task}
    )
    return decode(SnoozeRow, rows[0]) if rows else None


def undo_values(before: SnoozeRow | None) -> Mapping[str, object] | None:
    """Return what brings a snooze back; None where there was none."""
    if before is None:
        return None
    return {"until": before.until, "kind": before.kind, "actor": before.actor}


def drop_snooze(tx: RunTransaction, row: SnoozeRow) -> None:
    """Take a snooze away; the caller tells of it."""
    tx.db.execute(
        "DELETE FROM snooze WHERE run = :run AND task = :task", {"run": row.run, "task": row.task}
    )
    tx.snoozed.discard(row.task)
