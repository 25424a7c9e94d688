"""What a person did, by the number of its command, and that it is taken back at most once.

An undo names the act; what is again what it was is told by an event of its own, which is judged
like any. Of a move of a task the undo is that event, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.verify.event_fields import get_int
from wf_tui.verify.operator_events import check_undo
from wf_tui.verify.replayed_task import PersonAct

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = ["check_run_undone", "check_undone", "note_act"]


def note_act(run: ReplayState, event: EventRow) -> None:
    """Keep who did what, and its last event of each task; asked of every event of the log."""
    command = event.data.get("command")
    if not isinstance(command, int):
        return
    act = run.acts.setdefault(command, PersonAct(event.actor))
    if event.task in run.tasks:
        act.before.setdefault(event.task, run.tasks[event.task].seq)
    act.last[event.task or ""] = event.seq
    act.left[event.task or ""] += "undo" in event.data


def check_run_undone(run: ReplayState, event: EventRow) -> None:
    """Judge that an act on the run is taken back: it was the person's, and was not before."""
    command = get_int(event, "undoes") or 0
    _take(run, event, run.acts.get(command, PersonAct("nobody")), "")


def _take(run: ReplayState, event: EventRow, act: PersonAct, task: str) -> None:
    """Judge that there is something to take back of an act: for each of its events, once."""
    run.require(event.actor == act.actor, "undo", event, f"it was the act of {act.actor}")
    run.require(act.left[task] > 0, "undo", event, "there was no such act, or it was undone before")
    act.left[task] -= 1


def check_undone(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that an act on a task is taken back, with nothing of the task since."""
    command = get_int(event, "undoes") or 0
    act = run.acts.get(command, PersonAct("nobody"))
    _take(run, event, act, task.id)
    if not task.undoing:
        # One act may be told in several events, and so may its end; the first is too late or none.
        last = act.last.get(task.id)
        run.require(task.seq == last, "undo", event, f"event {task.seq} of the task came since")
    task.undoing, task.before_act = True, act.before.get(task.id, 0)
    message = get_int(event, "id")
    if message is not None:
        waited = message in task.messages
        run.require(waited, "message", event, f"message {message} was taken back, but it had come")
        task.messages.discard(message)
    if (command, task.id) in run.actions:
        check_undo(run, task, event)
