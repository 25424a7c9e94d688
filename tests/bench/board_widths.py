"""How often the columns change their widths while a run goes by that nobody touches."""

from __future__ import annotations

from random import Random
from statistics import median
from typing import Final

from wf_tui.board.columns.rails import Rails
from wf_tui.ledger.model.states import TaskState

__all__ = ["changes_a_minute"]

_JOBS: Final = 6
_LONGEST: Final = 95
"""Seconds that a task takes at most: forty of them make a run of some six minutes."""
_FAILS: Final = 0.1
_HELPED_AFTER: Final = 45
"""Seconds after which a person has looked at what failed."""


def changes_a_minute(tasks: int, runs: int = 21) -> float:
    """Return the median of some random runs; the clock is that of the run."""
    return median(_one_run(tasks, Random(seed)) for seed in range(runs))  # noqa: S311 - same runs


def _one_run(tasks: int, random: Random) -> float:
    rails, changes, now = Rails(), -1, 0  # the first widths are no change
    pending, done = tasks, 0
    working: list[int] = []
    blocked: list[int] = []
    while done < tasks:
        ended = [end for end in working if end <= now]
        working = [end for end in working if end > now]
        failed = [end for end in ended if random.random() < _FAILS]
        done += len(ended) - len(failed)
        pending += sum(1 for end in blocked if end <= now)
        blocked = [end for end in blocked if end > now]
        blocked += [now + _HELPED_AFTER for _ in failed]
        while pending and len(working) < _JOBS:
            pending -= 1
            working.append(now + random.randint(_LONGEST // 5, _LONGEST))
        counts = {
            TaskState.PENDING.value: pending,
            TaskState.IN_PROGRESS.value: len(working),
            TaskState.DONE.value: done,
            TaskState.BLOCKED.value: len(blocked),
        }
        changes += rails.update(counts, TaskState.IN_PROGRESS.value, now, narrow=False)
        now += 1
    return changes / (now / 60)
