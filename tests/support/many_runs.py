"""Many runs in many ledgers, and a count of what reading them asks of the ledgers."""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tests.support.ledger_harness import FixedClock, a_run, phase
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.paths import RepoPaths
from wf_tui.processes import own_identity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.ledger.store.database import Row, Values

__all__ = ["Reads", "counted", "make_runs"]


def make_runs(state: Path, ledgers: int, runs: int) -> list[RepoPaths]:
    """Make so many ledgers with so many running runs each, which this process leads.

    The runs of a ledger are `r0`, `r1` and so on, each a second later than the one before.
    """
    made = [RepoPaths(state / f"repo{number:03}") for number in range(ledgers)]
    clock = FixedClock()
    for paths in made:
        paths.root.mkdir(parents=True)
        with contextlib.closing(SqliteDatabase(paths.ledger, create=True, clock=clock)) as db:
            ledger = Ledger(db)
            with db.transaction("r0"):
                for number in range(runs):
                    clock.move(1)
                    name = f"r{number}"
                    ledger.create_run(
                        a_run(id=name, created_at=clock.now()), [phase("work", "a")], {}
                    )
                    ledger.scheduler_started(name, asdict(own_identity()))
    return made


@dataclass
class Reads:
    """What was asked."""

    opened: int = 0
    """Ledgers."""
    statements: int = 0


@contextlib.contextmanager
def counted() -> Iterator[Reads]:
    """Count what is asked of all ledgers within; what opening one asks of itself is left out."""
    reads = Reads()
    opening, execute = SqliteDatabase.__init__, SqliteDatabase.execute
    is_open: set[int] = set()

    def count_opening(self: SqliteDatabase, *words: object, **named: object) -> None:
        is_open.discard(id(self))
        opening(self, *words, **named)  # type: ignore[arg-type] # as they came
        is_open.add(id(self))
        reads.opened += 1

    def count_statement(self: SqliteDatabase, sql: str, values: Values | None = None) -> list[Row]:
        reads.statements += id(self) in is_open
        return execute(self, sql, values or {})

    SqliteDatabase.__init__ = count_opening  # type: ignore[method-assign] # for a count
    SqliteDatabase.execute = count_statement  # type: ignore[method-assign] # same
    try:
        yield reads
    finally:
        SqliteDatabase.__init__ = opening  # type: ignore[method-assign] # as it was
        SqliteDatabase.execute = execute  # type: ignore[method-assign] # same
