"""What flows over time, such as money or hours of work: how much of it between any two moments."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["NOTHING", "Flow", "Stretch"]

Stretch = tuple[float, float, float]
"""From when until when, in UTC seconds, and how much evenly between; never of no length."""


@dataclass(frozen=True)
class Flow:
    """A sum that grows in straight lines; two lookups tell how much came between two times."""

    times: Sequence[float]
    """Where the slope changes, in order."""
    sums: Sequence[float]
    """How much had come until each of these."""
    slopes: Sequence[float]
    """How much comes in a second from each on."""

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> Flow:
        """Return the flow of all of these together."""
        turns: dict[float, float] = {}
        for start, end, amount in stretches:
            slope = amount / (end - start)
            turns[start] = turns.get(start, 0.0) + slope
            turns[end] = turns.get(end, 0.0) - slope
        times = sorted(turns)
        slopes = list(accumulate(turns[at] for at in times))
        steps = zip(times, times[1:], slopes, strict=False)
        sums = accumulate(((b - a) * slope for a, b, slope in steps), initial=0.0)
        return cls(times, list(sums) if times else (), slopes)

    def until(self, at: float) -> float:
        """Return how much had come until a time, in UTC seconds."""
        place = bisect_right(self.times, at) - 1
        if place < 0:
            return 0.0
        return self.sums[place] + self.slopes[place] * (at - self.times[place])

    def between(self, start: float, end: float) -> float:
        """Return how much came between two times; rounding never makes it less than nothing."""
        return max(0.0, self.until(end) - self.until(start))


NOTHING: Final = Flow((), (), ())
