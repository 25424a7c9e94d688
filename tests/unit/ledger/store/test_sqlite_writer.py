"""Group commit on the embedded store: what its file refuses, and how that is outwaited."""

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
from wf_tui.errors import LedgerError, LedgerLostError, LedgerWaitError
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import MESSAGE
from wf_tui.ledger.store.database import NO_VALUES
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.store import Patience
from wf_tui.ledger.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.ledger.rules.moves import MoveResult
    from wf_tui.ledger.store.database import Database, Row, Values


@pytest.mark.usefixtures("database")
async def test_what_the_commit_refuses_was_not_done(path: Path) -> None:
    """What a rule has done, and the commit then refuses, was not done: so says the answer."""

    def strict() -> tuple[Ledger, Database]:
        db = SqliteDatabase(path)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("CREATE TABLE child (run REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED)")
        return Ledger(db, FixedClock()), db

    writer = Writer(RUN, strict)
    writer.start()
    with pytest.raises(LedgerError, match="FOREIGN KEY"):
        await writer.submit(lambda ledger: ledger.db.execute("INSERT INTO child VALUES ('?')"))
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
            return ledger.move(RUN, MESSAGE, ["a"], text="x" * 60_000)

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
