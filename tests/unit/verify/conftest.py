"""The ledgers and the runs whose events are checked."""

from __future__ import annotations

from tests.unit.ledger.conftest import drive, make_store, store
from tests.unit.scheduler.conftest import arena

__all__ = ["arena", "drive", "make_store", "store"]
