"""Group commit: answers after the commit, each to whom it belongs (RULES 4.1)."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, LedgerHarness
from wf_tui.errors import LedgerError, RefusedError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import HOLD
from wf_tui.ledger.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.support.stores import MakeStore
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.store.database import Database


@pytest.fixture
def opener(make_store: MakeStore, tmp_path: Path) -> Callable[[], tuple[Ledger, Database]]:
    """Give what opens a ledger with the run `r1` of the tasks a and b."""
    made = LedgerHarness(make_store(tmp_path)).make("a", "b")
    made.db.close()

    def opened() -> tuple[Ledger, Database]:
        drive = LedgerHarness(make_store.again(tmp_path))
        return drive.mine, drive.db

    return opened


@pytest.fixture
async def writer(opener: Callable[[], tuple[Ledger, Database]]) -> AsyncIterator[Writer]:
    """Give a writer at work."""
    started = Writer(RUN, opener)
    started.start()
    yield started
    started.close()


def _number(number: int) -> Callable[[Ledger], int]:
    return lambda _: number


async def test_an_answer_means_committed(
    writer: Writer, opener: Callable[[], tuple[Ledger, Database]]
) -> None:
    """What was answered is seen by another connection at once."""
    (acted,) = await writer.submit(lambda ledger: ledger.move(RUN, HOLD, ["a"]))
    _, other = opener()
    assert acted.changed
    assert reads.task(other, RUN, "a").kind == "hold"
    other.close()


async def test_nobody_is_answered_before_the_commit(writer: Writer) -> None:
    """While the next rule of the same commit runs, the one before it has no answer yet."""
    loop, busy, turned = asyncio.get_running_loop(), threading.Event(), threading.Event()

    def is_answered(_: Ledger) -> bool:
        loop.call_soon_threadsafe(turned.set)  # after all that the loop was told before
        turned.wait()
        return first.done()

    writer.post(lambda _: busy.wait())
    first = writer.post(_number(1))
    answered = writer.post(is_answered)
    busy.set()
    assert not await answered
    assert await first == 1


async def test_many_share_a_commit(writer: Writer) -> None:
    """What arrives while the writer is busy is answered in order, by one commit."""
    busy = threading.Event()
    first = writer.post(lambda _: busy.wait())
    rest = [writer.post(_number(n)) for n in range(300)]
    depth = writer.post(lambda ledger: ledger.db.execute("SELECT 1"))
    busy.set()
    assert await first
    assert await asyncio.gather(*rest) == list(range(300))
    assert await depth == [(1,)]


async def test_a_refusal_is_answered_to_its_own(writer: Writer) -> None:
    """A rule that is refused undoes only itself; the others of its batch are committed."""
    busy = threading.Event()
    gate = writer.post(lambda _: busy.wait())

    def refuse(ledger: Ledger) -> None:
        ledger.move(RUN, HOLD, ["b"])
        raise RefusedError("no")

    good, bad = writer.post(lambda ledger: ledger.move(RUN, HOLD, ["a"])), writer.post(refuse)
    busy.set()
    assert await gate
    assert (await good)[0].changed
    with pytest.raises(RefusedError, match="no"):
        await bad
    states = await writer.submit(lambda ledger: [t.kind for t in reads.tasks(ledger.db, RUN)])
    assert states == ["hold", None]


async def test_what_a_rule_has_caught_is_undone(writer: Writer) -> None:
    """A part that is refused undoes itself, also where its rule goes on without it."""

    def part(ledger: Ledger) -> None:
        with ledger.db.transaction(RUN):
            ledger.move(RUN, HOLD, ["b"])
            raise RefusedError("no")

    def without_it(ledger: Ledger) -> str:
        with suppress(RefusedError):
            part(ledger)
        return "went on"

    busy = threading.Event()
    gate = writer.post(lambda _: busy.wait())
    good = writer.post(lambda ledger: ledger.move(RUN, HOLD, ["a"]))
    answer = writer.post(without_it)
    busy.set()
    await gate
    assert ((await good)[0].changed, await answer) == (True, "went on")
    states = await writer.submit(lambda ledger: [t.kind for t in reads.tasks(ledger.db, RUN)])
    assert states == ["hold", None]


async def test_a_batch_wakes_the_loop_once(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """All answers of a commit are given by one call of the loop."""
    loop, busy, woken = asyncio.get_running_loop(), threading.Event(), list[object]()
    call = loop.call_soon_threadsafe

    def count(callback: Callable[..., object], *values: object) -> asyncio.Handle:
        woken.append(callback)
        return call(callback, *values)

    gate = writer.post(lambda _: busy.wait())
    rest = [writer.post(_number(n)) for n in range(100)]
    monkeypatch.setattr(loop, "call_soon_threadsafe", count)
    busy.set()
    assert await gate
    assert await asyncio.gather(*rest) == list(range(100))
    assert len(woken) <= 2


async def test_a_fault_of_the_ledger_is_everyones(writer: Writer) -> None:
    """When the ledger itself fails nobody of the batch is told that it was written."""
    busy = threading.Event()
    gate = writer.post(lambda _: busy.wait())
    await asyncio.sleep(0)
    good = writer.post(lambda ledger: ledger.move(RUN, HOLD, ["a"]))
    bad = writer.post(lambda ledger: ledger.db.execute("SELECT * FROM absent"))
    busy.set()
    found = await asyncio.gather(gate, good, bad, return_exceptions=True)
    assert [isinstance(one, LedgerError) for one in found[1:]] == [True, True]
    assert (await writer.submit(lambda ledger: reads.task(ledger.db, RUN, "a"))).kind is None


async def test_nobody_waits_any_more(writer: Writer) -> None:
    """Whoever gave up waiting disturbs nobody."""
    busy = threading.Event()
    gone = writer.post(lambda _: busy.wait())
    gone.cancel()
    busy.set()
    assert await writer.submit(lambda _: 7) == 7


async def test_close_answers_what_has_arrived(
    opener: Callable[[], tuple[Ledger, Database]],
) -> None:
    """Closing answers what has arrived, and refuses what comes later."""
    writer = Writer(RUN, opener)
    writer.start()
    waiting = [writer.post(_number(n)) for n in range(5)]
    writer.close()
    assert await asyncio.gather(*waiting) == list(range(5))
    with pytest.raises(LedgerError, match="the ledger's writer has ended"):
        await writer.submit(lambda _: 1)


async def test_before_the_start(opener: Callable[[], tuple[Ledger, Database]]) -> None:
    """A writer that was not started refuses; closing it does nothing."""
    writer = Writer(RUN, opener)
    with pytest.raises(LedgerError, match="has ended"):
        writer.post(lambda _: 1)
    writer.close()


async def test_closing_unused(opener: Callable[[], tuple[Ledger, Database]]) -> None:
    """A writer that nobody used does not even open the ledger."""
    opened: list[int] = []

    def count() -> tuple[Ledger, Database]:
        opened.append(1)
        return opener()

    writer = Writer(RUN, count)
    writer.start()
    writer.close()
    assert opened == []


async def test_a_ledger_that_cannot_be_opened() -> None:
    """When the ledger cannot be opened, everyone is told so, and it is tried again."""
    tries: list[int] = []

    def fail() -> tuple[Ledger, Database]:
        tries.append(1)
        raise LedgerError("is damaged")

    writer = Writer(RUN, fail)
    writer.start()
    for _ in range(2):
        with pytest.raises(LedgerError, match="is damaged"):
            await writer.submit(lambda _: 1)
    writer.close()
    assert len(tries) == 2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_fault_of_the_program_ends_the_writer(
    opener: Callable[[], tuple[Ledger, Database]],
) -> None:
    """A rule with a fault ends the writer; nobody waits for a thread that is gone."""
    writer = Writer(RUN, opener)
    writer.start()
    busy = threading.Event()
    first = writer.post(lambda _: busy.wait() and 1 / 0)
    late = [writer.post(lambda _: 1) for _ in range(600)]
    busy.set()
    found = await asyncio.gather(first, *late, return_exceptions=True)
    assert all(isinstance(one, LedgerError) for one in found)
    with pytest.raises(LedgerError, match="has ended"):
        await writer.submit(lambda _: 1)
    writer.close()
