"""The threads that the scheduler blocks in: all are there from the start, or it does not start."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from wf_tui.errors import EnvironmentalError
from wf_tui.fault_injection import Faults
from wf_tui.git.runner import git_limit, report_slow_git
from wf_tui.scheduler.run_log import current_log
from wf_tui.values import field, frozen

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from wf_tui.fault_injection import Point

__all__ = ["Threads", "started_threads"]

_COUNT: Final = 16
"""Threads for git and files; more than there are cores, for most of them wait for a process."""
_P = ParamSpec("_P")
_T = TypeVar("_T")


@frozen
class Threads:
    """Where the event loop sends what blocks: git, files, and the points of a fault test.

    Nothing of the ledger: that has the writer's thread, and its connection stays there.
    """

    executor: ThreadPoolExecutor
    git_seconds: float
    """How long one git command may take there, before it is killed."""
    faults: Faults = field(default_factory=Faults)
    """What a fault test has planned for this scheduler."""

    async def run(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Run a call that blocks, off the loop; git that hangs in it is a `GitDeadlineError`.

        Cancelling the caller does not stop the thread: it ends by itself, and its result is lost.
        """
        # The log of the caller's task, for the thread has a context of its own.
        log = current_log.get()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_T] = loop.create_future()

        def limited() -> _T:
            with git_limit(self.git_seconds), contextlib.ExitStack() as reporting:
                if log is not None:
                    reporting.enter_context(report_slow_git(log.slow_git))
                return call(*args, **kwargs)

        # Not by `run_in_executor`, which takes two turns of the loop more for its own two futures.
        work = self.executor.submit(limited)

        def tell(done: Future[_T]) -> None:
            # A thread may outlive the scheduler; then nobody hears of it.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, answer, done)

        work.add_done_callback(tell)
        try:
            return await answer
        except asyncio.CancelledError:
            work.cancel()  # where it has not begun
            raise

    async def reach(self, point: Point) -> None:
        """Pass a named point, where a fault test may have planned something.

        In a thread, since what is planned may block or end the process. Without a plan it costs
        nothing, not even a turn of the loop.
        """
        if self.faults.planned:
            await self.run(self.faults.reach, point)


def _settle(answer: asyncio.Future[_T], done: Future[_T]) -> None:
    """Hand over what came of a call, unless nobody waits for it any more."""
    if answer.cancelled():
        return
    if (error := done.exception()) is not None:
        answer.set_exception(error)
    else:
        answer.set_result(done.result())


def started_threads(count: int = _COUNT) -> ThreadPoolExecutor:
    """Return a pool whose threads all run; raise `EnvironmentalError` where they cannot be started.

    One that grows fails in the middle of an attempt, and does later all the same what it refused.
    """
    pool = ThreadPoolExecutor(count, thread_name_prefix="git")
    # Each thread waits at the barrier, so that no idle one takes the next call: the pool starts a
    # thread only where none is idle.
    met = threading.Barrier(count + 1)
    try:
        for _ in range(count):
            pool.submit(met.wait)
    except RuntimeError as error:
        # Those that were started would wait for ever, and this process for them.
        met.abort()
        raise EnvironmentalError(
            f"cannot start {count} threads: {error}",
            "let it have more memory (ulimit -v) or more processes (ulimit -u)",
        ) from error
    met.wait()
    return pool
