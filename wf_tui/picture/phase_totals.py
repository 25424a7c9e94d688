"""What is counted of each phase: its tasks by what they are, its money, how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.strip import StripPhase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.picture.first_part import Unread

__all__ = ["PhaseTotals", "Totalled"]


@dataclass
class Totalled:
    """One phase, kept up to date by one change at a time."""

    done: int = 0
    in_progress: int = 0
    needs: int = 0
    parked: int = 0
    not_begun: int = 0
    cost_microusd: int = 0
    priced: int = 0
    """How many of its tasks have a price."""
    last_done: float = 0.0
    """When the last of those was done that are, in UTC seconds."""

    @property
    def count(self) -> int:
        """How many tasks it has."""
        return self.done + self.in_progress + self.needs + self.parked + self.not_begun

    @property
    def finished(self) -> bool:
        """Whether all of it is done."""
        return 0 < self.done == self.count


class PhaseTotals:
    """The totals of all phases by name; a view asks for them at each drawing."""

    def __init__(self) -> None:
        self.by_name: dict[str, Totalled] = {}
        self.begun: dict[str, float] = {}
        """When the first task of a phase was claimed."""
        self._counted: dict[str, TaskRow] = {}
        self._needing: set[str] = set()
        """Which of these were counted as needing a person."""
        self._unread: set[str] = set()
        """The phases of which some that is done is not here yet."""

    def begin(self, phases: Mapping[str, float]) -> None:
        """Take when phases began; what is known already is earlier."""
        for name, at in phases.items():
            self.begun.setdefault(name, at)

    def add_unread(self, unread: Iterable[Unread]) -> None:
        """Count tasks that are not here yet; money and time of a phase are then unknown."""
        for some in unread:
            total = self.by_name.setdefault(some.phase, Totalled())
            if some.state is TaskState.DONE:
                total.done += some.count
                self._unread.add(some.phase)
            else:
                total.not_begun += some.count

    def put(self, row: TaskRow, *, needs: bool) -> None:
        """Count a task as it is now, instead of as it was."""
        before = self._counted.get(row.id)
        if before is not None:
            self._count(before, -1, needs=row.id in self._needing)
        self._counted[row.id] = row
        (self._needing.add if needs else self._needing.discard)(row.id)
        self._count(row, 1, needs=needs)

    def _count(self, row: TaskRow, by: int, *, needs: bool) -> None:
        total = self.by_name.setdefault(row.phase, Totalled())
        match row.state:
            case TaskState.DONE:
                total.done += by
                total.last_done = max(total.last_done, row.since)
            case TaskState.IN_PROGRESS:
                total.in_progress += by
            case TaskState.PENDING:
                total.not_begun += by
            case _ if needs:
                total.needs += by
            case _:
                total.parked += by
        if row.usage.cost_microusd is not None:
            total.cost_microusd += by * row.usage.cost_microusd
            total.priced += by

    def took(self, name: str) -> float | None:
        """Return how long a phase took from its first claim, in seconds; None while it goes on."""
        total, begun = self.by_name.get(name), self.begun.get(name)
        if total is None or begun is None or not total.finished or name in self._unread:
            return None
        return max(0.0, total.last_done - begun)

    def cost(self, name: str) -> int | None:
        """Return the micro-dollars of a phase; None where nobody told, or not all is here."""
        total = self.by_name.get(name)
        if total is None or not total.priced or name in self._unread:
            return None
        return total.cost_microusd

    def strip(self, places: Mapping[str, int]) -> tuple[StripPhase, ...]:
        """Return what the strip shows, in the order of the plan."""
        names = sorted(self.by_name, key=lambda name: (places.get(name, 0), name))
        return tuple(_of_strip(name, self.by_name[name]) for name in names)


def _of_strip(name: str, total: Totalled) -> StripPhase:
    return StripPhase(
        name=name,
        done=total.done,
        in_progress=total.in_progress,
        needs=total.needs,
        parked=total.parked,
        not_begun=total.not_begun,
    )
