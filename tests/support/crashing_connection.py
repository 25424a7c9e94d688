"""A ledger's connection that can be killed at any statement, as `kill -9` does it."""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from wf_tui.ledger.store.database import NO_VALUES
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from wf_tui.ledger.store.database import Row, Values

__all__ = ["CrashingConnection", "Killed", "remains"]


class Killed(BaseException):
    """The process is gone; nobody catches that, and nothing is tidied up."""


class CrashingConnection(SqliteDatabase):
    """Dies once `left` more statements of transactions are done; the last may be a COMMIT.

    It tells of each commit that somebody was told of.
    """

    left: int | None = None
    _depth: int = 0

    def __init__(self, path: Path, told: Callable[[], None]) -> None:
        self._told = told
        super().__init__(path)
        self.execute("PRAGMA synchronous = OFF")

    def execute(self, sql: str, values: Values = NO_VALUES) -> list[Row]:
        """Run one statement, if alive."""
        with self._living():
            return super().execute(sql, values)

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement many times, if alive."""
        with self._living():
            super().execute_many(sql, rows)

    @contextlib.contextmanager
    def transaction(self, run: str) -> Iterator[None]:
        """Begin; whoever gets past the end has been told that it is committed."""
        outermost = self._depth == 0
        with super().transaction(run):
            yield
        if outermost:
            self._told()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Look at one moment; that brings nobody nearer to death."""
        left, self.left = self.left, None
        try:
            with super().snapshot():
                yield
        finally:
            self.left = left

    @contextlib.contextmanager
    def _living(self) -> Iterator[None]:
        if self.left == 0:
            raise Killed
        yield
        if self.left is not None and self._depth:
            self.left -= 1
            if self.left == 0:
                raise Killed


def remains(folder: Path, into: Path) -> Path:
    """Copy what lies on the disk at this instant, as a kill of everybody leaves it."""
    into.mkdir()
    for name in ("ledger.db", "ledger.db-wal"):
        if (folder / name).exists():
            shutil.copyfile(folder / name, into / name)
    return into
