"""The threads that the scheduler blocks in: what becomes of a call, and of who waits for it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from wf_tui.scheduler.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def threads() -> Iterator[Threads]:
    """Return one thread, so that a second call has to wait for the first."""
    with ThreadPoolExecutor(1) as executor:
        yield Threads(executor, git_seconds=10.0)


async def test_what_a_call_returns_or_raises_is_the_callers(threads: Threads) -> None:
    """The answer comes from another thread; so does what the call raises."""
    assert await threads.run(threading.get_ident) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        await threads.run(divmod, 1, 0)


async def test_a_call_that_has_not_begun_is_dropped_with_its_caller(threads: Threads) -> None:
    """Cancelled while it waits for a thread it never runs; one that runs ends by itself."""
    begun, end, ran = threading.Event(), threading.Event(), list[str]()

    def block() -> None:
        begun.set()
        end.wait()
        ran.append("first")

    first = asyncio.create_task(threads.run(block))
    await asyncio.to_thread(begun.wait)
    second = asyncio.create_task(threads.run(ran.append, "second"))
    await asyncio.sleep(0)
    for task in (first, second):
        task.cancel()
    await asyncio.wait([first, second])
    assert first.cancelled()
    assert second.cancelled()
    end.set()
    await threads.run(ran.append, "third")
    assert ran == ["first", "third"]
