"""The last attempt of a task, of which a card tells after its claim is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.picture.changed_tasks import marks, parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.ledger.model.rows import AttemptRow
    from wf_tui.ledger.store.database import Database, Row

__all__ = ["LastAttempt", "as_last_attempt", "last_attempts"]


@dataclass(frozen=True)
class LastAttempt:
    """What a card needs of an attempt that is over; the words are not safe to draw."""

    task: str
    epoch: int
    worker: str
    model: str
    lane: str
    started_at: float
    ended_at: float
    outcome: str
    cause: str
    proof: str
    """The line of its end that matters."""
    said: str
    """Its worker's last message."""
    files: int | None
    added: int | None
    removed: int | None


_COLUMNS: Final = (
    "a.task, a.epoch, a.worker, a.model, a.lane, a.started_at, a.ended_at, a.outcome, a.cause, "
    "a.proof, a.said, a.files, a.added, a.removed"
)
_LAST: Final = (
    f"SELECT {_COLUMNS} FROM attempt a JOIN task t ON t.run = a.run AND t.id = a.task "
    "AND t.epoch = a.epoch WHERE a.run = :run AND a.ended_at IS NOT NULL"
)


def last_attempts(
    db: Database, run: str, tasks: Iterable[str] | None = None
) -> dict[str, LastAttempt]:
    """Return the last attempt of each of these tasks, or of all, whose last one is over.

    A tuple each instead of a row of 44 columns: a board that opens reads one for each task.
    """
    if tasks is None:
        return _by_task(db.execute(_LAST, {"run": run}))
    found: dict[str, LastAttempt] = {}
    for part in parts(tasks):
        found |= _by_task(
            db.execute(f"{_LAST} AND a.task IN ({marks(part)})", {"run": run, **part})
        )
    return found


def as_last_attempt(row: AttemptRow) -> LastAttempt | None:
    """Return what a card needs of an attempt; None where it is not over."""
    if row.ended_at is None:
        return None
    return LastAttempt(
        task=row.task,
        epoch=row.epoch,
        worker=row.worker,
        model=row.model or "",
        lane=row.lane or "",
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome or "",
        cause=row.cause or "",
        proof=row.proof or "",
        said=row.said or "",
        files=row.files,
        added=row.added,
        removed=row.removed,
    )


def _by_task(rows: Iterable[Row]) -> dict[str, LastAttempt]:
    return {str(row[0]): _read(row) for row in rows}


def _read(row: Row) -> LastAttempt:
    task, epoch, worker, model, lane, started, ended, outcome, cause, proof, said, *counts = row
    files, added, removed = (None if count is None else int(count) for count in counts)
    return LastAttempt(
        task=str(task),
        epoch=int(epoch or 0),
        worker=str(worker),
        model=str(model or ""),
        lane=str(lane or ""),
        started_at=float(started or 0),
        ended_at=float(ended or 0),
        outcome=str(outcome or ""),
        cause=str(cause or ""),
        proof=str(proof or ""),
        said=str(said or ""),
        files=files,
        added=added,
        removed=removed,
    )
