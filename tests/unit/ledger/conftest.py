"""A ledger for each test, on each store that the contract has to hold on, and its driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import LedgerHarness
from tests.support.stores import STORES
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.stores import MakeStore
    from wf_tui.ledger.store.database import Database


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
