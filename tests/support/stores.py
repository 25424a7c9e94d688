"""The stores that the ledger's contract has to hold on, and what each of them brings for the tests.

A second store is one more class here: it makes empty ledgers, connects to them, gives a connection
that can be killed at any statement, and says what is left of a ledger when everybody was.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tests.support.crashing_connection import CrashingConnection, remains
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wf_tui.ledger.store.database import Database

__all__ = ["STORES", "Crashing", "MakeStore"]


@runtime_checkable
class Crashing(Protocol):
    """A connection whose process dies after so many more statements; None: it does not."""

    left: int | None


class MakeStore(Protocol):
    """Makes empty ledgers of one kind of store, and connects to them again."""

    def __call__(self, folder: Path) -> Database:
        """Make one."""

    def again(self, folder: Path) -> Database:
        """Connect once more to the one of this folder."""

    def crashing(self, folder: Path, committed: Callable[[], None]) -> Database:
        """Connect to it with a connection that is `Crashing`, and that tells of its commits."""

    def remains(self, folder: Path, into: Path) -> Path:
        """Copy what a kill of everybody leaves of it at this instant; return where it is."""


class SqliteStores:
    """Ledger files, copied from one that was made once; no test of the rules pulls the plug."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        SqliteDatabase(self._template, create=True).close()

    def __call__(self, folder: Path) -> Database:
        shutil.copyfile(self._template, folder / "ledger.db")
        return self.again(folder)

    def again(self, folder: Path) -> Database:
        """Connect once more to the file of this folder."""
        database = SqliteDatabase(folder / "ledger.db")
        database.execute("PRAGMA synchronous = OFF")
        return database

    def crashing(self, folder: Path, committed: Callable[[], None]) -> Database:
        """Connect to it with a connection that can be killed."""
        return CrashingConnection(folder / "ledger.db", committed)

    def remains(self, folder: Path, into: Path) -> Path:
        """Copy the file and its journal as they lie on the disk."""
        return remains(folder, into)


STORES: dict[str, Callable[[Path], MakeStore]] = {"sqlite": SqliteStores}
