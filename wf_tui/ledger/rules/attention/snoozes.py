"""Putting off what needs a person: it is shown again at its time, or as soon as it changes.

A snooze moves nothing: the task stays blocked as it is, and whoever asks what needs them leaves it
out. It ends when state, kind, epoch or questions of its task change, which `Change.update_task`
sees to; at its time, which the scheduler writes down and which views know before; or by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.events.task_events import TaskSnoozed, TaskWoken
from wf_tui.ledger.model.rows import SnoozeRow
from wf_tui.ledger.model.states import BlockedKind, WokenBy
from wf_tui.ledger.rules.attention.wake import drop_snooze, snooze_of, undo_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["restore_snooze", "snooze", "wake"]

_WRITE: Final = (
    "INSERT INTO snooze (run, task, until, epoch, kind, actor) "
    "VALUES (:run, :task, :until, :epoch, :kind, :actor) ON CONFLICT (run, task) DO UPDATE SET "
    "until = excluded.until, epoch = excluded.epoch, kind = excluded.kind, actor = excluded.actor"
)


def snooze(tx: Change, task: TaskRow, *, until: float | None) -> TaskRow:
    """Put a task off until a time, in UTC seconds, or with None until it changes.

    The rule of the move `SNOOZE`. One that was put off before is put off anew.
    """
    before = snooze_of(tx, task.id)
    event = TaskSnoozed(kind=BlockedKind(str(task.kind)), until=until)
    tx.emit_act(event, task, undo={"snooze": undo_values(before)})
    _write(tx, SnoozeRow(tx.run.id, task.id, until, task.epoch, str(task.kind), tx.actor))
    return task


def wake(tx: Change, task: TaskRow) -> TaskRow:
    """Show a task again, at a person's word; the rule of the move `WAKE`."""
    before = snooze_of(tx, task.id)
    if before is None:
        raise RefusedError(f"task {task.id!r} is not snoozed", "wf snooze TASK 1h does that")
    tx.emit_act(TaskWoken(why=WokenBy.PERSON), task, undo={"snooze": undo_values(before)})
    drop_snooze(tx, before)
    return task


def restore_snooze(tx: Change, task: TaskRow, was: Mapping[str, object] | None) -> None:
    """Bring back what the record of an act says that the snooze of a task was."""
    now = snooze_of(tx, task.id)
    if was is None:
        if now is not None:
            drop_snooze(tx, now)
            tx.emit(TaskWoken(why=WokenBy.PERSON), task)
        return
    ends = was.get("until")
    until = float(ends) if isinstance(ends, int | float) else None
    kind = BlockedKind(str(was["kind"]))
    _write(tx, SnoozeRow(tx.run.id, task.id, until, task.epoch, kind, str(was["actor"])))
    tx.emit(TaskSnoozed(kind=kind, until=until), task)


def _write(tx: Change, row: SnoozeRow) -> None:
    tx.db.execute(_WRITE, dict(row.__dict__))
    tx.snoozed.add(row.task)
