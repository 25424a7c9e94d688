"""A ledger with one run, and pictures of it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import LedgerHarness
from tests.support.picture_harness import PictureHarness
from tests.support.random_runs import RandomRuns
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[LedgerHarness]:
    """Give a driver of an empty ledger; its clock stands still."""
    database = SqliteDatabase(tmp_path / "ledger.db", create=True)
    database.execute("PRAGMA synchronous = OFF")
    yield LedgerHarness(database)
    database.close()


@pytest.fixture
def view(drive: LedgerHarness) -> PictureHarness:
    """Give a view of that ledger, which is to be made first."""
    return PictureHarness(drive)


@pytest.fixture
def swarm(request: pytest.FixtureRequest) -> Iterator[RandomRuns]:
    """Give a run to which anything may happen; the plan is drawn from the seed `param`."""
    made = RandomRuns()
    made.start(Random(request.param))  # noqa: S311 - the same plan each time
    yield made
    made.end()
