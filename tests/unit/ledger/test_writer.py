"""Group commit: answers after the commit, each to whom it belongs (RULES 4.1)."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import apsw
import pytest

from tests.support.ledger_harness import RUN, FixedClock, LedgerHarness
from tests.support.waiting import until
from wf_tui.errors import LedgerError, LedgerLostError, LedgerWaitError, RefusedError
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import HOLD, MESSAGE
from wf_tui.ledger.store.database import NO_VALUES
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.store import Patience
from wf_tui.ledger.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from tests.unit.ledger.conftest import MakeStore
    from wf_tui.ledger.rules.moves import MoveResult
    from wf_tui.ledger.store.database import Database, Row, Values


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


async def test_what_the_commit_refuses_was_not_done(
    opener: Callable[[], tuple[Ledger, Database]],
) -> None:
    """What a rule has done, and the commit then refuses, was not done: so says the answer."""

    def strict() -> tuple[Ledger, Database]:
        ledger, db = opener()
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("CREATE TABLE child (run REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED)")
        return ledger, db

    writer = Writer(RUN, strict)
    writer.start()
    with pytest.raises(LedgerError, match="FOREIGN KEY"):
        await writer.submit(lambda ledger: ledger.db.execute("INSERT INTO child VALUES ('?')"))
    writer.close()


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


class Paused:
    """A writer whose ledger cannot grow, or is locked, until the test lets it."""

    def __init__(self, path: Path) -> None:
        self.database = SqliteDatabase(path, patience=Patience(most=0.01))
        self.tried = threading.Semaphore(0)
        self.writer = Writer(
            RUN, self._open, lambda ledger, *what: ledger.written_again(RUN, *what)
        )
        self.writer.start()

    def _open(self) -> tuple[Ledger, Database]:
        return Ledger(self.database, FixedClock()), self.database

    def fill(self) -> None:
        """Let the file grow no more."""
        self.database.execute("PRAGMA max_page_count = 1")

    def make_room(self) -> None:
        """Let it grow again."""
        self.database.execute("PRAGMA max_page_count = 1000000")

    def message(self) -> asyncio.Future[list[MoveResult]]:
        """Post something that needs room."""

        def rule(ledger: Ledger) -> list[MoveResult]:
            self.tried.release()
            return ledger.move(RUN, MESSAGE, ["a"], text="x" * 100_000)

        return self.writer.post(rule)

    async def retried(self) -> None:
        """Wait until it was tried once more."""
        for _ in range(2):
            await asyncio.to_thread(self.tried.acquire)

    @property
    def told(self) -> list[dict[str, object]]:
        """What was written down of the waiting."""
        events = reads.events(self.database, RUN)
        return [dict(event.data) for event in events if event.kind == "scheduler_waited"]


@pytest.fixture
def stuck(database: SqliteDatabase, path: Path) -> Iterator[Paused]:
    """Give a writer of a ledger with the run `r1`, on a disk that can be full."""
    LedgerHarness(database).make("a", "b")
    made = Paused(path)
    yield made
    made.writer.close()


async def test_a_full_disk_is_outwaited(stuck: Paused) -> None:
    """Nobody is answered while the disk is full; with room everybody is, and it is told."""
    stuck.fill()
    waiting = stuck.message()
    await stuck.retried()
    assert (waiting.done(), stuck.writer.paused > 0, stuck.told) == (False, True, [])
    stuck.make_room()
    assert (await waiting)[0].changed
    (told,) = stuck.told
    assert "the disk is full" in str(told["reason"])
    before = stuck.writer.paused
    assert round(before, 1) >= float(str(told["seconds"])) > 0
    await stuck.message()
    assert (stuck.writer.paused, len(stuck.told)) == (before, 1)


async def test_a_lock_is_outwaited(
    stuck: Paused, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What another program has locked is written when it lets go."""
    with closing(apsw.Connection(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = stuck.message()
        said = partial(until, lambda: "nothing new starts" in caplog.text, "it says so")
        await asyncio.to_thread(said)
        other.execute("ROLLBACK")
        assert (await waiting)[0].changed
    assert "is locked by" in str(stuck.told[0]["reason"])


async def test_no_more_waiting(stuck: Paused) -> None:
    """Once there is a hurry, the answer is that it cannot be written."""
    stuck.fill()
    waiting = stuck.message()
    await stuck.retried()
    stuck.writer.hurry(0.05)
    with pytest.raises(LedgerWaitError, match="the disk is full"):
        await waiting


async def test_closing_waits_for_nothing(stuck: Paused) -> None:
    """Closing a writer that waits answers at once that it cannot be written."""
    stuck.fill()
    waiting = stuck.message()
    await stuck.retried()
    await asyncio.to_thread(stuck.writer.close)
    with pytest.raises(LedgerWaitError, match="the disk is full"):
        await waiting


class Lost(SqliteDatabase):
    """A connection that breaks in the middle of its first transaction."""

    closed = False

    def __init__(self, path: Path, faults: list[str]) -> None:
        self.faults = faults
        super().__init__(path)

    def execute(self, sql: str, values: Values = NO_VALUES) -> list[Row]:
        """Run one statement; the first insert finds that nobody answers any more."""
        if self.faults and sql.startswith("INSERT INTO message"):
            raise LedgerLostError(self.faults.pop())
        return super().execute(sql, values)

    def close(self) -> None:
        """Take note of it."""
        self.closed = True
        super().close()


async def test_a_lost_connection_is_replaced(database: SqliteDatabase, path: Path) -> None:
    """What was being written when a connection broke is written on a new one, and once."""
    LedgerHarness(database).make("a")
    faults, opened = ["the server went away"], list[Lost]()

    def connect() -> tuple[Ledger, Database]:
        opened.append(Lost(path, faults))
        return Ledger(opened[-1], FixedClock(), actor="user:ann"), opened[-1]

    writer = Writer(RUN, connect)
    writer.start()
    made = await writer.submit(lambda ledger: ledger.move(RUN, MESSAGE, ["a"], text="hello"))
    await asyncio.to_thread(writer.close)
    assert made[0].changed
    assert [connection.closed for connection in opened] == [True, True]
    kinds = [event.kind for event in reads.task_events(database, RUN, "a")]
    assert kinds.count("message_sent") == 1
