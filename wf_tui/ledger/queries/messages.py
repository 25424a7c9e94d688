"""What people said of a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wf_tui.ledger.store.database import Database

__all__ = ["PersonSaid", "said_to"]


@dataclass(frozen=True)
class PersonSaid:
    """A message of a person, or their answer to a question of an attempt that is gone."""

    by: str
    at: float
    """UTC seconds."""
    text: str


def said_to(
    db: Database, run: str, task: str, epoch: int, *, new: bool = False
) -> tuple[PersonSaid, ...]:
    """Return what people wrote to a task, the oldest first.

    With `new` only what the attempts before this epoch were not told.
    """
    what = "AND (epoch IS NULL OR epoch >= :epoch) " if new else ""
    rows = db.execute(
        f"SELECT actor, at, text FROM message WHERE run = :run AND task = :task {what}ORDER BY id",
        {"run": run, "task": task, "epoch": epoch},
    )
    return tuple(PersonSaid(str(actor), float(at or 0), str(text)) for actor, at, text in rows)
