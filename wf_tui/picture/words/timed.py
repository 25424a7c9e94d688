"""Words with a time in them, which the view reads with its own clock."""

from __future__ import annotations

from typing import Final

from wf_tui.picture.age import duration, span
from wf_tui.values import frozen

__all__ = ["NOTHING", "Timed"]


@frozen
class Timed:
    """A sentence with the time until, or since, a moment in its middle; clean."""

    before: str = ""
    until: float | None = None
    """UTC seconds; None where there is no time in it."""
    after: str = ""
    since: float | None = None
    """As `until`, of a moment that is over: then an age."""
    coarse: bool = False
    """Whether a time until is told as ages are, `48m`, since nobody waits for its second."""

    def at(self, now: float) -> str:
        """Return the words at a time."""
        middle = ""
        if self.until is not None:
            middle = (span if self.coarse else duration)(self.until - now)
        elif self.since is not None:
            middle = span(now - self.since)
        return f"{self.before}{middle}{self.after}"

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING: Final = Timed()
