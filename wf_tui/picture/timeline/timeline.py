"""What the timeline shows: seats with the attempts they made, phases, and pauses of lanes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import Outcome
from wf_tui.ledger.queries import reads
from wf_tui.picture.timeline.flow import NOTHING, Flow
from wf_tui.picture.timeline.told import Told
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.timeline.flow import Stretch
    from wf_tui.picture.timeline.told import Span

__all__ = ["Bar", "BarEnd", "PhaseSpan", "SeatRow", "Timeline", "read_timeline"]

_NAME: Final = 200
_INSTANT: Final = 0.001
"""Seconds that an attempt took at least."""


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
    quiet: tuple[Span, ...]
    """When its program was silent for long, or waited for its model."""
    tokens: int | None
    cost_microusd: int | None

    def end_at(self, now: float) -> float:
        """Return when it ended, or how far it has come."""
        return now if self.end is None else self.end

    def as_json(self) -> dict[str, object]:
        """Return one of the attempts of `wf timeline --json`."""
        return {
            "task": self.key,
            "epoch": self.epoch,
            "started_at": self.start,
            "ended_at": self.end,
            "how": self.how,
            "why": self.why,
            "quiet": [list(one) for one in self.quiet],
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
    work: Flow = NOTHING
    """Seconds of work of all seats."""
    money: Flow = NOTHING
    """Microdollars, as far as reports of usage told of them."""

    def at_work(self, start: float, end: float) -> float:
        """Return how many seats were at work between two times, in the mean."""
        return self.work.between(start, end) / (end - start)

    def cost(self, start: float, end: float) -> float:
        """Return what was spent between two times, in microdollars; see `Told.spent`."""
        return self.money.between(start, end)

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


def read_timeline(db: Database, run_id: str, now: float, told: Told | None = None) -> Timeline:
    """Read it, in one snapshot, on any thread.

    It costs the number of attempts, and of the events that `told` has not taken yet: whoever reads
    again hands in the same, which belongs to one reading at a time.
    """
    told = Told() if told is None else told
    with db.snapshot():
        run = reads.run_row(db, run_id)
        tasks = {task.id: task for task in reads.tasks(db, run_id)}
        attempts = [one for one in reads.attempts(db, run_id) if not one.by_hand]
        for event in reads.events(db, run_id, told.seq, page=5000):
            told.take(event)
        phases = reads.phases(db, run_id)
        seats = reads.workers(db, run_id)
    now = run.ended_at or now
    rows: dict[str, list[Bar]] = {seat.name: [] for seat in seats}
    lanes = {seat.name: seat.lane for seat in seats}
    begun: dict[str, float] = {}
    for one in attempts:
        lanes.setdefault(one.worker, one.lane or "")
        rows.setdefault(one.worker, []).append(_bar(one, tasks[one.task], told, now))
        begun[one.phase] = min(begun.get(one.phase, one.started_at), one.started_at)
    return Timeline(
        run=run.id,
        start=run.created_at,
        now=now,
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
        pauses={lane: tuple(pauses) for lane, pauses in told.pauses.items()},
        work=Flow.of(_work(bar, now) for bars in rows.values() for bar in bars),
        money=Flow.of(told.spent),
    )


def _start(bar: Bar) -> float:
    return bar.start


def _work(bar: Bar, now: float) -> Stretch:
    end = max(bar.end_at(now), bar.start + _INSTANT)
    return bar.start, end, end - bar.start


def _bar(one: AttemptRow, task: TaskRow, told: Told, now: float) -> Bar:
    usage = one.usage
    how, why = _how(one, task, told.blocks.get((one.task, one.epoch)))
    return Bar(
        key=task.id,
        task=clean(task.id, limit=_NAME),
        title=clean(task.title, limit=_NAME),
        epoch=one.epoch,
        start=one.started_at,
        end=one.ended_at,
        how=how,
        why=why,
        quiet=told.quiet(one.task, one.epoch, now if one.open else None),
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
