"""What is no sound ledger is named in one line, and not a byte of it changes (promise G13)."""

from __future__ import annotations

import stat
import subprocess
from contextlib import closing, suppress
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_files import BAD_FILES, write_ledger
from tests.support.ledger_harness import RUN, LedgerHarness
from tests.support.unprivileged import as_nobody
from wf_tui.errors import EnvironmentalError, LedgerError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import MESSAGE
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("bad", BAD_FILES)
def test_they_are_named_and_left(path: Path, bad: str) -> None:
    """Whoever opens it is told in one line which file is how; content and mode stay."""
    write, message = BAD_FILES[bad]
    path.parent.mkdir(mode=0o700)
    write(path)
    path.chmod(0o644)
    before = path.read_bytes()
    for create in (False, True):
        with pytest.raises(LedgerError, match=message) as caught:
            SqliteDatabase(path, create=create)
        assert "\n" not in str(caught.value)
        assert str(path) in str(caught.value)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (before, 0o644)


def read_all(path: Path) -> None:
    """Read what views and the scheduler read."""
    with closing(SqliteDatabase(path)) as database:
        reads.tasks(database, RUN)
        reads.phases(database, RUN)
        reads.workers(database, RUN)
        list(reads.events(database, RUN))


@pytest.mark.parametrize("seed", range(6))
def test_noise_in_the_middle(path: Path, seed: int) -> None:
    """2 KiB of noise may show only when they are read: as one line, and the file stays."""
    content, random = write_ledger(path), Random(seed)  # noqa: S311 - the same noise in each test
    at = random.randrange(4096, len(content) - 2048)
    content[at : at + 2048] = random.randbytes(2048)
    path.write_bytes(content)
    with suppress(LedgerError):
        read_all(path)
    assert path.read_bytes() == content


@pytest.mark.parametrize("seed", range(3))
def test_a_scheduler_looks_first(path: Path, seed: int) -> None:
    """A page of noise is found before anything is done with the ledger."""
    content, random = write_ledger(path), Random(seed)  # noqa: S311 - the same noise in each test
    at = random.randrange(1, len(content) // 4096) * 4096
    content[at : at + 2048] = random.randbytes(2048)
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="is damaged"):
        whole(path)
    assert path.read_bytes() == content


def whole(path: Path) -> None:
    """Look whether all of a ledger is whole."""
    with closing(SqliteDatabase(path)) as database:
        database.require_whole()


def test_what_is_damaged_is_not_brought_up_to_date(path: Path) -> None:
    """The journal of a damaged file stays beside it: closing writes nothing into the file."""
    content = write_ledger(path)
    database = SqliteDatabase(path)
    LedgerHarness(database).mine.move(RUN, MESSAGE, ["t1"], text="in the journal")
    content[8192:] = b"\xa5" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="is damaged"):
        whole(path)
    with pytest.raises(LedgerError):
        LedgerHarness(database).mine.move(RUN, MESSAGE, ["t1"], text="not written")
    database.close()
    assert path.read_bytes() == content


def test_a_folder(path: Path) -> None:
    """A folder in its place is named."""
    path.mkdir(parents=True)
    with pytest.raises(LedgerError, match="cannot be opened"):
        SqliteDatabase(path)


@pytest.mark.parametrize("bits", [0o000, 0o200])
def test_one_that_may_not_be_read(bits: int) -> None:
    """Permissions that are in the way are named."""
    with as_nobody() as folder:
        path = folder / "ledger.db"
        write_ledger(path)
        path.chmod(bits)
        with pytest.raises(LedgerError, match="cannot be opened") as caught:
            SqliteDatabase(path)
        assert caught.value.hint == "look at its permissions"


def test_one_that_may_not_be_written() -> None:
    """A ledger and a folder that may only be read are refused with the reason."""
    with as_nobody() as folder:
        path = folder / "ledger.db"
        before = write_ledger(path)
        path.chmod(0o400)
        folder.chmod(0o500)
        with pytest.raises(LedgerError, match="is read-only"):
            SqliteDatabase(path)
        assert path.read_bytes() == before


def test_a_read_only_file_system(path: Path) -> None:
    """Where nothing can be written it is refused with the reason, for reading, too."""
    before = write_ledger(path)
    folder = str(path.parent)
    if subprocess.run(["mount", "--bind", folder, folder], check=False).returncode:
        pytest.skip("this user may not mount")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", folder], check=True)
        with pytest.raises(LedgerError, match="Read-only file system"):
            SqliteDatabase(path)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
    assert path.read_bytes() == before


def test_others_could_read_it(path: Path) -> None:
    """A ledger that others can read or write is taken from them."""
    write_ledger(path)
    path.chmod(0o666)
    SqliteDatabase(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_others_can_write_its_folder(path: Path) -> None:
    """Where others could have put it, it is not even opened."""
    write_ledger(path)
    path.parent.chmod(0o777)
    with pytest.raises(EnvironmentalError, match="can be written by others"):
        SqliteDatabase(path)
