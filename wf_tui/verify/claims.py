"""Claims, and how attempts end: G1, G2 and G9, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.verify import pauses
from wf_tui.verify.event_fields import whole, word, words

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = [
    "attempt_ended",
    "claimed",
    "harvested",
    "integrated",
    "is_live",
    "result_rejected",
    "step",
    "worker_speaks",
]

SLACK: Final = 1.0
"""Seconds: what a writer may wait for the ledger's lock between reading the clock and writing."""
_STEPS: Final = ("claimed", "preparing", "running", "harvesting", "checking", "integrating")
_ACCEPTED: Final = {"scope": "checking", "conflict": "harvesting"}


def claimed(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a claim at its instant, then hold the task, the seat and the scope."""
    by_hand = "before" in event.data
    _once(book, card, event)
    _in_order(book, card, event)
    _as_asked(book, card, event)
    if by_hand:
        good = card.state == "blocked" and card.kind in _ACCEPTED
        book.demand(good, "move", event, f"work was accepted while it was {card.where}")
        book.demand(not book.ended, "run", event, f"accepted while the run was {book.status}")
    else:
        _by_seat(book, card, event)
    step = _ACCEPTED.get(card.kind or "", "checking") if by_hand else "claimed"
    card.accepted = (card.kind or "") if by_hand else ""
    book.open_attempt(card, event.worker or "", event.epoch or card.epoch + 1)
    book.move(card, "in_progress")
    card.step, card.not_before = step, None
    card.limited, card.in_conflict = "", False


def _once(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    held = f"the attempt of {card.holder} in epoch {card.opened} is still open"
    book.demand(card.opened is None, "claim", event, f"claimed while {held}")
    due = card.epoch + 1
    text = f"claimed in epoch {event.epoch}, after {card.epoch}"
    book.demand(event.epoch == due, "epoch", event, text)
    scope, isolation = card.asked.scope, card.isolation
    if card.asked.mode == "read_write":
        by_hand = "before" in event.data
        other = book.held.holder(card.id, isolation, scope, by_hand=by_hand)
        book.demand(other is None, "scope", event, f"{other} holds an overlapping scope")


def _in_order(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    if card.undone:
        names = [n for n in card.needs if n not in book.cards or book.cards[n].state != "done"]
        book.demand(False, "order", event, f"it needs {', '.join(names[:5])}, not done yet")
    book.demand(not card.follows, "order", event, "the task before it had not settled")
    for name in book.parts[card.phase].after:
        settled = name in book.parts and book.parts[name].settled
        book.demand(settled, "order", event, f"phase {name} had not settled")


def _as_asked(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Compare what the claim says with what the task asks for."""
    said = (word(event, "isolation"), words(event, "scope"), word(event, "mode"))
    asks = (card.isolation, card.asked.scope, card.asked.mode)
    book.demand(said == asks, "scope", event, f"it asks for {asks}, but was claimed with {said}")
    tries = whole(event, "tries")
    book.demand(tries == card.tries, "tries", event, f"{tries} tries, but {card.tries} failures")


def _by_seat(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    book.demand(card.state == "pending", "move", event, f"claimed while it was {card.where}")
    early = card.not_before is not None and book.clock < card.not_before - SLACK
    book.demand(not early, "timer", event, "claimed before its back-off was over")
    status = "aborting" if book.aborting else book.status
    book.demand(status == "running", "run", event, f"claimed while the run was {status}")
    full = book.jobs is not None and book.open >= book.jobs
    book.demand(not full, "run", event, f"claimed with {book.open} of {book.jobs} attempts open")
    seat = event.worker or ""
    book.demand(seat in book.seats, "seat", event, f"there is no seat {seat!r}")
    other = book.seats.get(seat)
    book.demand(other is None, "seat", event, f"{seat} still held {other}")
    pauses.claimed(book, event)


def is_live(book: ReplayState, card: ReplayedTask, event: EventRow) -> bool:
    """Whether a worker's event is of the live claim; if not, that is a violation (G2)."""
    live = card.worker is not None and (event.worker, event.epoch) == (card.worker, card.epoch)
    now = f"{card.worker} in epoch {card.epoch}" if card.worker else "nobody"
    said = f"{event.kind} of {event.worker} in epoch {event.epoch}, but the live claim is {now}'s"
    book.demand(live, "stale", event, said)
    return live


def worker_speaks(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge what changes no state, and only the live claim may say."""
    is_live(book, card, event)


def step(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a step: forwards, and from a question to the harvest alone."""
    to = word(event, "step")
    book.demand(to in _STEPS, "move", event, f"there is no step {to!r}")
    if not is_live(book, card, event) or to not in _STEPS:
        return
    forwards = card.step in _STEPS and _STEPS.index(to) >= _STEPS.index(card.step)
    good = to == "harvesting" if card.asking else forwards
    where = "asking" if card.asking else card.where
    book.demand(good, "move", event, f"from {where} to {to}")
    book.move(card, "in_progress")
    card.step = to


def harvested(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge what an attempt left behind; a fenced one may leave something too.

    What readers changed in a snapshot is told when the last of them has left it, after its end.
    """
    if "snapshot_changed" in event.data:
        _was_held(book, card, event)
        return
    _of_open(book, card, event)
    commit = event.data.get("commit")
    card.harvested = commit if isinstance(commit, str) else None


def result_rejected(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a late result: it must not be of the live claim, and changes nothing."""
    live = card.worker is not None and (event.worker, event.epoch) == (card.worker, card.epoch)
    book.demand(not live, "stale", event, "a result of the live claim was rejected")
    _was_held(book, card, event)
    card.rejected = card.rejected or event.epoch == card.opened


def integrated(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge a merge: of the live claim while it merges, and onto where the branch was."""
    is_live(book, card, event)
    book.demand(card.merging, "move", event, f"merged while it was {card.where}")
    old, new, chain = word(event, "old"), word(event, "new"), book.chain
    text = f"merged onto {old[:12]}, but the branch was at {chain.head[:12]}"
    book.demand(old == chain.head, "chain", event, text)
    if new != chain.head:
        again = new in chain.work or new == chain.base
        book.demand(not again, "chain", event, f"the branch was at {new[:12]} before")
        chain.heads.append(new)
        chain.work[new] = card.harvested
    card.merged = new


def attempt_ended(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    """Judge the end of an attempt against what became of its task, then free what it held."""
    outcome, fenced = word(event, "outcome"), bool(event.data.get("fenced"))
    if not _of_open(book, card, event):
        return
    good = card.verdict == "good"
    text = f"it {outcome}, but its task is {card.where}"
    book.demand(card.verdict, "stale", event, f"{text}, with the claim still live")
    book.demand((outcome == "succeeded") == good, "stale", event, text)
    book.demand(fenced == (card.verdict == "stopped"), "stale", event, f"{text} (fence)")
    late = outcome == "rejected"
    book.demand(late == card.rejected, "stale", event, f"{text}; result_rejected does not fit")
    book.close_attempt(card)


def _of_open(book: ReplayState, card: ReplayedTask, event: EventRow) -> bool:
    """Whether an event is of the attempt that is open; if not, that is a violation."""
    opened = card.opened is not None and (event.epoch, event.worker) == (card.opened, card.holder)
    now = f"that of {card.holder} in epoch {card.opened}" if card.opened else "none"
    said = f"{event.kind} of {event.worker} in epoch {event.epoch}, but open is {now}"
    book.demand(opened, "stale", event, said)
    return opened


def _was_held(book: ReplayState, card: ReplayedTask, event: EventRow) -> None:
    known = card.holders.get(event.epoch or 0) == event.worker
    book.demand(known, "stale", event, f"{event.worker} had no claim in epoch {event.epoch}")
