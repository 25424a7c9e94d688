"""Large plans and long logs: what an act costs depends on what it touches, not on what there is.

Costs are processor seconds of this process, with room for a slow machine: what is quadratic takes
minutes or hours here, not twice as long.
"""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import FOLDER, RUN, START, LedgerHarness, phase, shell
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import CANCEL, RETRY
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture import reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wf_tui.ledger.rules.load import NewPhase
    from wf_tui.ledger.store.database import Values

pytestmark = pytest.mark.slow
MANY = 10_000
SHAPES = ("parallel", "sequential", "chain", "one waits for all", "all wait for one")


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[NewPhase], LedgerHarness]]:
    """Give a maker of ledgers with one run."""
    opened: list[SqliteDatabase] = []

    def made(tasks: NewPhase) -> LedgerHarness:
        database = SqliteDatabase(tmp_path / f"{len(opened)}.db", create=True)
        database.execute("PRAGMA synchronous = OFF")
        opened.append(database)
        return LedgerHarness(database).make(tasks, seats=8)

    yield made
    for database in opened:
        database.close()


def shaped(shape: str, count: int) -> NewPhase:
    """Return a phase of many tasks that wait for each other in one way."""
    names = [f"t{number:06}" for number in range(count)]
    needs: dict[str, list[str]] = {}
    if shape == "chain":
        needs = {name: [before] for before, name in pairwise(names)}
    elif shape == "one waits for all":
        needs = {names[-1]: names[:-1]}
    elif shape == "all wait for one":
        needs = dict.fromkeys(names[1:], names[:1])
    tasks = [shell(name, *needs.get(name, ())) for name in names]
    return phase("p", *tasks, parallel=shape != "sequential")


def cost(do: Callable[[], object]) -> float:
    """Return the processor seconds of an act."""
    begun = time.process_time()
    do()
    return time.process_time() - begun


@pytest.mark.parametrize("shape", SHAPES)
def test_work_costs_what_it_touches(make: Callable[[NewPhase], LedgerHarness], shape: str) -> None:
    """A claim with its end is as cheap among 10,000 tasks as among 100, however they hang together.

    The first one is left out, since it may let all the others go.
    """

    def work(drive: LedgerHarness) -> float:
        drive.finish("t000000")
        return cost(lambda: drive.finish(*(f"t{number:06}" for number in range(1, 60))))

    few, many = make(shaped(shape, 100)), make(shaped(shape, MANY))
    assert work(many) < 3 * work(few)


@pytest.mark.parametrize("shape", ["sequential", "chain"])
def test_ten_thousand_at_once(make: Callable[[NewPhase], LedgerHarness], shape: str) -> None:
    """A cancel of all of them, and an abort, is an act of a second."""
    drive = make(shaped(shape, MANY))
    names = [f"t{number:06}" for number in range(MANY)]
    assert cost(lambda: drive.mine.move(RUN, CANCEL, names)) < 8
    assert cost(lambda: drive.mine.move(RUN, RETRY, names)) < 8
    assert cost(lambda: drive.mine.abort(RUN)) < 8
    assert (drive.run().blocked, drive.run().state) == (MANY, "aborted")


def test_a_failure_that_ten_thousand_wait_for(make: Callable[[NewPhase], LedgerHarness]) -> None:
    """It blocks them all, its retry frees them all."""
    drive = make(shaped("chain", MANY))
    assert cost(lambda: drive.wreck("t000000")) < 8
    assert drive.run().blocked == MANY
    assert cost(lambda: drive.mine.move(RUN, RETRY, ["t000000"])) < 8
    assert drive.run().pending == MANY


def test_claims_are_flat(make: Callable[[NewPhase], LedgerHarness]) -> None:
    """A plan of 100,000 tasks is loaded in seconds; a claim costs what it does in a small one."""

    def work(drive: LedgerHarness) -> float:
        return cost(lambda: drive.finish(*(f"t{number:06}" for number in range(100))))

    few, many = make(shaped("parallel", 1000)), shaped("parallel", 100_000)
    loaded: list[LedgerHarness] = []
    assert cost(lambda: loaded.append(make(many))) < 15
    assert work(loaded[0]) < 2 * work(few)


def test_a_million_events(make: Callable[[NewPhase], LedgerHarness]) -> None:
    """Views open and follow a long log at no other cost, and a person acts as before."""
    drive = make(shaped("parallel", 100))
    seq = drive.run().seq
    long: Iterator[Values] = (
        {"run": RUN, "seq": seq + n, "at": START} for n in range(1, 1_000_001)
    )
    with drive.db.transaction(RUN):
        drive.db.execute_many(
            "INSERT INTO event (run, seq, at, task, worker, epoch, actor, kind, data) VALUES "
            "(:run, :seq, :at, 't000001', 'w1', 1, 'scheduler', 'task_progress', '{}')",
            long,
        )
        drive.db.execute("UPDATE run SET seq = seq + 1000000")
    assert cost(lambda: reading.read_all(drive.db, RUN, START, FOLDER)) < 1
    assert cost(lambda: reading.read_since(drive.db, RUN, seq + 999_900, START, FOLDER)) < 0.1
    assert cost(lambda: list(reads.events(drive.db, RUN, seq + 999_900))) < 0.1
    assert cost(lambda: drive.finish("t000000")) < 0.1
