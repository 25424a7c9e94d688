"""What persons have put off, for every view of a run; read without a transaction of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.rows import SnoozeRow, decode, select

if TYPE_CHECKING:
    from wf_tui.ledger.store.database import Database

__all__ = ["next_end", "snooze_of", "snoozes"]


def snoozes(db: Database, run: str) -> dict[str, SnoozeRow]:
    """Return what is snoozed in a run, by task; also what is over by `SnoozeRow.over`.

    A snooze whose time has come is taken away by the scheduler, and there may be none.
    """
    rows = db.execute(select(SnoozeRow, "WHERE run = :run"), {"run": run})
    return {row.task: row for row in (decode(SnoozeRow, one) for one in rows)}


def next_end(db: Database, run: str) -> float | None:
    """Return when the next snooze of a run is over, in UTC seconds; also one that is by now."""
    rows = db.execute("SELECT min(until) FROM snooze WHERE run = :run", {"run": run})
    return None if rows[0][0] is None else float(rows[0][0])


def snooze_of(db: Database, run: str, task: str, now: float) -> SnoozeRow | None:
    """Return the snooze of a task that holds at a time, in UTC seconds."""
    rows = db.execute(
        select(SnoozeRow, "WHERE run = :run AND task = :task"), {"run": run, "task": task}
    )
    found = decode(SnoozeRow, rows[0]) if rows else None
    return None if found is None or found.over(now) else found
