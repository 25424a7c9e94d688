"""The embedded store: SQLite through apsw, whose own library is past the WAL-reset bug (3.51.3)."""

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NoReturn, cast

import apsw

from wf_tui.errors import LedgerError
from wf_tui.ledger.database import Row, Value
from wf_tui.ledger.formats import adopt
from wf_tui.paths import private_folder

__all__ = ["SqliteDatabase", "explained"]

_PRIVATE: Final = 0o600
_BUSY_MS: Final = 30_000


class SqliteDatabase:
    """One ledger file. Writers queue on a lock file: SQLite's own waiting starves processes."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        self._depth = 0
        if create:
            private_folder(path.parent)
        elif not path.exists():
            raise LedgerError(f"there is no ledger at {path}", "start a run first: wf run PLAN")
        with contextlib.ExitStack() as undo:
            self._lock = _open_lock(path.with_suffix(".lock"))
            undo.callback(os.close, self._lock)
            self._connection = _connect(path)
            undo.callback(self._connection.close)
            adopt(self)
            _make_private(path)
            self._version = self._data_version()
            undo.pop_all()

    def execute(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run one statement and return all its rows."""
        try:
            return cast("list[Row]", self._connection.execute(sql, values).fetchall())
        except apsw.Error as error:
            self._raise(error)

    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row of values."""
        try:
            self._connection.executemany(sql, rows)
        except apsw.Error as error:
            self._raise(error)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Take the writers' lock and begin; nested, set a savepoint."""
        if self._depth:
            with self._nested():
                yield
            return
        with self.locked(), self.atomic():
            yield

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the writers' lock, whichever version of wf they are."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def atomic(self) -> contextlib.AbstractContextManager[None]:
        """Begin a transaction under a lock that is held already."""
        return self._between("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one moment of the ledger."""
        if self._depth:
            yield
            return
        with self._between("BEGIN", "COMMIT", "ROLLBACK"):
            yield

    def changed(self) -> bool:
        """Whether another connection committed since the last call (3 us)."""
        before, self._version = self._version, self._data_version()
        return before != self._version

    def copy_to(self, path: Path) -> None:
        """Copy what is committed into another file."""
        try:
            with (
                contextlib.closing(apsw.Connection(str(path))) as copy,
                copy.backup("main", self._connection, "main") as backup,
            ):
                backup.step()
        except apsw.Error as error:
            raise explained(error, path) from error

    def close(self) -> None:
        """Close the file and the lock."""
        self._connection.close()
        os.close(self._lock)

    @contextlib.contextmanager
    def _nested(self) -> Iterator[None]:
        name = f"s{self._depth}"
        undo = f"ROLLBACK TO {name}; RELEASE {name}"
        with self._between(f"SAVEPOINT {name}", f"RELEASE {name}", undo):
            yield

    @contextlib.contextmanager
    def _between(self, begin: str, end: str, undo: str) -> Iterator[None]:
        self.execute(begin)
        self._depth += 1
        try:
            yield
            self.execute(end)
        except BaseException:
            with contextlib.suppress(LedgerError):
                self.execute(undo)
            raise
        finally:
            self._depth -= 1

    def _data_version(self) -> int:
        return int(cast("int", self.execute("PRAGMA data_version")[0][0]))

    def _raise(self, error: apsw.Error) -> NoReturn:
        raise explained(error, self.path) from error


def _connect(path: Path) -> apsw.Connection:
    try:
        connection = apsw.Connection(str(path))
        connection.set_busy_timeout(_BUSY_MS)
        # Else SQLite plans a statement anew for each other value bound to a range: 30 us a time.
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        connection.execute("PRAGMA synchronous = FULL")
    except apsw.Error as error:
        raise explained(error, path) from error
    return connection


def _make_private(path: Path) -> None:
    held = path.stat()
    if stat.S_IMODE(held.st_mode) != _PRIVATE and held.st_uid == os.geteuid():
        path.chmod(_PRIVATE)


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _PRIVATE)
    except OSError as error:
        raise LedgerError(f"cannot lock the ledger with {path}: {error.strerror}") from error


def explained(error: apsw.Error, path: Path) -> LedgerError:
    """Say in one line what is the matter with the ledger's file."""
    lines: dict[type[apsw.Error], tuple[str, str]] = {
        apsw.NotADBError: ("is not a ledger (not a database)", "it was left as it is"),
        apsw.CorruptError: ("is damaged", "it was left as it is; keep a copy before you repair it"),
        apsw.FullError: ("cannot grow: the disk is full", "make room; nothing was lost"),
        apsw.BusyError: ("is locked by another program", "end that program, or wait for it"),
        apsw.ReadOnlyError: ("is read-only", "make it and its folder writable"),
        apsw.CantOpenError: ("cannot be opened", "look at its permissions"),
        apsw.IOError: ("cannot be read or written", "look at the disk and its permissions"),
    }
    for kind, (what, hint) in lines.items():
        if isinstance(error, kind):
            return LedgerError(f"the ledger {path} {what}", hint)
    return LedgerError(f"the ledger {path} failed: {error}")
