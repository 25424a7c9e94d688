"""A look at a ledger's file that changes nothing: whose it is, and whether it is whole."""

import contextlib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import apsw

from wf_tui.ledger.store.sqlite.driver import explained
from wf_tui.ledger.store.sqlite.migrations import APPLICATION_ID, USER_VERSION, readable

__all__ = ["FileReport", "FileState", "inspect_file", "store_version"]

_BUSY_MS: Final = 1000


class FileState(StrEnum):
    """What is known of a ledger's file."""

    ABSENT = "absent"
    OK = "ok"
    DAMAGED = "damaged"
    FOREIGN = "foreign"
    OLDER = "older"
    """Of a format that this wf brings up to date when it opens it."""
    UNKNOWN = "unknown"
    """Of a later wf, mostly."""
    UNUSABLE = "unusable"


@dataclass(frozen=True)
class FileReport:
    """The state of a ledger's file, in one line and with what to do."""

    state: FileState
    text: str
    hint: str = ""
    journal: str = ""


def inspect_file(path: Path) -> FileReport:
    """Return the state of the ledger at `path`; it is opened for reading alone."""
    if not path.exists() or _is_begun(path):
        return FileReport(FileState.ABSENT, "no run yet")
    try:
        flags = apsw.SQLITE_OPEN_READONLY
        with contextlib.closing(apsw.Connection(str(path), flags=flags)) as connection:
            connection.set_busy_timeout(_BUSY_MS)
            return _look(connection)
    except apsw.Error as error:
        known = explained(error, path)
        damaged = isinstance(error, apsw.CorruptError)
        foreign = isinstance(error, apsw.NotADBError)
        state = FileState.FOREIGN if foreign else FileState.UNUSABLE
        return FileReport(FileState.DAMAGED if damaged else state, known.message, known.hint)


def store_version() -> str:
    """Return the version of the SQLite that carries the ledgers."""
    return apsw.sqlite_lib_version()


def _is_begun(path: Path) -> bool:
    """Whether who made the file got no further, for want of room: the next run makes the rest."""
    started = path.stat().st_size or any(path.parent.glob("runs/*"))
    return not started and not path.with_name(f"{path.name}-wal").exists()


def _look(connection: apsw.Connection) -> FileReport:
    application, version, journal, check = (
        connection.execute(f"PRAGMA {name}").fetchone()
        for name in ("application_id", "user_version", "journal_mode", "quick_check(1)")
    )
    if application != (APPLICATION_ID,):
        return FileReport(FileState.FOREIGN, "another program's file", "move it away")
    if check != ("ok",):
        hint = "it is left as it is; keep a copy before you repair it"
        return FileReport(
            FileState.DAMAGED, f"damaged: {check[0] if check else 'unreadable'}", hint
        )
    number = int(str(version[0])) if version else 0
    if number != USER_VERSION:
        text = f"format {number}, this wf knows {USER_VERSION}"
        if readable(number):
            return FileReport(FileState.OLDER, text, "the next command brings it up to date")
        return FileReport(FileState.UNKNOWN, text, "use that version of wf for this repository")
    return FileReport(FileState.OK, "whole", journal=str(journal[0]) if journal else "")
