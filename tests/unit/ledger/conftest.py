"""The stores that the ledger's contract has to hold on, and a driver for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.ledger.driving import Drive
from wf_tui.ledger.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wf_tui.ledger.database import Database


def _sqlite(folder: Path) -> Database:
    return SqliteDatabase(folder / "ledger.db", create=True)


STORES: dict[str, Callable[[Path], Database]] = {"sqlite": _sqlite}


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give an empty ledger on each store in turn."""
    database = STORES[request.param](tmp_path)
    yield database
    database.close()


@pytest.fixture
def drive(store: Database) -> Drive:
    """Give a driver of an empty ledger; its clock stands still."""
    return Drive(store)
