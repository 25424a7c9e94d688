"""What makes a ledger hard to write: locks of other processes, and disks over a network."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.waiting import until
from wf_tui.ledger.store.sqlite import mounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

HOLD_FLOCK = """
import fcntl, os, sys
handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


BEGIN_IMMEDIATE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked_by_another(program: str, path: Path) -> Iterator[int]:
    """Let another process lock the ledger; its number is given."""
    line = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process.pid


def on_a_disk(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Let everything lie on a disk of this kind, in whole runs, where nobody passes a table on."""
    monkeypatch.setattr(mounts, "read_mounts", lambda: mount_table(kind))


def mount_table(kind: str) -> str:
    """Return the table of mounts of a machine with one disk, of this kind."""
    return f"1 0 0:1 / / rw - {kind} server:/ rw"


def wait_until_queued(ledger: Path) -> None:
    """Wait until some writer, a thread of this process or another one, waits for its turn.

    The kernel lists who waits for a lock after an arrow, with the inode of the file.
    """
    inode = ledger.with_suffix(".lock").stat().st_ino

    def is_queued() -> bool:
        lines = Path("/proc/locks").read_text().splitlines()
        return any("->" in line and f":{inode} " in line for line in lines)

    until(is_queued, "a writer waits for its turn", within=10.0)
