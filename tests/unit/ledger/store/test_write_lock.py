"""The writers' turn: who waits gets it, says so after a while, and does not wait for ever."""

from __future__ import annotations

import fcntl
import logging
import os
import resource
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import apsw
import pytest

from tests.support.ledger_locks import HOLD_FLOCK, locked_by_another
from tests.support.waiting import until
from wf_tui.errors import LedgerWaitError
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.sqlite.write_lock import WriteLock
from wf_tui.ledger.store.store import Patience

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

SHORT = Patience(most=0.05)


def has_the_turn(ledger: Path) -> AbstractContextManager[int]:
    """Let another process have the turn; its number is given."""
    return locked_by_another(HOLD_FLOCK, ledger.with_suffix(".lock"))


def is_free(ledger: Path) -> bool:
    """Whether nobody has the turn."""
    handle = os.open(ledger.with_suffix(".lock"), os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


@pytest.fixture(name="ledger")
def _ledger(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def test_who_waits_gets_it(ledger: Path) -> None:
    """The turn comes when the one before lets go, and is free again afterwards."""
    first, second = WriteLock(ledger, Patience()), WriteLock(ledger, Patience())
    order: list[str] = []

    def wait() -> None:
        with second.taken():
            order.append("second")

    thread = threading.Thread(target=wait)
    with first.taken():
        thread.start()
        order.append("first")
    thread.join()
    assert (order, is_free(ledger)) == (["first", "second"], True)


def test_an_end_to_the_waiting(ledger: Path) -> None:
    """After the longest wait it is refused in one line, which names the program to end."""
    refused = pytest.raises(LedgerWaitError, match="is locked by process")
    with has_the_turn(ledger) as pid, refused as caught, WriteLock(ledger, SHORT).taken():
        pass
    assert f"process {pid} (" in str(caught.value)


def test_too_many_open_files(ledger: Path) -> None:
    """Who cannot even queue for the turn just now is told to try again."""
    turns = WriteLock(ledger, SHORT)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with has_the_turn(ledger):
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        try:
            with pytest.raises(LedgerWaitError, match="Too many open files"), turns.taken():
                pass
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_who_gave_up_does_not_get_it(ledger: Path) -> None:
    """A wait that was given up leaves the turn to others when it comes."""
    turns = WriteLock(ledger, SHORT)
    with has_the_turn(ledger), pytest.raises(LedgerWaitError), turns.taken():
        pass
    with turns.taken():
        assert not is_free(ledger)
    until(lambda: is_free(ledger), "nobody has the turn", every=0.001)


def test_it_says_what_it_waits_for(ledger: Path, caplog: pytest.LogCaptureFixture) -> None:
    """After a while a line says so, once."""
    turns = WriteLock(ledger, Patience(most=0.05, say=0.01))
    with has_the_turn(ledger) as pid, pytest.raises(LedgerWaitError), turns.taken():
        pass
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("waiting for the ledger: process")
    assert str(pid) in line


def test_a_lock_of_sqlite(ledger: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A program that locks the file in SQLite's own way is waited for just so."""
    SqliteDatabase(ledger, create=True).close()
    database = SqliteDatabase(ledger, patience=Patience(most=0.05, say=0.0))
    with closing(apsw.Connection(str(ledger))) as other, closing(database):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerWaitError, match="is locked by"), database.transaction("r1"):
            pass
        assert len(caplog.records) == 1
        other.execute("ROLLBACK")
        with database.transaction("r1"):
            database.execute("DELETE FROM run")


def test_an_interrupted_wait(ledger: Path) -> None:
    """Ctrl-C ends the waiting, and leaves nothing behind."""
    turns = WriteLock(ledger, Patience(most=5.0, say=0.01))

    def interrupt(_: logging.LogRecord) -> bool:
        raise KeyboardInterrupt

    log = logging.getLogger(WriteLock.__module__)
    log.addFilter(interrupt)  # the key is pressed while it says what it waits for
    try:
        with has_the_turn(ledger), pytest.raises(KeyboardInterrupt), turns.taken():
            pass
    finally:
        log.removeFilter(interrupt)
    until(lambda: is_free(ledger), "nobody has the turn", every=0.001)
