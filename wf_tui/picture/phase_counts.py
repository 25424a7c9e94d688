"""The tasks of a swarm, phase by phase: how many of them are where."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import TaskState
from wf_tui.plan.choices import SWARM
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["PhaseCounts", "count_lines", "current_line", "in_swarm", "phase_counts"]

PhaseCounts = dict[str, Counter[TaskState]]
"""By phase, in the order of the plan: how many tasks of a swarm are in each state."""

_NAME: Final = 40
_WORDS: Final = {
    TaskState.DONE: "done",
    TaskState.IN_PROGRESS: "running",
    TaskState.PENDING: "waiting",
    TaskState.BLOCKED: "blocked",
}


def in_swarm(task: TaskRow) -> bool:
    """Whether other tasks do the like with other items, so that it can be measured by them."""
    return SWARM in task.spec.tags


def phase_counts(tasks: Iterable[TaskRow]) -> PhaseCounts:
    """Count the tasks of swarms; `tasks` are all of a run, in its order."""
    counts: PhaseCounts = {}
    for task in tasks:
        if in_swarm(task):
            counts.setdefault(task.phase, Counter())[task.state] += 1
    return counts


def count_lines(counts: PhaseCounts) -> list[str]:
    """Return a line for each: `items: 12 done, 5 running, 82 waiting, 1 blocked of 100`."""
    return [_line(name, mine) for name, mine in counts.items()]


def current_line(counts: PhaseCounts) -> str:
    """Return the line of the first that is not over; "" where there is none."""
    for name, mine in counts.items():
        if mine[TaskState.PENDING] or mine[TaskState.IN_PROGRESS]:
            return _line(name, mine)
    return ""


def _line(name: str, counts: Mapping[TaskState, int]) -> str:
    parts = [f"{counts[state]} {word}" for state, word in _WORDS.items() if counts[state]]
    return f"{clean(name, limit=_NAME)}: {', '.join(parts)} of {sum(counts.values())}"
