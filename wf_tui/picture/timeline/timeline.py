"""What the timeline shows: seats with the attempts they made, phases, and pauses of lanes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.read import read_event
from wf_tui.ledger.model.events.run_events import LaneLimited, LaneOpen
from wf_tui.ledger.model.events.task_events import TaskBlocked
from wf_tui.ledger.model.rows import EventRow, decode, select
from wf_tui.ledger.model.states import Outcome
from wf_tui.ledger.queries import reads
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.store.database import Database

__all__ = ["Bar", "BarEnd", "PhaseSpan", "SeatRow", "Timeline", "read_timeline"]

_SILENT: Final = 60.0
"""Seconds without a sign of life after which an attempt is silent."""
_NAME: Final = 200
_KINDS: Final = tuple(event.event_kind for event in (TaskBlocked, LaneLimited, LaneOpen))
_TOLD: Final = f"WHERE run = :run AND kind IN ({', '.join(f'{kind!r}' for kind in _KINDS)})"


class BarEnd(StrEnum):
    """How an attempt ended, or that it goes on."""

    DONE = "done"
    """Merged, answered, or nothing to change."""
    RUNNING = "running"
    FAILED = "failed"
    NEEDS_YOU = "needs_you"
    """It ended, or stands still, with something for a person to do."""


@dataclass(frozen=True)
class Bar:
    """One attempt. Times are UTC seconds; all words are safe to draw."""

    key: str
    """The id of its task as the ledger has it."""
    task: str
    title: str
    epoch: int
    start: float
    end: float | None
    how: BarEnd
    why: str
    """How it ended, in a word or two."""
    silent_since: float | None
    """Since when an open one has given no sign of life, where that is long."""
    tokens: int | None
    cost_microusd: int | None

    def as_json(self) -> dict[str, object]:
        """Return one of the attempts of `wf timeline --json`."""
        return {
            "task": self.key,
            "epoch": self.epoch,
            "started_at": self.start,
            "ended_at": self.end,
            "how": self.how,
            "why": self.why,
            "tokens": self.tokens,
            "cost_microusd": self.cost_microusd,
        }


@dataclass(frozen=True)
class SeatRow:
    """One seat with its attempts, the oldest first."""

    name: str
    lane: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class PhaseSpan:
    """When a phase was at work: from its first claim until it was settled."""

    name: str
    start: float
    end: float | None


@dataclass(frozen=True)
class Timeline:
    """All of a run over time, as of `now`."""

    run: str
    start: float
    now: float
    """Or when the run ended."""
    ended: bool
    seats: tuple[SeatRow, ...]
    phases: tuple[PhaseSpan, ...]
    pauses: Mapping[str, Sequence[tuple[float, float | None]]] = field(default_factory=dict)
    """By lane: from when until when nothing could be claimed."""

    def at_work(self, start: float, end: float) -> float:
        """Return how many seats were at work between two times, in the mean."""
        bars = [bar for seat in self.seats for bar in seat.bars]
        worked = sum(_overlap(bar, start, end, self.now) for bar in bars)
        return worked / (end - start)

    def cost(self, start: float, end: float) -> float:
        """Return what was spent between two times, in microdollars.

        What an attempt has cost is taken to have been spent evenly.
        """
        total = 0.0
        for seat in self.seats:
            for bar in seat.bars:
                took = (self.now if bar.end is None else bar.end) - bar.start
                if bar.cost_microusd and took > 0:
                    total += bar.cost_microusd * _overlap(bar, start, end, self.now) / took
        return total

    def as_json(self) -> dict[str, object]:
        """Return the object of `wf timeline --json`."""
        return {
            "run": self.run,
            "started_at": self.start,
            "now": self.now,
            "phases": [
                {"name": one.name, "started_at": one.start, "settled_at": one.end}
                for one in self.phases
            ],
            "seats": [
                {
                    "name": seat.name,
                    "lane": seat.lane,
                    "attempts": [bar.as_json() for bar in seat.bars],
                    "paused": [list(one) for one in self.pauses.get(seat.lane, ())],
                }
                for seat in self.seats
            ],
        }


def _overlap(bar: Bar, start: float, end: float, now: float) -> float:
    return max(0.0, min(end, now if bar.end is None else bar.end) - max(start, bar.start))


def read_timeline(db: Database, run_id: str, now: float) -> Timeline:
    """Read it, in one snapshot, on any thread; costs the number of attempts."""
    with db.snapshot():
        run = reads.run_row(db, run_id)
        tasks = {task.id: task for task in reads.tasks(db, run_id)}
        attempts = reads.attempts(db, run_id)
        told = [
            decode(EventRow, row) for row in db.execute(select(EventRow, _TOLD), {"run": run_id})
        ]
        phases = reads.phases(db, run_id)
        seats = reads.workers(db, run_id)
        signs = {(one.task, one.epoch): _last_sign(db, one) for one in attempts if one.open}
    blocked = _blocks(told)
    rows: dict[str, list[Bar]] = {seat.name: [] for seat in seats}
    lanes = {seat.name: seat.lane for seat in seats}
    for one in attempts:
        if not one.by_hand:
            lanes.setdefault(one.worker, one.lane or "")
            sign = signs.get((one.task, one.epoch))
            bar = _bar(one, tasks[one.task], blocked.get((one.task, one.epoch)), sign, now)
            rows.setdefault(one.worker, []).append(bar)
    begun: dict[str, float] = {}
    for one in attempts:
        begun[one.phase] = min(begun.get(one.phase, one.started_at), one.started_at)
    return Timeline(
        run=run.id,
        start=run.created_at,
        now=run.ended_at or now,
        ended=run.ended_at is not None,
        seats=tuple(
            SeatRow(clean(name, limit=_NAME), lanes[name], tuple(sorted(bars, key=_start)))
            for name, bars in rows.items()
        ),
        phases=tuple(
            PhaseSpan(clean(phase.name, limit=_NAME), begun[phase.name], phase.settled_at)
            for phase in phases
            if phase.name in begun
        ),
        pauses=_pauses(told),
    )


def _start(bar: Bar) -> float:
    return bar.start


def _last_sign(db: Database, attempt: AttemptRow) -> float:
    rows = db.execute(
        "SELECT max(at) FROM event WHERE run = :run AND task = :task AND epoch = :epoch",
        {"run": attempt.run, "task": attempt.task, "epoch": attempt.epoch},
    )
    return float(str(rows[0][0] or attempt.started_at))


def _blocks(told: Sequence[EventRow]) -> dict[tuple[str, int], str]:
    """Return the kind of block with which an attempt ended that left something to a person."""
    found = {}
    for row in told:
        event = read_event(row)
        if isinstance(event, TaskBlocked) and event.kind.facts.waits_for_person and row.epoch:
            found[str(row.task), row.epoch] = event.kind.value
    return found


def _bar(one: AttemptRow, task: TaskRow, kind: str | None, sign: float | None, now: float) -> Bar:
    usage = one.usage
    how, why = _how(one, task, kind)
    silent = sign if sign is not None and now - sign > _SILENT else None
    return Bar(
        key=task.id,
        task=clean(task.id, limit=_NAME),
        title=clean(task.title, limit=_NAME),
        epoch=one.epoch,
        start=one.started_at,
        end=one.ended_at,
        how=how,
        why=why,
        silent_since=silent,
        tokens=usage.tokens if usage is not None else None,
        cost_microusd=usage.cost_microusd if usage is not None else None,
    )


def _how(one: AttemptRow, task: TaskRow, kind: str | None) -> tuple[BarEnd, str]:
    if one.open:
        asks = task.asking and task.epoch == one.epoch
        return (BarEnd.NEEDS_YOU, "asks") if asks else (BarEnd.RUNNING, "")
    if kind is not None:
        return BarEnd.NEEDS_YOU, kind.replace("_", " ")
    if one.outcome is Outcome.SUCCEEDED:
        return BarEnd.DONE, "succeeded"
    return BarEnd.FAILED, (one.cause or one.outcome or "").replace("_", " ")


def _pauses(told: Sequence[EventRow]) -> dict[str, list[tuple[float, float | None]]]:
    """Return when each lane was shut; one with an end in its word opens by itself."""
    found: dict[str, list[tuple[float, float | None]]] = {}
    for row in told:
        event = read_event(row)
        if isinstance(event, LaneLimited) and event.state is not None:
            found.setdefault(event.lane, []).append((row.at, event.until))
        elif isinstance(event, LaneOpen) and found.get(event.lane):
            begun, until = found[event.lane][-1]
            if until is None or until > row.at:
                found[event.lane][-1] = (begun, row.at)
    return found
