"""What becomes of a task's row when it is claimed, loses its claim, is blocked, or is done.

Values only: nothing here reads or writes a ledger. The rules call these within their transaction
and hand what they return to `Change.update_task`; the past of a run is made with them, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.accept_choices import NO_CHOICES
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import BlockedKind, TaskState

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import Detail, RunRow, TaskRow
    from wf_tui.ledger.model.states import DoneKind, Step

__all__ = ["blocked", "blocked_by", "claimed", "counted", "finished", "is_bad", "unclaimed"]


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


def is_bad(task: TaskRow) -> bool:
    """Whether it blocks the tasks that need its result: the facts of its kind say so."""
    return task.block is not None and task.block.blocks_dependants


def blocked_by(task: TaskRow, need: TaskRow, root: str | None) -> TaskRow:
    """Return the task as blocked by the result of `need`, which it names.

    `root` is what has to be put right before `need` can go on; it may be `need` itself.
    """
    why = "which is blocked" if root == need.id else f"which waits for {root}"
    return evolve(
        task,
        state=TaskState.BLOCKED,
        kind=BlockedKind.DEPENDENCY,
        note=f"needs the result of {need.id}, {why}",
        detail={"root": root, "needs": need.id},
    )


def counted(run: RunRow, state: TaskState, by: int) -> RunRow:
    """Return the run with more or fewer tasks in a state."""
    match state:
        case TaskState.PENDING:
            return evolve(run, pending=run.pending + by)
        case TaskState.IN_PROGRESS:
            return evolve(run, in_progress=run.in_progress + by)
        case TaskState.DONE:
            return evolve(run, done=run.done + by)
        case TaskState.BLOCKED:
            return evolve(run, blocked=run.blocked + by)
