"""What is decided between the rivals of a phase (RULES 5, Rivals)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.base import EventBase

if TYPE_CHECKING:
    from wf_tui.ledger.model.states import DoneKind

__all__ = ["RivalEvent", "RivalLeft", "RivalSkipped", "RivalsJudged"]


class RivalSkipped(EventBase, kind="rival_skipped"):
    """It counts as done without its work, since the choice was made; so does a judge not needed."""

    kind: DoneKind
    before: str | None = None
    winner: str | None = None
    """The rival that was merged; None where none had anything to merge."""
    text: str | None = None
    stopped: bool | None = None
    """Whether a running attempt was taken from it."""


class RivalsJudged(EventBase, kind="rivals_judged", changes_row=False):
    """A judge has ended; what it named is taken, unless the text says why not."""

    phase: str
    pick: str | None = None
    """What its answer named; None where that was nothing."""
    taken: bool | None = None
    text: str | None = None


class RivalLeft(EventBase, kind="rival_left"):
    """Nobody chooses any more but a person: its judge has ended without a choice that held."""

    text: str


RivalEvent = RivalSkipped | RivalsJudged | RivalLeft
