"""Waiting in tests for what another thread or process does: never for a fixed time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def until(happened: Callable[[], object]) -> None:
    """Wait until something is so."""
    while not happened():
        threading.Event().wait(0.01)
