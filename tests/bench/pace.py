"""How slow this machine is, so that a goal in milliseconds means the same on another one.

Goals of time (ms, s, a share of a core) are said for a machine on which `python -c pass` takes
`REFERENCE`. Elsewhere they are as many times that as `python -c pass` takes there, measured before
and among the figures that they judge, for a machine that is shared is now faster and now slower.
This is the one place that knows.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["REFERENCE", "one_start", "pace"]

REFERENCE: Final = 10.5
"""Milliseconds."""


def one_start() -> float:
    """Return the milliseconds that one `python -c pass` takes, here and now."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True, capture_output=True)
    return (time.perf_counter() - begun) * 1000


def pace(starts: Sequence[float]) -> float:
    """Return how many times as long as there it takes here, by the median of these starts."""
    return median(starts) / REFERENCE
