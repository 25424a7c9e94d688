"""A power cut: only what was synced is there afterwards, and that is all that was answered (G3)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import apsw
import pytest

from tests.support import recount
from tests.support.ledger_harness import RUN, LedgerHarness, shell
from wf_tui.ledger.queries import reads
from wf_tui.ledger.store.sqlite import migrations
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator


SYSTEM: Final = "unix"


class SyncedFile(apsw.VFSFile):
    """A file that keeps a copy of itself as it was when it was last synced."""

    def __init__(self, name: str | apsw.URIFilename, flags: list[int], platter: Path) -> None:
        self.path = Path(name if isinstance(name, str) else name.filename())
        self.platter = platter
        self.synced = False
        super().__init__(SYSTEM, name, flags)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        """Bring it to the disk; the first time with its folder, as SQLite does for a new file."""
        super().xSync(flags)
        if self.path.parent == self.platter.parent:
            shutil.copyfile(self.path, self.platter / self.path.name)
            if not self.synced:
                sync_folder(self.platter)
            self.synced = True


def sync_folder(platter: Path) -> None:
    """Let what was deleted be gone for good."""
    for kept in platter.iterdir():
        if not (platter.parent / kept.name).exists():
            kept.unlink()


class Disk(apsw.VFS):
    """The file system of SQLite, on a disk that loses what was not synced.

    What of the files beside `platter` would survive a power cut lies in there.
    """

    def __init__(self, platter: Path) -> None:
        self.platter = platter
        super().__init__("disk", SYSTEM, makedefault=True)

    def xOpen(  # noqa: N802 - SQLite's name
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        """Open a file."""
        assert name is not None, "wf has no temporary tables"
        return SyncedFile(name, flags, self.platter)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: FBT001, N802 - as SQLite has it
        """Delete a file."""
        super().xDelete(name, syncdir)
        if syncdir:
            sync_folder(self.platter)


@pytest.fixture
def platter(tmp_path: Path) -> Iterator[Path]:
    """Let SQLite work on a disk of which only this folder survives."""
    folder = tmp_path / "platter"
    folder.mkdir()
    disk = Disk(folder)
    yield folder
    disk.unregister()


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_what_was_answered_survives_a_power_cut(
    platter: Path, tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each act, all of it is on the disk, and makes a sound ledger."""
    monkeypatch.setattr(migrations, "journal_mode", lambda _: (mode, "of this test"))
    working = LedgerHarness(SqliteDatabase(tmp_path / "ledger.db", create=True)).make(
        "a", shell("b", "a")
    )
    for task in "ab":
        fence = working.expect_claim(task)
        _assert_safe(working, platter)
        working.done(fence)
        _assert_safe(working, platter)
    working.db.close()


def _assert_safe(working: LedgerHarness, platter: Path) -> None:
    """Compare what would survive with what the ledger has said."""
    with tempfile.TemporaryDirectory() as folder:
        left = shutil.copytree(platter, Path(folder) / "left")
        after = SqliteDatabase(left / "ledger.db")
        assert list(reads.events(after, RUN)) == working.events()
        recount.check(after)
        after.close()
