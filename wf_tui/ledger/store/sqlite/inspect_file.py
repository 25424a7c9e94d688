"""A look at a ledger's file that changes nothing: whose it is, and whether it is whole."""

import contextlib
from pathlib import Path
from typing import Final

import apsw

from wf_tui.ledger.store.sqlite.driver import explained
from wf_tui.ledger.store.sqlite.file_format import LEDGER, FileFormat
from wf_tui.ledger.store.store import StoreReport, StoreState

__all__ = ["inspect_file", "is_older", "store_version"]

_BUSY_MS: Final = 1000


def inspect_file(path: Path, kind: FileFormat = LEDGER) -> StoreReport:
    """Return the state of the file at `path`; it is opened for reading alone."""
    if not path.exists() or _is_begun(path, kind):
        return StoreReport(StoreState.ABSENT, "no run yet")
    try:
        flags = apsw.SQLITE_OPEN_READONLY
        with contextlib.closing(apsw.Connection(str(path), flags=flags)) as connection:
            connection.set_busy_timeout(_BUSY_MS)
            return _inspect(connection, kind)
    except apsw.Error as error:
        known = explained(error, path)
        damaged = isinstance(error, apsw.CorruptError)
        foreign = isinstance(error, apsw.NotADBError)
        state = StoreState.FOREIGN if foreign else StoreState.UNUSABLE
        return StoreReport(StoreState.DAMAGED if damaged else state, known.message, known.hint)


def is_older(path: Path, kind: FileFormat = LEDGER) -> bool:
    """Whether opening the file would bring it up to date; one that cannot be read is not older."""
    try:
        flags = apsw.SQLITE_OPEN_READONLY
        with contextlib.closing(apsw.Connection(str(path), flags=flags)) as connection:
            connection.set_busy_timeout(_BUSY_MS)
            row = connection.execute("PRAGMA user_version").fetchone()
    except apsw.Error:
        return False
    return row is not None and 0 < int(str(row[0])) < kind.version


def store_version() -> str:
    """Return the version of the SQLite that carries the ledgers."""
    return apsw.sqlite_lib_version()


def _is_begun(path: Path, kind: FileFormat) -> bool:
    """Whether who made the file got no further, for want of room: the next run makes the rest."""
    used = bool(kind.beside) and any(path.parent.glob(kind.beside))
    started = path.stat().st_size or used
    return not started and not path.with_name(f"{path.name}-wal").exists()


def _inspect(connection: apsw.Connection, kind: FileFormat) -> StoreReport:
    application, version, journal, check = (
        connection.execute(f"PRAGMA {name}").fetchone()
        for name in ("application_id", "user_version", "journal_mode", "quick_check(1)")
    )
    if application != (kind.application,):
        return StoreReport(StoreState.FOREIGN, "another program's file", "move it away")
    if check != ("ok",):
        hint = "it is left as it is; keep a copy before you repair it"
        return StoreReport(
            StoreState.DAMAGED, f"damaged: {check[0] if check else 'unreadable'}", hint
        )
    number = int(str(version[0])) if version else 0
    if number != kind.version:
        text = f"format {number}, this wf knows {kind.version}"
        if kind.reads(number):
            return StoreReport(StoreState.OLDER, text, "the next command brings it up to date")
        return StoreReport(StoreState.UNKNOWN, text, "use that version of wf for this repository")
    return StoreReport(StoreState.OK, "whole", journal=str(journal[0]) if journal else "")
