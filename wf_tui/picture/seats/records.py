"""What seats have done in a run so far, and what lanes have cost today: read when it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.read import read_event
from wf_tui.ledger.model.events.run_events import LaneLimited
from wf_tui.ledger.model.rows import EventRow, decode, select
from wf_tui.ledger.model.states import DoneKind, Outcome
from wf_tui.ledger.model.usage import NO_USAGE, Usage, read_usage
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.store.database import Database

__all__ = ["Records", "SeatRecord", "midnight", "read_records", "spent_today"]

_EVENTS: Final = 50
"""Pauses of lanes that are looked through for the last one of each."""
_ATTEMPTS: Final = (
    "SELECT a.worker, a.task, a.outcome, a.ended_at - a.started_at, a.epoch = t.epoch, t.kind "
    "FROM attempt a JOIN task t ON t.run = a.run AND t.id = a.task WHERE a.run = :run"
)
_SPENT: Final = (
    "SELECT lane, usage FROM attempt WHERE ended_at >= :since AND lane IS NOT NULL "
    "AND usage IS NOT NULL"
)
_PAUSES: Final = (
    f"WHERE run = :run AND kind = '{LaneLimited.event_kind}' ORDER BY seq DESC LIMIT :n"
)


@dataclass
class SeatRecord:
    """What a seat has done in this run."""

    tasks: int = 0
    merged: int = 0
    failed: int = 0
    """How many of its attempts did not succeed, but for those that somebody stopped."""
    median: float | None = None
    """Seconds that an attempt of it took that succeeded; None where none has."""


@dataclass(frozen=True)
class Records:
    """What the ledger knows besides the present; by names as they are shown."""

    seats: Mapping[str, SeatRecord] = field(default_factory=dict)
    spent: Mapping[str, Usage] = field(default_factory=dict)
    """By lane: what the attempts of all runs here used that ended since midnight, by local time."""
    limited_at: Mapping[str, float] = field(default_factory=dict)
    """By lane: when it was last limited, in UTC seconds."""


def read_records(db: Database, *, run: str, now: float) -> Records:
    """Read them all; costs the attempts, so it is for a thread, and only while they are shown."""
    with db.snapshot():
        return Records(_seats(db, run), spent_today(db, now), _limited(db, run))


def _seats(db: Database, run: str) -> dict[str, SeatRecord]:
    tasks: dict[str, set[str]] = {}
    took: dict[str, list[float]] = {}
    found: dict[str, SeatRecord] = {}
    for worker, task, outcome, seconds, is_last, kind in db.execute(_ATTEMPTS, {"run": run}):
        name = clean(str(worker))
        record = found.setdefault(name, SeatRecord())
        tasks.setdefault(name, set()).add(str(task))
        if outcome == Outcome.SUCCEEDED:
            took.setdefault(name, []).append(float(str(seconds or 0)))
            record.merged += bool(is_last) and kind == DoneKind.MERGED
        elif outcome is not None and outcome != Outcome.CANCELLED:
            record.failed += 1
    for name, record in found.items():
        record.tasks = len(tasks[name])
        record.median = median(took[name]) if name in took else None
    return found


def midnight(now: float) -> float:
    """Return when the day of a time began by local time; both in UTC seconds."""
    day = datetime.fromtimestamp(now).astimezone()
    return day.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def spent_today(db: Database, now: float) -> dict[str, Usage]:
    """Return what attempts used that ended since midnight, in all runs of a ledger, by lane."""
    since = midnight(now)
    found: dict[str, Usage] = {}
    for lane, usage in db.execute(_SPENT, {"since": since}):
        name = clean(str(lane))
        found[name] = found.get(name, NO_USAGE) + (read_usage(str(usage)) or NO_USAGE)
    return found


def _limited(db: Database, run: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for row in db.execute(select(EventRow, _PAUSES), {"run": run, "n": _EVENTS}):
        event = decode(EventRow, row)
        told = read_event(event)
        # One without a state is of a profile, not of a lane.
        if isinstance(told, LaneLimited) and told.state is not None:
            found.setdefault(clean(told.lane), event.at)
    return found
