"""How a ledger is journalled follows from the file system that it lies on."""

from __future__ import annotations

import shutil
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, LedgerHarness
from tests.support.ledger_locks import mount_table, on_a_disk, wait_until_queued
from wf_tui.ledger.rules.moves import HOLD, UNHOLD
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.sqlite.mounts import file_system, journal_mode, read_mounts
from wf_tui.ledger.store.store import Patience

if TYPE_CHECKING:
    from pathlib import Path


def test_journal_of_a_local_disk(database: SqliteDatabase) -> None:
    """On a local file system the journal is a write-ahead log."""
    assert database.execute("PRAGMA journal_mode") == [("wal",)]


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "9p", "virtiofs", "fuse.sshfs", "fuse.rclone", "cifs", "smb3", "ceph"]
)
def test_unsafe_disks(path: Path, kind: str) -> None:
    """Disks over a network, shared with a host or made by a program get a journal that is safe."""
    assert journal_mode(path, mount_table(kind)) == ("DELETE", kind)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "overlay", "tmpfs", "apfs"])
def test_safe_disks(path: Path, kind: str) -> None:
    """Local ones get the faster one."""
    assert journal_mode(path, mount_table(kind)) == ("WAL", kind)


def test_journal_of_a_network_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There, two connections write and notice each other just the same."""
    on_a_disk(monkeypatch, "nfs4")
    first, second = SqliteDatabase(path, create=True), SqliteDatabase(path)
    with closing(first), closing(second):
        assert first.execute("PRAGMA journal_mode") == [("delete",)]
        LedgerHarness(first).make("a")
        assert second.changed()
        assert LedgerHarness(second).mine.move(RUN, HOLD, ["a"])[0].changed
        assert first.changed()
        assert LedgerHarness(first).where() == "B:hold"
    assert [found.name for found in path.parent.glob("ledger.db*")] == ["ledger.db"]


def test_opening_waits_for_its_turn(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who opens it there while another one writes does not keep that one from committing."""
    on_a_disk(monkeypatch, "nfs4")
    writer = SqliteDatabase(path, create=True, patience=Patience(most=5.0))
    opened: list[SqliteDatabase] = []
    opener = threading.Thread(target=lambda: opened.append(SqliteDatabase(path)))
    with closing(writer):
        with writer.transaction("r1"):
            writer.execute(
                "INSERT INTO message VALUES ('r', 1, 't', 0, 'user:a', 'hello', 'late', 1, 0)"
            )
            opener.start()
            wait_until_queued(path)
            assert not opened
        opener.join()
    with closing(opened[0]) as reader:
        assert reader.execute("SELECT text FROM message") == [("hello",)]


def test_a_ledger_that_was_moved(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that comes from a local disk is changed over, with all that was in its journal."""
    before = SqliteDatabase(path, create=True)
    LedgerHarness(before).make("a").mine.move(RUN, HOLD, ["a"])
    moved = path.with_name("moved.db")
    for end in ("", "-wal"):
        shutil.copyfile(f"{path}{end}", f"{moved}{end}")
    before.close()
    on_a_disk(monkeypatch, "nfs4")
    with closing(SqliteDatabase(moved)) as database:
        assert database.execute("PRAGMA journal_mode") == [("delete",)]
        assert LedgerHarness(database).where() == "B:hold"
        with closing(SqliteDatabase(moved)) as other:
            assert LedgerHarness(other).mine.move(RUN, UNHOLD, ["a"])[0].changed
    assert [found.name for found in path.parent.glob("moved.db*")] == ["moved.db"]


def test_no_mount_table(path: Path) -> None:
    """A system without a table of mounts is taken to have a local disk."""
    assert journal_mode(path, read_mounts(path / "absent")) == ("WAL", "")


def test_the_mount_table(tmp_path: Path) -> None:
    """The file system is that of the deepest mount that holds the file."""
    deep = str(tmp_path / "a b").replace(" ", "\\040")
    table = f"1 0 0:1 / / rw - ext4 /dev/x rw\n2 1 0:2 / {deep} rw shared:1 - 9p share rw\n"
    assert file_system(tmp_path / "a b" / "ledger.db", table) == "9p"
    assert file_system(tmp_path / "ledger.db", table) == "ext4"
    assert file_system(tmp_path / "ledger.db", "") == ""
