"""One leader per run: a lock that the kernel frees, and a row that tells others who it is.

The row is the `ProcessIdentity` of the leader; it is what views judge by, the lock what leading is.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from wf_tui import locks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["leadership", "without_leader"]


@contextlib.contextmanager
def leadership(lock: Path) -> Iterator[None]:
    """Hold the lock of a run; wait as a stand-by while another scheduler holds it."""
    with locks.held(lock):
        yield


@contextlib.contextmanager
def without_leader(lock: Path) -> Iterator[bool]:
    """Keep a run without a scheduler for a while; False where one leads it now."""
    with locks.held_if_free(lock) as free:
        yield free
