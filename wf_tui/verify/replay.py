"""The replay: each event in turn, judged by what all before it have made of the run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from wf_tui.verify import claims, operator_events, pauses, scheduler_events
from wf_tui.verify import run_events as of_run
from wf_tui.verify.event_fields import word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

    OfTask = Callable[[ReplayState, ReplayedTask, EventRow], None]
    OfRun = Callable[[ReplayState, EventRow], None]

__all__ = ["BACKWARDS", "replay"]

BACKWARDS: Final = 60.0
"""Seconds by which events of several processes may be out of order; more, and the clock was set."""


def replay(book: ReplayState, event: EventRow) -> None:
    """Judge one event and write down what it changes."""
    book.demand(event.seq == book.seq + 1, "gap", event, f"{event.seq} follows {book.seq}")
    book.seq = event.seq
    _time(book, event)
    if event.kind in _OF_RUN:
        _OF_RUN[event.kind](book, event)
    elif event.task is not None:
        _of_task(book, event)
    elif event.kind in _OF_PROFILE:
        _OF_PROFILE[event.kind](book, event)
    else:
        book.demand(event.kind in _SILENT, "unknown", event, f"there is no event {event.kind!r}")


def _time(book: ReplayState, event: EventRow) -> None:
    sane = math.isfinite(event.at) and event.at > 0
    book.demand(sane, "time", event, f"at {event.at} seconds")
    if sane and book.clock - event.at > BACKWARDS:
        book.set_back(event.at)
    elif sane:
        book.clock = max(book.clock, event.at)


def _of_task(book: ReplayState, event: EventRow) -> None:
    card = book.cards.get(event.task or "")
    if card is None:
        book.demand(False, "unknown", event, "nobody added this task")
        return
    judge = _SHAPED[event.kind](event) if event.kind in _SHAPED else _OF_TASK.get(event.kind)
    if judge is None:
        text = f"there is no event {event.kind!r}"
        book.demand(event.kind in _SILENT, "unknown", event, text)
        return
    _before(book, card, event)
    judge(book, card, event)
    card.seq = event.seq


def _before(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Compare where the event says that the task was with where it was."""
    said = event.data.get("before")
    asking = card.asking and said == "question"
    good = said is None or said == card.where or asking
    book.demand(good, "move", event, f"it says {said}, but the task was {card.where}")
    if event.kind in _BY_HAND:
        good = event.epoch == (card.epoch or None)
        book.demand(good, "epoch", event, f"epoch {event.epoch}, but the task's is {card.epoch}")


def _blocked(event: EventRow) -> OfTask:
    """Return the judge for each of the ways in which a task gets blocked."""
    if "undo" in event.data:
        return operator_events.blocked
    if event.data.get("abort"):
        return scheduler_events.cancelled_by_abort
    kind = word(event, "kind")
    own = {
        "dependency": scheduler_events.blocked_by_result,
        "question": scheduler_events.question_given_up,
    }
    return own.get(kind, scheduler_events.blocked_by_attempt)


def _released(event: EventRow) -> OfTask:
    by_person = "undo" in event.data or word(event, "kind") == "stop"
    return operator_events.released if by_person else scheduler_events.put_back


def _unblocked(event: EventRow) -> OfTask:
    return operator_events.unheld if "undo" in event.data else scheduler_events.freed


_SHAPED: Final[Mapping[str, Callable[[EventRow], OfTask]]] = {
    "task_blocked": _blocked,
    "task_released": _released,
    "task_unblocked": _unblocked,
}
_OF_TASK: Final[Mapping[str, OfTask]] = {
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
    "question_asked": scheduler_events.asked,
    "question_answered": operator_events.answered,
    "message_sent": operator_events.messaged,
    "task_retried": operator_events.retried,
    "task_reassigned": operator_events.reassigned,
    "task_skipped": operator_events.skipped,
    "task_edited": operator_events.edited,
    "undone": operator_events.undone,
}
_OF_RUN: Final[Mapping[str, OfRun]] = {
    "run_created": of_run.created,
    "task_added": of_run.added,
    "phase_settled": of_run.settled,
    "run_paused": of_run.paused,
    "run_resumed": of_run.resumed,
    "run_stalled": of_run.stalled,
    "run_ended": of_run.ended,
    "jobs_changed": of_run.jobs_changed,
    "worker_joined": of_run.joined,
    "worker_left": of_run.left,
    "exported": of_run.exported,
}
_OF_PROFILE: Final[Mapping[str, OfRun]] = {
    "lane_limited": pauses.begun,
    "lane_open": pauses.over,
}
_BY_HAND: Final = frozenset(
    {"task_retried", "task_reassigned", "task_skipped", "task_edited", "task_unblocked", "undone"}
)
_SILENT: Final = frozenset(
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
