"""How long ago, how long it took, at what time: short words for seconds."""

import time
from typing import Final

__all__ = ["duration", "offset", "span", "time_of_day"]

_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400


def span(seconds: float) -> str:
    """Return a length of time in its largest unit: `12s`, `5m`, `3h`, `2d`.

    `seconds` may be below 0, since the clocks of two processes differ a little; that is `0s`.
    """
    whole = max(0, int(seconds))
    # One unit is enough: an age is read at a glance.
    for unit, length in (("d", _DAY), ("h", _HOUR), ("m", _MINUTE)):
        if whole >= length:
            return f"{whole // length}{unit}"
    return f"{whole}s"


def offset(seconds: float) -> str:
    """Return a time since the start: `0.42s`, `12.30s`, `5:07`, `1:02:09`; never less than none.

    For lines below each other, as of events and attempts: two digits show what came when within a
    second, which `span` does not.
    """
    seconds = max(0.0, seconds)
    if seconds < _MINUTE:
        return f"{seconds:.2f}s"
    return duration(seconds)


def duration(seconds: float) -> str:
    """Return how long something takes: `0:40`, `6:12`, `1:12:04`; never less than `0:00`."""
    minutes, rest = divmod(max(0, int(seconds)), _MINUTE)
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def time_of_day(at: float) -> str:
    """Return a time in UTC seconds as the clock of this place shows it."""
    return time.strftime("%H:%M:%S", time.localtime(at))
