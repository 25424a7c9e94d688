"""The stores that the ledger's contract has to hold on, and a driver for each test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.support.ledger_harness import LedgerHarness
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.ledger.store.database import Database


class MakeStore(Protocol):
    """Makes empty ledgers of one kind of store, and connects to them again."""

    def __call__(self, folder: Path) -> Database:
        """Make one."""

    def again(self, folder: Path) -> Database:
        """Connect once more to the one of this folder."""


class _Sqlite:
    """Ledger files, copied from one that was made once; no test of the rules pulls the plug."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        SqliteDatabase(self._template, create=True).close()

    def __call__(self, folder: Path) -> Database:
        shutil.copyfile(self._template, folder / "ledger.db")
        return self.again(folder)

    def again(self, folder: Path) -> Database:
        database = SqliteDatabase(folder / "ledger.db")
        database.execute("PRAGMA synchronous = OFF")
        return database


STORES = {"sqlite": _Sqlite}


@pytest.fixture(scope="session", params=sorted(STORES))
def make_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> MakeStore:
    """Give a maker of empty ledgers on each store in turn; it takes a folder."""
    return STORES[request.param](tmp_path_factory.mktemp("template"))


@pytest.fixture
def store(make_store: MakeStore, tmp_path: Path) -> Iterator[Database]:
    """Give an empty ledger."""
    database = make_store(tmp_path)
    yield database
    database.close()


@pytest.fixture
def drive(store: Database) -> LedgerHarness:
    """Give a driver of an empty ledger; its clock stands still."""
    return LedgerHarness(store)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a ledger that is not there yet."""
    return tmp_path / "state" / "ledger.db"


@pytest.fixture
def database(path: Path) -> Iterator[SqliteDatabase]:
    """Give a new ledger as users have it."""
    made = SqliteDatabase(path, create=True)
    yield made
    made.close()
