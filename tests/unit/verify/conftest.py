"""The ledgers and the runs whose events are checked."""

from __future__ import annotations

from tests.unit.ledger.conftest import drive, make_store, store
from tests.unit.scheduler.conftest import harness

__all__ = ["drive", "harness", "make_store", "store"]
