"""The threads that the scheduler blocks in: all are there from the start, or it does not start."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from wf_tui.errors import EnvironmentalError

__all__ = ["started_threads"]

_COUNT: Final = 16


def started_threads(count: int = _COUNT) -> ThreadPoolExecutor:
    """Return a pool whose threads all run.

    One that grows fails in the middle of an attempt, and does later all the same what it refused.
    """
    pool = ThreadPoolExecutor(count, thread_name_prefix="git")
    met = threading.Barrier(count + 1)
    try:
        for _ in range(count):
            pool.submit(met.wait)
    except RuntimeError as error:
        met.abort()
        raise EnvironmentalError(
            f"cannot start {count} threads: {error}",
            "let it have more memory (ulimit -v) or more processes (ulimit -u)",
        ) from error
    met.wait()
    return pool
