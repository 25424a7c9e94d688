"""A ledger that is replaced, deleted or written over while it is in use: nothing goes into it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import apsw
import pytest

from tests.support.ledger_files import copy_over, delete, delete_journal, move_over, write_over
from tests.support.ledger_harness import RUN, LedgerHarness
from wf_tui.errors import LedgerError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import HOLD, MESSAGE, UNHOLD
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Swap = Callable[[Path, Path], None]


@pytest.fixture(name="drive")
def _drive(path: Path) -> Iterator[LedgerHarness]:
    """Give a driver of a ledger whose tasks are in its file, and more in its journal."""
    drive = LedgerHarness(SqliteDatabase(path, create=True)).make("a", "b")
    drive.db.execute("PRAGMA wal_checkpoint")
    drive.mine.move(RUN, HOLD, ["a"])
    yield drive
    with suppress(OSError):  # a test may have closed it
        drive.db.close()


@pytest.fixture(name="older")
def _older(drive: LedgerHarness, path: Path) -> Path:
    """Give an older copy: the file has been brought up to date since."""
    copy = path.with_name("older.db")
    shutil.copyfile(path, copy)
    drive.db.execute("PRAGMA wal_checkpoint")
    return copy


PAGE = 4096
SWAPS: dict[Swap, str] = {
    move_over: "was replaced by another file",
    delete: "was deleted",
    delete_journal: "has lost its journal",
    copy_over: "was overwritten by another one",
    write_over: "was overwritten by another one",
}
swaps = pytest.mark.parametrize("swap", SWAPS, ids=lambda swap: swap.__name__)
moves = pytest.mark.parametrize(
    "swap", [move_over, delete, delete_journal], ids=lambda swap: swap.__name__
)


@swaps
def test_nothing_is_written(drive: LedgerHarness, path: Path, older: Path, swap: Swap) -> None:
    """From then on every write is refused in one line, and the strange file stays as it is."""
    drive.mine.move(RUN, HOLD, ["b"])
    swap(older, path)
    before = path.read_bytes() if path.exists() else None
    for _ in range(2):
        with pytest.raises(LedgerError, match=f"{SWAPS[swap]} while it was in use") as caught:
            drive.mine.move(RUN, UNHOLD, ["b"])
        assert "\n" not in str(caught.value)
    drive.db.close()
    assert (path.read_bytes() if path.exists() else None) == before


@swaps
def test_who_only_reads_writes_nothing_at_its_end(
    drive: LedgerHarness, path: Path, older: Path, swap: Swap
) -> None:
    """A reader that closes last does not bring the strange file up to date from the journal."""
    reader = SqliteDatabase(path)
    drive.mine.move(RUN, HOLD, ["b"])
    swap(older, path)
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(LedgerError):
        drive.mine.move(RUN, UNHOLD, ["b"])
    drive.db.close()
    reader.close()
    assert (path.read_bytes() if path.exists() else None) == before


@moves
def test_what_it_held_is_saved(drive: LedgerHarness, path: Path, older: Path, swap: Swap) -> None:
    """A copy has everything that was acknowledged; put in its place, the run goes on (G3)."""
    drive.mine.move(RUN, HOLD, ["b"])
    before = drive.dump()
    swap(older, path)
    with pytest.raises(LedgerError, match=r"all that it held is in .*/ledger-rescued\.db"):
        drive.mine.move(RUN, UNHOLD, ["b"])
    drive.db.close()
    path.with_name("ledger-rescued.db").replace(path)
    with closing(SqliteDatabase(path)) as database:
        assert LedgerHarness(database).dump() == before


def test_the_other_file_stands_alone(drive: LedgerHarness, path: Path, older: Path) -> None:
    """The journal of the ledger that was in use is not taken for that of the file there now."""
    move_over(older, path)
    with pytest.raises(LedgerError):
        drive.mine.move(RUN, HOLD, ["b"])
    drive.db.close()
    with closing(SqliteDatabase(path)) as database:
        assert LedgerHarness(database).where() == "P P"


def test_the_journal_of_one_written_over(drive: LedgerHarness, path: Path, older: Path) -> None:
    """What had not yet got into the file is kept beside it."""
    drive.mine.move(RUN, HOLD, ["b"])
    copy_over(older, path)
    with pytest.raises(LedgerError) as caught:
        drive.mine.move(RUN, UNHOLD, ["b"])
    assert "ledger.db-wal.left" in caught.value.hint
    drive.db.close()
    assert path.with_name("ledger.db-wal.left").stat().st_size > 0
    with closing(SqliteDatabase(path)) as database:
        assert LedgerHarness(database).where() == "P P"


def test_no_room_for_the_rescue(drive: LedgerHarness, path: Path, older: Path) -> None:
    """Where no copy can be made everything is left as it is, and the line says so."""
    path.with_name("ledger-rescued.part").mkdir()
    move_over(older, path)
    with pytest.raises(LedgerError, match="no copy could be made"):
        drive.mine.move(RUN, HOLD, ["b"])
    assert path.with_name("ledger.db-wal").exists()


@moves
def test_readers_notice(path: Path, older: Path, swap: Swap) -> None:
    """Who only reads is woken, and told instead of being shown what was."""
    with closing(SqliteDatabase(path)) as reader:
        reader.changed()
        swap(older, path)
        assert reader.changed()
        with pytest.raises(LedgerError, match="while it was in use"), reader.snapshot():
            reads.run_row(reader, RUN)
    assert not list(path.parent.glob("*rescued*"))


def test_what_is_no_swap(drive: LedgerHarness, path: Path) -> None:
    """Others that write, tidy up the journal or only look are no cause for alarm."""
    for number in range(3):
        with closing(SqliteDatabase(path)) as other:
            LedgerHarness(other).mine.move(RUN, MESSAGE, ["a"], text=str(number))
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with closing(apsw.Connection(str(path))) as stranger:
            stranger.execute("SELECT * FROM run").fetchall()
        assert drive.mine.move(RUN, MESSAGE, ["b"], text=str(number))[0].changed


def test_the_same_content_is_no_swap(drive: LedgerHarness, path: Path) -> None:
    """A copy of what is in the file anyway does no harm: the rest is in the journal."""
    copy = path.with_name("same.db")
    drive.mine.move(RUN, MESSAGE, ["b"], text="first")
    shutil.copyfile(path, copy)
    shutil.copyfile(copy, path)
    assert drive.mine.move(RUN, MESSAGE, ["b"], text="second")[0].changed
    assert drive.where() == "B:hold P"


@pytest.mark.parametrize("pages", [1, 2, 5, 20])
def test_half_brought_up_to_date_is_no_swap(drive: LedgerHarness, path: Path, pages: int) -> None:
    """Who was killed, or had no room, while it did that has lost nothing: all is in the journal."""
    for number in range(50):
        drive.mine.move(RUN, MESSAGE, ["b"], text=str(number))
    copies = {end: path.with_name(f"{path.name}{end}").read_bytes() for end in ("", "-wal")}
    drive.db.execute("PRAGMA wal_checkpoint")
    done = path.read_bytes()[: pages * PAGE]
    drive.db.close()
    path.write_bytes(done + copies[""][pages * PAGE :])
    path.with_name(f"{path.name}-wal").write_bytes(copies["-wal"])
    with closing(SqliteDatabase(path)) as database:
        assert LedgerHarness(database).mine.move(RUN, MESSAGE, ["b"], text="after that")[0].changed
        assert LedgerHarness(database).where() == "B:hold P"


CLOSE = """
import sys
from pathlib import Path
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
SqliteDatabase(Path(sys.argv[1])).close()
"""


def test_another_process_that_ends(drive: LedgerHarness, path: Path) -> None:
    """Looking at the file itself drops no lock: the journal stays while it is in use."""
    drive.mine.move(RUN, MESSAGE, ["a"], text="looks at the file")
    subprocess.run([sys.executable, "-c", CLOSE, str(path)], check=True)
    assert path.with_name("ledger.db-wal").exists()
    assert drive.mine.move(RUN, MESSAGE, ["a"], text="goes on")[0].changed
