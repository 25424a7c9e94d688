"""The port to a database: everything the ledger asks of SQLite or PostgreSQL."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol

__all__ = ["NO_VALUES", "Database", "Row", "Value", "Values"]


Value = str | int | float | None
Row = tuple[Value, ...]
Values = Mapping[str, Value]
"""What is bound to the parameters of a statement, by name."""

NO_VALUES: Final[Values] = {}


class Database(Protocol):
    """One connection. Parameters have names in statements, `:run`, and are always bound."""

    def execute(self, sql: str, values: Values = NO_VALUES) -> list[Row]:
        """Run one statement and return all its rows.

        Raises `UsageError` for a whole number of more than 64 bits, and for a text that has no
        UTF-8. That no text has a NUL is seen to before, where rows are made.
        """

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for each row of values."""

    def execute_all(self, reads: Sequence[tuple[str, Values]]) -> list[list[Row]]:
        """Run reads that do not depend on each other; return the rows of each.

        A store on a server sends them together and waits for one answer.
        """

    def transaction(self, run: str) -> AbstractContextManager[None]:
        """All or nothing; inside another one, a part of it that can be undone by itself.

        The outermost one is the only writer of this run while it lasts, here even of the whole
        ledger. Raises `LedgerWaitError` where it cannot begin or end just now: then nothing has
        changed, and it can be tried again.
        """

    def snapshot(self) -> AbstractContextManager[None]:
        """Let reads see one moment, without waiting for a writer."""

    def require_whole(self) -> None:
        """Read all of the ledger and raise `LedgerError` if it is damaged."""

    def loaded(self) -> None:
        """Take note that very many rows were stored at once, for who plans queries by numbers."""

    def changed(self) -> bool:
        """Whether another connection committed since this was asked last."""

    def wait_changed(self, seconds: float, over: threading.Event) -> bool:
        """Wait until another connection has committed; return whether one has.

        It gives up after `seconds`, or when `over` is set by another thread.
        """

    def now(self) -> float:
        """Return UTC seconds by the one clock that all writers of this store go by."""

    def close(self) -> None:
        """Let go of the file or connection."""
