"""How far a running task is, guessed from what others of its phase took that are done.

A bar of progress, never a time: an agent's tool calls against the mean of those of finished ones,
or the items of its own plan where it tells one. A command tells neither, so its time is taken.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import Outcome, Step
from wf_tui.plan.choices import Takes
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.store.database import Database, Value

__all__ = ["NO_PACE", "Ended", "Pace", "durations", "paces", "read_ended", "share_done"]

_MOST: Final = 0.85
"""As far as a guess goes: the rest is for the end, which nobody can guess."""
_AT_WORK: Final = frozenset({Step.CLAIMED, Step.PREPARING, Step.RUNNING})
"""Behind these its work is judged and merged, and no figure tells any more."""
_THOUSAND: Final = 1000
_ENDED: Final = (
    "SELECT t.phase, t.role, a.outcome, a.ended_at - a.started_at, a.tools FROM attempt a "
    "JOIN task t ON t.run = a.run AND t.id = a.task "
    "WHERE a.run = :run AND a.ended_at IS NOT NULL"
)


@frozen
class Pace:
    """What the attempts of a phase took together that succeeded; whole numbers, to be added up."""

    attempts: int = 0
    milliseconds: int = 0
    calls: int = 0
    """How many tools they used."""

    def __add__(self, other: Pace) -> Pace:
        return Pace(
            self.attempts + other.attempts,
            self.milliseconds + other.milliseconds,
            self.calls + other.calls,
        )


NO_PACE: Final = Pace()


@frozen
class Ended:
    """An attempt that is over, as far as others are measured by it."""

    phase: str
    role: str
    succeeded: bool
    milliseconds: int
    calls: int


def read_ended(db: Database, run: str, task: str = "", epoch: int = 0) -> list[Ended]:
    """Return the attempts of a run that are over, or the one of a task and epoch."""
    one = " AND a.task = :task AND a.epoch = :epoch" if task else ""
    key: dict[str, Value] = {"run": run}
    if task:
        key |= {"task": task, "epoch": epoch}
    rows = db.execute(f"{_ENDED}{one}", key)
    return [
        # A clock that was set back makes no attempt that took less than nothing.
        Ended(
            phase=str(phase),
            role=str(role),
            succeeded=outcome == Outcome.SUCCEEDED,
            milliseconds=max(0, int(float(str(seconds or 0)) * _THOUSAND)),
            calls=int(str(calls)),
        )
        for phase, role, outcome, seconds, calls in rows
    ]


def paces(ended: Iterable[Ended]) -> dict[str, Pace]:
    """Return the pace of each phase of which something is done."""
    found: dict[str, Pace] = {}
    for one in ended:
        if one.succeeded:
            more = Pace(1, one.milliseconds, one.calls)
            found[one.phase] = found.get(one.phase, NO_PACE) + more
    return found


def durations(ended: Iterable[Ended]) -> dict[tuple[str, int], int]:
    """Return how many attempts succeeded in so many milliseconds, by role."""
    return Counter((one.role, one.milliseconds) for one in ended if one.succeeded)


def share_done(task: TaskRow, attempt: AttemptRow | None, pace: Pace, now: float) -> float | None:
    """Return how far a task is, from 0 to 1; None where nobody works on it.

    `attempt` is its open one, `pace` that of its phase. 0 as long as there is nothing to go by.
    """
    if attempt is None or not task.claimed or attempt.epoch != task.epoch:
        return None
    if task.step not in _AT_WORK:
        return _MOST
    if attempt.plan_total and attempt.plan_done is not None:
        return min(attempt.plan_done / attempt.plan_total, 1.0)
    if task.takes is Takes.PROMPT:
        done, usual = float(attempt.tools), float(pace.calls)
    else:
        done, usual = (now - attempt.started_at) * _THOUSAND, float(pace.milliseconds)
    if not usual:
        return 0.0
    return min(max(done, 0.0) * pace.attempts / usual, _MOST)
