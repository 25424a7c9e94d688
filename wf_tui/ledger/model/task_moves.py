"""What becomes of a task's row when it is claimed, loses its claim, is blocked, or is done.

Values only: nothing here reads or writes a ledger. The rules call these within their transaction
and hand what they return to `Change.update_task`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.accept_choices import NO_CHOICES
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import Detail, TaskRow
    from wf_tui.ledger.model.states import BlockedKind, DoneKind, Step

__all__ = ["blocked", "claimed", "finished", "unclaimed"]


def claimed(task: TaskRow, holder: str, step: Step, now: float, lease: float) -> TaskRow:
    """Return the task as its `holder` has it from now on, in `step`, with an attempt of its own.

    `now` is in UTC seconds; the claim is valid for `lease` seconds without a heartbeat. Its epoch
    is above all before it: a write of an earlier claim can never pass for one of this.
    """
    epoch = task.epoch + 1
    return evolve(
        task,
        state=TaskState.IN_PROGRESS,
        kind=None,
        note="",
        step=step,
        step_at=now,
        step_deadline=None,
        worker=holder,
        epoch=epoch,
        lease_until=now + lease,
        open_epoch=epoch,
        attempts=task.attempts + 1,
        unmet=task.unmet + 1,
    )


def unclaimed(task: TaskRow) -> TaskRow:
    """Return the task without its claim: no worker, no lease, no step; its attempt stays open.

    Nor has it an open question: whoever asked no longer waits.
    """
    return evolve(
        task,
        step=None,
        step_at=None,
        step_deadline=None,
        worker=None,
        lease_until=None,
        questions=0,
    )


def blocked(task: TaskRow, kind: BlockedKind, note: str, detail: Detail) -> TaskRow:
    """Return the task blocked and unclaimed, with no timer; `note` is the sentence for people."""
    return evolve(
        unclaimed(task),
        state=TaskState.BLOCKED,
        kind=kind,
        note=note,
        detail=detail,
        not_before=None,
    )


def finished(task: TaskRow, kind: DoneKind, note: str) -> TaskRow:
    """Return the task done and unclaimed; `note` says how much it changed, or who skipped it."""
    return evolve(
        unclaimed(task),
        state=TaskState.DONE,
        kind=kind,
        note=note,
        detail={},
        choices=NO_CHOICES,
        not_before=None,
    )
