"""Which tasks need a person: one rule for header, inbox, filter and status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import BlockedKind

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["needs_you"]


def needs_you(row: TaskRow) -> bool:
    """Whether it stands still until a person does something.

    The kind of the block says so; it counts in the header, sorts first, and is the filter `@`.
    """
    if row.kind is BlockedKind.QUOTA:
        return row.not_before is None  # nobody has told when there is more of it
    if row.spec.rival and not {"judge", "others"}.isdisjoint(row.detail):
        return False  # a judge chooses between it and others, or another one may still be merged
    return row.block is not None and row.block.waits_for_person
