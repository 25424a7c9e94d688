"""What a person has begun to write, and what they have seen; nobody else is shown either."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.rows import DraftRow, SeenRow, decode, select

if TYPE_CHECKING:
    from wf_tui.ledger.store.database import Database

__all__ = ["draft", "drafts", "seen"]


def draft(db: Database, run: str, task: str, what: str, actor: str) -> str:
    """Return what the actor has begun to write as `what`, "" where nothing."""
    rows = db.execute(
        select(DraftRow, "WHERE run = :run AND task = :task AND what = :what AND actor = :actor"),
        {"run": run, "task": task, "what": what, "actor": actor},
    )
    return decode(DraftRow, rows[0]).text if rows else ""


def drafts(db: Database, run: str, actor: str) -> list[DraftRow]:
    """Return all that the actor has begun to write in a run, the oldest first."""
    rows = db.execute(
        select(DraftRow, "WHERE run = :run AND actor = :actor ORDER BY at, task, what"),
        {"run": run, "actor": actor},
    )
    return [decode(DraftRow, row) for row in rows]


def seen(db: Database, run: str, task: str, actor: str) -> dict[str, str]:
    """Return the object name of the content that the actor has seen, by path."""
    rows = db.execute(
        select(SeenRow, "WHERE run = :run AND task = :task AND actor = :actor"),
        {"run": run, "task": task, "actor": actor},
    )
    return {row.path: row.blob for row in (decode(SeenRow, one) for one in rows)}
