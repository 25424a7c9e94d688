"""What a person does to tasks, row by row of RULES 3.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.verify.event_fields import whole
from wf_tui.verify.scheduler_events import stop

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import Act, ReplayedTask

__all__ = [
    "answered",
    "blocked",
    "edited",
    "messaged",
    "reassigned",
    "released",
    "retried",
    "skipped",
    "undone",
    "unheld",
]

_NEVER_RETRIED = frozenset({"dependency", "hold"})


def _begin(book: ReplayState, card: ReplayedTask, event: EventRow, good: object) -> bool:
    """Judge an act, keep what was before it, and stop the attempt; whether there was one."""
    book.demand(good, "move", event, f"{event.kind} from {card.where}")
    stops = card.worker is not None
    said = bool(event.data.get("stopped"))
    book.demand(said == stops, "move", event, "it is wrong about whether an attempt was stopped")
    book.remember(card, event)
    stop(card)
    return stops


def _wakes(book: ReplayState, event: EventRow) -> None:
    """Judge an act that gives a run something to do: it has to be going."""
    status = "aborting" if book.aborting else book.status
    text = f"{event.kind} left the run {status}"
    book.demand(status in {"running", "paused"}, "run", event, text)


def _retriable(card: ReplayedTask) -> bool:
    return card.state == "blocked" and card.kind not in _NEVER_RETRIED and card.worker is None


def _fresh(card: ReplayedTask) -> None:
    card.tries = card.conflicts = 0
    card.not_before = None


def retried(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge another chance; a task that waits only stops waiting."""
    backoff = card.state == "pending" and card.not_before is not None
    skipped = card.state == "done" and card.kind == "skipped"
    if not _begin(book, card, event, card.asking or backoff or skipped or _retriable(card)):
        _wakes(book, event)
    if skipped:
        begun = book.counted_on(card)
        book.demand(begun is None, "move", event, f"{begun}, which waited for it, had begun")
    if backoff:
        card.not_before = None
        return
    _fresh(card)
    book.requeue(card)


def reassigned(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a task that is given to somebody."""
    waits, again = card.state == "pending", _retriable(card)
    if _begin(book, card, event, card.stoppable or waits or again):
        card.not_before = None
        book.requeue(card)
        return
    _wakes(book, event)
    if again:
        _fresh(card)
        book.requeue(card)


def released(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a task that is taken from its worker, by hand or by `stop --now`."""
    if "undo" in event.data:
        _begin(book, card, event, card.stoppable)
    else:
        book.demand(card.stoppable, "move", event, f"taken back from {card.where}")
        stopping = book.status == "paused" and book.intent == "stop"
        book.demand(stopping, "run", event, "taken back though nobody stopped the run")
        stop(card)
    card.not_before = None
    book.requeue(card)


def blocked(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a hold or a cancellation."""
    kind = str(event.data.get("kind"))
    if kind == "hold":
        good = card.stoppable or card.state == "pending" or card.kind == "dependency"
    else:
        good = kind == "cancelled" and (card.stoppable or (card.idle and card.kind != kind))
    _begin(book, card, event, good)
    card.not_before = None
    book.move(card, "blocked", kind)


def unheld(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge the end of a hold."""
    _begin(book, card, event, card.kind == "hold")
    _wakes(book, event)
    card.not_before = None
    book.requeue(card)


def skipped(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a task that counts as done without its work."""
    if not _begin(book, card, event, card.stoppable or card.idle):
        _wakes(book, event)
    card.not_before = None
    book.move(card, "done", "skipped")


def edited(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a change of what a task asks for; its claim, if any, goes on as it was."""
    book.demand(card.state != "done", "move", event, "edited when it was done")
    book.remember(card, event)
    book.ask(card, event)


def messaged(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a message."""
    book.demand(card.state != "done", "move", event, "written to when it was done")


def answered(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge an answer: the worker goes on, or, when it is gone, the task does."""
    book.demand(card.kind == "question", "move", event, f"answered from {card.where}")
    if card.worker is not None:
        book.move(card, "in_progress")
        card.step = "running"
        return
    _wakes(book, event)
    book.requeue(card)


def undone(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge what is taken back: the actor's last act, with nothing of the task since."""
    command = whole(event, "undoes") or 0
    act = book.acts.pop((command, card.id), None)
    if act is None:
        book.demand(False, "undo", event, "there was no such act")
        return
    _may_undo(book, card, event, act, command)
    card.asked = act.asked
    card.tries, card.conflicts, card.not_before = act.tries, act.conflicts, act.not_before
    if act.state == "pending" or act.kind == "dependency":
        book.requeue(card)
    else:
        book.move(card, act.state, act.kind)


def _may_undo(
    book: ReplayState, card: ReplayedTask, event: EventRow, act: Act, command: int
) -> None:
    book.demand(not act.stopped, "undo", event, "it had stopped an attempt")
    book.demand(card.seq == act.seq, "undo", event, f"event {card.seq} of the task came since")
    book.demand(event.actor == act.actor, "undo", event, f"it was the act of {act.actor}")
    if book.undoing.get(event.actor) != command:
        done = book.commands[event.actor]
        last = done.pop() if done else None
        book.demand(last == command, "undo", event, f"the last act was {last}")
        book.undoing[event.actor] = command
    begun = book.counted_on(card) if card.state == "done" else None
    book.demand(begun is None, "undo", event, f"{begun}, which waited for it, had begun")
