"""Which events of a planning who waits for its plan sees."""

from __future__ import annotations

from wf_tui.ledger.model.rows import EventRow
from wf_tui.planning.watch import is_shown


def event(what: str, **data: object) -> EventRow:
    """Return an event of a planning."""
    return EventRow(1, 0.0, "run", "plan", None, None, "wf", what, data)


def test_a_plan_that_waits_is_shown_as_no_trouble() -> None:
    """Neither as a block nor as a run that cannot go on; a failure of the planning is."""
    assert not is_shown(event("task_blocked", kind="review"))
    assert not is_shown(event("run_stalled", roots=["plan"]))
    assert not is_shown(event("worktree_kept", tree="1", reason="a task is blocked on it"))
    assert is_shown(event("task_blocked", kind="failed"))
