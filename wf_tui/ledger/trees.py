"""Which worktrees of a run are in use, or wait for a person; their numbers, as git has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger import reads
from wf_tui.ledger.words import BlockedKind

if TYPE_CHECKING:
    from wf_tui.ledger.database import Database

__all__ = ["live_trees", "needed_trees"]


def live_trees(db: Database, run: str) -> set[int]:
    """Return the trees of attempts that are not closed: what is in them may not be harvested."""
    return {int(one.tree) for one in reads.attempts(db, run) if one.open and one.tree}


def needed_trees(db: Database, run: str) -> set[int]:
    """Return the trees that blocked tasks may be accepted from."""
    kinds = {BlockedKind.SCOPE.value, BlockedKind.CONFLICT.value}
    blocked = {task.id: task.epoch for task in reads.tasks(db, run) if task.kind in kinds}
    return {
        int(attempt.tree)
        for attempt in reads.attempts(db, run)
        if attempt.tree and blocked.get(attempt.task) == attempt.epoch
    }
