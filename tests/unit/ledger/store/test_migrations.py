"""A ledger of an older format is brought up to date, once, and only after a copy was made."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import apsw
import pytest

from tests.support.ledger_files import write_first_format
from tests.support.ledger_harness import RUN, LedgerHarness
from wf_tui.errors import LedgerError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.sqlite.migrations import USER_VERSION
from wf_tui.scheduler.leader import leadership

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(name="old")
def _old(path: Path) -> Path:
    """Give a ledger of the first format."""
    path.parent.mkdir()
    return write_first_format(path)


def _schema(path: Path) -> list[tuple[str, ...]]:
    """Return the tables and indexes of a ledger, without the comments and blanks of their SQL."""
    with closing(apsw.Connection(str(path))) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    return sorted(tuple(re.sub(r"--.*|\s", "", str(field)) for field in row) for row in rows)


def _version(path: Path) -> object:
    with closing(apsw.Connection(str(path))) as connection:
        return connection.pragma("user_version")


def _copies(path: Path) -> list[str]:
    return sorted(found.name for found in path.parent.glob("*backup*"))


def test_it_has_what_a_new_one_has(old: Path, tmp_path: Path) -> None:
    """A migrated ledger has exactly the tables and indexes of a new one."""
    new = tmp_path / "new" / "ledger.db"
    SqliteDatabase(new, create=True).close()
    SqliteDatabase(old).close()
    assert _schema(old) == _schema(new)
    assert _version(old) == _version(new) == USER_VERSION


def test_its_run_goes_on(old: Path) -> None:
    """What the older wf wrote is there, and the run can be finished."""
    with closing(SqliteDatabase(old)) as database:
        drive = LedgerHarness(database)
        assert drive.where() == "D:merged P"
        drive.finish("b")
        assert drive.where() == "D:merged D:merged"


def test_a_copy_is_kept(old: Path) -> None:
    """The copy is a whole ledger of the old format, for its owner alone."""
    before = _schema(old)
    SqliteDatabase(old).close()
    assert _copies(old) == ["ledger-1.backup.db"]
    copy = old.with_name("ledger-1.backup.db")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert (_schema(copy), _version(copy)) == (before, 1)
    with closing(apsw.Connection(str(copy))) as connection:
        assert connection.pragma("integrity_check") == "ok"
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (14,)


def test_an_earlier_copy_stays(old: Path) -> None:
    """A second migration, of a copy that was put back, makes a copy of its own."""
    first = old.with_name("ledger-1.backup.db")
    first.write_bytes(b"the first")
    SqliteDatabase(old).close()
    assert _copies(old) == ["ledger-1.backup-2.db", "ledger-1.backup.db"]
    assert first.read_bytes() == b"the first"


def test_without_a_copy_nothing_changes(old: Path) -> None:
    """Where no copy can be made the ledger stays as it is."""
    old.with_name("ledger-1.backup.part").mkdir()
    before = old.read_bytes()
    with pytest.raises(LedgerError, match="no copy of it could be made") as caught:
        SqliteDatabase(old)
    assert "nothing changed" in caught.value.hint
    assert (old.read_bytes(), _version(old)) == (before, 1)


OPEN = """
import sys
from pathlib import Path
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
sys.stdin.read()
SqliteDatabase(Path(sys.argv[1])).close()
"""


def test_two_at_once(old: Path) -> None:
    """Of processes that open it at the same moment one migrates, and the others see the result."""
    line = [sys.executable, "-c", OPEN, str(old)]
    running = [subprocess.Popen(line, stdin=subprocess.PIPE) for _ in range(3)]
    for process in running:
        process.communicate()
    assert [process.returncode for process in running] == [0, 0, 0]
    assert (_copies(old), _version(old)) == (["ledger-1.backup.db"], USER_VERSION)


def test_not_under_a_scheduler_of_the_older_wf(old: Path) -> None:
    """While one leads a run the ledger is left to it; the line says which process to end."""
    lock = old.parent / "runs" / RUN / "scheduler.lock"
    lock.parent.mkdir(parents=True)
    with closing(apsw.Connection(str(old))) as connection:
        connection.execute("INSERT INTO scheduler VALUES (?, 4321, 'h', 'b', 's', 0, 0)", (RUN,))
    with leadership(lock), pytest.raises(LedgerError, match="scheduler of run r1") as caught:
        SqliteDatabase(old)
    assert "kill 4321" in caught.value.hint
    assert (_version(old), _copies(old)) == (1, [])
    with closing(SqliteDatabase(old)) as database:
        assert reads.run_row(database, RUN).id == RUN


def test_a_failing_step_undoes_all(old: Path) -> None:
    """A step that fails leaves the tables and the number of the format as they were."""
    with closing(apsw.Connection(str(old))) as connection:
        connection.execute("CREATE TABLE breaker (odd TEXT)")
    before = _schema(old)
    with pytest.raises(LedgerError, match="breaker already exists"):
        SqliteDatabase(old)
    assert (_schema(old), _version(old)) == (before, 1)


KILLED = """
import os, signal, sys
from pathlib import Path
from wf_tui.ledger.store.sqlite import migrations
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
migrations._script = lambda name: os.kill(os.getpid(), signal.SIGKILL)
SqliteDatabase(Path(sys.argv[1]))
"""


def test_killed_in_the_middle(old: Path) -> None:
    """A migration that was killed has not begun; the next one makes a copy of its own."""
    killed = subprocess.run([sys.executable, "-c", KILLED, str(old)], check=False)
    assert (killed.returncode, _version(old)) == (-9, 1)
    SqliteDatabase(old).close()
    assert _version(old) == USER_VERSION
    assert _copies(old) == ["ledger-1.backup-2.db", "ledger-1.backup.db"]
