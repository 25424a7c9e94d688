"""The filter of the board for `wf status`: the same language, judged once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wf_tui.errors import UsageError
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.card import worker_name
from wf_tui.picture.filter import parse
from wf_tui.picture.last_attempt import last_attempts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import AttemptRow, TaskRow, WorkerRow
    from wf_tui.ledger.queries.reasons import Reason
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.last_attempt import LastAttempt
    from wf_tui.picture.status import Status

__all__ = ["filtered"]


def filtered(db: Database, status: Status, text: str) -> Status:
    """Return a status that lists only the tasks which a filter lets through.

    Raises `UsageError` for a key or a value that there is not.
    """
    wanted = parse(text)
    if wanted.problem:
        raise UsageError(wanted.problem, "as on the board: /kind:failed age:>10m words")
    facts = _Facts(
        status,
        {seat.name: seat for seat in status.workers},
        {attempt.task: attempt for attempt in status.holders},
        last_attempts(db, status.run.id),
    )
    shown = frozenset(task.id for task in status.tasks if wanted.matches(task, facts))
    return replace(status, shown=shown)


@dataclass(frozen=True)
class _Facts:
    """What the filter asks of a task, from what was read."""

    status: Status
    seats: Mapping[str, WorkerRow]
    open: Mapping[str, AttemptRow]
    last: Mapping[str, LastAttempt]

    @property
    def now(self) -> float:
        return self.status.now

    def reason(self, task: str) -> Reason:
        return self.status.reasons[task]

    def needs_you(self, row: TaskRow) -> bool:
        return self.status.needs_you(row)

    def lane(self, row: TaskRow) -> str:
        if row.state is TaskState.PENDING:
            return str(self.reason(row.id).detail.get("lane") or "")
        seat = self.seats.get(worker_name(row))
        return seat.lane if seat is not None else ""

    def model(self, row: TaskRow) -> str:
        live, last = self.open.get(row.id), self.last.get(row.id)
        seat = self.seats.get(worker_name(row))
        told = (live.model if live is not None else None) or (last.model if last else None)
        return told or (seat.model if seat is not None else "")

    def proof(self, task: str) -> str:
        last = self.last.get(task)
        return last.proof if last is not None else ""
