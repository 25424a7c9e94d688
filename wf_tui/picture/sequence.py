"""Who comes after whom in the phases that run one task after the other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["Sequences"]


class Sequences:
    """The tasks of each phase in declaration order.

    Kept of parallel phases, too: only whoever asks knows whether the order matters.
    """

    def __init__(self) -> None:
        self._phases: dict[str, list[tuple[int, str]]] = {}

    def add(self, row: TaskRow) -> None:
        """Take a new task in; one that is in already would come twice, so nobody adds it again."""
        insort(self._phases.setdefault(row.phase, []), (row.ordinal, row.id))

    def next_task(self, row: TaskRow) -> str | None:
        """Return the task that comes next in the phase of this one; None where it is the last."""
        phase = self._phases[row.phase]
        place = bisect_right(phase, (row.ordinal, row.id))
        return phase[place][1] if place < len(phase) else None

    def previous_task(self, row: TaskRow) -> str | None:
        """Return the task that comes before in the phase of this one; None for the first."""
        phase = self._phases[row.phase]
        place = bisect_left(phase, (row.ordinal, row.id))
        return phase[place - 1][1] if place else None
