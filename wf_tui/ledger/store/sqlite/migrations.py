"""Whose file a ledger is, and of which format: makes a new one, brings an old one up to date.

What is not a ledger of a known format is named and left as it is (RULES 4.1, G13).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from wf_tui.errors import LedgerError
from wf_tui.ledger.store.sqlite.copies import copy_beside
from wf_tui.ledger.store.sqlite.file_format import LEDGER
from wf_tui.ledger.store.sqlite.mounts import journal_mode
from wf_tui.locks import is_held
from wf_tui.values import frozen

if TYPE_CHECKING:
    from wf_tui.ledger.store.sqlite.ledger_file import LedgerFile

__all__ = ["APPLICATION_ID", "USER_VERSION", "open_or_migrate"]

APPLICATION_ID: Final = LEDGER.application
USER_VERSION: Final = LEDGER.version


@frozen
class _Header:
    """What the file itself says that it is; SQLite keeps both numbers for the program."""

    application: int
    version: int
    empty: bool


def open_or_migrate(db: LedgerFile) -> None:
    """Check whose file this is; give an empty one the tables, an older one the newer ones.

    A ledger with a write-ahead log that has come to a file system where that is unsafe is read
    without the memory which that shares between processes, and changed to a journal that is safe.
    """
    mode, _ = journal_mode(db.path)
    ours = _Header(db.format.application, db.format.version, empty=False)
    if mode == "WAL" and _header(db) == ours:
        return
    with db.locked():
        if mode == "WAL":
            _create_or_upgrade(db, mode)
            return
        # What it locks from here on would keep one from committing who has the turn already.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        _create_or_upgrade(db, mode)
        db.execute(f"PRAGMA journal_mode = {mode}")
        db.execute("PRAGMA locking_mode = NORMAL")
        _number(db, "user_version")  # a read lets go of the lock


def _create_or_upgrade(db: LedgerFile, mode: str) -> None:
    """Judge a file, and change it, in the turn of a writer: of several processes one does it."""
    header = _header(db)
    if header == _Header(0, 0, empty=True):
        if db.format.beside and any(db.path.parent.glob(db.format.beside)):
            raise LedgerError(
                f"{db.path} is empty, though there were runs; it was left as it is",
                "put a copy of it back, or move it and its folder away",
            )
        _create(db, mode)
    elif header.application != db.format.application:
        raise LedgerError(
            f"{db.path} is not a ledger of wf; it was left as it is",
            "move it away, or set WF_STATE_DIR to another folder",
        )
    elif not db.format.reads(header.version):
        raise LedgerError(
            f"{db.path} was created by a newer version of wf (format {header.version}, this one "
            f"knows {db.format.version}); it was left as it is",
            "use that version of wf for this repository",
        )
    elif header.version < db.format.version:
        _migrate(db, header.version)


def _header(db: LedgerFile) -> _Header:
    """Read all three at one moment: another process may be making the file just now."""
    with db.snapshot():
        numbers = (_number(db, "application_id"), _number(db, "user_version"))
        return _Header(*numbers, empty=not db.execute("SELECT 1 FROM sqlite_schema LIMIT 1"))


def _number(db: LedgerFile, pragma: str) -> int:
    return int(cast("int", db.execute(f"PRAGMA {pragma}")[0][0]))


def _create(db: LedgerFile, mode: str) -> None:
    db.execute(f"PRAGMA journal_mode = {mode}")
    with db.atomic():
        db.execute(_script(db.format.schema))
        db.execute(f"PRAGMA application_id = {db.format.application}")
        db.execute(f"PRAGMA user_version = {db.format.version}")


def _migrate(db: LedgerFile, version: int) -> None:
    """Take every step from the file's format to this one, or none; a copy is made before."""
    _refuse_while_led(db)
    _back_up(db, version)
    with db.atomic():
        for step in range(version + 1, db.format.version + 1):
            db.execute(_script(f"upgrades/{step}.sql"))
        db.execute(f"PRAGMA user_version = {db.format.version}")


def _script(name: str) -> str:
    """Return the text of a script that is installed beside this module."""
    # Not by `importlib.resources`, which is a tenth of what `wf status` loads.
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _refuse_while_led(db: LedgerFile) -> None:
    """Leave the file to a scheduler of the older wf that still works with it."""
    for run, pid in db.execute("SELECT run, pid FROM scheduler ORDER BY run"):
        if is_held(db.path.parent / "runs" / str(run) / "scheduler.lock"):
            raise LedgerError(
                f"the scheduler of run {run} belongs to an older wf and still uses {db.path}",
                f"end it (kill {pid}), then this wf can bring the ledger up to date",
            )


def _back_up(db: LedgerFile, version: int) -> None:
    """Copy the file as it is; without a copy its format is not changed."""
    try:
        copy_beside(db, f"{version}.backup")
    except (LedgerError, OSError) as error:
        raise LedgerError(
            f"{db.path} was not brought up to date, since no copy of it could be made: {error}",
            "make room beside it; nothing changed",
        ) from error
