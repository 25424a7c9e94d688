"""What keeps seats from claiming: the part of the replayed run that `pauses` judges by.

It stands apart from those judgements because they need the whole of `ReplayState`, which has this
as one of its fields.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

__all__ = ["PausedProfiles"]


@dataclass
class PausedProfiles:
    """Which profiles and lanes are paused until when, and what each profile tried since."""

    profiles: dict[str, str] = field(default_factory=dict)
    """The profile of each seat."""
    until: dict[str, float] = field(default_factory=dict)
    """Seconds of the wall clock at which each pause ends; infinite where only a person ends it."""
    tried: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    """Task and epoch of the one attempt that each profile was let through after its pause."""

    lanes: dict[str, float] = field(default_factory=dict)
    """The lanes that are shut, and until when; infinite where only a person opens one."""
    used_up: bool = False
    """Whether the budget of the run is used up."""

    def set_back(self) -> None:
        """Take note that the clock was set back: only pauses without an end are judged.

        A pause ends at a time of the old clock, which the new one may reach much later.
        """
        self.until = {name: end if end == math.inf else 0.0 for name, end in self.until.items()}
        self.lanes = {name: end if end == math.inf else 0.0 for name, end in self.lanes.items()}
