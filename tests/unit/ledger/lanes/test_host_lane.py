"""One lane by itself: what a refusal, a pause, silence and a clock that was set make of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from wf_tui.ledger.lanes import host_lane
from wf_tui.ledger.lanes.host_lane import HostLane, launches, settle
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.states import LimitKind

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_000_000.0
FRESH = HostLane("kimi", bucket_at=NOW, written_at=NOW)


def refused(
    lane: HostLane, at: float, *, running: int = 4, retry_after: float | None = None
) -> HostLane:
    """Refuse one attempt of a lane, as the file of the host does it."""
    lane = settle(lane, at)
    limited = host_lane.limit(
        lane, at, retry_after=retry_after, running=running, reason=LimitKind.RATE, text="429"
    )
    return replace(limited, written_at=at)


def test_the_pause_is_what_the_provider_asked_for() -> None:
    """Retry-After counts, and lengthens no later pause."""
    lane = refused(FRESH, NOW, retry_after=7)
    assert (lane.state, lane.until, lane.wait) == (LaneStatus.LIMITED, NOW + 7, 0.0)
    assert refused(FRESH, NOW, retry_after=1e12).until == NOW + 86_400


def test_a_pause_without_a_time_doubles_up_to_a_minute() -> None:
    """It is 3, 6, 12 ... 60 seconds; many refusals at once are one."""
    lane, at, waits = FRESH, NOW, []
    for _ in range(7):
        lane = refused(lane, at)
        assert refused(lane, at + 0.1).wait == lane.wait
        assert lane.until is not None
        waits.append(lane.until - at)
        at = lane.until
    assert waits == [3, 6, 12, 24, 48, 60, 60]


def test_one_fewer_runs_after_a_refusal_once_in_two_seconds() -> None:
    """The capacity is what ran, less one; a burst counts once, and one may always run."""
    lane = refused(FRESH, NOW, running=4)
    assert lane.capacity == 3
    assert refused(lane, NOW + 1.9, running=3).capacity == 3
    assert refused(lane, NOW + 2.0, running=3).capacity == 2
    assert refused(FRESH, NOW, running=1).capacity == 1
    assert refused(FRESH, NOW, running=0).capacity == 1


def test_the_capacity_grows_with_each_three_quiet_minutes() -> None:
    """One more each 180 seconds since the last refusal, and the next pause is short again."""
    lane = refused(FRESH, NOW, running=4)
    assert settle(lane, NOW + 179).capacity == 3
    assert settle(lane, NOW + 182.9).capacity == 3  # quiet since it opened, three seconds later
    grown = settle(lane, NOW + 183)
    assert (grown.capacity, grown.wait) == (4, 0.0)
    assert settle(lane, NOW + 3 + 3 * 180).capacity == 6


def test_a_lane_opens_by_itself_where_there_is_a_time() -> None:
    """A limit and a quota end; a refused key and a person's pause do not."""
    quota = host_lane.use_up(FRESH, NOW + 900, reason=LimitKind.QUOTA, text="used up")
    assert settle(quota, NOW + 899).shut(NOW + 899)
    assert settle(quota, NOW + 900).state is LaneStatus.OPEN
    for shut in (
        host_lane.use_up(FRESH, None, reason=LimitKind.QUOTA, text=""),
        host_lane.refuse(FRESH, reason=LimitKind.AUTH, text=""),
        host_lane.pause(FRESH, reason=LimitKind.PERSON, text="", actor="user:ann"),
    ):
        assert settle(shut, NOW + 1e9).shut(NOW + 1e9)


def test_what_is_stricter_stays() -> None:
    """No limit opens a quota early, no quota a refused key, and nothing what a person paused."""
    quota = host_lane.use_up(FRESH, NOW + 900, reason=LimitKind.QUOTA, text="")
    assert refused(quota, NOW, retry_after=1).until == NOW + 900
    assert host_lane.use_up(quota, NOW + 5, reason=LimitKind.QUOTA, text="").until == NOW + 900
    assert host_lane.use_up(quota, None, reason=LimitKind.QUOTA, text="").until is None
    auth = host_lane.refuse(quota, reason=LimitKind.AUTH, text="")
    assert host_lane.use_up(auth, NOW + 5, reason=LimitKind.QUOTA, text="").state is LaneStatus.AUTH
    paused = host_lane.pause(auth, reason=LimitKind.PERSON, text="", actor="user:ann")
    assert host_lane.refuse(paused, reason=LimitKind.AUTH, text="").state is LaneStatus.PAUSED
    opened = host_lane.open_lane(paused, "user:ann")
    assert (opened.state, opened.capacity, opened.wait) == (LaneStatus.OPEN, None, 0.0)


def test_five_start_at_once_and_then_one_each_700_ms() -> None:
    """The bucket holds five starts and gets one back every 0.7 seconds."""
    assert launches(settle(FRESH, NOW), 9, 0) == 5
    empty = host_lane.give_back(FRESH, -5)
    assert launches(settle(empty, NOW + 0.69), 9, 0) == 0
    assert launches(settle(empty, NOW + 0.71), 9, 0) == 1
    assert launches(settle(empty, NOW + 1.41), 9, 0) == 2
    assert launches(settle(empty, NOW + 99), 9, 0) == 5


def test_three_failures_in_a_row_are_taken_for_a_limit() -> None:
    """An attempt that works in between starts the count again."""
    lane, first = host_lane.failed(FRESH)
    lane, second = host_lane.failed(lane)
    assert (first, second) == (False, False)
    assert host_lane.failed(lane)[1]
    assert not host_lane.failed(host_lane.worked(lane))[1]


def test_a_clock_that_was_set_back_makes_nobody_wait_longer() -> None:
    """A limit lasts as long as it was to; a quota ends when the provider said."""
    lane = refused(FRESH, NOW, retry_after=30)
    behind = settle(lane, NOW - 5000)
    assert behind.until == NOW - 5000 + 30
    assert launches(settle(host_lane.give_back(lane, -5), NOW - 4999), 9, 0) <= 1
    quota = host_lane.use_up(FRESH, NOW + 900, reason=LimitKind.QUOTA, text="")
    assert settle(quota, NOW - 5000).until == NOW + 900


@given(st.lists(st.tuples(st.sampled_from("lfqaopw"), st.floats(-50, 400)), max_size=30))
def test_no_lane_is_ever_shut_without_a_way_out(steps: list[tuple[str, float]]) -> None:
    """Whatever happens in whatever order: a limited lane has an end, and one may always run."""
    lane, at = FRESH, NOW
    does: dict[str, Callable[[HostLane, float], HostLane]] = {
        "l": refused,
        "f": lambda one, _: host_lane.failed(one)[0],
        "q": lambda one, at: host_lane.use_up(one, at + 100, reason=LimitKind.QUOTA, text=""),
        "a": lambda one, _: host_lane.refuse(one, reason=LimitKind.AUTH, text=""),
        "o": lambda one, _: host_lane.open_lane(one, "user:ann"),
        "p": lambda one, _: host_lane.pause(
            one, reason=LimitKind.PERSON, text="", actor="user:ann"
        ),
        "w": lambda one, _: host_lane.worked(one),
    }
    for what, seconds in steps:
        at += seconds
        lane = replace(does[what](settle(lane, at), at), written_at=at)
        assert lane.state is not LaneStatus.LIMITED or lane.until is not None
        assert lane.capacity is None or lane.capacity >= 1
        assert 0 <= lane.bucket <= host_lane.BURST
        if lane.state is LaneStatus.LIMITED and lane.until is not None:
            assert not settle(lane, lane.until).shut(lane.until)
