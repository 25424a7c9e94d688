"""What migrations, copies and the guard of a file need of the connection that they serve.

The driver is made of them and hands itself over; knowing it by this protocol, none of them has to
import the driver, and each can be read without it.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from wf_tui.ledger.store.database import Row
from wf_tui.ledger.store.sqlite.file_format import FileFormat

__all__ = ["LedgerFile"]


class LedgerFile(Protocol):
    """An open ledger file, at `path`."""

    path: Path
    format: FileFormat

    def execute(self, sql: str, /) -> list[Row]:
        """Run one statement, or a script without rows; return all its rows."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Let reads see one moment."""

    def locked(self) -> AbstractContextManager[None]:
        """Hold the writers' lock, whichever version of wf they are."""

    def atomic(self) -> AbstractContextManager[None]:
        """Begin a transaction under a lock that is held already."""

    def copy_to(self, path: Path, /) -> None:
        """Copy what is committed into another file."""
