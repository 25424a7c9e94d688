"""What is known of a lane: the limit of one provider that all its seats share (RULES 5, Lanes)."""

from enum import StrEnum
from typing import Final

from wf_tui.ledger.model.states import LimitKind
from wf_tui.values import frozen

__all__ = ["LOCAL", "LaneState", "LaneStatus"]

LOCAL: Final = "local"
"""The lane of programs that ask no provider; it has no limits, and nobody asks for it."""


class LaneStatus(StrEnum):
    """Whether a lane lets anything through; all but the first keep its seats from claiming."""

    OPEN = "open"
    LIMITED = "limited"
    """The provider asked for a pause; over by itself."""
    QUOTA = "quota"
    """What was paid for is used up; over at a time, or when a person says so."""
    AUTH = "auth"
    """The provider refused the key or the configuration; a person opens it."""
    PAUSED = "paused"
    """A person paused it, and opens it."""


@frozen
class LaneState:
    """A lane at one moment, as a run has it in its own ledger and all runs in that of the host."""

    name: str
    status: LaneStatus = LaneStatus.OPEN
    reason: LimitKind | None = None
    text: str = ""
    """Why, in words for a person."""
    until: float | None = None
    """When it opens by itself, in UTC seconds; None: when a person says so."""
    capacity: int | None = None
    """How many of its attempts may run at once, on this host; None: as many as there are seats."""
    actor: str = ""
    """Whose doing it is; "" is that of a scheduler."""

    def shut(self, now: float) -> bool:
        """Whether it lets nothing through."""
        over = self.until is not None and self.until <= now
        return self.status is not LaneStatus.OPEN and not over
