"""Whether the file in use is still the ledger that was opened, or somebody put another there.

A renamed or deleted file is known by its inode. One that was written over keeps it, so its content
is looked at: what is in the file itself, without its journal, only ever gets newer.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import apsw

from wf_tui.errors import LedgerError
from wf_tui.ledger.store.sqlite.copies import copy_beside
from wf_tui.ledger.store.sqlite.file_format import noun

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.ledger.store.sqlite.ledger_file import LedgerFile

__all__ = ["FileGuard", "judge"]

_READ: Final = apsw.SQLITE_OPEN_READONLY
_FLAGS: Final = _READ | apsw.SQLITE_OPEN_URI
_LOOKS: Final = 3
_BETWEEN: Final = 0.02
_UNREADABLE: Final = -1
_DAMAGED: Final = -2


class FileGuard:
    """What the files of a ledger are, from when it was opened on; one for each connection.

    `broken` looks at the names alone and is asked before each read; `overwritten` looks into the
    file and is asked before each write.
    """

    def __init__(self, path: Path, history: str) -> None:
        self._path = path
        self._statement = history
        self._journals = [path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm")]
        self._main, self._others = self._read_identities()
        self._written: tuple[int, int] | None = None
        self._history = 0

    def broken(self) -> str:
        """Return what was done to the files, or ""; costs 4 us."""
        main, others = self._read_identities()
        if main is None:
            return "was deleted"
        if main != self._main:
            return "was replaced by another file"
        return "" if others == self._others else "has lost its journal"

    def overwritten(self) -> str:
        """Return what was done to the content of the file, or ""; only for who has the turn.

        Else the file could be brought up to date from its journal at this moment. It is looked at
        if it was written since the last time, which is once for a thousand pages.
        """
        if not self._statement:
            return ""
        status = self._path.stat()
        written = (status.st_mtime_ns, status.st_size)
        if written != self._written:
            history = self._events()
            if history == _DAMAGED and self._is_sound():
                history = self._history
            if history < self._history:
                return "was overwritten by another one"
            self._written, self._history = written, history
        return ""

    def is_suspect(self) -> bool:
        """Whether it is safer to leave the file as it is; without the turn, only that is known."""
        with contextlib.suppress(OSError):
            return bool(self.broken() or self.overwritten())
        return True

    def detach_journal(self, *, keep: bool) -> None:
        """Take the journal of the ledger that was opened from the file that is there now."""
        _, others = self._read_identities()
        for name, mine, now in zip(self._journals, self._others, others, strict=True):
            if mine is not None and mine == now:
                if keep:
                    name.rename(f"{name}.left")
                else:
                    name.unlink()

    def _read_identities(self) -> tuple[tuple[int, int] | None, list[tuple[int, int] | None]]:
        return _inode(self._path), [_inode(name) for name in self._journals]

    def _events(self) -> int:
        """Return how many events the file itself has, whatever its journal has; costs 31 us."""
        # Immutable: read without its journal, and without a lock that would disturb anyone.
        place = f"file:{quote(str(self._path))}?immutable=1"
        fault = _UNREADABLE
        for _ in range(_LOOKS):
            try:
                with contextlib.closing(apsw.Connection(place, flags=_FLAGS)) as connection:
                    rows = connection.execute(self._statement)
                    return int(str(rows.fetchall()[0][0]))
            except apsw.SQLError:  # no such table: all that there is, is in the journal yet
                return 0
            except apsw.Error as error:  # another program may be writing it just now
                fault = _DAMAGED if isinstance(error, apsw.CorruptError) else _UNREADABLE
                time.sleep(_BETWEEN)
        return fault

    def _is_sound(self) -> bool:
        """Whether the file is whole with its journal.

        So it is if who brought it up to date from there had no room for all, or was killed.
        """
        try:
            with contextlib.closing(apsw.Connection(str(self._path), flags=_READ)) as fresh:
                return fresh.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
        except apsw.Error:
            return False


def judge(db: LedgerFile, guard: FileGuard) -> LedgerError | None:
    """Return what is wrong with the files of a ledger in use, after saving what can be saved.

    Called by the driver as it begins to write, under the writers' lock.
    """
    if lost := guard.broken():
        return _rescue(db, guard, f"{noun(db.path)} {lost} while it was in use")
    if what := guard.overwritten():
        return _keep_journal(db, guard, f"{noun(db.path)} {what} while it was in use")
    return None


def _rescue(db: LedgerFile, guard: FileGuard, text: str) -> LedgerError:
    """Copy what the connection still sees, which is all of the ledger, to a place beside it."""
    try:
        copy = copy_beside(db, "rescued")
        guard.detach_journal(keep=False)
    except (LedgerError, OSError) as error:
        return LedgerError(f"{text}, and no copy could be made of what it held: {error}")
    return LedgerError(f"{text}; all that it held is in {copy}", f"put that back as {db.path}")


def _keep_journal(db: LedgerFile, guard: FileGuard, text: str) -> LedgerError:
    """Leave a file alone that has no more of the ledger than what is in its journal."""
    with contextlib.suppress(OSError):
        guard.detach_journal(keep=True)
    text += "; it was left as it is"
    return LedgerError(text, f"what had not yet got into it is in {db.path}-wal.left")


def _inode(name: Path) -> tuple[int, int] | None:
    """Return what a file is, whatever its name and content; None where there is none."""
    try:
        status = name.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
