"""How long a provider wants to be left alone, as its words say."""

from datetime import UTC, datetime

import pytest

from tests.support.agent_streams import NOW
from wf_tui.workers.agent.waits import reset_time, wait_seconds


def at(*numbers: int) -> float:
    """Return a time of UTC in seconds since 1970."""
    year, month, day, hour, minute = numbers
    return datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Rate limit reached. Please try again in 1.2s.", 1.2),
        ("Please try again in 20ms. Visit https://example.com", 0.02),
        ("try again in 6m0s", 360.0),
        ("try again in 1h30m5s", 5405.0),
        ("try again in 2 days 3 hours", 183_600.0),
        ("retry-after: 30", 30.0),
        ('{"retry_after_seconds": 12}', 12.0),
        ('"retryDelay": "34s"', 34.0),
        ("Please retry in 52.5 seconds", 52.5),
        ('"resets_in_seconds": 3600', 3600.0),
        ("wait 3 minutes before you go on", 180.0),
        ("try again later", None),
        ("try again in 99999999999 s", None),
        ("it waited for 3 minutes", None),
        ("", None),
    ],
)
def test_waits_are_read(text: str, seconds: float | None) -> None:
    """A time to wait is read in any unit; what is no time is none."""
    assert wait_seconds(text) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        (f"Claude AI usage limit reached|{int(NOW) + 60}", NOW + 60),
        (f'"resets_at": {int(NOW) + 7200}', NOW + 7200),
        (f'"reset_time": "{(int(NOW) + 7200) * 1000}"', NOW + 7200),
        ("your limit will reset at 2026-11-28T03:00:00Z", at(2026, 11, 28, 3, 0)),
        ("it resets at 2026-11-28 03:00:00+02:00", at(2026, 11, 28, 1, 0)),
        ("You've hit your limit - resets 9:30pm (UTC)", at(2026, 11, 27, 21, 30)),
        ("5-hour limit reached, resets 3pm (Asia/Tokyo)", at(2026, 11, 28, 6, 0)),
        ("a file of 2026-11-28T03:00:00Z", None),
        ("it resets at 2020-01-01T00:00:00Z", None),
        ("it resets at 2026-13-45T99:00:00Z", None),
        ("resets 3pm (No/Where)", None),
        ("resets 27:99", None),
        ("", None),
    ],
)
def test_resets_are_read(text: str, time: float | None) -> None:
    """A time at which a quota is there again is read if it is to come, and is none else."""
    assert reset_time(text, NOW) == time


def test_a_time_without_a_zone_is_the_earliest() -> None:
    """Z.ai gives a time without a zone: the earliest that it can mean and is still to come."""
    found = reset_time("Your limit will reset at 2026-11-28 06:30:00", NOW)
    assert found is not None
    assert NOW < found <= at(2026, 11, 28, 6, 30)
    assert found == at(2026, 11, 27, 22, 30)
