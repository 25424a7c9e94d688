"""The rivals of a phase, and how they stand with each other (RULES 5, Rivals)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.rows import TaskRow, decode, select
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Step, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import Detail
    from wf_tui.ledger.store.database import Database

__all__ = [
    "Standing",
    "awaited_judge",
    "can_be_taken",
    "has_come_in",
    "merging_rival",
    "rivals_about",
    "rivals_of",
    "standing",
    "taken_rival",
    "why_not_back",
    "why_not_taken",
    "will_choose",
    "winner",
]


def rivals_of(db: Database, run: str, phase: str) -> list[TaskRow]:
    """Return the tasks of a phase of which one is to be merged, in the order of the plan.

    None of a phase that picks nothing; nor is a task among them that only looks at one of them.
    """
    rows = db.execute(
        select(TaskRow, "WHERE run = :run AND phase = :phase ORDER BY ordinal"),
        {"run": run, "phase": phase},
    )
    return [task for task in (decode(TaskRow, row) for row in rows) if task.spec.rival]


class Standing(Enum):
    """What is left to be done between the rivals of a phase."""

    OPEN = "open"
    """One of them at least is still to come in, or only a person can say what becomes of it."""
    READY = "ready"
    """All have come in, and one at least can be taken."""
    LOST = "lost"
    """All have come in, and none can be taken, before a person does something about it."""
    OVER = "over"
    """One was merged, or all are done and none had anything to merge."""


def can_be_taken(task: TaskRow) -> bool:
    """Whether the work of a rival has passed its checks, and waits to be taken.

    What its critic has not passed waits for a person, and is no choice of a judge.
    """
    waits = task.kind == BlockedKind.REVIEW and task.open_epoch is None
    return waits and "critic" not in task.detail


def has_come_in(task: TaskRow) -> bool:
    """Whether nothing more comes of a rival by itself: it is done, given up, or can be taken.

    So it is with what its critic has left to a person.
    """
    if task.open_epoch is not None:
        return False
    if task.state is TaskState.DONE or task.kind is BlockedKind.REVIEW:
        return True
    return task.block is not None and task.block.settles_phase


def winner(rivals: Sequence[TaskRow]) -> TaskRow | None:
    """Return the rival that was merged, if one was."""
    return next((task for task in rivals if task.kind is DoneKind.MERGED), None)


def merging_rival(rivals: Sequence[TaskRow]) -> TaskRow | None:
    """Return the rival whose work goes into the branch just now, if one does."""
    return next((task for task in rivals if task.step is Step.INTEGRATING), None)


def taken_rival(rivals: Sequence[TaskRow]) -> TaskRow | None:
    """Return the rival that a person or a judge has taken, or that is merged just now, if any."""
    return merging_rival(rivals) or next((task for task in rivals if task.by_hand), None)


def rivals_about(db: Database, task: TaskRow) -> list[TaskRow]:
    """Return all of which one is merged, of a rival or of their judge; none of any other task."""
    if not (task.spec.rival or task.spec.judges):
        return []
    return rivals_of(db, task.run, task.spec.judges or task.phase)


def why_not_back(task: TaskRow, rivals: Sequence[TaskRow], done: str) -> RefusedError | None:
    """Return why a rival, or their judge, cannot be brought back; None where it can.

    `done` is what the task would have been: `retried`. What was merged stays in the branch, so the
    choice cannot be opened again.
    """
    if task.spec.judges and standing(rivals) is Standing.OVER:
        return RefusedError(f"task {task.id!r} cannot be {done}: there is nothing to choose from")
    taken = winner(rivals)
    if taken is None or taken.id == task.id or task.spec.judges:
        return None
    return RefusedError(
        f"task {task.id!r} cannot be {done}: its rival {taken.id!r} was merged, and no two of "
        f"phase {task.phase!r} are",
        "add a task of its own, that starts from there: wf add",
    )


def why_not_taken(task: TaskRow, rivals: Sequence[TaskRow]) -> RefusedError | None:
    """Return why a rival cannot be accepted, or None where it can: no two are taken at a time."""
    taken = taken_rival([one for one in rivals if one.id != task.id])
    if taken is None:
        return None
    return RefusedError(
        f"task {task.id!r} cannot be accepted: its rival {taken.id!r} is being merged",
        "accept it where that one does not pass",
    )


def will_choose(judge: TaskRow) -> bool:
    """Whether a judge will still choose, if nobody does anything about it."""
    if judge.state is TaskState.BLOCKED:
        return judge.block is not None and not judge.block.waits_for_person
    return judge.state is not TaskState.DONE


def awaited_judge(db: Database, task: TaskRow) -> Detail:
    """Return what the detail of a rival has that waits for its judge, and not for a person."""
    if not task.spec.rival:
        return {}
    rows = db.execute(
        select(
            TaskRow,
            "WHERE run = :run AND id = "
            "(SELECT judge FROM phase WHERE run = :run AND name = :phase)",
        ),
        {"run": task.run, "phase": task.phase},
    )
    judges = [judge for judge in (decode(TaskRow, row) for row in rows) if will_choose(judge)]
    return {"judge": judges[0].id} if judges else {}


def standing(rivals: Sequence[TaskRow]) -> Standing:
    """Return how all rivals of a phase stand."""
    if winner(rivals) is not None:
        return Standing.OVER
    if not all(has_come_in(task) for task in rivals):
        return Standing.OPEN
    if any(can_be_taken(task) for task in rivals):
        return Standing.READY
    if any(task.kind is BlockedKind.REVIEW for task in rivals):
        return Standing.OPEN
    over = all(task.state is TaskState.DONE for task in rivals)
    return Standing.OVER if over else Standing.LOST
