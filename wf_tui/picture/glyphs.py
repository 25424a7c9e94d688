"""One glyph for each state, so that no state is told by colour alone."""

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import BlockedKind, TaskState

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["BLOCKED", "CANCELLED", "DONE", "IN_PROGRESS", "NEEDS_YOU", "PENDING", "WAITING", "of"]

NEEDS_YOU: Final = "◆"
IN_PROGRESS: Final = "●"
PENDING: Final = "○"
"""Nothing that it needs is missing, whatever keeps it from beginning."""
WAITING: Final = "·"
BLOCKED: Final = "◇"
"""Blocked, and nobody has to do anything."""
DONE: Final = "✓"
CANCELLED: Final = "⊘"


def of(task: "TaskRow") -> str:
    """Return the glyph of a task."""
    if task.state is TaskState.PENDING:
        return WAITING if task.unmet else PENDING
    if isinstance(task.kind, BlockedKind):
        return blocked(task.kind)
    return IN_PROGRESS if task.state is TaskState.IN_PROGRESS else DONE


def blocked(kind: BlockedKind) -> str:
    """Return the glyph of a blocked task; `NEEDS_YOU` where its kind waits for a person."""
    if kind.facts.waits_for_person:
        return NEEDS_YOU
    return CANCELLED if kind is BlockedKind.CANCELLED else BLOCKED
