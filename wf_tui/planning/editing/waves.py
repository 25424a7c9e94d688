"""When each phase of a plan would run, as bars: by what attempts took, else by its steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.planning.editing.outline import Outline, OutlinedPhase

__all__ = ["Bar", "Waves", "lay_waves"]


@dataclass(frozen=True)
class Bar:
    """One phase: from when to when, and in which row, so that no two lie on each other."""

    phase: str
    start: float
    end: float
    row: int


@dataclass(frozen=True)
class Waves:
    """All bars, on one scale."""

    bars: tuple[Bar, ...]
    end: float
    """Where the last one ends."""
    timed: bool
    """Whether the scale is seconds; else each task counts as one."""


def lay_waves(outline: Outline, seconds: Mapping[str, float], seats: int) -> Waves:
    """Return the bars of a plan; `seconds` are what tasks take, by id, as far as that is known.

    Each phase begins when those before it are done, whatever else would run then: no plan is done
    earlier. Where one task is not known there are no seconds.
    """
    tasks = outline.tasks
    timed = bool(tasks) and all(task.id in seconds for task in tasks)
    lengths = {
        phase.name: _length(phase, seconds if timed else {}, max(1, seats))
        for phase in outline.phases
    }
    ends: dict[str, float] = {}
    starts: dict[str, float] = {}
    left = {phase.name: phase for phase in outline.phases}
    while left:
        ready = [one for one in left.values() if left.keys().isdisjoint(one.after)]
        # In a plan with a cycle none is ready: its phases are drawn in their order.
        for phase in ready or [next(iter(left.values()))]:
            start = max((ends.get(name, 0.0) for name in phase.after), default=0.0)
            starts[phase.name], ends[phase.name] = start, start + lengths[phase.name]
            del left[phase.name]
    bars: list[Bar] = []
    for phase in sorted(outline.phases, key=lambda one: starts[one.name]):
        start, end = starts[phase.name], ends[phase.name]
        taken = {bar.row for bar in bars if bar.start < end and start < bar.end}
        row = next(row for row in range(len(bars) + 1) if row not in taken)
        bars.append(Bar(phase.name, start, end, row))
    return Waves(tuple(bars), max(ends.values(), default=0.0), timed)


def _length(phase: OutlinedPhase, seconds: Mapping[str, float], seats: int) -> float:
    each = [seconds.get(task.id, 1.0) for task in phase.tasks] or [1.0]
    return max(*each, sum(each) / seats) if phase.parallel else sum(each)
