"""The port to a database: everything the ledger asks of SQLite or PostgreSQL."""

from collections.abc import Iterable, Mapping
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
        """Run one statement and return all its rows."""

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for each row of values."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing; inside another one, a part of it that can be undone by itself.

        The outermost one is the only writer of the whole ledger while it lasts.
        """

    def snapshot(self) -> AbstractContextManager[None]:
        """Let reads see one moment, without waiting for a writer."""

    def changed(self) -> bool:
        """Whether another connection committed since this was asked last."""

    def close(self) -> None:
        """Let go of the file or connection."""
