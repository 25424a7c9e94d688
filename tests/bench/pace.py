"""How slow this machine is, so that a goal in milliseconds means the same on another one.

Goals of time (ms, s, a share of a core) are said for a machine on which `python -c pass` takes
`REFERENCE`. Elsewhere they are as many times that as `python -c pass` takes there, measured just
before the figures that they judge. This is the one place that knows.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median
from typing import Final

__all__ = ["REFERENCE", "pace", "start"]

REFERENCE: Final = 10.5
"""Milliseconds."""


def start() -> float:
    """Return the milliseconds that one `python -c pass` takes, here and now."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True, capture_output=True)
    return (time.perf_counter() - begun) * 1000


def pace(starts: int) -> float:
    """Return how many times as long as there it takes here: the median of so many starts."""
    return median(start() for _ in range(starts)) / REFERENCE
