"""A ledger changed behind its back: states that a crash leaves and no move makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wf_tui.ledger.ledger import Ledger

UNRECORDED_MERGE = (
    "UPDATE task SET state = 'in_progress', kind = NULL, step = 'integrating', open_epoch = 1",
    "UPDATE task SET worker = 'shell-1', unmet = 1, settled = 0, commit_id = NULL",
    "UPDATE attempt SET open = 1, outcome = NULL",
    "UPDATE worker SET task = 'a', epoch = 1 WHERE name = 'shell-1'",
    "UPDATE run SET state = 'running', in_progress = 1, done = 0, open_attempts = 1, head = base",
    "UPDATE phase SET unsettled = 1, settled_at = NULL, open_attempts = 1",
)
"""The ledger as it was between a merge and its record."""


def forge(statement: str, ledger: Ledger) -> None:
    """Change the ledger behind its back."""
    ledger.db.execute(statement)
