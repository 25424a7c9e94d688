"""What the board before was measured at, for comparison: that of commit 6390560.

Its own driver measured it, which did the same things as `board` does now, on two cores that were
busy with other work. So its times are told as multiples of the floor of that very run, which was
as disturbed; counts, bytes and memory are as they were.
"""

from __future__ import annotations

from typing import Final

__all__ = ["before"]

_SIZES: Final = (100, 1_000, 10_000)
_TIMES: Final = {
    "first frame": (3.51, 5.80, 10.50),
    "first frame, CPU": (5.99, 6.62, 12.52),
    "one card moves, CPU": (3.92, 3.42, 4.50),
    "100 changes/s": (0.81, 0.61, 0.82),
    "100 changes/s: key to paint, p50": (10.30, 18.75, 9.39),
    "100 changes/s: key to paint, p99": (11.84, 13.21, 5.95),
}
"""In multiples of the floor."""
_COUNTS: Final = {
    "first frame, CPU against the fewest cards": (1, 1.10, 2.09),
    "memory": (64.9, 67.7, 97.3),
    "idle": (2.67, 2.52, 2.41),
    "one card moves, frames": (1, 1, 1),
    "one card moves, layouts": (0, 0, 0),
    "one card moves, bytes": (6.54, 6.54, 6.54),
    "committed to painted, p50": (96.5, 109, 112),
    "committed to painted, p99": (199, 192, 191),
    "100 changes/s: bytes a frame": (2.60, 2.63, 2.21),
}
"""In the unit of the figure."""


def before(what: str, count: int) -> str:
    """Return how a figure was at so many cards; "" where nobody measured it."""
    if count not in _SIZES:
        return ""
    place = _SIZES.index(count)
    if what in _TIMES:
        return f"before {_TIMES[what][place]:.2f}x"
    return f"before {_COUNTS[what][place]:g}" if what in _COUNTS else ""
