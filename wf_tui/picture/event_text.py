"""One plain line for each event, for `wf events` and for a run in the foreground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import PERSON
from wf_tui.picture import glyphs
from wf_tui.picture.age import offset
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import EventRow

__all__ = ["event_line", "worth_watching"]

_TEXT: Final = 160
_NAME: Final = 40

_QUIET: Final = frozenset(
    {
        "attempt_ended",
        "attempt_started",
        "harvested",
        "integrated",
        "task_added",
        "task_progress",
        "worker_joined",
        "worktree_removed",
    }
)
_LOUD_STEP: Final = "running"


def worth_watching(event: EventRow) -> bool:
    """Whether a person who watches a run learns from this event what no other one says."""
    if event.kind == "task_step":
        return event.data.get("step") == _LOUD_STEP
    return event.kind not in _QUIET


def event_line(event: EventRow, start: float) -> str:
    """Return one line: seconds since `start`, a glyph, the task, what happened, and who did it."""
    glyph = _GLYPHS.get(event.kind, "·")
    if event.kind == "task_blocked":
        glyph = glyphs.blocked(_word(event, "kind"))
    say = _WORDS.get(event.kind)
    words = say(event) if say else event.kind.replace("_", " ")
    name = f"{clean(event.task, limit=_NAME)} " if event.task else ""
    return f"{offset(event.at - start):>8} {glyph} {name}{clean(words, limit=_TEXT)}{_who(event)}"


def _who(event: EventRow) -> str:
    if not event.actor.startswith(PERSON):
        return ""
    return f"  by {clean(event.actor.removeprefix(PERSON), limit=_NAME)}"


def _word(event: EventRow, name: str) -> str:
    """Return a value of the event's data as text; "" where there is none."""
    value = event.data.get(name)
    return "" if value is None else str(value)


def _list(event: EventRow, name: str) -> str:
    value = event.data.get(name)
    return ", ".join(map(str, value)) if isinstance(value, list) else ""


def _short(event: EventRow, name: str) -> str:
    """Return the beginning of an object name."""
    return _word(event, name)[:8]


def _and(words: str, more: str, joint: str = ": ") -> str:
    return f"{words}{joint}{more}" if more else words


def _spaced(event: EventRow, name: str = "kind") -> str:
    return _word(event, name).replace("_", " ")


def _claimed(event: EventRow) -> str:
    tries = event.data.get("tries")
    again = f", after {plural(tries, 'failure')}" if isinstance(tries, int) and tries else ""
    return f"goes to {event.worker} (attempt {event.epoch}{again})"


def _released(event: EventRow) -> str:
    text = _word(event, "text")
    wait = event.data.get("wait")
    if isinstance(wait, int | float):
        return f"again in {wait:.1f} s: {text}"
    if _word(event, "cause") == "conflict":
        return f"again on the new head: {text}"
    return _and("back in the queue", text)


def _done(event: EventRow) -> str:
    return _and(_spaced(event), _short(event, "commit"), " ")


def _ended(event: EventRow) -> str:
    outcome = _spaced(event, "outcome")
    return _and(f"attempt {event.epoch} {outcome}", _word(event, "text"))


def _harvested(event: EventRow) -> str:
    return _and("harvested", _short(event, "commit"), " ")


def _edited(event: EventRow) -> str:
    fields = event.data.get("fields")
    return "changed: " + ", ".join(fields) if isinstance(fields, dict) else "changed"


def _limited(event: EventRow) -> str:
    lane, failures = _word(event, "lane"), event.data.get("failures")
    if _word(event, "reason") != "breaker":
        return f"lane {lane} is limited: {_spaced(event, 'reason')}"
    return f"{lane} is paused: {failures} attempts in a row failed at once"


_WORDS: Final[Mapping[str, Callable[[EventRow], str]]] = {
    "run_created": lambda e: f"run {e.run}: {_word(e, 'goal')}",
    "run_paused": lambda e: "paused" if _word(e, "intent") == "go" else "stopping",
    "run_resumed": lambda _: "resumed",
    "run_stalled": lambda e: _and("stalled, nothing can continue", _list(e, "roots"), " before: "),
    "run_ended": lambda e: f"over: {_word(e, 'state')}",
    "scheduler_started": lambda e: f"scheduler {_word(e, 'pid')} leads",
    "scheduler_lost": lambda _: "the previous scheduler was lost",
    "scheduler_waited": lambda e: (
        f"nothing was written for {_word(e, 'seconds')} s: {_word(e, 'reason')}"
    ),
    "phase_settled": lambda e: f"phase {_word(e, 'phase')} settled",
    "task_added": lambda e: _and("added", _word(e, "title")),
    "task_claimed": _claimed,
    "task_step": lambda e: _word(e, "step"),
    "task_progress": lambda e: _word(e, "text"),
    "task_blocked": lambda e: _and(f"blocked, {_spaced(e)}", _word(e, "text")),
    "task_unblocked": lambda _: "no longer blocked",
    "task_released": _released,
    "task_retried": lambda _: "gets another chance",
    "task_reassigned": lambda e: f"is for {_word(e, 'to')}",
    "task_done": _done,
    "task_skipped": lambda _: "skipped",
    "task_edited": _edited,
    "attempt_started": lambda e: f"starts from {_short(e, 'base')}",
    "attempt_ended": _ended,
    "harvested": _harvested,
    "result_rejected": lambda e: f"a late result of attempt {e.epoch} does not count",
    "question_asked": lambda e: f"asks: {_word(e, 'text')}",
    "question_answered": lambda e: f"answered: {_word(e, 'text')}",
    "message_sent": lambda e: f"message: {_word(e, 'text')}",
    "message_delivered": lambda _: "has the message",
    "integrated": lambda e: f"integrated {_short(e, 'old')}..{_short(e, 'new')}",
    "exported": lambda e: f"exported {_short(e, 'commit')}",
    "export_pending": lambda e: f"not exported yet: {_word(e, 'reason')}",
    "landed": lambda e: f"landed in {_word(e, 'branch')}: {_short(e, 'old')}..{_short(e, 'new')}",
    "conflict_found": lambda e: f"conflicts in {_list(e, 'paths')}",
    "undone": lambda _: "undone",
    "jobs_changed": lambda e: f"jobs {_word(e, 'before')} -> {_word(e, 'jobs')}",
    "worktree_removed": lambda e: f"removed {_word(e, 'tree')}",
    "worktree_kept": lambda e: f"kept {_word(e, 'tree')}: {_word(e, 'reason')}",
    "worker_joined": lambda e: f"{_word(e, 'worker_name')} joined",
    "worker_left": lambda e: f"{_word(e, 'worker_name')} left",
    "lane_limited": _limited,
    "lane_open": lambda e: f"lane {_word(e, 'lane')} is open again",
}
_GLYPHS: Final[Mapping[str, str]] = {
    "task_added": glyphs.PENDING,
    "task_claimed": glyphs.IN_PROGRESS,
    "task_step": glyphs.IN_PROGRESS,
    "task_progress": glyphs.IN_PROGRESS,
    "attempt_started": glyphs.IN_PROGRESS,
    "task_released": glyphs.WAITING,
    "task_retried": glyphs.PENDING,
    "task_unblocked": glyphs.PENDING,
    "task_done": glyphs.DONE,
    "task_skipped": glyphs.DONE,
    "question_asked": glyphs.NEEDS_YOU,
}
