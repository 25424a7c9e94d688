"""Which commands runs of this repository have had: a person is asked about new ones only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.worktree_setup import worktree_setup_of
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from wf_tui.ledger.store.database import Database

__all__ = ["commands_seen"]

_MOST_RUNS: Final = 50


def commands_seen(db: Database) -> frozenset[str]:
    """Return the commands, gates and set-ups of the newest 50 runs."""
    seen: set[str | None] = set()
    for run in reads.runs(db)[:_MOST_RUNS]:
        around = worktree_setup_of(db, run.id)
        seen |= {around.setup, around.teardown}
        for task in reads.tasks(db, run.id):
            seen |= {task.spec.command, task.spec.gate}
    return frozenset(command for command in seen if command)
