"""The embedded store: whose file it is, and what it does with files that are not its own."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.unit.ledger.driving import RUN, Drive
from wf_tui.errors import LedgerError
from wf_tui.ledger import reads
from wf_tui.ledger.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def foreign(path: Path) -> None:
    """Write a database of another program."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmark (url TEXT)")
        other.commit()


def newer(path: Path) -> None:
    """Write a ledger of a later version."""
    SqliteDatabase(path, create=True).close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("PRAGMA user_version = 99")


def damaged(path: Path) -> None:
    """Write a ledger and overwrite the list of its tables."""
    SqliteDatabase(path, create=True).close()
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)


def text(path: Path) -> None:
    """Write a text file."""
    path.write_text("my notes\n" * 100)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (foreign, "is not a ledger of wf; it was left as it is"),
        (newer, "was written by another version of wf"),
        (damaged, "is damaged"),
        (text, "is not a ledger"),
    ],
)
def test_other_files_are_named_and_left(
    path: Path, make: Callable[[Path], None], message: str
) -> None:
    """A file that is not a sound ledger of this version is named, and not a byte changes (G13)."""
    path.parent.mkdir()
    make(path)
    path.chmod(0o644)
    before = path.read_bytes()
    for create in (False, True):
        with pytest.raises(LedgerError, match=message) as caught:
            SqliteDatabase(path, create=create)
        assert "\n" not in str(caught.value)
        assert str(path) in str(caught.value)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (before, 0o644)


def test_a_folder_is_no_ledger(path: Path) -> None:
    """A folder in its place is named."""
    path.mkdir(parents=True)
    with pytest.raises(LedgerError, match="cannot be opened"):
        SqliteDatabase(path)


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


def test_an_empty_file_beside_runs(path: Path) -> None:
    """An empty file where there have been runs is a damaged ledger, not a new one."""
    (path.parent / "runs" / "r1").mkdir(parents=True)
    path.touch()
    with pytest.raises(LedgerError, match="is empty, though there were runs"):
        SqliteDatabase(path, create=True)
    assert path.read_bytes() == b""


def test_a_lock_that_leads_elsewhere(path: Path, database: SqliteDatabase) -> None:
    """A lock file that is a symbolic link is not followed."""
    lock = path.with_suffix(".lock")
    lock.unlink()
    lock.symlink_to("/dev/null")
    with pytest.raises(LedgerError, match="cannot lock the ledger"):
        SqliteDatabase(path)
    assert database.execute("SELECT 1") == [(1,)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_file(path: Path, database: SqliteDatabase) -> None:
    """A ledger that may not be written is named."""
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.chmod(0o400)
    path.parent.chmod(0o500)
    with pytest.raises(LedgerError), closing(SqliteDatabase(path)) as other:
        Drive(other).make("a")
    path.parent.chmod(0o700)


def test_writing_what_is_read_only(database: SqliteDatabase) -> None:
    """A write that SQLite refuses says that the ledger is read-only."""
    database.execute("PRAGMA query_only = ON")
    with pytest.raises(LedgerError, match="is read-only"):
        Drive(database).make("a")


def test_a_full_disk(database: SqliteDatabase) -> None:
    """A full disk is named; what was there stays readable, and writing goes on with room."""
    drive = Drive(database).make("a")
    database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(LedgerError, match="the disk is full"):
        drive.mine.message(RUN, "a", "x" * 100_000)
    database.execute("PRAGMA max_page_count = 100000")
    assert drive.mine.message(RUN, "a", "short")[0].changed


def test_other_errors_are_told(database: SqliteDatabase) -> None:
    """What is none of these is told in SQLite's words."""
    with pytest.raises(LedgerError, match="no such table: absent"):
        database.execute("SELECT * FROM absent")
    with pytest.raises(LedgerError, match="no such table: absent"):
        database.execute_many("INSERT INTO absent VALUES (?)", [(1,)])


@pytest.mark.usefixtures("database")
def test_private(path: Path) -> None:
    """Ledger, lock and folder are for their owner alone, also when found otherwise."""
    path.chmod(0o644)
    SqliteDatabase(path).close()
    names = [path, path.with_suffix(".lock"), path.parent]
    assert [stat.S_IMODE(name.stat().st_mode) for name in names] == [0o600, 0o600, 0o700]
