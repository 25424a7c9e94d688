"""What the attempts of a task left beside their harvests, as the log of events tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.attempt_events import LeftKept
from wf_tui.ledger.model.events.read import read_event
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.ledger.store.database import Database

__all__ = ["left_of_attempt", "left_refs"]


def left_refs(db: Database, run: str, task: str) -> list[LeftKept]:
    """Return all that the attempts of a task left, each ref once, oldest first."""
    rows = reads.task_events_of(db, run, task, [LeftKept.event_kind])
    return _once(rows)


def left_of_attempt(events: Iterable[EventRow], epoch: int) -> list[LeftKept]:
    """Return what one attempt left, of events that were read already."""
    return _once(row for row in events if row.epoch == epoch)


def _once(rows: Iterable[EventRow]) -> list[LeftKept]:
    told = (read_event(row) for row in rows)
    # A harvest that was made again, after a crash, tells of the same refs again.
    return list({event.ref: event for event in told if isinstance(event, LeftKept)}.values())
