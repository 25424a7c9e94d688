"""What a person does to tasks, row by row of RULES 3.1.

Each `check_` function judges one move by where the task was, keeps what an undo has to bring back,
and then applies the move. `replay` calls them, in the order of the events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.verify.decisions import critics
from wf_tui.verify.event_fields import get_int
from wf_tui.verify.kinds import PASSED_CHECKS
from wf_tui.verify.scheduler_events import stop

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import Action, ReplayedTask

__all__ = [
    "check_edit",
    "check_hold_or_cancel",
    "check_reassign",
    "check_release",
    "check_retry",
    "check_skip",
    "check_undo",
    "check_unhold",
]


def _apply_action(run: ReplayState, task: ReplayedTask, event: EventRow, allowed: object) -> bool:
    """Judge an action, keep what was before it, and stop the attempt; whether there was one."""
    run.require(allowed, "move", event, f"{event.kind} from {task.where}")
    stops = task.worker is not None
    stated = bool(event.data.get("stopped"))
    run.require(stated == stops, "move", event, "it is wrong about whether an attempt was stopped")
    # Before the stop and before the caller's changes: an undo brings back what is kept here.
    run.remember(task, event)
    stop(task)
    return stops


def _check_run_goes(run: ReplayState, event: EventRow) -> None:
    """Judge an act that gives a run something to do: it has to be going."""
    status = "aborting" if run.aborting else run.status
    text = f"{event.kind} left the run {status}"
    run.require(status in {"running", "paused"}, "run", event, text)


def check_retry(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge another chance; a task that waits only stops waiting.

    Skipped work can be asked for again as long as nothing that waited for it has begun. Its tries
    start anew, except after a review: work that a person sends back is the same attempt's.
    """
    backoff = task.state == "pending" and task.not_before is not None
    skipped = task.state == "done" and task.kind == "skipped"
    # An act that stops an attempt need not wake the run: something is open, so it is going.
    if not _apply_action(run, task, event, task.asking or backoff or skipped or task.retriable):
        _check_run_goes(run, event)
    if skipped:
        begun = run.begun_dependant(task)
        run.require(begun is None, "move", event, f"{begun}, which waited for it, had begun")
        _check_no_winner(run, task, event)
    if backoff:
        task.not_before = None
        return
    used = task.tries if task.kind in PASSED_CHECKS else 0
    task.reset_tries()
    task.tries = used
    run.requeue(task)


def _check_no_winner(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge that no rival comes back once another one was merged."""
    taken = run.phases[run.judged.get(task.id, task.phase)].winner
    run.require(taken in {None, task.id}, "rival", event, f"brought back, but {taken} was merged")


def check_reassign(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a task that is given to somebody: taken from its worker, or queued for the new one.

    Only a blocked task gets its tries back; one that runs or waits has not used them up.
    """
    # Both before the action, which may take the task from where it is.
    waits, again = task.state == "pending", task.retriable
    if _apply_action(run, task, event, task.stoppable or waits or again):
        task.not_before = None
        run.requeue(task)
        return
    _check_run_goes(run, event)
    if again:
        task.reset_tries()
        run.requeue(task)


def check_release(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a task that is taken from its worker, by hand or by `stop --now`."""
    if "undo" in event.data:
        _apply_action(run, task, event, task.stoppable)
    else:
        run.require(task.stoppable, "move", event, f"taken back from {task.where}")
        # A drain takes back what waits for an answer alone: nobody would be there to give it to.
        wanted = {"stop", "drain"} if task.asking else {"stop"}
        stopping = run.status == "paused" and run.intent in wanted
        run.require(stopping, "run", event, "taken back though nobody stopped the run")
        stop(task)
    task.not_before = None
    run.requeue(task)


def check_hold_or_cancel(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a hold or a cancellation; both take the task from its worker.

    A hold keeps what could still run from running; what is blocked by itself waits anyway.
    """
    kind = str(event.data.get("kind"))
    if kind == "hold":
        allowed = task.stoppable or task.state == "pending" or task.kind == "dependency"
    else:
        allowed = kind == "cancelled" and (task.stoppable or (task.idle and task.kind != kind))
    _apply_action(run, task, event, allowed)
    task.not_before = None
    run.move(task, "blocked", kind)


def check_unhold(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge the end of a hold: the task waits again, or is blocked by a result that it needs."""
    _apply_action(run, task, event, task.kind == "hold")
    _check_run_goes(run, event)
    task.not_before = None
    run.requeue(task)


def check_skip(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a task that counts as done without its work; from then on nothing waits for it."""
    stopped = _apply_action(run, task, event, task.stoppable or task.idle)
    if "after" in event.data:
        critics.check_dismissed(run, task, event)
    elif not stopped:
        _check_run_goes(run, event)
    task.not_before = None
    run.move(task, "done", "skipped")


def check_edit(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a change of what a task asks for; its claim, if any, stays as it was."""
    run.require(task.state != "done", "move", event, "edited when it was done")
    run.remember(task, event)
    run.change_spec(task, event)


def check_undo(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge what is taken back: the actor's last action, with nothing of the task since."""
    command = get_int(event, "undoes") or 0
    action = run.actions.pop((command, task.id), None)
    if action is None:
        run.require(False, "undo", event, "there was no such act")
        return
    _check_undo_allowed(run, task, event, action)
    _check_no_winner(run, task, event)
    task.spec = action.spec
    task.tries, task.conflicts, task.not_before = action.tries, action.conflicts, action.not_before
    task.merge_gates, task.sent_back = action.merge_gates, action.sent_back
    # Not back to what it was but to P*: what it needs may have been blocked or freed since.
    if action.state == "pending" or action.kind == "dependency":
        run.requeue(task)
    else:
        run.move(task, action.state, action.kind)


def _check_undo_allowed(
    run: ReplayState, task: ReplayedTask, event: EventRow, action: Action
) -> None:
    run.require(not action.stopped, "undo", event, "it had stopped an attempt")
    begun = run.begun_dependant(task) if task.state == "done" else None
    run.require(begun is None, "undo", event, f"{begun}, which waited for it, had begun")
