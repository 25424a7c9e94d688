"""Where a ledger is kept, and what the runs of a host share: the one place that names a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerError
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.sqlite.file_format import LANES
from wf_tui.ledger.store.sqlite.store import SqliteStore
from wf_tui.ledger.store.store import Patience

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wf_tui.clock import Clock
    from wf_tui.ledger.lanes.lanes import Lanes
    from wf_tui.ledger.store.store import Store, StoreReport
    from wf_tui.paths import RepoPaths

__all__ = ["describe_lanes", "open_lanes", "refuse_unknown_store", "store_of"]

_PATIENCE: Final = Patience(most=2.0)
"""Seconds that who asks for a permit waits for another program; its transactions take 5 ms."""


def store_of(paths: RepoPaths, clock: Clock | None = None) -> Store:
    """Return the store of a repository; times come from `clock`, or from the store's own."""
    return SqliteStore(paths, clock)


def refuse_unknown_store(environ: Mapping[str, str]) -> None:
    """Raise `LedgerError` where `WF_LEDGER` names a store: this wf knows none beside files.

    For who lists the runs of all ledgers. What is named is not repeated: it may hold a password.
    """
    if environ.get("WF_LEDGER"):
        raise LedgerError(
            "names a store of runs that this wf cannot read: it knows files alone",
            "take a later wf, or unset WF_LEDGER",
        )


def open_lanes(
    path: Path,
    *,
    create: bool = True,
    clock: Clock | None = None,
    patience: Patience = _PATIENCE,
) -> Lanes:
    """Open the lanes of this host at `path`, on the thread that will use them, and close `db`.

    Raises `LedgerError` where the file cannot be used, and `EnvironmentalError` for its folder.
    """
    from wf_tui.ledger.lanes.lanes import Lanes  # noqa: PLC0415 - most commands ask for none

    return Lanes(SqliteDatabase(path, create=create, patience=patience, clock=clock, kind=LANES))


def describe_lanes(path: Path) -> StoreReport:
    """Look at the lanes of this host without changing anything."""
    from wf_tui.ledger.store.sqlite.inspect_file import inspect_file  # noqa: PLC0415 - doctor

    return inspect_file(path, LANES)
