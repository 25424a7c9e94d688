"""How a ledger is journalled follows from the file system that it lies on."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from tests.unit.ledger.driving import Drive
from wf_tui.ledger import mounts
from wf_tui.ledger.mounts import file_system
from wf_tui.ledger.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_journal_of_a_local_disk(database: SqliteDatabase) -> None:
    """On a local file system the journal is a write-ahead log."""
    assert database.execute("PRAGMA journal_mode") == [("wal",)]


def test_journal_of_a_network_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a write-ahead log is unsafe the journal is deleted after each transaction."""
    monkeypatch.setattr(mounts, "_mounts", lambda: "1 0 0:1 / / rw - nfs4 server:/ rw")
    with closing(SqliteDatabase(path, create=True)) as database:
        assert database.execute("PRAGMA journal_mode") == [("delete",)]
        Drive(database).make("a").finish("a")


def test_no_mount_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without a table of mounts is taken to have a local disk."""
    monkeypatch.setattr(mounts, "_MOUNTS", path / "absent")
    with closing(SqliteDatabase(path, create=True)) as database:
        assert database.execute("PRAGMA journal_mode") == [("wal",)]


def test_the_mount_table(tmp_path: Path) -> None:
    """The file system is that of the deepest mount that holds the file."""
    deep = str(tmp_path / "a b").replace(" ", "\\040")
    table = f"1 0 0:1 / / rw - ext4 /dev/x rw\n2 1 0:2 / {deep} rw shared:1 - 9p share rw\n"
    assert file_system(tmp_path / "a b" / "ledger.db", table) == "9p"
    assert file_system(tmp_path / "ledger.db", table) == "ext4"
    assert file_system(tmp_path / "ledger.db", "") == ""
