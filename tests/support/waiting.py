"""Waiting in tests for what another thread or process does: never for a fixed time."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["until"]

_T = TypeVar("_T")


def until(
    condition: Callable[[], _T], why: str, *, within: float = 120.0, every: float = 0.01
) -> _T:
    """Return what the condition returns, as soon as that is true.

    `why` says what is waited for, in words that finish the sentence "waited in vain until ...". It
    is looked at each `every` seconds; after `within` seconds the test fails. That many are far more
    than a loaded machine needs, and fewer than the time-out of a test, which names no reason.
    """
    end = time.monotonic() + within
    pause = threading.Event()
    while not (reached := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited {within:.0f} s in vain until {why}")
        pause.wait(every)
    return reached
