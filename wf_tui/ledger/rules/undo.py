"""Taking back the last thing that a person did, while nothing has come of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.events.task_events import Undone
from wf_tui.ledger.model.states import BlockedKind, TaskState
from wf_tui.ledger.model.undo_record import restored
from wf_tui.ledger.rules.decisions import nodes
from wf_tui.ledger.rules.decisions.rivals import check_chosen
from wf_tui.ledger.rules.operator_moves import claimed_dependant, edited
from wf_tui.ledger.rules.runs import wake_run

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["undo"]


def undo(tx: Change) -> list[TaskRow]:
    """Take back the actor's last act, if nothing has happened to its tasks since.

    Called again, it takes back the one before, since what was taken back is left out. Raises
    `RefusedError` where there is none, or where one of its tasks has moved on: then none of them is
    brought back, since the whole transaction is undone.
    """
    rows = tx.db.execute(
        "SELECT max(command) FROM event WHERE run = :run AND actor = :actor "
        "AND command IS NOT NULL AND kind <> :undone AND command NOT IN "
        "(SELECT command FROM event WHERE run = :run AND command IS NOT NULL AND kind = :undone)",
        {"run": tx.run.id, "actor": tx.actor, "undone": Undone.event_kind},
    )
    if rows[0][0] is None:
        raise RefusedError("nothing to undo", "only your own last action can be undone")
    command = int(str(rows[0][0]))
    acts = tx.db.execute(
        "SELECT seq, task, data FROM event WHERE run = :run AND command = :command "
        "AND kind <> :undone ORDER BY seq DESC",
        {"run": tx.run.id, "command": command, "undone": Undone.event_kind},
    )
    undone = []
    # Last first: what was changed of a task may have followed from one that came before it.
    for seq, task_id, text in acts:
        task, data = tx.task(str(task_id)), json.loads(str(text))
        _refuse_too_late(tx, task, int(str(seq)), data)
        tx.emit(Undone(undoes=command, fields=data.get("was")), task)
        undone.append(_restore(tx, task, data))
    return undone


def _refuse_too_late(tx: Change, task: TaskRow, seq: int, data: dict[str, object]) -> None:
    """Refuse where an attempt was stopped, or anything was made of the task since event `seq`."""
    later = tx.db.execute(
        "SELECT kind FROM event WHERE run = :run AND task = :task AND seq > :seq "
        "ORDER BY seq LIMIT 1",
        {"run": tx.run.id, "task": task.id, "seq": seq},
    )
    if data.get("stopped"):
        raise RefusedError(f"cannot undo: the attempt of {task.id!r} was stopped")
    if later:
        raise RefusedError(f"cannot undo: {task.id!r} has moved on since ({later[0][0]})")
    if task.state is TaskState.DONE and nodes.has_decided(tx, task):
        raise RefusedError(f"cannot undo: {task.id!r} has decided what comes after it")
    begun = claimed_dependant(tx, task) if task.state is TaskState.DONE else None
    if begun:
        raise RefusedError(f"cannot undo: {begun!r}, which waited for {task.id!r}, has begun")
    check_chosen(tx, task, "brought back")


def _restore(tx: Change, task: TaskRow, data: dict[str, Any]) -> TaskRow:
    """Bring a task back to what the event of the move says it was."""
    edits = data.get("was")
    if isinstance(edits, dict):
        # JSON has no tuples, and a field that is compared as a list would differ for ever.
        values = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in edits.items()
        }
        task = tx.update_task(task, edited(task, values))
    wake_run(tx)
    was = restored(task, data["undo"])
    if was.state is TaskState.PENDING or was.kind == BlockedKind.DEPENDENCY:
        return tx.to_pending(task, was, note=was.note, detail=was.detail)
    return tx.update_task(task, was)
