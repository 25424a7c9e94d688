"""The critics of a task: one for each round in which its work was looked at (RULES 5, Critic)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.rows import TaskRow, decode, select

if TYPE_CHECKING:
    from wf_tui.ledger.store.database import Database

__all__ = ["critics_of"]


def critics_of(db: Database, run: str, author: str) -> tuple[TaskRow, ...]:
    """Return all critics that a task has had, the oldest first."""
    rows = db.execute(
        # The second condition is that of the partial index.
        select(
            TaskRow, "WHERE run = :run AND critic_of = :task AND critic_of <> '' ORDER BY ordinal"
        ),
        {"run": run, "task": author},
    )
    return tuple(decode(TaskRow, row) for row in rows)
