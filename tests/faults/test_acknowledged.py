"""What was acknowledged is there after a kill -9 at any moment (promise G3)."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, LedgerHarness
from wf_tui.ledger.queries import reads
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase

if TYPE_CHECKING:
    from pathlib import Path

BY_ONE = """
import itertools, sys
from pathlib import Path
from wf_tui.clock import SystemClock
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.rules.moves import MESSAGE
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
ledger = Ledger(SqliteDatabase(Path(sys.argv[1])), SystemClock(), actor=sys.argv[2])
for number in itertools.count():
    ledger.move("r1", MESSAGE, ["a"], text=f"{sys.argv[2]} {number}")
    print(number, flush=True)
"""
BY_MANY = """
import asyncio, itertools, sys
from pathlib import Path
from wf_tui.clock import SystemClock
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.rules.moves import MESSAGE
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.writer import Writer

def opened():
    database = SqliteDatabase(Path(sys.argv[1]))
    return Ledger(database, SystemClock(), actor=sys.argv[2]), database

async def client(writer, numbers):
    for number in numbers:
        text = f"{sys.argv[2]} {number}"
        await writer.submit(lambda ledger: ledger.move("r1", MESSAGE, ["a"], text=text))
        print(number, flush=True)

async def main():
    writer, numbers = Writer(RUN, opened), itertools.count()
    writer.start()
    await asyncio.gather(*(client(writer, numbers) for _ in range(8)))

asyncio.run(main())
"""


def acknowledged(path: Path, program: str, name: str, answers: int) -> set[str]:
    """Kill a client after so many answers; return what it was answered, of what it was writing."""
    line = [sys.executable, "-c", program, str(path), name]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(answers)]
        process.kill()
        seen += process.stdout.readlines()
    return {f"{name} {number.strip()}" for number in seen if number.endswith("\n")}


@pytest.mark.parametrize("program", [BY_ONE, BY_MANY], ids=["alone", "group commit"])
def test_nothing_answered_is_lost(tmp_path: Path, program: str) -> None:
    """Each answer that a client got before it was killed is in the ledger, and nothing is torn."""
    path, random = tmp_path / "ledger.db", Random(4)  # noqa: S311 - the same moments each time
    with closing(SqliteDatabase(path, create=True)) as database:
        LedgerHarness(database).make("a")
    answered: set[str] = set()
    for number in range(6):
        answered |= acknowledged(path, program, f"user:{number}", random.randint(1, 60))
    with closing(SqliteDatabase(path)) as database:
        found = [event for event in reads.events(database, RUN) if event.kind == "message_sent"]
        assert answered <= {str(event.data["text"]) for event in found}
        assert [event.seq for event in reads.events(database, RUN)] == list(
            range(1, reads.run_row(database, RUN).seq + 1)
        )
        database.require_whole()


def test_even_without_the_shared_memory(tmp_path: Path) -> None:
    """After a power cut the index of the journal is gone; what was answered is still found."""
    path = tmp_path / "ledger.db"
    with closing(SqliteDatabase(path, create=True)) as database:
        LedgerHarness(database).make("a")
    answered = acknowledged(path, BY_ONE, "user:ann", 20)
    path.with_name("ledger.db-shm").unlink()
    with closing(SqliteDatabase(path)) as database:
        texts = [str(event.data.get("text")) for event in reads.events(database, RUN)]
        assert answered <= set(texts)
