"""The embedded store: whose file it is, and what it does with files that are not its own."""

from __future__ import annotations

import errno
import stat
from contextlib import closing
from typing import TYPE_CHECKING

import apsw
import pytest

from tests.support.ledger_harness import RUN, LedgerHarness
from wf_tui.errors import LedgerError, LedgerWaitError
from wf_tui.ledger.model.rows import TaskRow, select
from wf_tui.ledger.model.startable import STARTABLE
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import MESSAGE
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase, explained

if TYPE_CHECKING:
    from pathlib import Path


def test_no_ledger(path: Path) -> None:
    """Where there is none, none is made unless that is asked for."""
    with pytest.raises(LedgerError, match="there is no ledger at"):
        SqliteDatabase(path)
    assert not path.parent.exists()


def test_an_empty_file_becomes_one(path: Path) -> None:
    """An empty file, left by a kill at the first start, holds nothing and is used."""
    path.parent.mkdir()
    path.touch()
    with closing(SqliteDatabase(path)) as database:
        assert reads.runs(database) == []


def test_a_reader_keeps_little_in_memory(path: Path, database: SqliteDatabase) -> None:
    """It reads what it needs once, and stays open as long as a board."""
    (most,) = database.execute("PRAGMA cache_size")[0]
    with closing(SqliteDatabase(path, reader=True)) as reader:
        assert reader.execute("PRAGMA cache_size") == [(-256,)] != [(most,)]


def test_a_lock_that_leads_elsewhere(path: Path, database: SqliteDatabase) -> None:
    """A lock file that is a symbolic link is not followed."""
    lock = path.with_suffix(".lock")
    lock.unlink()
    lock.symlink_to("/dev/null")
    with pytest.raises(LedgerError, match="cannot lock the ledger"):
        SqliteDatabase(path)
    assert database.execute("SELECT 1") == [(1,)]


def test_writing_what_is_read_only(database: SqliteDatabase) -> None:
    """A write that SQLite refuses says that the ledger is read-only."""
    database.execute("PRAGMA query_only = ON")
    with pytest.raises(LedgerError, match="is read-only"):
        LedgerHarness(database).make("a")


def test_a_full_disk(database: SqliteDatabase) -> None:
    """A full disk is named; what was there stays readable, and writing goes on with room."""
    drive = LedgerHarness(database).make("a")
    database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(LedgerError, match="the disk is full"):
        drive.mine.move(RUN, MESSAGE, ["a"], text="x" * 60_000)
    database.execute("PRAGMA max_page_count = 100000")
    assert drive.mine.move(RUN, MESSAGE, ["a"], text="short")[0].changed


def test_other_errors_are_told(database: SqliteDatabase) -> None:
    """What is none of these is told in SQLite's words."""
    with pytest.raises(LedgerError, match="no such table: absent"):
        database.execute("SELECT * FROM absent")
    with pytest.raises(LedgerError, match="no such table: absent"):
        database.execute_many("INSERT INTO absent VALUES (:one)", [{"one": 1}])


def test_the_walk_of_a_claim_is_indexed(database: SqliteDatabase) -> None:
    """The indexes of what could start say exactly what the queries ask for."""
    named = database.execute(
        "SELECT name FROM sqlite_schema WHERE instr(sql, :words)", {"words": STARTABLE}
    )
    assert sorted(named) == [("task_ready",), ("task_scope",)]
    walk = select(TaskRow, f"WHERE run = :run AND {STARTABLE} ORDER BY rank, ordinal")
    plan = database.execute(f"EXPLAIN QUERY PLAN {walk}", {"run": RUN})
    assert [row[3] for row in plan] == ["SEARCH task USING INDEX task_ready (run=?)"]


@pytest.mark.usefixtures("database")
def test_private(path: Path) -> None:
    """Ledger, lock and folder are for their owner alone, also when found otherwise."""
    path.chmod(0o644)
    SqliteDatabase(path).close()
    names = [path, path.with_suffix(".lock"), path.parent]
    assert [stat.S_IMODE(name.stat().st_mode) for name in names] == [0o600, 0o600, 0o700]


def test_too_many_open_files_is_something_to_wait_for(tmp_path: Path) -> None:
    """Attempts that end give their descriptors back, so that a run goes on."""
    told = explained(apsw.CantOpenError("unable to open"), tmp_path / "ledger.db", errno.EMFILE)
    assert isinstance(told, LedgerWaitError)
    assert "too many files are open" in told.message
