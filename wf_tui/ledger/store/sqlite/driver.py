"""The embedded store: SQLite through apsw, whose own library is past the WAL-reset bug (3.51.3)."""

import contextlib
import errno
import os
import re
import stat
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Final, NoReturn, cast

import apsw

from wf_tui.clock import Clock, SystemClock
from wf_tui.errors import LedgerError, LedgerWaitError, UsageError
from wf_tui.ledger.store.database import NO_VALUES, Row, Value, Values
from wf_tui.ledger.store.refusals import number_too_long, text_not_utf8
from wf_tui.ledger.store.sqlite.file_format import LEDGER, FileFormat, noun
from wf_tui.ledger.store.sqlite.file_guard import FileGuard, judge
from wf_tui.ledger.store.sqlite.migrations import open_or_migrate
from wf_tui.ledger.store.sqlite.write_lock import TOO_MANY_FILES, WriteLock
from wf_tui.ledger.store.store import Patience
from wf_tui.paths import private_folder, require_own

__all__ = ["SqliteDatabase", "explained"]

_PRIVATE: Final = 0o600
_STATEMENTS: Final = 400
_KIB_OF_READER: Final = 256
"""A board reads all of a run once; an eighth of SQLite's own measure costs it nothing."""
_LOOK_EVERY: Final = 0.05
"""Seconds; one look costs 6 us."""
_PARAMETER: Final = re.compile(r":([a-z_][a-z_0-9]*)")
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FAULTS: Final[Mapping[type[apsw.Error], tuple[str, str]]] = {
    apsw.NotADBError: ("is not a ledger (not a database)", "it was left as it is"),
    apsw.ReadOnlyError: ("is read-only", "make it and its folder writable"),
    apsw.CantOpenError: ("cannot be opened", "look at its permissions"),
    apsw.IOError: ("cannot be read or written", "look at the disk and its permissions"),
}


class SqliteDatabase:
    """One ledger file. Writers queue on a lock file: SQLite's own waiting starves processes.

    `create` makes a file that is missing; `patience` is how long a change waits for other programs.
    A `reader` keeps few pages of the file in memory: the kernel has them, and it changes none.
    Raises `LedgerError` for a file that is none of ours, damaged, or of a later wf, and leaves it
    as it is. It belongs to the thread that made it.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = False,
        patience: Patience | None = None,
        clock: Clock | None = None,
        kind: FileFormat = LEDGER,
        reader: bool = False,
    ) -> None:
        self.path = path
        self.format = kind
        self._clock = clock or SystemClock()
        self._depth = 0
        self._guard: FileGuard | None = None
        self._strange: LedgerError | None = None
        if create:
            private_folder(path.parent)
        elif not path.exists():
            raise LedgerError(f"there is no ledger at {path}", "start a run first: wf run PLAN")
        else:
            require_own(path.parent)
        with contextlib.ExitStack() as undo:
            self._turns = WriteLock(path, patience or Patience())
            undo.callback(self._turns.close)
            self._connection = _connect(path, self._turns)
            undo.callback(self._connection.close)
            if reader:
                self._connection.execute(f"PRAGMA cache_size = -{_KIB_OF_READER}")
            self._spare_file(on=True)
            open_or_migrate(self)
            self._spare_file(on=False)
            _make_private(path)
            self._version = self._data_version()
            self._guard = FileGuard(path, kind.history)
            undo.pop_all()

    def execute(self, sql: str, values: Values = NO_VALUES) -> list[Row]:
        """Run one statement and return all its rows.

        Raises `LedgerError`, or `LedgerWaitError` where it may work later; `UsageError` for a value
        that no store could hold.
        """
        try:
            return cast("list[Row]", self._connection.execute(sql, values).fetchall())
        except apsw.Error as error:
            self._raise(error)
        except (UnicodeEncodeError, OverflowError) as error:
            raise _unstorable(error) from error
        except UnicodeDecodeError as error:
            raise _damaged(self.path) from error

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for each row of values.

        They are bound by position: by name, SQLite is asked for the name of each parameter of each
        row, which is three times the cost for a task of 45 columns.
        """
        try:
            self._connection.executemany(sql, map(_by_position(sql), rows))
        except apsw.Error as error:
            self._raise(error)
        except (UnicodeEncodeError, OverflowError) as error:
            raise _unstorable(error) from error

    def execute_all(self, reads: Sequence[tuple[str, Values]]) -> list[list[Row]]:
        """Run reads one after the other; there is no way to a server that they could share."""
        return [self.execute(sql, values) for sql, values in reads]

    def transaction(self, run: str) -> contextlib.AbstractContextManager[None]:  # noqa: ARG002
        """Take the writers' lock and begin; nested, set a savepoint. A file has one writer."""
        return self._nested() if self._depth else self._outermost()

    @contextlib.contextmanager
    def _outermost(self) -> Iterator[None]:
        # The lock first: who began before would hold SQLite's own lock while it waits for ours,
        # and who holds ours could then not begin.
        with self.locked():
            self._forget_failed()
            self._require_own()
            with self.atomic():
                yield

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Hold the writers' lock, whichever version of wf they are."""
        return self._turns.taken()

    def atomic(self) -> contextlib.AbstractContextManager[None]:
        """Begin a transaction under a lock that is held already."""
        return self._between("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one moment of the ledger."""
        if self._depth:
            yield
            return
        if what := self._lost():
            raise LedgerError(f"{noun(self.path)} {what} while it was in use")
        with self._between("BEGIN", "COMMIT", "ROLLBACK"):
            yield

    def changed(self) -> bool:
        """Whether another connection committed since the last call, or the file is another one.

        What this connection commits itself does not count. The first read after a file was lost
        raises; so whoever asks here learns of it.
        """
        before, self._version = self._version, self._data_version()
        return before != self._version or bool(self._lost())

    def wait_changed(self, seconds: float, over: threading.Event) -> bool:
        """Look twenty times a second: a file tells nobody that it was written."""
        until = time.monotonic() + seconds
        while not (changed := self.changed()):
            left = until - time.monotonic()
            if left <= 0 or over.wait(min(_LOOK_EVERY, left)):
                break
        return changed

    def loaded(self) -> None:
        """Do nothing: the indexes of the schema leave SQLite no choice that numbers could guide."""

    def now(self) -> float:
        """Return UTC seconds by the clock of this machine."""
        return self._clock.now()

    def require_whole(self) -> None:
        """Read all of the file and refuse it if it is damaged; 0.1 s at 100,000 tasks (53 MB)."""
        found = self.execute("PRAGMA quick_check(1)")
        if found != [("ok",)]:
            self._spare_file(on=True)
            raise _damaged(self.path)

    def copy_to(self, path: Path) -> None:
        """Copy what is committed into another file, all at once; raises `LedgerError`."""
        try:
            with (
                contextlib.closing(apsw.Connection(str(path))) as copy,
                copy.backup("main", self._connection, "main") as backup,
            ):
                backup.step()
        except apsw.Error as error:
            raise explained(error, path) from error

    def close(self) -> None:
        """Close the file and the lock.

        The last one to do so brings the file up to date, unless it is somebody else's by now.
        """
        # Judged before closing, since closing writes; and the lock last, so that nobody who waits
        # for it begins while this connection still brings the file up to date.
        if self._guard is not None and self._guard.is_suspect():
            self._spare_file(on=True)
        self._guard = None
        self._connection.close()
        self._turns.close()

    def _forget_failed(self) -> None:
        """Undo what a transaction before could not even undo, on a failing disk."""
        if self._connection.in_transaction:
            self.execute("ROLLBACK")

    def _spare_file(self, *, on: bool) -> None:
        """Let closing leave the file as it is, instead of bringing it up to date."""
        self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, int(on))

    def _lost(self) -> str:
        return self._guard.broken() if self._guard is not None else ""

    def _require_own(self) -> None:
        """Refuse to write into a file that is not the one which was opened."""
        if self._strange is None and self._guard is not None:
            self._strange = judge(self, self._guard)
            if self._strange is not None:
                self._spare_file(on=True)
        if self._strange is not None:
            raise self._strange

    @contextlib.contextmanager
    def _nested(self) -> Iterator[None]:
        name = f"s{self._depth}"
        undo = f"ROLLBACK TO {name}; RELEASE {name}"
        with self._between(f"SAVEPOINT {name}", f"RELEASE {name}", undo):
            yield

    @contextlib.contextmanager
    def _between(self, begin: str, end: str, undo: str) -> Iterator[None]:
        """Do what is within all or not at all, by these three statements."""
        self.execute(begin)
        self._depth += 1
        try:
            yield
            # Within the `try`, since a COMMIT that fails leaves the transaction open.
            self.execute(end)
        except BaseException:
            # What it failed by is what matters; some faults have undone everything already.
            with contextlib.suppress(LedgerError):
                self.execute(undo)
            raise
        finally:
            self._depth -= 1

    def _data_version(self) -> int:
        return int(cast("int", self.execute("PRAGMA data_version")[0][0]))

    def _raise(self, error: apsw.Error) -> NoReturn:
        if isinstance(error, apsw.CorruptError | apsw.NotADBError):
            self._spare_file(on=True)
        if isinstance(error, apsw.BusyError):
            raise self._turns.locked() from error
        raise explained(error, self.path, self._connection.system_errno) from error


def _connect(path: Path, turns: WriteLock) -> apsw.Connection:
    try:
        # With the 100 places of apsw, which gives them out in turn, the 50 statements of a task
        # drive each other out, and every twelfth is compiled anew: 30 % of all processor time.
        connection = apsw.Connection(str(path), statementcachesize=_STATEMENTS)
        connection.set_busy_handler(turns.wait_for_sqlite)
        # Else SQLite plans a statement anew for each other value bound to a range: 30 us a time.
        connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        # FULL, and where there is no WAL the end of the rollback journal is on the disk, too.
        connection.execute("PRAGMA synchronous = EXTRA")
    except apsw.Error as error:
        raise explained(error, path) from error
    return connection


@lru_cache(maxsize=256)
def _by_position(sql: str) -> Callable[[Values], tuple[Value, ...]]:
    """Return what puts the values of a statement in the order of its parameters."""
    names = list(dict.fromkeys(_PARAMETER.findall(sql)))
    if len(names) > 1:
        return itemgetter(*names)
    # Of one name, `itemgetter` returns the value itself and no tuple.
    return lambda values: tuple(values[name] for name in names)


def _make_private(path: Path) -> None:
    held = path.stat()
    mode = stat.S_IMODE(held.st_mode)
    if mode != _PRIVATE and held.st_uid == os.geteuid():
        path.chmod(_PRIVATE)


def _unstorable(error: Exception) -> UsageError:
    """Return what to say of a value that could not be bound: it was given, the file is whole."""
    if isinstance(error, OverflowError):
        return number_too_long()
    return text_not_utf8()


def _damaged(path: Path) -> LedgerError:
    return LedgerError(
        f"{noun(path)} is damaged", "it was left as it is; keep a copy before you repair it"
    )


def _is_full(error: apsw.Error, number: int) -> bool:
    """Whether the disk, a quota or the limit of a file's size is what stopped it."""
    if isinstance(error, apsw.IOError | apsw.CantOpenError):
        # The memory that processes share lies in a file, too; this is said where it cannot grow.
        unshared = getattr(error, "extendedresult", 0) == apsw.SQLITE_IOERR_SHMSIZE
        return unshared or number in _NO_ROOM
    return isinstance(error, apsw.FullError)


def explained(error: apsw.Error, path: Path, number: int = 0) -> LedgerError:
    """Say in one line what is the matter with the ledger's file.

    `number` is the system's own for an error of input or output: SQLite knows a full disk, but
    neither a used-up quota nor a limit to the size of files.
    """
    if _is_full(error, number):
        text = f"{noun(path)} cannot grow: the disk is full"
        return LedgerWaitError(text, "make room; nothing was lost")
    if isinstance(error, apsw.CantOpenError) and number in TOO_MANY_FILES:
        text = f"{noun(path)} has to wait: too many files are open"
        return LedgerWaitError(text, "allow more of them: ulimit -n")
    if isinstance(error, apsw.BusyError):
        text = f"{noun(path)} is locked by another program"
        return LedgerWaitError(text, "end that program, or wait for it")
    if isinstance(error, apsw.CorruptError):
        return _damaged(path)
    for kind, (what, hint) in _FAULTS.items():
        if isinstance(error, kind):
            return LedgerError(f"{noun(path)} {what}", hint)
    return LedgerError(f"{noun(path)} failed: {error}")
