"""The store of a single machine: one file for all runs of a repository, one lock file a run."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from wf_tui import locks
from wf_tui.clock import Clock
from wf_tui.errors import LedgerError
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.store import Lead, Patience, StoreReport
from wf_tui.paths import RepoPaths
from wf_tui.values import frozen

__all__ = ["SqliteStore"]


@frozen
class SqliteStore:
    """The ledger in the folder of a repository; `clock` is the machine's, if none is given."""

    paths: RepoPaths
    clock: Clock | None = None

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.paths.ledger.exists()

    def open(
        self, *, create: bool = False, patience: Patience | None = None, reader: bool = False
    ) -> SqliteDatabase:
        """Open the file."""
        return SqliteDatabase(
            self.paths.ledger, create=create, patience=patience, clock=self.clock, reader=reader
        )

    def describe(self) -> StoreReport:
        """Look at the file."""
        from wf_tui.ledger.store.sqlite.inspect_file import inspect_file  # noqa: PLC0415 - doctor

        return inspect_file(self.paths.ledger)

    def stamp(self) -> object:
        """Return size and time of the file and of its log: a commit is written to either."""
        path = self.paths.ledger
        return _stamp_of(path), _stamp_of(path.with_name(f"{path.name}-wal"))

    def is_older(self) -> bool:
        """Whether opening the file would change its format."""
        from wf_tui.ledger.store.sqlite.inspect_file import is_older  # noqa: PLC0415 - lists only

        return is_older(self.paths.ledger)

    @contextlib.contextmanager
    def lead(self, run: str) -> Iterator[Lead]:
        """Hold the lock file of a run, which the kernel frees when this process dies.

        The file stays: who deleted it would lock another one than those who wait for it.
        """
        path = self.paths.run(run).scheduler_lock
        handle = locks.open_lock(path)
        try:
            locks.lock(handle)
            yield _LockFile(run, path, handle)
        finally:
            os.close(handle)

    @contextlib.contextmanager
    def without_leader(self, run: str) -> Iterator[bool]:
        """Hold the lock file of a run unless a leader does."""
        with locks.held_if_free(self.paths.run(run).scheduler_lock) as free:
            yield free


def _stamp_of(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0, 0)
    # Not when the inode changed: for root, SQLite sets the owner of the log at each opening.
    return status.st_ino, status.st_size, status.st_mtime_ns


@frozen
class _LockFile:
    """The lead of a run: a lock on the file that has this name, as long as it has it."""

    run: str
    path: Path
    handle: int

    def require(self) -> None:
        """See that the locked file is still the one that others would lock; costs 2 us.

        A lock on one that was deleted keeps nobody out: another scheduler would make the file anew
        and lead as well.
        """
        mine = os.fstat(self.handle)
        with contextlib.suppress(OSError):
            there = self.path.stat()
            if (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino):
                return
        raise LedgerError(
            f"this process no longer leads run {self.run}: {self.path} was deleted or replaced",
            f"wf resume {self.run} starts another scheduler",
        )
