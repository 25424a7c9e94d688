"""Who comes after whom in the phases that run one task after the other."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["Sequences"]


class _Phase(NamedTuple):
    """The tasks of a phase in declaration order; two lists, since a pair for each is larger."""

    ordinals: list[int]
    """No two tasks of a run share one."""
    tasks: list[str]


class Sequences:
    """The tasks of each phase in declaration order.

    Kept of parallel phases, too: only whoever asks knows whether the order matters.
    """

    def __init__(self) -> None:
        self._phases: dict[str, _Phase] = {}

    def add(self, row: TaskRow) -> None:
        """Take a new task in; one that is in already would come twice, so nobody adds it again."""
        phase = self._phases.setdefault(row.phase, _Phase([], []))
        place = bisect_left(phase.ordinals, row.ordinal)
        phase.ordinals.insert(place, row.ordinal)
        phase.tasks.insert(place, row.id)

    def next_task(self, row: TaskRow) -> str | None:
        """Return the task that comes next in the phase of this one; None where it is the last."""
        phase = self._phases[row.phase]
        place = bisect_left(phase.ordinals, row.ordinal) + 1
        return phase.tasks[place] if place < len(phase.tasks) else None

    def previous_task(self, row: TaskRow) -> str | None:
        """Return the task that comes before in the phase of this one; None for the first."""
        phase = self._phases[row.phase]
        place = bisect_left(phase.ordinals, row.ordinal)
        return phase.tasks[place - 1] if place else None
