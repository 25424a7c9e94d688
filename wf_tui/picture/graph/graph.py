"""What waits for what in a run, and how long its tasks took or are likely to take."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import Outcome, TaskState
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.store.database import Database

__all__ = ["Graph", "read_graph"]

_ENOUGH: Final = 5
"""Finished attempts that have to stand behind a figure of time."""


@dataclass(frozen=True)
class Graph:
    """A run as a graph; ids are those of the ledger, not safe to draw."""

    phases: tuple[str, ...]
    """In the order of the plan."""
    waits: Mapping[str, tuple[str, ...]]
    """The phases that a phase waits for."""
    tasks: Mapping[str, TaskRow]
    """In the order of the plan."""
    needs: Mapping[str, tuple[str, ...]]
    """The tasks that a task waits for, by its results or its turn."""
    took: Mapping[str, float]
    """Seconds that the attempt took that finished a task."""
    usual: Mapping[str, float]
    """The median of the finished attempts, by role."""
    finished: int
    """How many attempts have finished."""

    @property
    def is_measured(self) -> bool:
        """Whether enough has finished that anything can be said of the time."""
        return self.finished >= _ENOUGH

    def layer(self, phase: str) -> list[TaskRow]:
        """Return the tasks of a phase, in the order of the plan."""
        return [task for task in self.tasks.values() if task.phase == phase]

    def estimate(self, task: TaskRow) -> float:
        """Return the seconds that a task is likely to take: the median of its role, else of all."""
        every = self.usual.values()
        return self.usual.get(task.role, median(every) if every else 0.0)

    def waits_for(self, task: str) -> list[str]:
        """Return what a task waits for, however far before it; without what is done."""
        return self._reach(task, self._before)

    def holds_up(self, task: str) -> list[str]:
        """Return what waits for a task, however far behind it; without what is done."""
        if self.tasks[task].state is TaskState.DONE:
            return []
        return self._reach(task, self._after)

    def _before(self, task: str) -> Iterable[str]:
        yield from self.needs.get(task, ())
        for phase in self.waits.get(self.tasks[task].phase, ()):
            yield from (one.id for one in self.layer(phase))

    def _after(self, task: str) -> Iterable[str]:
        yield from (name for name, needs in self.needs.items() if task in needs)
        phase = self.tasks[task].phase
        for name, before in self.waits.items():
            if phase in before:
                yield from (one.id for one in self.layer(name))

    def _reach(self, task: str, beside: Callable[[str], Iterable[str]]) -> list[str]:
        seen = {task}
        todo = deque([task])
        while todo:
            for name in beside(todo.popleft()):
                if name in self.tasks and name not in seen:
                    if self.tasks[name].state is TaskState.DONE:
                        continue
                    seen.add(name)
                    todo.append(name)
        return [name for name in self.tasks if name in seen and name != task]


def read_graph(db: Database, run_id: str) -> Graph:
    """Read it, in one snapshot, on any thread; costs the number of tasks and attempts."""
    with db.snapshot():
        tasks = reads.tasks(db, run_id)
        phases = reads.phases(db, run_id)
        attempts = reads.attempts(db, run_id)
        edges = db.execute(
            "SELECT dst, src FROM edge WHERE run = :run ORDER BY dst, src", {"run": run_id}
        )
        orders = db.execute(
            "SELECT dst, src FROM phase_edge WHERE run = :run ORDER BY dst, src", {"run": run_id}
        )
    done = [one for one in attempts if one.outcome is Outcome.SUCCEEDED and one.ended_at]
    by_role: dict[str, list[float]] = {}
    roles = {task.id: task.role for task in tasks}
    for one in done:
        if one.task in roles and not one.by_hand:
            by_role.setdefault(roles[one.task], []).append(_seconds(one))
    return Graph(
        phases=tuple(phase.name for phase in phases),
        waits=_grouped((str(dst), str(src)) for dst, src in orders),
        tasks={task.id: task for task in tasks},
        needs=_grouped((str(dst), str(src)) for dst, src in edges),
        took={one.task: _seconds(one) for one in done},
        usual={role: median(many) for role, many in by_role.items()},
        finished=sum(map(len, by_role.values())),
    )


def _seconds(attempt: AttemptRow) -> float:
    return max(0.0, (attempt.ended_at or attempt.started_at) - attempt.started_at)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(dict.fromkeys(many)) for key, many in groups.items()}
