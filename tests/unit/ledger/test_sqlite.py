"""The embedded store: whose file it is, what it does with others, and writing side by side."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import apsw
import pytest

from tests.unit.ledger.driving import RUN, Drive
from wf_tui.errors import LedgerError
from wf_tui.ledger import reads, sqlite
from wf_tui.ledger.sqlite import SqliteDatabase, file_system

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a ledger that is not there yet."""
    return tmp_path / "state" / "ledger.db"


@pytest.fixture
def database(path: Path) -> Iterator[SqliteDatabase]:
    """Give a new ledger as users have it."""
    made = SqliteDatabase(path, create=True)
    yield made
    made.close()


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


def test_locked_by_another_program(path: Path, database: SqliteDatabase) -> None:
    """A program that keeps the file locked is said to."""
    database._connection.set_busy_timeout(0)  # 30 s is too long for a test
    with closing(apsw.Connection(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="is locked by another program"):
            Drive(database).make("a")


def test_other_errors_are_told(database: SqliteDatabase) -> None:
    """What is none of these is told in SQLite's words."""
    with pytest.raises(LedgerError, match="no such table: absent"):
        database.execute("SELECT * FROM absent")
    with pytest.raises(LedgerError, match="no such table: absent"):
        database.execute_many("INSERT INTO absent VALUES (?)", [(1,)])


def test_private(path: Path, database: SqliteDatabase) -> None:
    """Ledger, lock and folder are for their owner alone, also when found otherwise."""
    path.chmod(0o644)
    SqliteDatabase(path).close()
    names = [path, path.with_suffix(".lock"), path.parent]
    assert [stat.S_IMODE(name.stat().st_mode) for name in names] == [0o600, 0o600, 0o700]
    assert database.execute("PRAGMA synchronous") == [(2,)]


def test_journal_of_a_local_disk(database: SqliteDatabase) -> None:
    """On a local file system the journal is a write-ahead log."""
    assert database.execute("PRAGMA journal_mode") == [("wal",)]


def test_journal_of_a_network_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a write-ahead log is unsafe the journal is deleted after each transaction."""
    monkeypatch.setattr(sqlite, "_mounts", lambda: "1 0 0:1 / / rw - nfs4 server:/ rw")
    with closing(SqliteDatabase(path, create=True)) as database:
        assert database.execute("PRAGMA journal_mode") == [("delete",)]
        Drive(database).make("a").finish("a")


def test_no_mount_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without a table of mounts is taken to have a local disk."""
    monkeypatch.setattr(sqlite, "_MOUNTS", path)
    with closing(SqliteDatabase(path, create=True)) as database:
        assert database.execute("PRAGMA journal_mode") == [("wal",)]


def test_the_mount_table(tmp_path: Path) -> None:
    """The file system is that of the deepest mount that holds the file."""
    deep = str(tmp_path / "a b").replace(" ", "\\040")
    table = f"1 0 0:1 / / rw - ext4 /dev/x rw\n2 1 0:2 / {deep} rw shared:1 - 9p share rw\n"
    assert file_system(tmp_path / "a b" / "ledger.db", table) == "9p"
    assert file_system(tmp_path / "ledger.db", table) == "ext4"
    assert file_system(tmp_path / "ledger.db", "") == ""


def test_a_transaction_is_all_or_nothing(database: SqliteDatabase) -> None:
    """An error undoes the whole transaction, and the next one works."""
    drive = Drive(database).make("a")
    before = drive.dump()
    with suppress(ZeroDivisionError), database.transaction():
        drive.mine.hold(RUN, "a")
        raise ZeroDivisionError
    assert drive.dump() == before
    assert drive.mine.hold(RUN, "a")[0].changed


def test_a_part_is_undone_alone(database: SqliteDatabase) -> None:
    """Inside a transaction, what fails undoes only itself."""
    drive = Drive(database).make("a", "b")
    with database.transaction():
        drive.mine.hold(RUN, "a")
        with suppress(ZeroDivisionError), database.transaction():
            drive.mine.hold(RUN, "b")
            raise ZeroDivisionError
    assert drive.where() == "B:hold P"


def test_a_failing_commit_is_undone(database: SqliteDatabase) -> None:
    """A transaction that cannot be committed is rolled back, so that the next one can begin."""
    database.execute("PRAGMA foreign_keys = ON")
    database.execute(
        "CREATE TABLE child (run TEXT REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    with pytest.raises(LedgerError, match="FOREIGN KEY"), database.transaction():
        database.execute("INSERT INTO child VALUES ('nobody')")
    with database.transaction():
        assert database.execute("SELECT count(*) FROM child") == [(0,)]


def test_changed(path: Path, database: SqliteDatabase) -> None:
    """A commit of another connection is noticed once; one's own is not."""
    with closing(SqliteDatabase(path)) as other:
        Drive(database).make("a")
        assert (database.changed(), other.changed()) == (False, True)
        assert not other.changed()


def test_a_snapshot_is_one_moment(path: Path, database: SqliteDatabase) -> None:
    """Reads in a snapshot do not see what is committed meanwhile; nested ones are one."""
    drive = Drive(database).make("a")
    with closing(SqliteDatabase(path)) as other:
        with other.snapshot(), other.snapshot():
            assert reads.task(other, RUN, "a").state == "pending"
            drive.mine.hold(RUN, "a")
            assert reads.task(other, RUN, "a").state == "pending"
        assert reads.task(other, RUN, "a").state == "blocked"


def test_writers_queue(path: Path, database: SqliteDatabase) -> None:
    """A second writer waits for the first instead of failing."""
    drive = Drive(database).make("a", "b")
    done = threading.Event()

    def hold() -> None:
        with closing(SqliteDatabase(path)) as other:
            Drive(other).mine.hold(RUN, "b")
        done.set()

    thread = threading.Thread(target=hold)
    with database.transaction():
        thread.start()
        drive.mine.hold(RUN, "a")
        assert not done.is_set()
    thread.join()
    assert drive.where() == "B:hold B:hold"


WRITE = """
import sys
from pathlib import Path
from wf_tui.clock import SystemClock
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.sqlite import SqliteDatabase
database = SqliteDatabase(Path(sys.argv[1]))
ledger = Ledger(database, SystemClock(), actor=sys.argv[2])
for number in range(25):
    ledger.message("r1", "a", str(number))
database.close()
"""


def test_two_processes(path: Path, database: SqliteDatabase) -> None:
    """Two processes that write at once lose nothing, and the events stay gap-free."""
    drive = Drive(database).make("a")
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
    Drive(opened[0]).make("a")
    assert [len(reads.runs(database)) for database in opened] == [1] * 4
    for database in opened:
        database.close()
