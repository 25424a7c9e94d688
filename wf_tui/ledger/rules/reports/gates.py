"""When a gate was run on what, and how that ended: a row for each, from the events that tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.attempt_events import GateEnded, GateStarted
from wf_tui.ledger.model.rows import GateRow, decode, evolve, select

if TYPE_CHECKING:
    from wf_tui.ledger.model.events.attempt_events import AttemptEvent
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["record_gate"]


def record_gate(tx: Change, task: TaskRow, event: AttemptEvent) -> None:
    """Keep the row of a gate that begins or ends; any other event has none."""
    if isinstance(event, GateStarted):
        last = _last(tx, task)
        row = GateRow(
            run=tx.run.id,
            task=task.id,
            epoch=task.epoch,
            ordinal=last.ordinal + 1 if last else 1,
            place=event.on,
            head=event.head,
            commit_id=event.commit,
            started_at=tx.now,
        )
        tx.insert(row)
    elif isinstance(event, GateEnded) and (last := _last(tx, task)) and last.ended_at is None:
        tx.write(last, evolve(last, exit_code=event.exit_code, ended_at=tx.now))


def _last(tx: Change, task: TaskRow) -> GateRow | None:
    rows = tx.db.execute(
        select(
            GateRow,
            "WHERE run = :run AND task = :task AND epoch = :epoch ORDER BY ordinal DESC LIMIT 1",
        ),
        {"run": tx.run.id, "task": task.id, "epoch": task.epoch},
    )
    return decode(GateRow, rows[0]) if rows else None
