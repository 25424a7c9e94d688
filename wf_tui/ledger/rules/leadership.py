"""Who leads a run: the row that tells others, beside the lock of the store that keeps them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.run_events import SchedulerLost, SchedulerStarted
from wf_tui.ledger.rules import runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.rules.change import Change

__all__ = ["record_leader", "sign_off"]

_LEADS: Final = (
    "INSERT INTO scheduler (run, pid, host, boot, pid_started, started_at) "
    "VALUES (:run, :pid, :host, :boot, :pid_started, :started_at) "
    "ON CONFLICT (run) DO UPDATE SET pid = excluded.pid, host = excluded.host, "
    "boot = excluded.boot, pid_started = excluded.pid_started, started_at = excluded.started_at"
)


def record_leader(tx: Change, leader: Mapping[str, str | int]) -> None:
    """Record the process that leads from now on; one before it that did not sign off is lost.

    `leader` has the fields of a `ProcessIdentity`. Called by a scheduler as it begins.
    """
    if tx.db.execute("SELECT 1 FROM scheduler WHERE run = :run", {"run": tx.run.id}):
        tx.emit(SchedulerLost())
    tx.db.execute(_LEADS, {**leader, "run": tx.run.id, "started_at": tx.now})
    tx.emit(SchedulerStarted(pid=int(leader["pid"]), host=str(leader["host"])))


def sign_off(tx: Change) -> bool:
    """Take the leader's row away as it ends; False, and it stays, where there is new work.

    In one change with the look, since whoever brings a run back asks in another whether it is led.
    """
    if runs.wants_scheduler(tx.run):
        return False
    tx.db.execute("DELETE FROM scheduler WHERE run = :run", {"run": tx.run.id})
    return True
