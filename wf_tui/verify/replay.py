"""The replay: each event in turn, judged by what all before it have made of the run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from wf_tui.verify import (
    claims,
    conversation,
    operator_events,
    pauses,
    run_events,
    scheduler_events,
)
from wf_tui.verify.decisions import critics, nodes, rivals
from wf_tui.verify.event_fields import get_text
from wf_tui.verify.persons import acts, comments, snoozes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

    TaskJudge = Callable[[ReplayState, ReplayedTask, EventRow], None]
    RunJudge = Callable[[ReplayState, EventRow], None]

__all__ = ["BACKWARDS", "replay"]

BACKWARDS: Final = 2.0
"""Seconds by which events of several processes may be out of order; more, and the clock was set."""


def replay(run: ReplayState, event: EventRow) -> None:
    """Judge one event by all before it, then apply it, right or wrong.

    A wrong event is applied as well: what follows was written by a ledger that believed it, and
    would otherwise be reported once more with each later event.
    """
    run.require(event.seq == run.seq + 1, "gap", event, f"{event.seq} follows {run.seq}")
    run.seq = event.seq
    _check_time(run, event)
    acts.note_act(run, event)
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
    judge = _TASK_EVENTS.get(event.kind)
    if event.kind in _BY_DATA:
        judge = _BY_DATA[event.kind](event)
    if judge is None:
        text = f"there is no event {event.kind!r}"
        run.require(event.kind in _IGNORED, "unknown", event, text)
        return
    _check_before(run, task, event)
    if event.kind not in _OF_UNDO:
        task.undoing = False
    if event.kind in _BEGINNINGS:
        snoozes.check_overslept(run, task, event)
    judge(run, task, event)
    task.seq = task.before_act if task.undoing else event.seq
    task.last = event.kind


def _check_before(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Compare where the event says that the task was with where it was."""
    stated = event.data.get("before")
    # One that asks has a step as well, and may be told by either.
    asking = task.asking and stated == "question"
    allowed = stated is None or stated == task.where or asking
    run.require(allowed, "move", event, f"it says {stated}, but the task was {task.where}")
    if event.kind in _BY_OPERATOR:
        allowed = event.epoch == (task.epoch or None)
        run.require(allowed, "epoch", event, f"epoch {event.epoch}, but the task's is {task.epoch}")


def _judge_of_block(event: EventRow) -> TaskJudge:
    """Return the judge for each of the ways in which a task gets blocked."""
    if "undo" in event.data:
        return operator_events.check_hold_or_cancel
    if event.data.get("abort"):
        return scheduler_events.check_cancelled_by_abort
    kind = get_text(event, "kind")
    if kind == "review" and get_text(event, "before") in {"critic", "review"}:
        return critics.check_to_person
    own = {
        "critic": scheduler_events.check_held_for_critic,
        "dependency": scheduler_events.check_blocked_by_result,
        "question": scheduler_events.check_question_expired,
    }
    return own.get(kind, scheduler_events.check_blocked_by_attempt)


def _judge_of_release(event: EventRow) -> TaskJudge:
    by_person = "undo" in event.data or get_text(event, "kind") == "stop"
    if by_person:
        return operator_events.check_release
    if get_text(event, "kind") == "critic":
        return critics.check_sent_back
    return scheduler_events.check_put_back


def _judge_of_unblock(event: EventRow) -> TaskJudge:
    if "undo" in event.data:
        return operator_events.check_unhold
    return scheduler_events.check_unblocked


_BY_DATA: Final[Mapping[str, Callable[[EventRow], TaskJudge]]] = {
    "task_blocked": _judge_of_block,
    "task_released": _judge_of_release,
    "task_unblocked": _judge_of_unblock,
}
_TASK_EVENTS: Final[Mapping[str, TaskJudge]] = {
    "task_claimed": claims.check_claim,
    "task_step": claims.check_step,
    "task_progress": claims.check_report,
    "attempt_started": claims.check_report,
    "message_delivered": conversation.check_message_delivered,
    "message_late": conversation.check_late,
    "usage": conversation.check_usage,
    "harvested": claims.check_harvest,
    "gate_started": claims.check_gate_start,
    "gate_ended": claims.check_gate_end,
    "processes_ended": claims.check_report,
    "left_kept": claims.check_left,
    "integrated": claims.check_merge,
    "result_rejected": claims.check_rejection,
    "attempt_ended": claims.check_attempt_end,
    "task_done": scheduler_events.check_done,
    "lane_limited": scheduler_events.check_limit,
    "conflict_found": scheduler_events.check_conflict,
    "question_asked": conversation.check_question,
    "question_answered": conversation.check_answer,
    "question_delivered": conversation.check_delivered,
    "question_closed": conversation.check_closed,
    "message_sent": conversation.check_message,
    "task_retried": operator_events.check_retry,
    "task_reassigned": operator_events.check_reassign,
    "task_skipped": operator_events.check_skip,
    "task_edited": operator_events.check_edit,
    "critic_judged": critics.check_judged,
    "undone": acts.check_undone,
    "comment_kept": comments.check_kept,
    "comment_dropped": comments.check_dropped,
    "comments_sent": comments.check_sent,
    "task_snoozed": snoozes.check_snooze,
    "task_woken": snoozes.check_wake,
    "worktree_opened": claims.check_opened,
    "rival_skipped": rivals.check_rival_skipped,
    "rivals_judged": rivals.check_choice,
    "rival_left": rivals.check_left,
}
_RUN_EVENTS: Final[Mapping[str, RunJudge]] = {
    "run_created": run_events.check_run_created,
    "task_added": run_events.check_task_added,
    "phase_settled": run_events.check_phase_settled,
    "node_decided": nodes.check_decided,
    "phase_added": nodes.check_phase_added,
    "run_paused": run_events.check_pause,
    "run_resumed": run_events.check_resume,
    "run_stalled": run_events.check_stall,
    "run_ended": run_events.check_run_end,
    "jobs_changed": run_events.check_jobs_change,
    "worker_joined": run_events.check_worker_joined,
    "worker_left": run_events.check_worker_left,
    "exported": run_events.check_export,
    "allowance_made": conversation.check_allowance,
    "allowance_ended": conversation.check_allowance_end,
}
_PROFILE_EVENTS: Final[Mapping[str, RunJudge]] = {
    "lane_limited": pauses.check_pause_begun,
    "lane_open": pauses.check_pause_over,
    "budget_changed": pauses.check_budget_change,
    "budget_reached": pauses.check_budget_mark,
    "undone": acts.check_run_undone,
}
_BY_OPERATOR: Final = frozenset(
    {"task_retried", "task_reassigned", "task_skipped", "task_edited", "task_unblocked", "undone"}
)
_BEGINNINGS: Final = frozenset({"task_claimed", "task_step"})
"""Events that come once everything which follows from the ones before is told."""
_OF_UNDO: Final = frozenset(
    {"undone", "comment_kept", "comment_dropped", "task_snoozed", "task_woken"}
)
"""Events in which an act is taken back."""
_IGNORED: Final = frozenset(
    {
        "profiles_changed",
        "scheduler_started",
        "scheduler_lost",
        "scheduler_waited",
        "export_pending",
        "landed",
        "run_removed",
        "worktree_removed",
        "worktree_kept",
    }
)
"""Events that change nothing which is judged here."""
