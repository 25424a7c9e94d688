"""What a claim or an end has to see to besides its task, asked at once: nearly always, nothing.

Each question costs one look into an index; as a statement of its own it would cost ten times that.
What is found is then read as exactly as ever: a probe may say yes too often, never too seldom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow, WorkerRow
    from wf_tui.ledger.rules.change import Change
    from wf_tui.ledger.store.database import Values

__all__ = ["Due", "Ties", "due", "ties"]

_DUE: Final = (
    "SELECT EXISTS (SELECT 1 FROM breaker WHERE run = :run AND profile = :profile AND trips > 0), "
    "EXISTS (SELECT 1 FROM task WHERE run = :run AND not_before IS NOT NULL "
    "AND not_before <= :now), "
    "EXISTS (SELECT 1 FROM task WHERE run = :run AND seat_wanted IS NOT NULL "
    "AND wanted_until <= :now), "
    "EXISTS (SELECT 1 FROM task WHERE run = :run AND pinned_by = 'plan' AND state = 'pending' "
    "AND ready_at < :before), "
    "EXISTS (SELECT 1 FROM task WHERE run = :run AND wait_queue IS NOT NULL)"
)
_TIES: Final = (
    "SELECT EXISTS (SELECT 1 FROM message WHERE run = :run AND task = :task "
    "AND state = 'waiting'), "
    "EXISTS (SELECT 1 FROM question WHERE run = :run AND task = :task AND state = 'answered'), "
    "EXISTS (SELECT 1 FROM comment WHERE run = :run AND task = :task AND state = 'sent' "
    "AND delivered_epoch IS NULL), "
    "EXISTS (SELECT 1 FROM snooze WHERE run = :run)"
)


class Due(NamedTuple):
    """What may bring tasks into the walk of a claim, or keep its seat from claiming."""

    tripped: bool
    """Its profile was paused, and has not worked since."""
    timers: bool
    """Back-offs or quotas are over."""
    wants: bool
    """Tasks have waited long enough for the seats that know them."""
    pins: bool
    """Tasks have waited long enough for the seats that their plan wants."""
    parked: bool
    """Tasks wait for a scope."""


class Ties(NamedTuple):
    """What persons have for the next attempt of a task, or hear of once it is done."""

    messages: bool
    answers: bool
    comments: bool


def due(tx: Change, worker: WorkerRow, steal_after: float) -> Due:
    """Ask for a claim of this seat; `steal_after` is how long a pin of the plan is waited for.

    A timer that is let go brings in no want and no pin that is not found here already.
    """
    values: Values = {
        "run": tx.run.id,
        "profile": worker.profile,
        "now": tx.now,
        "before": tx.now - steal_after,
    }
    return Due(*map(bool, tx.db.execute(_DUE, values)[0]))


def ties(tx: Change, task: TaskRow) -> Ties:
    """Ask for a task that is about to move; also whether anything of the run is put off at all."""
    *found, snoozes = tx.db.execute(_TIES, {"run": tx.run.id, "task": task.id})[0]
    if not snoozes:
        tx.note_nothing_snoozed()
    return Ties(*map(bool, found))
