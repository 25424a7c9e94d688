"""What the events of a run tell of its attempts over time: silences, money, blocks, shut lanes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.read import EVENTS, read_event
from wf_tui.ledger.model.events.run_events import LaneLimited, LaneOpen
from wf_tui.ledger.model.events.task_events import TaskBlocked
from wf_tui.ledger.model.states import Step
from wf_tui.picture.card import WAITS_FOR_MODEL

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.picture.timeline.flow import Stretch

__all__ = ["SILENT", "Span", "Told"]

SILENT: Final = 60.0
"""Seconds without a sign of life after which a program that runs is silent."""
_SIGNS: Final = frozenset(event.event_kind for event in EVENTS if event.proves_life)
_LEAST: Final = 1.0
"""Seconds over which a sum is spread at least."""
Span = tuple[float, float]
"""From when until when, in UTC seconds."""


@dataclass
class _Signs:
    """The signs of life of one attempt."""

    last: float
    """When the last one came."""
    spent_until: float
    """Until when it is known what it has cost."""
    runs: bool = False
    """Whether its program runs and asks nothing: whatever else it does is silent anyway."""
    limited: bool = False
    """Whether the last sign was that its model does not answer."""
    quiet: list[Span] = field(default_factory=list)

    def note(self, at: float) -> None:
        """Take a sign of life: it ends a silence that was long, or a wait for the model."""
        if span := self.quiet_until(at):
            self.quiet.append(span)
        self.last, self.limited = at, False

    def quiet_until(self, at: float) -> Span | None:
        """Return since when it is silent or limited at a time; None where it is not."""
        if self.runs and at > self.last and (self.limited or at - self.last >= SILENT):
            return self.last, at
        return None


@dataclass
class Told:
    """All that was told until event `seq`; `take` is given each event once, in order.

    Of one thread at a time. Whoever reads a timeline again hands in the one of before, so that only
    what is new has to be read.
    """

    seq: int = 0
    blocks: dict[tuple[str, int], str] = field(default_factory=dict)
    """The kind of block with which an attempt ended that left something to a person."""
    pauses: dict[str, list[tuple[float, float | None]]] = field(default_factory=dict)
    """By lane: from when until when it was shut; one with an end in its word opens by itself."""
    spent: list[Stretch] = field(default_factory=list)
    """Microdollars: what a report of usage tells came since the one before it of that attempt, or
    since its claim, and is taken to have come evenly."""
    _signs: dict[tuple[str, int], _Signs] = field(default_factory=dict)

    def take(self, event: EventRow) -> None:
        """Take the next event."""
        self.seq = event.seq
        if event.task is not None and event.epoch is not None:
            self._take_sign(event, (event.task, event.epoch))
        if event.kind in _READ:
            self._read(event)

    def _take_sign(self, event: EventRow, key: tuple[str, int]) -> None:
        kind, data, signs = event.kind, event.data, self._signs.get(key)
        if kind == "task_claimed" or signs is None:
            if kind == "task_claimed":
                self._signs[key] = _Signs(event.at, event.at)
            return
        if kind == "usage":
            cost = data.get("cost_microusd")
            if isinstance(cost, int) and cost > 0:
                start = min(signs.spent_until, event.at - _LEAST)
                self.spent.append((start, event.at, cost))
                signs.spent_until = event.at
            return
        if kind in _SIGNS or kind == "attempt_ended":
            signs.note(event.at)
        match kind:
            case "task_progress":
                signs.limited = str(data.get("text", "")).startswith(WAITS_FOR_MODEL)
            case "task_step":
                signs.runs = data.get("step") == Step.RUNNING
            case "question_answered":
                signs.runs = True
            case "question_asked" | "attempt_ended":
                signs.runs = False

    def _read(self, row: EventRow) -> None:
        event = read_event(row)
        match event:
            case TaskBlocked() if event.kind.facts.waits_for_person and row.epoch:
                self.blocks[str(row.task), row.epoch] = event.kind.value
            case LaneLimited() if event.state is not None:
                self._open_lane(event.lane, row.at)
                self.pauses.setdefault(event.lane, []).append((row.at, event.until))
            case LaneOpen():
                self._open_lane(event.lane, row.at)

    def _open_lane(self, lane: str, at: float) -> None:
        """End the pause of a lane that has not ended by itself."""
        pauses = self.pauses.get(lane)
        if pauses and (pauses[-1][1] is None or pauses[-1][1] > at):
            pauses[-1] = (pauses[-1][0], at)

    def quiet(self, task: str, epoch: int, now: float | None) -> tuple[Span, ...]:
        """Return when an attempt was silent, or waited for its model; until `now` if it is open."""
        signs = self._signs.get((task, epoch))
        if signs is None:
            return ()
        last = None if now is None else signs.quiet_until(now)
        return (*signs.quiet, last) if last else tuple(signs.quiet)


_READ: Final = frozenset(event.event_kind for event in (TaskBlocked, LaneLimited, LaneOpen))
