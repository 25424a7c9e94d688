"""How long a run takes at least: its longest remaining path, by what its roles have taken."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import RunState, TaskState
from wf_tui.picture.remaining_paths import RemainingPaths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wf_tui.ledger.model.rows import PhaseRow, TaskRow
    from wf_tui.picture.batch import Batch
    from wf_tui.picture.remaining_paths import Path
    from wf_tui.picture.sequence import Sequences

__all__ = ["Remaining", "RoleTimes"]

_FEWEST: Final = 5
"""Finished attempts, below which their medians say nothing."""
_LEAST: Final = 1.0
"""Seconds, below which there is nothing to tell."""
_THOUSAND: Final = 1000


class RoleTimes:
    """What the finished attempts of each role took."""

    def __init__(self) -> None:
        self._taken: dict[str, list[int]] = {}
        self._count = 0

    def add(self, durations: Mapping[tuple[str, int], int]) -> None:
        """Take how many more took so many milliseconds, by role; or how many less."""
        for (role, took), more in durations.items():
            taken = self._taken.setdefault(role, [])
            self._count += more
            for _ in range(more):
                insort(taken, took)
            for _ in range(-more):
                del taken[bisect_left(taken, took)]

    @property
    def enough(self) -> bool:
        """Whether there are enough of them to say anything."""
        return self._count >= _FEWEST

    def median(self, role: str) -> float:
        """Return what an attempt of a role mostly takes, in seconds; 0 where none has finished."""
        taken = self._taken.get(role)
        if not taken:
            return 0.0
        middle = len(taken) // 2
        if len(taken) % 2:
            return taken[middle] / _THOUSAND
        return (taken[middle - 1] + taken[middle]) / 2 / _THOUSAND


class Remaining:
    """What remains of a run, kept in step with it; belongs to the thread that draws."""

    def __init__(self, sequences: Sequences) -> None:
        self._sequences = sequences
        self._times = RoleTimes()
        self._paths = RemainingPaths()
        self._phases: Mapping[str, PhaseRow] = {}
        self._waits: Mapping[str, tuple[str, ...]] = {}
        """The phases that each phase waits for, or waited."""
        self._filled = False

    def update(
        self,
        batch: Batch,
        rows: Mapping[str, TaskRow],
        added: Sequence[TaskRow],
        changed: Iterable[str],
    ) -> None:
        """Take a batch; `rows` has all tasks as they are now, those that are new in it `added`."""
        self._times.add(batch.durations)
        before, self._waits = self._waits, batch.phase_order
        self._phases = batch.reasons.phases
        other_ways = any(self._waits.get(name, ()) != many for name, many in before.items())
        self._filled = self._filled and not other_ways
        if not self._filled:
            return
        if not all(self._paths.add(row, self._waits_for) for row in added):
            self._filled = False
            return
        for task in changed:
            self._paths.put(rows[task])

    def prepare(self, rows: Mapping[str, TaskRow]) -> None:
        """Find the paths where there is something to measure them by, and they are not known.

        Costs all tasks; so it is not for the first picture of a run, which a person waits for.
        """
        if not self._filled and self._times.enough:
            self._paths.fill(list(rows.values()), self._waits_for)
            self._filled = True

    def left(self, batch: Batch, rows: Mapping[str, TaskRow], now: float) -> float | None:
        """Return the seconds that a run takes at least; None where nothing tells.

        An attempt that goes on takes at least what is left of the median of its role. What waits
        for a person alone is on none of these paths, so where nothing else remains there is no
        time to tell.
        """
        if batch.run.state is not RunState.RUNNING or not self._filled or not self._times.enough:
            return None
        medians = [self._times.median(role) for role in self._paths.roles]
        found = [_longest(several, medians) for several in self._paths.startable]
        for attempt in batch.reasons.holders:
            row = rows[attempt.task]
            # One whose worker waits for an answer is open, too, but does not get on with its work.
            if row.state is TaskState.IN_PROGRESS:
                rest = max(0.0, self._times.median(row.role) - (now - attempt.started_at))
                found.append(rest + _longest(self._paths.after(row.id), medians))
        least = max(found, default=0.0)
        # "At least nothing" would tell nobody anything.
        return least if least >= _LEAST else None

    def _waits_for(self, row: TaskRow) -> tuple[Sequence[str], Sequence[str]]:
        """Return the tasks that a task waits for, or waited, and the phases."""
        in_turn = not self._phases[row.phase].parallel
        previous = self._sequences.previous_task(row) if in_turn else None
        tasks = row.spec.awaited if previous is None else (*row.spec.awaited, previous)
        judged = (row.spec.judges,) if row.spec.judges else ()
        return tasks, (*self._waits.get(row.phase, ()), *judged)


def _longest(paths: Iterable[Path], medians: list[float]) -> float:
    return max(sum(n * one for n, one in zip(path, medians, strict=True)) for path in paths)
