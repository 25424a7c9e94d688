"""What a person did to a task, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wf_tui.ledger.model.rows import SnoozeRow, evolve
from wf_tui.ledger.model.states import PERSON, BlockedKind, PinnedBy, TaskState
from wf_tui.ledger.model.task_moves import finished, told_next
from wf_tui.ledger.model.undo_record import restored
from wf_tui.ledger.queries.trees import OPENED
from wf_tui.ledger.rules.operator_moves import edited as edited_row
from wf_tui.picture.history.task_moves import note_others
from wf_tui.picture.history.task_rows import fence, move, to_pending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.events import task_events as told
    from wf_tui.ledger.model.rows import EventRow, TaskRow
    from wf_tui.picture.history.past import Past

__all__ = ["edited", "reassigned", "retried", "skipped", "snoozed", "undone", "woken"]


def retried(past: Past, event: EventRow, what: told.TaskRetried) -> None:
    """Give a task another chance; of one that only waits, end the wait."""
    old = past.tables.tasks[str(event.task)]
    if what.stopped:
        fence(past, old)
        to_pending(past, old, _fresh(old))
        return
    if old.state is TaskState.PENDING:
        move(past, old, evolve(old, not_before=None))
        return
    fresh, note = evolve(_fresh(old), commit_id=None, result=None), old.note
    if old.block and old.block.passed_checks:
        fresh, note = evolve(fresh, tries=old.tries), f"sent back by {_person(event)}"
    to_pending(past, old, fresh, note=note, detail=told_next(old))


def reassigned(past: Past, event: EventRow, what: told.TaskReassigned) -> None:
    """Give a task to a seat or a profile."""
    old = past.tables.tasks[str(event.task)]
    pinned = evolve(old, pinned=what.to, pinned_by=PinnedBy.PERSON)
    known = told_next(old, fresh=bool(what.fresh))
    if what.stopped:
        fence(past, old)
        to_pending(past, old, evolve(pinned, not_before=None), detail=known)
    elif old.state is TaskState.PENDING:
        move(past, old, evolve(pinned, detail=known))
    else:
        to_pending(past, old, _fresh(pinned), note=old.note, detail=known)


def skipped(past: Past, event: EventRow, what: told.TaskSkipped) -> None:
    """Count a task as done without its work."""
    old = past.tables.tasks[str(event.task)]
    if what.stopped:
        fence(past, old)
    why = f"{what.after} went on without it" if what.after else f"skipped by {_person(event)}"
    note_others(past, move(past, old, finished(old, what.kind, why)))


def edited(past: Past, event: EventRow, what: told.TaskEdited) -> None:
    """Change what a task asks for."""
    old = past.tables.tasks[str(event.task)]
    move(past, old, _edited(old, what.fields))


def undone(past: Past, event: EventRow, what: told.Undone) -> None:
    """Take back what a person did to a task, as its event has kept it.

    Of an act on the run there are events of their own that tell how it is again.
    """
    if event.task is None:
        return
    old = past.tables.tasks[str(event.task)]
    record = past.beginning.records.get((what.undoes, old.id))
    edit = old if what.fields is None else _edited(old, what.fields)
    if record is None or (what.state is None and "since" in record):
        move(past, old, edit)  # what is only said of a task has an event of its own behind this
        return
    was = restored(edit, record)
    if was.state is TaskState.PENDING or was.kind is BlockedKind.DEPENDENCY:
        back = to_pending(past, old, was, note=was.note, detail=was.detail)
    else:
        back = move(past, old, was)
    if "since" in record and (back.state, back.kind) == (was.state, was.kind):
        past.put(past.tables.tasks, back.id, evolve(back, since=was.since))


def snoozed(past: Past, event: EventRow, what: told.TaskSnoozed) -> None:
    """Put a task off."""
    task = past.tables.tasks[str(event.task)]
    snooze = SnoozeRow(event.run, task.id, what.until, task.epoch, what.kind.value, event.actor)
    past.put(past.tables.snoozes, task.id, snooze)


def opened(past: Past, event: EventRow, what: told.WorktreeOpened) -> None:
    """Note that a person has the worktree of a task."""
    task = past.tables.tasks[str(event.task)]
    detail: Any = {**(what.detail or task.detail), OPENED: True}
    past.put(past.tables.tasks, task.id, evolve(task, detail=detail))


def woken(past: Past, event: EventRow, _: told.TaskWoken) -> None:
    """Show a task again."""
    past.drop(past.tables.snoozes, str(event.task))


def _edited(task: TaskRow, fields: Mapping[str, object]) -> TaskRow:
    # JSON has no tuples, and a field that is compared as a list would differ for ever.
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    new = edited_row(task, values)
    if "pinned" in fields and not new.pinned:
        new = evolve(new, pinned_by=PinnedBy.NOBODY)
    return new


def _fresh(task: TaskRow) -> TaskRow:
    return evolve(
        task,
        tries=0,
        conflicts=0,
        merge_gates=0,
        critic_rounds=0,
        not_before=None,
        scope_waived=False,
    )


def _person(event: EventRow) -> str:
    return event.actor.removeprefix(PERSON)
