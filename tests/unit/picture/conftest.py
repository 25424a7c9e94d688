"""A ledger with one run, and pictures of it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.picture_harness import PictureHarness
from tests.support.random_runs import RandomRuns
from tests.unit.ledger.conftest import drive, make_store, store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.ledger_harness import LedgerHarness
    from tests.support.stores import MakeStore

__all__ = ["drive", "make_store", "store"]


@pytest.fixture
def view(drive: LedgerHarness) -> PictureHarness:
    """Give a view of that ledger, which is to be made first."""
    return PictureHarness(drive)


@pytest.fixture
def swarm(request: pytest.FixtureRequest, make_store: MakeStore) -> Iterator[RandomRuns]:
    """Give a run to which anything may happen; the plan is drawn from the seed `param`."""
    made = RandomRuns(make_store)
    made.start(Random(request.param))  # noqa: S311 - the same plan each time
    yield made
    made.end()
