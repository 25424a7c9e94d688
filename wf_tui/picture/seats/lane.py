"""The lanes of a run: which seats share the limit of a provider, and what that limit is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.lanes.host_lane import QUIET
from wf_tui.ledger.model.lane_state import LOCAL, LaneState, LaneStatus
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.ledger.queries.lane_reads import RunLane
    from wf_tui.picture.seats.seat import SeatView

__all__ = ["GROWS_EVERY", "LaneView", "lane_views"]

GROWS_EVERY: Final = QUIET
"""Seconds without a refusal after which a lane that was cut bears one attempt more."""
_TEXT: Final = 80


@dataclass(frozen=True)
class LaneView:
    """A lane with its seats in this run; its texts are safe to draw, times are UTC seconds."""

    name: str
    models: tuple[str, ...]
    """The models of its seats, each once."""
    status: LaneStatus
    """Whether it lets anything through; a pause that is over by now is none."""
    text: str
    """Why it does not, in the provider's words or a person's."""
    until: float | None
    """When it opens by itself; None: when a person says so."""
    capacity: int | None
    """How many of its attempts may run at once on this host; None: as many as like."""
    seats: tuple[SeatView, ...]

    @property
    def busy(self) -> int:
        """How many of its seats have a task."""
        return sum(bool(seat.task) for seat in self.seats)

    @property
    def is_local(self) -> bool:
        """Whether its seats ask no provider, so that nothing limits it and nobody pauses it."""
        return self.name == LOCAL


def lane_views(
    seats: Iterable[SeatView], lanes: Mapping[str, RunLane], now: float
) -> list[LaneView]:
    """Return the seats by lane, both in the order of the seats; `lanes` is what the run knows.

    Of a lane that nobody told anything of there is only its name.
    """
    groups: dict[str, list[SeatView]] = {}
    for seat in seats:
        groups.setdefault(seat.lane, []).append(seat)
    states = {clean(name): lane.state for name, lane in lanes.items()}
    return [_view(name, many, states.get(name), now) for name, many in groups.items()]


def _view(name: str, seats: list[SeatView], state: LaneState | None, now: float) -> LaneView:
    state = state or LaneState(name)
    is_shut = state.shut(now)
    return LaneView(
        name=name,
        models=tuple(dict.fromkeys(seat.model for seat in seats if seat.model)),
        status=state.status if is_shut else LaneStatus.OPEN,
        text=clean(state.text, limit=_TEXT) if is_shut else "",
        until=state.until if is_shut else None,
        capacity=state.capacity,
        seats=tuple(seats),
    )
