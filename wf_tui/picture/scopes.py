"""Who holds which paths, and who waits for them (RULES 4.3, Write scopes)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.rows import TaskRow, decode, select
from wf_tui.ledger.model.startable import STARTABLE, UNPARKED
from wf_tui.ledger.queries.scope_holders import contention

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import AttemptRow, RunRow
    from wf_tui.ledger.store.database import Database

__all__ = ["waiting_for"]

_LOOKED_AT: Final = 500
"""Tasks that could start are looked at up to here, so that a look costs the same in any run."""
_FREE: Final = (
    f"WHERE run = :run AND {STARTABLE} AND mode = 'read_write' ORDER BY rank, ordinal LIMIT :most"
)
_PARKED: Final = (
    f"WHERE run = :run AND wait_queue IS NOT NULL AND {UNPARKED} "
    "ORDER BY wait_queue, rank, ordinal LIMIT :most"
)


def waiting_for(db: Database, run: RunRow, attempt: AttemptRow, most: int) -> list[str]:
    """Return the first tasks, `most` at most, that only the scope of this attempt keeps waiting.

    For one attempt that somebody looks at. First those in the queue for a scope, then those that
    could start otherwise; only so many are looked at, so a long list may be cut.
    """
    waiting: list[str] = []
    left = _LOOKED_AT
    for where in (_PARKED, _FREE):
        rows = list(db.execute(select(TaskRow, where), {"run": run.id, "most": left}))
        left -= len(rows)
        tasks = [decode(TaskRow, row) for row in rows]
        waiting += [task.id for task in tasks if contention(run, task, [attempt])]
    return waiting[:most]
