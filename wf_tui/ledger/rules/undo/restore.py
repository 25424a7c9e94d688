"""Bringing back what the record of an act says that was before it.

Each is told twice: `undone` with the number of the act, and the plain event of what is again, so
that whoever follows the log needs no record of what was before. Of a task that moved the first has
both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.events.run_events import (
    JobsChanged,
    RunPaused,
    RunResumed,
)
from wf_tui.ledger.model.events.task_events import Undone
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.run_budget import read_budget
from wf_tui.ledger.model.states import BlockedKind, Intent, RunState, TaskState
from wf_tui.ledger.model.undo_record import restored
from wf_tui.ledger.rules.attention.snoozes import restore_snooze
from wf_tui.ledger.rules.conversation import comments, messages
from wf_tui.ledger.rules.limits import budgets, lanes
from wf_tui.ledger.rules.operator_moves import edited
from wf_tui.ledger.rules.runs import wake_run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["RESTORERS", "restore_run", "restore_task"]


def restore_task(tx: Change, task: TaskRow, data: Mapping[str, Any], number: int) -> None:
    """Bring a task back to what the event of the move says it was, its age included."""
    was = restored(task, data["undo"])
    tx.emit(
        Undone(
            undoes=number,
            fields=data.get("was"),
            state=was.state,
            kind=was.kind,
            since=was.since,
        ),
        task,
    )
    edits = data.get("was")
    if isinstance(edits, dict):
        # JSON has no tuples, and a field that is compared as a list would differ for ever.
        values = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in edits.items()
        }
        task = tx.update_task(task, edited(task, values))
    wake_run(tx)
    was = restored(task, data["undo"])
    if was.state is TaskState.PENDING or was.kind == BlockedKind.DEPENDENCY:
        back = tx.to_pending(task, was, note=was.note, detail=was.detail)
    else:
        back = tx.update_task(task, was)
    if (back.state, back.kind) == (was.state, was.kind):
        # It never left: its age, and its place among those that are as old, are what they were.
        aged = evolve(back, since=was.since)
        if back.ready_at is not None:
            aged = evolve(aged, ready_at=was.ready_at, ready_merges=was.ready_merges)
        tx.write(back, aged)


def restore_run(tx: Change, record: Mapping[str, Any], number: int) -> None:
    """Bring back what an act changed of the run; raises `RefusedError` where it is another now."""
    tx.emit(Undone(undoes=number))
    if "run" in record:
        _restore_state(tx, RunState(record["run"]["state"]), Intent(record["run"]["intent"]))
    elif "jobs" in record:
        jobs = int(record["jobs"])
        tx.emit(JobsChanged(jobs=jobs, before=tx.run.jobs))
        tx.update_run(evolve(tx.run, jobs=jobs))
    elif "budget" in record:
        budgets.restore_budget(tx, read_budget(record["budget"]))
    else:
        lanes.restore_pause(tx, str(record["lane"]), paused=bool(record["paused"]))


def _restore_state(tx: Change, state: RunState, intent: Intent) -> None:
    paused = state is RunState.PAUSED
    as_wanted = (tx.run.state, tx.run.intent) == (state, intent)
    # Somebody has steered it since where it is that already, or goes on though it was paused.
    if tx.run.state.ended or as_wanted or (not paused and tx.run.state is not RunState.PAUSED):
        raise RefusedError(f"the run is {tx.run.state} by now")
    if paused:
        tx.update_run(evolve(tx.run, state=RunState.PAUSED, intent=intent))
        tx.emit(RunPaused(intent=intent))
    else:
        # Not as stalled: whether it is, its scheduler says again.
        tx.update_run(evolve(tx.run, state=RunState.RUNNING, intent=intent, idle_since=None))
        tx.emit(RunResumed())


def _restore_comment(tx: Change, task: TaskRow, record: Mapping[str, Any]) -> None:
    comments.restore_comment(tx, task, int(record["id"]), record["comment"])


def _restore_sent(tx: Change, task: TaskRow, record: Mapping[str, Any]) -> None:
    comments.unsend(tx, task, record["comments"])


def _restore_snooze(tx: Change, task: TaskRow, record: Mapping[str, Any]) -> None:
    restore_snooze(tx, task, record["snooze"])


def _restore_message(tx: Change, task: TaskRow, record: Mapping[str, Any]) -> None:
    messages.take_back(tx, task, int(record["message"]))


RESTORERS: Final[Mapping[str, Callable[[Change, TaskRow, Mapping[str, Any]], None]]] = {
    "message_sent": _restore_message,
    "task_snoozed": _restore_snooze,
    "task_woken": _restore_snooze,
    "comment_kept": _restore_comment,
    "comment_dropped": _restore_comment,
    "comments_sent": _restore_sent,
}
"""Of each event about a task that is no move, what brings back what was before it."""
