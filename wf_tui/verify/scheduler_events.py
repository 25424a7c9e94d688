"""What the scheduler does to tasks, row by row of RULES 3.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.verify.claims import SLACK, is_live
from wf_tui.verify.event_fields import number, whole, word

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = [
    "asked",
    "blocked_by_attempt",
    "blocked_by_result",
    "cancelled_by_abort",
    "conflict_found",
    "done",
    "freed",
    "limited",
    "put_back",
    "question_given_up",
]

_COUNTED: Final = frozenset({"failed", "gate", "deliverable"})
_AT_ONCE: Final = frozenset({"scope", "budget", "quota"})
_ABORTS: Final = _COUNTED | {"scope", "budget", "conflict"}
_ABORTED: Final = frozenset({"dependency", "question", "quota", "hold"})


def done(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a success: merged out of the merge, anything else out of the work."""
    is_live(book, card, event)
    kind = word(event, "kind")
    book.demand(kind in {"merged", "no_changes", "answered"}, "move", event, f"done by {kind!r}")
    good = card.merging if kind == "merged" else card.working
    book.demand(good, "move", event, f"done ({kind}) from {card.where}")
    if kind == "merged":
        same = card.merged is not None and card.merged == event.data.get("commit")
        book.demand(same, "chain", event, "it is done without its merge")
    _end(card, "good")
    book.move(card, "done", kind)


def put_back(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a task that goes back to the queue by itself: failure, limit, or conflict."""
    is_live(book, card, event)
    kind, where = word(event, "kind"), card.where
    if kind == "backoff":
        book.demand(card.stoppable or card.merging, "move", event, f"failed out of {where}")
        _count(book, card, event)
        most = card.asked.max_attempts
        left = (most is None or card.tries < most) and not book.aborting
        book.demand(left, "tries", event, f"tried again after {card.tries} of {most} tries")
        wait = number(event, "wait") or 0.0
        card.not_before = event.at + wait if wait else None
    elif kind == "lane_limited":
        good = card.working and card.limited == "rate"
        book.demand(good, "move", event, f"put back out of {where} without a limit")
    else:
        first = not (card.conflicts or card.accepted)
        good = kind == "ready" and card.merging and card.in_conflict and first
        book.demand(good, "move", event, f"put back out of {where} ({kind})")
        card.conflicts = 1
    _end(card, "bad")
    book.requeue(card)


def limited(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Note that a provider said no, which the next event of the task answers."""
    is_live(book, card, event)
    book.demand(card.working, "move", event, f"limited from {card.where}")
    reason = word(event, "reason")
    card.limited = reason if reason in {"quota", "auth"} else "rate"
    card.until = number(event, "until")


def conflict_found(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Note a conflict, which the next event of the task answers."""
    is_live(book, card, event)
    book.demand(card.merging, "move", event, f"in conflict from {card.where}")
    again = bool(event.data.get("again"))
    book.demand(again == bool(card.conflicts), "tries", event, "a wrong count of conflicts")
    card.in_conflict = True


def blocked_by_attempt(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge an attempt that ends with its task blocked."""
    is_live(book, card, event)
    kind = word(event, "kind")
    if kind == "cancelled":
        good = card.stoppable or card.merging
        tries = whole(event, "tries")
        card.tries = card.tries if tries is None else tries
        book.aborting = True
    elif kind in _COUNTED and not (kind == "failed" and card.limited == "auth"):
        good = card.stoppable or card.merging
        _used_up(book, card, event)
    elif card.accepted and kind == card.accepted and not card.in_conflict:
        good = card.working or card.merging
    elif kind == "conflict":
        again = bool(card.conflicts or card.accepted)
        good = card.merging and card.in_conflict and again
    else:
        good = card.working and kind in _AT_ONCE | {"failed"}
    book.demand(good, "move", event, f"blocked ({kind}) from {card.where}")
    if kind == "quota":
        book.demand(card.limited == "quota", "move", event, "no quota was used up")
        card.not_before = card.until
    _end(card, "bad")
    book.move(card, "blocked", kind)
    if kind in _ABORTS and book.parts[card.phase].on_failure == "abort":
        book.aborting = True


def _used_up(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    _count(book, card, event)
    most = card.asked.max_attempts
    used = most is None or card.tries >= most
    book.demand(used, "tries", event, f"given up after {card.tries} of {most} tries")


def _count(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    card.tries += 1
    tries = whole(event, "tries")
    book.demand(tries == card.tries, "tries", event, f"{tries} tries after {card.tries} failures")


def _end(card: ReplayedTask, verdict: str) -> None:
    card.verdict = verdict
    card.limited, card.in_conflict = "", False
    card.leave()


def blocked_by_result(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a task that a blocked result holds up."""
    book.demand(card.state == "pending", "move", event, f"held up from {card.where}")
    book.demand(card.bad, "move", event, "none of the results it needs is blocked")
    detail = event.data.get("detail")
    name = str(detail.get("needs")) if isinstance(detail, dict) else None
    if name is not None:
        bad = name in card.needs and name in book.cards and book.cards[name].is_bad
        book.demand(bad, "move", event, f"{name} does not hold it up")
    book.move(card, "blocked", "dependency")


def freed(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a task that goes on because what blocked it is over: a result, or a quota."""
    if word(event, "before") == "quota":
        book.demand(card.kind == "quota", "move", event, f"freed from {card.where}")
        early = card.not_before is not None and book.clock < card.not_before - SLACK
        book.demand(not early, "timer", event, "its quota was not back yet")
        card.not_before = None
        book.requeue(card)
        return
    book.demand(card.kind == "dependency", "move", event, f"freed from {card.where}")
    book.demand(not card.bad, "move", event, "a result that it needs is still blocked")
    book.move(card, "pending")


def cancelled_by_abort(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a task that goes down with its run."""
    good = card.stoppable or card.state == "pending" or card.kind in _ABORTED
    book.demand(good, "move", event, f"cancelled by an abort from {card.where}")
    book.demand(not book.ended, "run", event, f"aborted when it was {book.status}")
    book.aborting, book.status = True, "running"
    stop(card)
    card.not_before = None
    book.move(card, "blocked", "cancelled")


def stop(card: ReplayedTask) -> None:
    """Take a running attempt from its task; it still has to be closed."""
    if card.worker is not None:
        _end(card, "stopped")


def asked(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a question: out of the work, with the claim kept."""
    is_live(book, card, event)
    book.demand(card.working, "move", event, f"asked from {card.where}")
    book.move(card, "blocked", "question")


def question_given_up(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a question that nobody answered in time: its worker is stopped."""
    is_live(book, card, event)
    book.demand(card.asking, "move", event, f"no question was open, it was {card.where}")
    stop(card)
    book.move(card, "blocked", "question")
