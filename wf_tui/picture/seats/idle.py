"""Why a seat has nothing to do: the cause of now; how long it has been so nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import Intent, PendingReason, RunState
from wf_tui.ledger.queries.breaker_reads import shuts
from wf_tui.ledger.queries.budget_reads import is_used_up
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wf_tui.ledger.model.rows import TaskRow, WorkerRow
    from wf_tui.ledger.queries.reasons import Reason
    from wf_tui.picture.batch import Batch

__all__ = ["Idle", "why_idle"]

_ROLES: Final = 2
"""Roles that are named."""
_TEXT: Final = 120


@dataclass(frozen=True)
class Idle:
    """Why a seat is idle; its text is safe to draw."""

    text: str
    next: str = ""
    """The task that it would take first, by its id in the ledger; "" where there is none."""


def why_idle(
    seats: Sequence[WorkerRow], batch: Batch, ready: Sequence[TaskRow], now: float
) -> tuple[Idle, ...]:
    """Return why each of some seats has no task; of several causes that which holds longest.

    `ready` are the pending tasks that wait for no other, in the order of dispatch.
    """
    if words := _whole_run(batch):
        return (Idle(words),) * len(seats)
    # The reason of a task looks at all seats, and many seats would take the same task first.
    reason = cache(lambda task: batch.reasons.of(ready[task]))
    return tuple(_why(seat, batch, ready, now, reason) for seat in seats)


def _why(
    seat: WorkerRow,
    batch: Batch,
    ready: Sequence[TaskRow],
    now: float,
    reason: Callable[[int], Reason],
) -> Idle:
    """Return why one seat is idle; `reason` gives that of a ready task, by its place."""
    first = next((place for place, task in enumerate(ready) if seat.fits(task)), None)
    name = "" if first is None else ready[first].id
    if words := _shut(seat, batch, now):
        return Idle(words, name)
    if first is None:
        return Idle(_nothing_ready(seat))
    return Idle(_what_keeps(seat, batch) or _in_words(reason(first)), name)


def _whole_run(batch: Batch) -> str:
    """Return what keeps all seats of the run idle; "" where nothing does."""
    run = batch.run
    if run.state.ended:
        return "the run is over"
    if run.state is RunState.PAUSED:
        return "the run is paused"
    if run.intent is not Intent.GO:
        return "the run is being stopped"
    if not batch.alive:
        return "no scheduler leads the run"
    return "the budget is used up" if is_used_up(run) else ""


def _shut(seat: WorkerRow, batch: Batch, now: float) -> str:
    """Return what keeps the seats of its lane or its profile idle."""
    lane = batch.reasons.lanes.get(seat.lane)
    if lane is not None and lane.state.shut(now):
        return "waits for its lane"
    breaker = batch.reasons.breakers.get(seat.profile)
    if breaker is not None and shuts(breaker, batch.reasons.holders, now):
        return "its profile is paused"
    return ""


def _nothing_ready(seat: WorkerRow) -> str:
    if not seat.roles:
        return "no ready task"
    roles = [clean(role, limit=_TEXT) for role in seat.roles]
    return f"no ready task for its {'role' if len(roles) == 1 else 'roles'} {listed(roles, _ROLES)}"


def _what_keeps(seat: WorkerRow, batch: Batch) -> str:
    """Return which number keeps a seat from any task that it could do; "" where none does."""
    run = batch.run
    lane = batch.reasons.lanes.get(seat.lane)
    if run.open_attempts >= run.jobs:
        return f"{plural(run.jobs, 'job')} at once, and all run"
    match lane.short if lane is not None else "":
        case "capacity":
            most = lane.state.capacity if lane is not None else None
            return f"its lane bears {most or 1} at once"
        case "ramp":
            return "its lane starts one after the other"
        case "memory":
            return "too little free memory"
        case _:
            return ""


def _in_words(reason: Reason) -> str:
    if reason.kind == PendingReason.READY:
        return "begins at once"
    return clean(reason.text, limit=_TEXT)
