"""What is counted over all cards, kept up to date by one change at a time."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import BlockedKind, TaskState
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
    _chains: Counter[int] = field(default_factory=Counter)
    _lengths: list[int] = field(default_factory=list)

    @property
    def longest(self) -> int:
        """How many tasks are on the longest path that is left; 0 where none is.

        A row has the length of the longest chain that starts at its task, from the plan.
        """
        return self._lengths[-1] if self._lengths else 0

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
        if row.state in {TaskState.PENDING, TaskState.IN_PROGRESS}:
            self._count_chain(row.chain, by)

    def _count_chain(self, length: int, by: int) -> None:
        # The lengths in use, sorted, so that the longest is known without looking at all cards;
        # there are as many as the longest chain is long, however many tasks have each.
        before = self._chains[length]
        self._chains[length] = before + by
        if not before:
            insort(self._lengths, length)
        elif not before + by:
            del self._lengths[bisect_left(self._lengths, length)]
