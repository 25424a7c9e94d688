"""Words with a time in them, which the view reads with its own clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["NOTHING", "Timed", "age", "duration"]

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


@dataclass(frozen=True)
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
            middle = (age if self.coarse else duration)(self.until - now)
        elif self.since is not None:
            middle = age(now - self.since)
        return f"{self.before}{middle}{self.after}"

    def __bool__(self) -> bool:
        return self != NOTHING


NOTHING: Final = Timed()


def age(seconds: float) -> str:
    """Return how long ago something was: `40s`, then `6m`, `3h`, `2d`; never less than `0s`."""
    whole = max(0, int(seconds))
    for unit, length in (("d", _DAY), ("h", _HOUR), ("m", _MINUTE)):
        if whole >= length:
            return f"{whole // length}{unit}"
    return f"{whole}s"


def duration(seconds: float) -> str:
    """Return how long something takes: `0:40`, `6:12`, `1:12:04`; never less than `0:00`."""
    minutes, rest = divmod(max(0, int(seconds)), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
