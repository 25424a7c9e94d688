"""Taking work that was held back: a person claims the task, and its attempt is seen through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.events.task_events import TaskClaimed
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import BlockedKind, Step, TaskState
from wf_tui.ledger.rules.claims import contention, open_attempt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["FIRST_STEPS", "accept", "check_shared_tree"]

FIRST_STEPS: Final[Mapping[BlockedKind, Step]] = {
    BlockedKind.SCOPE: Step.CHECKING,
    BlockedKind.CONFLICT: Step.HARVESTING,
}
"""The blocked kinds whose work can be accepted, and the step at which it is taken up again: of a
conflict the tree is harvested first, since a person has edited it."""


def accept(tx: Change, task: TaskRow) -> TaskRow:
    """Take work that was held back: a person's claim, with a fence of its own."""
    epoch = task.epoch + 1
    claimed = evolve(
        task,
        state=TaskState.IN_PROGRESS,
        kind=None,
        note="",
        step=FIRST_STEPS[BlockedKind(str(task.kind))],
        step_at=tx.now,
        step_deadline=None,
        worker=tx.actor,
        last_worker=tx.actor,
        epoch=epoch,
        lease_until=tx.now + tx.run.lease,
        open_epoch=epoch,
        attempts=task.attempts + 1,
        unmet=task.unmet + 1,
        scope_waived=True,
        detail={**task.detail, "accepted": task.kind},
    )
    # Told before those that it blocked go on, so that the log has cause before effect.
    tx.emit(
        TaskClaimed(
            lease_until=tx.now + tx.run.lease,
            tries=task.tries,
            scope=task.scope,
            isolation=task.isolation,
            mode=task.mode,
            before=task.kind,
        ),
        claimed,
    )
    held = tx.update_task(task, claimed)
    opened = open_attempt(tx, held, tx.phase(task.phase), "user")
    left = tx.attempt(task.id, task.epoch)
    # A conflict's tree was filled anew, on the head that the work did not merge with.
    base = str(task.detail.get("head") or left.base or "")
    tx.write(opened, evolve(opened, base=base or None, tree=left.tree))
    return held


def check_shared_tree(tx: Change, task: TaskRow) -> None:
    """Keep a person's claim, too, out of a part of the shared workspace that is in use."""
    holder = contention(tx.run, task, tx.open_attempts()) if task.isolation == "shared" else None
    if holder:
        raise RefusedError(
            f"task {task.id!r} cannot be accepted: {holder.task!r} works on {holder.holds}",
            "accept it when that one is over",
        )
