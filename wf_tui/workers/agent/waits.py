"""How long a provider wants to be left alone, read from its words.

Standard library only, as all of the driver. What is not understood is None, never a guess.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["reset_time", "wait_seconds"]

_LONGEST_PAUSE: Final = 40 * 86_400.0
"""Seconds; what a text says beyond is no pause that anybody means."""
_UNITS: Final = {
    "": 1.0,
    "ms": 0.001,
    "millisecond": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "m": 60.0,
    "min": 60.0,
    "minute": 60.0,
    "h": 3600.0,
    "hr": 3600.0,
    "hour": 3600.0,
    "d": 86_400.0,
    "day": 86_400.0,
}
_DURATION: Final = r"((?:\d{1,9}(?:\.\d{1,9})?\s*[a-z]*,?\s*(?:and\s+)?){1,4})"
_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([a-z]*)")
_WAIT: Final = re.compile(
    r"(?:retry[-_ ]?after(?:[-_ ]seconds)?|retry[-_ ]?delay|(?:try again|retry) in|wait"
    r"|resets?[-_ ]in(?:[-_ ]seconds)?|reset after)"
    r"""["']?\s*[:=]?\s*["']?(?:about\s+)?""" + _DURATION,
    re.IGNORECASE,
)
_EPOCH: Final = re.compile(
    r"""(?:limit reached\||resets?[-_ ]?(?:at|time)["']?\s*[:=]\s*["']?)(\d{10}|\d{13})\b""",
    re.IGNORECASE,
)
_DATE: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?"
)
_RESET_NEAR: Final = re.compile(r"reset|again|until|\u91cd\u7f6e|renew", re.IGNORECASE)
_CLOCK: Final = re.compile(
    r"resets?(?: at)? (?P<hour>\d{1,2})(?::(?P<minute>\d\d))?\s*(?P<half>am|pm)?"
    r"(?:\s*\((?P<zone>[A-Za-z_+-]+(?:/[A-Za-z_+-]+){0,2})\))?",
    re.IGNORECASE,
)
_CHINA: Final = timezone(timedelta(hours=8))


def wait_seconds(text: str) -> float | None:
    """Return for how many seconds a text says to wait, None where it does not say."""
    found = _WAIT.search(text)
    if found is None:
        return None
    total = 0.0
    for number, unit in _PART.findall(found[1].lower()):
        seconds = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
        if seconds is None:  # the words behind the time
            break
        total += float(number) * seconds
    return total if 0 < total <= _LONGEST_PAUSE else None


def reset_time(text: str, now: float) -> float | None:
    """Return when a text says that a quota is there again, in seconds since 1970.

    A time without a zone is the earliest that is still to come of those that it can mean: asked
    too early costs one request, too late costs the work of hours.
    """
    if found := _EPOCH.search(text):
        number = float(found[1])
        return sensible(number / 1000 if len(found[1]) > len("1700000000") else number, now)
    return dated(text, now) or by_clock(text, now)


def dated(text: str, now: float) -> float | None:
    """Return a date with its time that stands near a word of resetting."""
    for found in _DATE.finditer(text):
        near = text[max(0, found.start() - 60) : found.end() + 30]
        if not _RESET_NEAR.search(near):
            continue
        *numbers, zone = found.groups()
        times = [as_time([int(one or 0) for one in numbers], one) for one in zones(zone)]
        coming = [one for one in times if one is not None and sensible(one, now) is not None]
        if coming:
            return min(coming)
    return None


def zones(name: str | None) -> tuple[tzinfo | None, ...]:
    """Return the zones that a time can be in; without a name UTC, China and this machine's."""
    if name is None:
        return UTC, _CHINA, None
    if name in {"Z", "UTC", "GMT"}:
        return (UTC,)
    hours, minutes = int(name[1:3]), int(name[-2:])
    offset = timedelta(hours=min(hours, 23), minutes=min(minutes, 59))
    return (timezone(offset if name[0] == "+" else -offset),)


def as_time(numbers: list[int], zone: tzinfo | None) -> float | None:
    """Return year, month, day, hour, minute, second in a zone as seconds since 1970."""
    year, month, day, hour, minute, second = numbers
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def by_clock(text: str, now: float) -> float | None:
    """Return the next time that a clock shows what a text says, as in "resets 3pm"."""
    found = _CLOCK.search(text)
    if found is None or not (found["half"] or found["minute"]):
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    try:
        zone = ZoneInfo(found["zone"]) if found["zone"] else None
        today = datetime.fromtimestamp(now, zone)
        then = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except (ValueError, KeyError, OSError):
        return None
    if then <= today:
        then += timedelta(days=1)
    return then.timestamp()


def sensible(time: float, now: float) -> float | None:
    """Return a time that is to come within weeks, None for any other."""
    return time if now < time <= now + _LONGEST_PAUSE else None
