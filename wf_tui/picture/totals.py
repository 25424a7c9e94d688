"""What is counted over all cards, kept up to date by one change at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import BlockedKind
from wf_tui.picture.phase_counts import in_swarm

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.picture.phase_counts import PhaseCounts

__all__ = ["Totals"]


@dataclass
class Totals:
    """Counts that no view may search all cards for.

    Each change takes the old row out of all of them and puts the new one in, so they are right
    whatever the order of the changes.
    """

    held_up: Counter[str] = field(default_factory=Counter)
    """How many cards wait for each blocked root."""
    begun: Counter[str] = field(default_factory=Counter)
    """How many tasks that need the result of a task have been claimed."""
    begun_phases: Counter[str] = field(default_factory=Counter)
    """How many tasks of a phase have been claimed."""
    swarms: PhaseCounts = field(default_factory=dict)

    def replace(self, old: TaskRow | None, new: TaskRow) -> None:
        """Count a card as it is now instead of as it was; `old` is None for a new task."""
        if old is not None:
            self._count_task(old, -1)
        self._count_task(new, 1)

    def _count_task(self, row: TaskRow, by: int) -> None:
        if in_swarm(row):
            self.swarms.setdefault(row.phase, Counter())[row.state] += by
        if row.kind == BlockedKind.DEPENDENCY:
            # The root of its chain and not the task in front of it: that is where a person helps.
            self.held_up[str(row.detail.get("root"))] += by
        if row.attempts:
            self.begun_phases[row.phase] += by
            for need in row.spec.needs:
                self.begun[need] += by
