"""What becomes of a task's row when it is claimed, loses its claim, is blocked, or is done.

Values only: nothing here reads or writes a ledger. The rules call these within their transaction
and hand what they return to `Change.update_task`; the past of a run is made with them, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wf_tui.ledger.model.accept_choices import NO_CHOICES
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import BlockedKind, TaskState
from wf_tui.plan.choices import OnFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import Detail, RunRow, TaskRow
    from wf_tui.ledger.model.states import DoneKind, Step

__all__ = [
    "FRESH",
    "blocked",
    "blocked_by",
    "carried",
    "claimed",
    "counted",
    "finished",
    "is_bad",
    "settles",
    "told_next",
    "unclaimed",
]

FRESH: Final = "fresh"
"""In the detail of a task: its next attempt begins at the clean head."""
_UNCLAIMED: Final[Mapping[str, Any]] = {
    "step": None,
    "step_at": None,
    "step_deadline": None,
    "worker": None,
    "lease_until": None,
    "questions": 0,
}
"""What a task has no more that loses its claim."""


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
    return evolve(task, **_UNCLAIMED)


def blocked(task: TaskRow, kind: BlockedKind, note: str, detail: Detail) -> TaskRow:
    """Return the task blocked and unclaimed, with no timer; `note` is the sentence for people."""
    return evolve(
        task,
        **_UNCLAIMED,
        state=TaskState.BLOCKED,
        kind=kind,
        note=note,
        detail=detail,
        not_before=None,
    )


def finished(task: TaskRow, kind: DoneKind, note: str) -> TaskRow:
    """Return the task done and unclaimed; `note` says how much it changed, or who skipped it."""
    return evolve(
        task,
        **_UNCLAIMED,
        state=TaskState.DONE,
        kind=kind,
        note=note,
        detail={},
        choices=NO_CHOICES,
        not_before=None,
    )


def carried(task: TaskRow) -> Detail:
    """Return what a task that goes through another state still has to know at its next claim."""
    return {FRESH: True} if FRESH in task.detail else {}


def told_next(task: TaskRow, *, fresh: bool = False) -> Detail:
    """Return what the next attempt has to know: what is known already, the paths of a conflict.

    With `fresh` also that it begins at the clean head, and not with the work of an earlier one.
    """
    stays = task.state is TaskState.PENDING or task.kind == BlockedKind.CONFLICT
    known = {name: value for name, value in task.detail.items() if name != FRESH} if stays else {}
    return {**known, FRESH: True} if fresh else known


def settles(task: TaskRow, on_failure: Callable[[], OnFailure | None]) -> bool:
    """Whether this task no longer keeps its phase from settling (RULES 3.1, Phase).

    A critic never kept it: whose critic it is does. `on_failure` reads what the phase does about
    what is blocked, None where there is no such phase; only of a blocked task it is called.
    """
    if task.critic_of:
        return False
    if task.state is TaskState.DONE:
        # Of rivals that lost, the last has to be stopped before what comes after may start.
        return not (task.spec.rival and task.open_epoch is not None)
    if task.block is None or task.open_epoch is not None:
        return False
    return task.block.settles_phase and on_failure() not in {None, OnFailure.HOLD}


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
        detail={"root": root, "needs": need.id, **carried(task)},
    )


def counted(run: RunRow, old: TaskState | None, new: TaskState) -> RunRow:
    """Return the run with a task more in its `new` state, and one less in another `old` one."""
    counts = {new.value: getattr(run, new.value) + 1}
    if old is not None:
        counts[old.value] = getattr(run, old.value) - 1
    return evolve(run, **counts)
