"""Pauses of a profile whose attempts all failed at once: nothing starts in one, one after it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from wf_tui.verify.event_fields import number, word

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState

__all__ = ["begun", "claimed", "over"]

SLACK: Final = 1.0
"""Seconds that a writer may wait between reading the clock and writing."""


def begun(book: ReplayState, event: EventRow) -> None:
    """Note a pause; one without an end is over when a person says so."""
    profile, until = word(event, "lane"), number(event, "until")
    book.pauses.until[profile] = math.inf if until is None else until
    book.pauses.tried.pop(profile, None)


def over(book: ReplayState, event: EventRow) -> None:
    """Note that a profile goes on."""
    profile = word(event, "lane")
    paused = book.pauses.until.pop(profile, None) is not None
    book.demand(paused, "pause", event, f"{profile} was not paused")


def claimed(book: ReplayState, event: EventRow) -> None:
    """Judge a claim of a seat whose profile has been paused."""
    profile = book.pauses.profiles.get(event.worker or "", "")
    until = book.pauses.until.get(profile)
    if until is None:
        return
    book.demand(book.clock >= until - SLACK, "pause", event, f"claimed while {profile} was paused")
    task, epoch = book.pauses.tried.get(profile, ("", None))
    one = task not in book.cards or book.cards[task].opened != epoch
    book.demand(one, "pause", event, f"a second one of {profile}, while {task} tried it")
    book.pauses.tried[profile] = (event.task or "", event.epoch)
