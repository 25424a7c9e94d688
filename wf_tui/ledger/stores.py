"""Which store the ledger of a repository is kept in: the one place that names a kind of store."""

from wf_tui.clock import Clock
from wf_tui.ledger.store.sqlite.store import SqliteStore
from wf_tui.ledger.store.store import Store
from wf_tui.paths import RepoPaths

__all__ = ["store_of"]


def store_of(paths: RepoPaths, clock: Clock | None = None) -> Store:
    """Return the store of a repository; times come from `clock`, or from the store's own."""
    return SqliteStore(paths, clock)
