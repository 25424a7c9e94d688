"""The characters that the board draws with: a state is never told by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import BlockedKind, PendingReason, TaskState
from wf_tui.picture import glyphs

if TYPE_CHECKING:
    from wf_tui.picture.card import Card

__all__ = ["ASCII", "UNICODE", "WORDS", "GlyphSet"]

WORDS: Final = {
    TaskState.PENDING: "Pending",
    TaskState.IN_PROGRESS: "In progress",
    TaskState.DONE: "Done",
    TaskState.BLOCKED: "Blocked",
}
"""The names of the columns."""


@dataclass(frozen=True)
class GlyphSet:
    """One set of characters; each sign is one cell wide."""

    pending: str
    waiting: str
    in_progress: str
    done: str
    blocked: str
    needs_you: str
    cancelled: str
    selected: str
    marked: str
    frame: str
    """Top left, across, top right, down, bottom left, bottom right, scroll marker."""
    bar: str
    """Of a progress bar: what is done, its tip, what is left."""
    go: str
    stop: str
    more: str
    strip: str
    """Of a bar of tasks: done, in progress, needs you, parked, not begun."""
    into: str
    least: str
    """Before a figure that is at least so much."""
    dot: str
    """Between two facts."""

    def of(self, card: Card) -> str:
        """Return the sign of a card's state."""
        match card.state:
            case TaskState.PENDING:
                return self.pending if card.reason == PendingReason.READY else self.waiting
            case TaskState.IN_PROGRESS:
                return self.in_progress
            case TaskState.DONE:
                return self.done
            case _ if card.needs_you:
                return self.needs_you
            case _:
                return self.cancelled if card.kind == BlockedKind.CANCELLED else self.blocked


UNICODE: Final = GlyphSet(
    pending=glyphs.PENDING,
    waiting=glyphs.WAITING,
    in_progress=glyphs.IN_PROGRESS,
    done=glyphs.DONE,
    blocked=glyphs.BLOCKED,
    needs_you=glyphs.NEEDS_YOU,
    cancelled=glyphs.CANCELLED,
    selected="┃",
    marked="+",
    frame="╭─╮│╰╯█",
    bar="━╸─",
    go="▶",
    stop="‖",
    more="…",
    strip="━╍◆◇─",
    into="\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
    dot="·",
    least="≥",
)
ASCII: Final = GlyphSet(
    pending="o",
    waiting=".",
    in_progress="*",
    done="v",
    blocked="#",
    needs_you="!",
    cancelled="x",
    selected=">",
    marked="+",
    frame="+-+|++#",
    bar="=>-",
    go=">",
    stop="=",
    more="~",
    strip="=*!#-",
    into=">",
    dot="-",
    least=">",
)
