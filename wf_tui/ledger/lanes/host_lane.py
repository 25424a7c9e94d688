"""The rules of one lane, as functions from a row to the next one (RULES 5, Lanes).

None of them asks a clock or a database; `Lanes` calls them inside its transactions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.lane_state import LaneState, LaneStatus

if TYPE_CHECKING:
    from wf_tui.ledger.model.states import LimitKind

__all__ = [
    "QUIET",
    "HostLane",
    "failed",
    "give_back",
    "launches",
    "limit",
    "open_lane",
    "pause",
    "refuse",
    "settle",
    "use_up",
    "worked",
]

BURST: Final = 5
"""So many start at once ..."""
EVERY: Final = 0.7
"""... and then one each so many seconds: what providers were seen to bear, and agents to do."""
_FIRST_WAIT: Final = 3.0
_LONGEST_WAIT: Final = 60.0
_LONGEST_ASKED: Final = 86_400.0
"""A provider that asks for more than a day has used the wrong header."""
_SHRINK_EVERY: Final = 2.0
"""One burst of refusals is one sign, not twenty."""
QUIET: Final = 180.0
"""Seconds without a refusal after which one more may run at once."""
_FAULTS: Final = 3
"""Failures of server or network in a row that are taken for a limit."""
_CLOCK_STEP: Final = 1.0
"""Seconds by which the clock has to be behind the last write to have been set back."""
_STRICTER: Final = (LaneStatus.QUOTA, LaneStatus.AUTH, LaneStatus.PAUSED)


@dataclass(frozen=True)
class HostLane:
    """One lane as the file of the host has it; times are UTC seconds."""

    name: str
    state: LaneStatus = LaneStatus.OPEN
    reason: LimitKind | None = None
    text: str = ""
    until: float | None = None
    capacity: int | None = None
    bucket: float = float(BURST)
    """How many may start at once, as of `bucket_at`."""
    bucket_at: float = 0.0
    shrunk_at: float | None = None
    quiet_since: float | None = None
    """Since when the provider has refused nothing; moves on with each step that the capacity
    grows."""
    wait: float = 0.0
    """The last pause that was not the provider's own, which the next one doubles."""
    faults: int = 0
    written_at: float = 0.0
    actor: str = ""

    @property
    def seen(self) -> LaneState:
        """What a run notes of it."""
        return LaneState(
            self.name, self.state, self.reason, self.text, self.until, self.capacity, self.actor
        )

    def shut(self, now: float) -> bool:
        """Whether it lets nothing through."""
        return self.seen.shut(now)


def settle(lane: HostLane, now: float) -> HostLane:
    """Return what has become of a lane by now: pauses end, the capacity grows, the bucket fills."""
    lane = _reanchored(lane, now)
    if lane.until is not None and lane.until <= now and lane.state is not LaneStatus.OPEN:
        # Quiet only from here on: while it was shut, nobody could be refused.
        lane = replace(_opened(lane), quiet_since=None if lane.capacity is None else lane.until)
    if lane.capacity is not None and lane.quiet_since is not None and not lane.shut(now):
        steps = int(max(0.0, now - lane.quiet_since) // QUIET)
        if steps:
            lane = replace(
                lane,
                capacity=lane.capacity + steps,
                quiet_since=lane.quiet_since + steps * QUIET,
                wait=0.0,
            )
    return replace(lane, bucket=_filled(lane, now), bucket_at=now)


def _reanchored(lane: HostLane, now: float) -> HostLane:
    """Let nothing last longer than it was meant to, after the clock was set back.

    What a provider said of a quota is a time, and stays.
    """
    back = lane.written_at - now
    if back <= _CLOCK_STEP:
        return lane
    limited = lane.state is LaneStatus.LIMITED
    return replace(
        lane,
        until=_earlier(lane.until, back) if limited else lane.until,
        bucket_at=min(lane.bucket_at, now),
        shrunk_at=_earlier(lane.shrunk_at, back),
        quiet_since=_earlier(lane.quiet_since, back),
    )


def _earlier(at: float | None, seconds: float) -> float | None:
    return None if at is None else at - seconds


def _filled(lane: HostLane, now: float) -> float:
    return min(float(BURST), lane.bucket + max(0.0, now - lane.bucket_at) / EVERY)


def launches(lane: HostLane, wanted: int, in_use: int) -> int:
    """Return how many of the wanted may start now, of a lane that is settled."""
    free = wanted if lane.capacity is None else max(0, lane.capacity - in_use)
    return min(wanted, free, int(lane.bucket))


def give_back(lane: HostLane, unused: int) -> HostLane:
    """Put back into the bucket what was taken for nothing."""
    return replace(lane, bucket=min(float(BURST), lane.bucket + unused))


def limit(
    lane: HostLane,
    now: float,
    *,
    retry_after: float | None,
    running: int,
    reason: LimitKind,
    text: str,
) -> HostLane:
    """Take note of a refusal: pause as long as the provider asks, else longer each time.

    `running` are the attempts of the lane at this moment, the refused one among them: one fewer may
    run from now on, but never none.
    """
    lane = _shrunk(lane, now, running)
    if lane.state in _STRICTER:
        return lane
    wait = lane.wait
    if retry_after is None:
        # Of many that are refused at once only the first lengthens the pause.
        if lane.state is not LaneStatus.LIMITED:
            wait = min(_LONGEST_WAIT, max(_FIRST_WAIT, 2 * lane.wait))
        asked = wait or _FIRST_WAIT
    else:
        asked = min(max(retry_after, 0.0), _LONGEST_ASKED)
    until = max(now + asked, lane.until or 0.0) if lane.state is LaneStatus.LIMITED else now + asked
    return replace(
        lane,
        state=LaneStatus.LIMITED,
        reason=reason,
        text=text,
        until=until,
        wait=wait,
        faults=0,
        actor="",
    )


def _shrunk(lane: HostLane, now: float, running: int) -> HostLane:
    lane = replace(lane, quiet_since=now)
    if lane.shrunk_at is not None and now - lane.shrunk_at < _SHRINK_EVERY:
        return lane
    most = running if lane.capacity is None else min(lane.capacity, running)
    return replace(lane, capacity=max(1, most - 1), shrunk_at=now)


def failed(lane: HostLane) -> tuple[HostLane, bool]:
    """Count a failure of server or network; whether it is to be taken for a limit by now."""
    lane = replace(lane, faults=lane.faults + 1)
    return lane, lane.faults >= _FAULTS


def worked(lane: HostLane) -> HostLane:
    """Take note that the provider answered as it should."""
    return replace(lane, faults=0)


def use_up(lane: HostLane, until: float | None, *, reason: LimitKind, text: str) -> HostLane:
    """Shut a lane whose quota is used up; without an end, a person opens it."""
    if lane.state in {LaneStatus.AUTH, LaneStatus.PAUSED}:
        return lane
    if lane.state is LaneStatus.QUOTA:
        known = (lane.until, until)
        until = None if None in known else max(end for end in known if end is not None)
    return replace(lane, state=LaneStatus.QUOTA, reason=reason, text=text, until=until, actor="")


def refuse(lane: HostLane, *, reason: LimitKind, text: str) -> HostLane:
    """Shut a lane whose key or configuration was refused, until a person opens it."""
    if lane.state is LaneStatus.PAUSED:
        return lane
    return replace(lane, state=LaneStatus.AUTH, reason=reason, text=text, until=None, actor="")


def pause(lane: HostLane, *, reason: LimitKind, text: str, actor: str) -> HostLane:
    """Shut a lane at a person's word."""
    return replace(lane, state=LaneStatus.PAUSED, reason=reason, text=text, until=None, actor=actor)


def open_lane(lane: HostLane, actor: str) -> HostLane:
    """Open a lane at a person's word, with all that it may do: what was learnt is forgotten."""
    fresh = replace(_opened(lane), capacity=None, quiet_since=None, shrunk_at=None)
    return replace(fresh, wait=0.0, faults=0, bucket=float(BURST), actor=actor)


def _opened(lane: HostLane) -> HostLane:
    return replace(lane, state=LaneStatus.OPEN, reason=None, text="", until=None, actor="")
