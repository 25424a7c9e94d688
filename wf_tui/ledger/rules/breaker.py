"""A breaker per profile: what fails at once, again and again, is not tried at full speed.

The rule is in RULES 5, Breaker. All of it is in the ledger: a new scheduler goes on where the last
one was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.run_events import LaneLimited, LaneOpen
from wf_tui.ledger.model.rows import BreakerRow, evolve
from wf_tui.ledger.model.states import LimitKind
from wf_tui.ledger.queries.breaker_reads import shuts, tripped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["close_all", "close_for", "failed", "is_shut", "pause_after", "set_limits", "worked"]

QUICK: Final = 1.0
"""Seconds from claim to end within which a failure counts."""
FIRST_PAUSE: Final = 5.0
"""Seconds; doubled by each trip in a row."""
TRIPS: Final = 6
"""The trip after which only a person lets the profile try again."""


def set_limits(tx: Change, limits: Mapping[str, int]) -> None:
    """Set after how many quick failures in a row each profile pauses; 0 is never.

    Once, as a run is made: a later scheduler goes by the same limits.
    """
    for profile, allowed in limits.items():
        tx.insert(BreakerRow(tx.run.id, profile, allowed))


def is_shut(tx: Change, profile: str) -> bool:
    """Whether a profile may claim nothing now; reads the open attempts only where it tripped."""
    row = tx.db.row(BreakerRow, tx.run.id, profile)
    return row is not None and row.trips > 0 and shuts(row, tx.open_attempts(), tx.now)


def failed(tx: Change, attempt: AttemptRow) -> None:
    """Count a failure; a slow one is no storm and counts as if it had worked.

    Called by `failures.fail` for each failure that is counted, before the attempt is closed.
    """
    row = tx.db.row(BreakerRow, tx.run.id, attempt.profile)
    if row is None or not row.allowed:
        return
    if row.trips and (row.until is None or attempt.started_at < row.until):
        # It began before the pause and fails behind it: only the one attempt that is let through
        # after the pause says whether the profile works again.
        return
    # One that began later than now began before the clock was set: nobody knows how quick it was.
    if not 0.0 <= tx.now - attempt.started_at < QUICK:
        _close(tx, row)
        return
    failures = row.failures + 1
    if not row.trips and failures < row.allowed:
        tx.write(row, evolve(row, failures=failures))
        return
    trips = row.trips + 1
    until = None
    if trips < TRIPS:
        until = tx.now + pause_after(trips)
    tx.emit(LaneLimited(lane=row.profile, until=until, failures=failures, reason=LimitKind.BREAKER))
    tx.write(row, evolve(row, failures=failures, trips=trips, until=until))


def worked(tx: Change, profile: str) -> None:
    """Count from 0 again, and let a profile that was paused go on.

    Called for each attempt that succeeds; nearly always nothing was counted, and it writes nothing.
    """
    row = tx.db.row(BreakerRow, tx.run.id, profile)
    if row is not None and row.failures:
        _close(tx, row)


def pause_after(trips: int) -> float:
    """Return the seconds that a profile pauses after so many trips in a row."""
    return FIRST_PAUSE * 2.0 ** (trips - 1)


def close_all(tx: Change) -> bool:
    """Let all profiles go on, at a person's word; whether one of them was paused."""
    paused = tripped(tx.db, tx.run.id)
    for profile in paused:
        worked(tx, profile)
    return bool(paused)


def close_for(tx: Change, task: TaskRow) -> None:
    """Let the profiles go on that may take a task to which a person gave another chance."""
    paused = tripped(tx.db, tx.run.id)
    if not paused:
        return
    fit = {seat.profile for seat in tx.workers() if seat.fits(task)}
    for profile in sorted(paused.keys() & fit):
        worked(tx, profile)


def _close(tx: Change, row: BreakerRow) -> None:
    tx.write(row, evolve(row, failures=0, trips=0, until=None))
    if row.trips:
        tx.emit(LaneOpen(lane=row.profile))
