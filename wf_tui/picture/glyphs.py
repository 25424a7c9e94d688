"""One glyph for each state, so that no state is told by colour alone."""

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import BlockedKind, PendingReason, TaskState

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["BLOCKED", "CANCELLED", "DONE", "IN_PROGRESS", "NEEDS_YOU", "PENDING", "WAITING", "of"]

PENDING: Final = "○"
WAITING: Final = "◌"
IN_PROGRESS: Final = "●"
DONE: Final = "✓"
BLOCKED: Final = "▌"
NEEDS_YOU: Final = "◆"
CANCELLED: Final = "⊘"


def of(task: "TaskRow", reason: str) -> str:
    """Return the glyph of a task; `reason` is the word for why it is where it is."""
    if task.state is TaskState.PENDING:
        return PENDING if reason == PendingReason.READY else WAITING
    if isinstance(task.kind, BlockedKind):
        return blocked(task.kind)
    return IN_PROGRESS if task.state is TaskState.IN_PROGRESS else DONE


def blocked(kind: BlockedKind) -> str:
    """Return the glyph of a blocked task; `NEEDS_YOU` where its kind asks a person something."""
    if kind.facts.asks:
        return NEEDS_YOU
    return CANCELLED if kind is BlockedKind.CANCELLED else BLOCKED
