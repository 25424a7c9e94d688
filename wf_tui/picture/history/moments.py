"""Moments of a run as people write them: `12:56`, `-20m`, a date and time, or a number of an event.

Times of a clock are of the person's own time zone.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from wf_tui.errors import UsageError

if TYPE_CHECKING:
    from wf_tui.picture.history.history import History

__all__ = ["find_moment", "moment_words"]

_NUMBER: Final = re.compile(r"\d{1,18}")
_CLOCK: Final = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(:(?P<second>\d{2}))?")
_AGO: Final = re.compile(
    r"-\s*((?P<d>\d{1,9})d)?((?P<h>\d{1,9})h)?((?P<m>\d{1,9})m)?((?P<s>\d{1,9})s)?"
)
_UNITS: Final = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_DAY: Final = timedelta(days=1)
_EXAMPLES: Final = "for example 12:56, -20m, 2026-11-28T12:56 or 140, the number of an event"


def find_moment(text: str, history: History, now: float) -> int:
    """Return the number of the last event of the moment that a person names.

    `now` is in UTC seconds: `-20m` counts from it, and a time of day is the last that there was.
    Before the run it is its first event, after it the last. Raises UsageError.
    """
    words = text.strip()
    if _NUMBER.fullmatch(words):
        return history.event(int(words)).seq
    at = _time_of(words, now)
    if at is None:
        raise UsageError(f"{text!r} is no moment of a run", _EXAMPLES)
    return history.seq_at(at)


def moment_words(at: float, now: float) -> str:
    """Return a time as a banner has it: `12:56:03`, of another day with its date."""
    then, today = datetime.fromtimestamp(at).astimezone(), datetime.fromtimestamp(now).astimezone()
    return f"{then:%H:%M:%S}" if then.date() == today.date() else f"{then:%Y-%m-%d %H:%M:%S}"


def _time_of(words: str, now: float) -> float | None:
    if found := _CLOCK.fullmatch(words):
        return _time_of_day(found, now)
    if words.startswith("-") and (found := _AGO.fullmatch(words)) and any(found.groups()):
        ago = sum(int(found[unit] or 0) * length for unit, length in _UNITS.items())
        return now - ago
    try:
        return datetime.fromisoformat(words).timestamp()
    except (ValueError, OverflowError):
        return None


def _time_of_day(found: re.Match[str], now: float) -> float | None:
    today = datetime.fromtimestamp(now).astimezone()
    try:
        at = today.replace(
            hour=int(found["hour"]),
            minute=int(found["minute"]),
            second=int(found["second"] or 0),
            microsecond=0,
        )
    except ValueError:
        return None
    # `12:56` is all of that minute, and the last one that there was.
    late = at if found["second"] else at.replace(second=59, microsecond=999_999)
    return (late if at <= today else late - _DAY).timestamp()
