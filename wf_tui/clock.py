"""Time comes in as an argument, so that nothing in wf has to wait to be tested."""

import os
import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> float:
        """Return UTC seconds since 1970; may jump."""

    def monotonic(self) -> float:
        """Return seconds that only grow, from an arbitrary start."""


class SystemClock:
    """The machine's clock, moved by `WF_CLOCK_OFFSET` seconds (fault tests only)."""

    def __init__(self) -> None:
        self._offset = float(os.environ.get("WF_CLOCK_OFFSET", "0"))

    def now(self) -> float:
        """Return UTC seconds since 1970."""
        return time.time() + self._offset

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start."""
        return time.monotonic()
