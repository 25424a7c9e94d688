"""What the attempts of a task left beside their harvests, as their rows have it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.attempt_events import LeftKept
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import AttemptRow
    from wf_tui.ledger.store.database import Database

__all__ = ["left_of_attempt", "left_refs"]


def left_refs(db: Database, run: str, task: str) -> list[LeftKept]:
    """Return all that the attempts of a task left, oldest first."""
    attempts = reads.attempts(db, run, task)
    return [one for attempt in attempts for one in left_of_attempt(attempt)]


def left_of_attempt(attempt: AttemptRow) -> list[LeftKept]:
    """Return what one attempt left, each ref once."""
    if attempt.left_refs == "[]":
        return []
    stored: list[dict[str, str]] = json.loads(attempt.left_refs)
    return [
        LeftKept(
            ref=one["ref"],
            kind=one["kind"],
            name=one["name"],
            commit=one["commit"],
            files=int(one["files"]),
        )
        for one in stored
    ]
