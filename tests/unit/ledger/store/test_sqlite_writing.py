"""The embedded store: transactions, and writing side by side."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, LedgerHarness
from tests.support.ledger_locks import wait_until_queued
from wf_tui.errors import LedgerError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import HOLD
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from pathlib import Path


def test_a_transaction_is_all_or_nothing(database: SqliteDatabase) -> None:
    """An error undoes the whole transaction, and the next one works."""
    drive = LedgerHarness(database).make("a")
    before = drive.dump()
    with suppress(ZeroDivisionError), database.transaction("r1"):
        drive.mine.move(RUN, HOLD, ["a"])
        raise ZeroDivisionError
    assert drive.dump() == before
    assert drive.mine.move(RUN, HOLD, ["a"])[0].changed


def test_a_part_is_undone_alone(database: SqliteDatabase) -> None:
    """Inside a transaction, what fails undoes only itself."""
    drive = LedgerHarness(database).make("a", "b")
    with database.transaction("r1"):
        drive.mine.move(RUN, HOLD, ["a"])
        with suppress(ZeroDivisionError), database.transaction("r1"):
            drive.mine.move(RUN, HOLD, ["b"])
            raise ZeroDivisionError
    assert drive.where() == "B:hold P"


def test_a_failing_commit_is_undone(database: SqliteDatabase) -> None:
    """A transaction that cannot be committed is rolled back, so that the next one can begin."""
    database.execute("PRAGMA foreign_keys = ON")
    database.execute(
        "CREATE TABLE child (run TEXT REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    with pytest.raises(LedgerError, match="FOREIGN KEY"), database.transaction("r1"):
        database.execute("INSERT INTO child VALUES ('nobody')")
    with database.transaction("r1"):
        assert database.execute("SELECT count(*) FROM child") == [(0,)]


def test_changed(path: Path, database: SqliteDatabase) -> None:
    """A commit of another connection is noticed once; one's own is not."""
    with closing(SqliteDatabase(path)) as other:
        LedgerHarness(database).make("a")
        assert (database.changed(), other.changed()) == (False, True)
        assert not other.changed()


def test_a_snapshot_is_one_moment(path: Path, database: SqliteDatabase) -> None:
    """Reads in a snapshot do not see what is committed meanwhile; nested ones are one."""
    drive = LedgerHarness(database).make("a")
    with closing(SqliteDatabase(path)) as other:
        with other.snapshot(), other.snapshot():
            assert reads.task(other, RUN, "a").state == "pending"
            drive.mine.move(RUN, HOLD, ["a"])
            assert reads.task(other, RUN, "a").state == "pending"
        assert reads.task(other, RUN, "a").state == "blocked"


def test_writers_queue(path: Path, database: SqliteDatabase) -> None:
    """A second writer waits for the first in the queue of the kernel, instead of failing."""
    drive = LedgerHarness(database).make("a", "b")
    done = threading.Event()

    def hold() -> None:
        with closing(SqliteDatabase(path)) as other:
            LedgerHarness(other).mine.move(RUN, HOLD, ["b"])
        done.set()

    thread = threading.Thread(target=hold)
    with database.transaction("r1"):
        thread.start()
        drive.mine.move(RUN, HOLD, ["a"])
        wait_until_queued(path)
        assert not done.is_set()
    thread.join()
    assert drive.where() == "B:hold B:hold"


WRITE = """
import sys
from pathlib import Path
from wf_tui.clock import SystemClock
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.rules.moves import MESSAGE
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
database = SqliteDatabase(Path(sys.argv[1]))
ledger = Ledger(database, SystemClock(), actor=sys.argv[2])
for number in range(25):
    ledger.move("r1", MESSAGE, ["a"], text=str(number))
database.close()
"""


def test_two_processes(path: Path, database: SqliteDatabase) -> None:
    """Two processes that write at once lose nothing, and the events stay gap-free."""
    drive = LedgerHarness(database).make("a")
    before = drive.run().seq
    line = [sys.executable, "-c", WRITE, str(path)]
    running = [subprocess.Popen([*line, actor]) for actor in ("user:ann", "user:bob")]
    assert [process.wait() for process in running] == [0, 0]
    assert drive.run().seq == before + 50
    assert [event.seq for event in drive.events()] == list(range(1, before + 51))


def test_two_that_create_at_once(path: Path) -> None:
    """Two that find no ledger at the same moment make one."""
    opened: list[SqliteDatabase] = []
    threads = [
        threading.Thread(target=lambda: opened.append(SqliteDatabase(path, create=True)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    LedgerHarness(opened[0]).make("a")
    assert [len(reads.runs(database)) for database in opened] == [1] * 4
    for database in opened:
        database.close()
