"""The replay: each event in turn, judged by what all before it have made of the run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from wf_tui.verify import claims, operator_events, pauses, run_events, scheduler_events
from wf_tui.verify.event_fields import get_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

    TaskJudge = Callable[[ReplayState, ReplayedTask, EventRow], None]
    RunJudge = Callable[[ReplayState, EventRow], None]

__all__ = ["BACKWARDS", "replay"]

BACKWARDS: Final = 60.0
"""Seconds by which events of several processes may be out of order; more, and the clock was set."""


def replay(run: ReplayState, event: EventRow) -> None:
    """Judge one event by all before it, then apply it, right or wrong.

    A wrong event is applied as well: what follows was written by a ledger that believed it, and
    would otherwise be reported once more with each later event.
    """
    run.require(event.seq == run.seq + 1, "gap", event, f"{event.seq} follows {run.seq}")
    run.seq = event.seq
    _check_time(run, event)
    if event.kind in _RUN_EVENTS:
        _RUN_EVENTS[event.kind](run, event)
    elif event.task is not None:
        _replay_task_event(run, event)
    elif event.kind in _PROFILE_EVENTS:
        _PROFILE_EVENTS[event.kind](run, event)
    else:
        run.require(event.kind in _IGNORED, "unknown", event, f"there is no event {event.kind!r}")


def _check_time(run: ReplayState, event: EventRow) -> None:
    # Events carry the wall clock of their writer. Small steps back are several processes; a large
    # one is a clock that was set, after which earlier deadlines say nothing any more.
    sane = math.isfinite(event.at) and event.at > 0
    run.require(sane, "time", event, f"at {event.at} seconds")
    if sane and run.clock - event.at > BACKWARDS:
        run.clock_set_back(event.at)
    elif sane:
        run.clock = max(run.clock, event.at)


def _replay_task_event(run: ReplayState, event: EventRow) -> None:
    task = run.tasks.get(event.task or "")
    if task is None:
        run.require(False, "unknown", event, "nobody added this task")
        return
    judge = _BY_DATA[event.kind](event) if event.kind in _BY_DATA else _TASK_EVENTS.get(event.kind)
    if judge is None:
        text = f"there is no event {event.kind!r}"
        run.require(event.kind in _IGNORED, "unknown", event, text)
        return
    _check_before(run, task, event)
    judge(run, task, event)
    task.seq = event.seq


def _check_before(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Compare where the event says that the task was with where it was."""
    stated = event.data.get("before")
    asking = task.asking and stated == "question"
    allowed = stated is None or stated == task.where or asking
    run.require(allowed, "move", event, f"it says {stated}, but the task was {task.where}")
    if event.kind in _BY_OPERATOR:
        allowed = event.epoch == (task.epoch or None)
        run.require(allowed, "epoch", event, f"epoch {event.epoch}, but the task's is {task.epoch}")


def _blocked(event: EventRow) -> TaskJudge:
    """Return the judge for each of the ways in which a task gets blocked."""
    if "undo" in event.data:
        return operator_events.blocked
    if event.data.get("abort"):
        return scheduler_events.cancelled_by_abort
    kind = get_text(event, "kind")
    own = {
        "dependency": scheduler_events.blocked_by_result,
        "question": scheduler_events.question_given_up,
    }
    return own.get(kind, scheduler_events.blocked_by_attempt)


def _released(event: EventRow) -> TaskJudge:
    by_person = "undo" in event.data or get_text(event, "kind") == "stop"
    return operator_events.released if by_person else scheduler_events.put_back


def _unblocked(event: EventRow) -> TaskJudge:
    return operator_events.unheld if "undo" in event.data else scheduler_events.freed


_BY_DATA: Final[Mapping[str, Callable[[EventRow], TaskJudge]]] = {
    "task_blocked": _blocked,
    "task_released": _released,
    "task_unblocked": _unblocked,
}
_TASK_EVENTS: Final[Mapping[str, TaskJudge]] = {
    "task_claimed": claims.claimed,
    "task_step": claims.step,
    "task_progress": claims.worker_speaks,
    "attempt_started": claims.worker_speaks,
    "message_delivered": claims.worker_speaks,
    "harvested": claims.harvested,
    "integrated": claims.integrated,
    "result_rejected": claims.result_rejected,
    "attempt_ended": claims.attempt_ended,
    "task_done": scheduler_events.done,
    "lane_limited": scheduler_events.limited,
    "conflict_found": scheduler_events.conflict_found,
    "question_asked": scheduler_events.question_asked,
    "question_answered": operator_events.answered,
    "message_sent": operator_events.messaged,
    "task_retried": operator_events.retried,
    "task_reassigned": operator_events.reassigned,
    "task_skipped": operator_events.skipped,
    "task_edited": operator_events.edited,
    "undone": operator_events.undone,
}
_RUN_EVENTS: Final[Mapping[str, RunJudge]] = {
    "run_created": run_events.created,
    "task_added": run_events.added,
    "phase_settled": run_events.settled,
    "run_paused": run_events.paused,
    "run_resumed": run_events.resumed,
    "run_stalled": run_events.stalled,
    "run_ended": run_events.ended,
    "jobs_changed": run_events.jobs_changed,
    "worker_joined": run_events.joined,
    "worker_left": run_events.left,
    "exported": run_events.exported,
}
_PROFILE_EVENTS: Final[Mapping[str, RunJudge]] = {
    "lane_limited": pauses.begun,
    "lane_open": pauses.over,
}
_BY_OPERATOR: Final = frozenset(
    {"task_retried", "task_reassigned", "task_skipped", "task_edited", "task_unblocked", "undone"}
)
_IGNORED: Final = frozenset(
    {
        "scheduler_started",
        "scheduler_lost",
        "scheduler_waited",
        "export_pending",
        "landed",
        "worktree_removed",
        "worktree_kept",
    }
)
"""Events that change nothing which is judged here."""
