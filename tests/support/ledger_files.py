"""Files in the place of a ledger: older formats, damaged ones, and what swaps a good one."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from tests.support.ledger_harness import LedgerHarness
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS = Path(__file__).parent / "ledger_formats"


def write_older_format(path: Path, number: int = 1) -> Path:
    """Write a ledger of an older format.

    That of the first one has a run whose first task is done. That of the second has two runs, the
    newer one with seats and attempts that are in another order than their names, a task that waits
    for a scope, messages, and what a person did and took back; that of the third is the same. In
    that of the fourth a worker asks, a question was answered, and a task is a prompt; in that of
    the fifth a prompt asks, and a phase waits for it; in that of the sixth a review waits, too.
    """
    script = (FORMATS / f"{number}.sql").read_text(encoding="utf-8")
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        with connection:
            connection.execute(script)
    path.chmod(0o600)
    return path


def write_ledger(path: Path) -> bytearray:
    """Write a ledger with a run of 200 tasks, and return what is in it."""
    with closing(SqliteDatabase(path, create=True)) as database:
        LedgerHarness(database).make(*(f"t{number}" for number in range(200)))
    return bytearray(path.read_bytes())


def write_foreign(path: Path) -> None:
    """Write a database of another program."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmark (url TEXT)")
        other.commit()


def write_format(number: int) -> Callable[[Path], None]:
    """Return what writes a ledger of another format."""

    def write(path: Path) -> None:
        write_ledger(path)
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA journal_mode = DELETE")
            other.execute(f"PRAGMA user_version = {number}")

    return write


def write_half(path: Path) -> None:
    """Write half of a ledger."""
    content = write_ledger(path)
    path.write_bytes(content[: len(content) // 2])


def write_headless(path: Path) -> None:
    """Write a ledger with another header."""
    path.write_bytes(b"\xff" * 100 + write_ledger(path)[100:])


def write_without_tables(path: Path) -> None:
    """Write a ledger and overwrite the list of its tables."""
    content = write_ledger(path)
    path.write_bytes(content[:100] + b"\xff" * 3996 + content[4096:])


def write_text(path: Path) -> None:
    """Write a text file."""
    path.write_text("my notes\n" * 100)


def write_empty(path: Path) -> None:
    """Write an empty file where there have been runs."""
    (path.parent / "runs" / "r1").mkdir(parents=True)
    path.touch()


BAD_FILES = {
    "foreign": (write_foreign, "is not a ledger of wf; it was left as it is"),
    "newer": (write_format(99), "was created by a newer version of wf"),
    "of no format": (write_format(0), "was created by a newer version of wf"),
    "half": (write_half, "is damaged"),
    "headless": (write_headless, "is not a ledger"),
    "without tables": (write_without_tables, "is damaged"),
    "text": (write_text, "is not a ledger"),
    "empty": (write_empty, "is empty, though there were runs"),
}


def move_over(older: Path, path: Path, /) -> None:
    """Put another file in its place."""
    older.rename(path)


def delete(_: Path, path: Path, /) -> None:
    """Delete it."""
    path.unlink()


def delete_journal(_: Path, path: Path, /) -> None:
    """Delete its journal."""
    path.with_name(f"{path.name}-wal").unlink()


def copy_over(older: Path, path: Path, /) -> None:
    """Write an older one over it."""
    shutil.copyfile(older, path)


def write_over(_: Path, path: Path, /) -> None:
    """Write something else over it."""
    path.write_text("my notes\n" * 1000)
