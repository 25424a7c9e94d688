"""What the event of a person's move remembers of the task, so that `undo` can take it back.

Private to the ledger: `wf events --json` leaves it out, and no view reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wf_tui.ledger.model.rows import evolve, from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["restored", "undo_record"]

_NAMES: Final = (
    *("state", "kind", "note", "tries", "conflicts", "merge_gates", "pinned", "pinned_by"),
    *("not_before", "scope_waived", "commit_id", "result", "detail", "critic_rounds", "since"),
    *("ready_at", "ready_merges", "limited_since", "limited_count"),
    *("seat_wanted", "tree_wanted", "wanted_until"),
)


def undo_record(task: TaskRow) -> dict[str, object]:
    """Return what a move may change of a task that nobody works on."""
    return {name: getattr(task, name) for name in _NAMES}


def restored(task: TaskRow, record: Mapping[str, Any]) -> TaskRow:
    """Return the task as it was; what an earlier version did not record stays as it is."""
    known: dict[str, Any] = {
        name: from_json(name, record[name]) for name in _NAMES if name in record
    }
    return evolve(task, **known)
