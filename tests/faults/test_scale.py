"""Large plans and long logs: what an act costs depends on what it touches, not on what there is.

Costs are counted, not timed: calls of Python, and steps of SQLite's machine. They are the same on
every machine, and what is quadratic costs a hundred times as much where it should cost ten.
"""

from __future__ import annotations

import cProfile
from itertools import count, pairwise
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

    from wf_tui.ledger.model.new_tasks import NewPhase
    from wf_tui.ledger.store.database import Values

pytestmark = pytest.mark.slow
MANY = 10_000
THOUSANDS = 3_000
"""As many are told from a tenth of them as well as more are, where each act is of all."""
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


def cost(drive: LedgerHarness, do: Callable[[], object]) -> int:
    """Return how much an act of a ledger did: calls of Python, and tens of steps of SQLite."""
    steps = count()
    assert isinstance(drive.db, SqliteDatabase)
    connection = drive.db._connection
    connection.set_progress_handler(lambda: next(steps) < 0, 10)
    with cProfile.Profile() as profile:
        do()
    connection.set_progress_handler(None)
    return next(steps) + sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("shape", SHAPES)
def test_work_costs_what_it_touches(make: Callable[[NewPhase], LedgerHarness], shape: str) -> None:
    """A claim with its end is as cheap among 10,000 tasks as among 100, however they hang together.

    The first one is left out, since it may let all the others go.
    """

    def work(drive: LedgerHarness) -> int:
        drive.finish("t000000")
        return cost(drive, lambda: drive.finish(*(f"t{number:06}" for number in range(1, 60))))

    few, many = make(shaped(shape, 100)), make(shaped(shape, MANY))
    assert work(many) < 3 * work(few)


@pytest.mark.parametrize("shape", ["sequential", "chain"])
def test_thousands_at_once(make: Callable[[NewPhase], LedgerHarness], shape: str) -> None:
    """A cancel of all of them, a retry and an abort cost ten times what they do for a tenth."""

    def all_of_them(count: int) -> list[int]:
        drive = make(shaped(shape, count))
        names = [f"t{number:06}" for number in range(count)]
        costs = [
            cost(drive, lambda: drive.mine.move(RUN, CANCEL, names)),
            cost(drive, lambda: drive.mine.move(RUN, RETRY, names)),
            cost(drive, lambda: drive.mine.abort(RUN)),
        ]
        assert (drive.run().blocked, drive.run().state) == (count, "aborted")
        return costs

    few, many = all_of_them(THOUSANDS // 10), all_of_them(THOUSANDS)
    assert all(more < 15 * less for less, more in zip(few, many, strict=True))


def test_ten_thousand_at_once(make: Callable[[NewPhase], LedgerHarness]) -> None:
    """The longest chain can be acted on as a whole: no limit of SQLite or Python is in the way."""
    drive = make(shaped("chain", MANY))
    drive.mine.move(RUN, CANCEL, [f"t{number:06}" for number in range(MANY)])
    assert drive.run().blocked == MANY
    drive.mine.move(RUN, RETRY, [f"t{number:06}" for number in range(MANY)])
    assert drive.run().pending == MANY
    drive.mine.abort(RUN)
    assert (drive.run().blocked, drive.run().state) == (MANY, "aborted")


def test_a_failure_that_ten_thousand_wait_for(make: Callable[[NewPhase], LedgerHarness]) -> None:
    """It blocks them all, its retry frees them all, at ten times the cost of a tenth."""

    def a_failure(count: int) -> list[int]:
        drive = make(shaped("chain", count))
        costs = [cost(drive, lambda: drive.wreck("t000000"))]
        assert drive.run().blocked == count
        costs.append(cost(drive, lambda: drive.mine.move(RUN, RETRY, ["t000000"])))
        assert drive.run().pending == count
        return costs

    for few, many in zip(a_failure(MANY // 10), a_failure(MANY), strict=True):
        assert many < 15 * few


def test_claims_are_flat(make: Callable[[NewPhase], LedgerHarness]) -> None:
    """A claim among 100,000 tasks costs what it does in a small plan."""

    def work(drive: LedgerHarness) -> int:
        return cost(drive, lambda: drive.finish(*(f"t{number:06}" for number in range(100))))

    few, many = make(shaped("parallel", 1000)), make(shaped("parallel", 100_000))
    assert work(many) < 2 * work(few)


def test_a_million_events(make: Callable[[NewPhase], LedgerHarness]) -> None:
    """Views open and follow a long log at no other cost, and a person acts as before."""

    def views(drive: LedgerHarness, finished: str) -> list[int]:
        seq = drive.run().seq
        return [
            cost(drive, lambda: reading.read_all(drive.db, RUN, START, FOLDER)),
            cost(drive, lambda: reading.read_since(drive.db, RUN, seq - 100, START, FOLDER)),
            cost(drive, lambda: list(reads.events(drive.db, RUN, seq - 100))),
            cost(drive, lambda: drive.finish(finished)),
        ]

    drive = make(shaped("parallel", 100))
    short = views(drive, "t000000")
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
    for before, after in zip(short, views(drive, "t000001"), strict=True):
        assert after < 2 * before
