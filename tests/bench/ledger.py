"""The ledger: claims, heartbeats and completions, alone, through one writer, and by processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.bench.drains import Drain, bare_commits, eight_processes, eight_workers, one_worker
from tests.bench.figures import Figure, Goal, Section, against, by_turns, percentile
from tests.bench.store import RUN, SEATS, claim, fill, finish, opened
from wf_tui.ledger import reads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger

__all__ = ["SECTION"]


@dataclass(frozen=True)
class _Size:
    rounds: int
    table: int
    """Tasks in the ledger that is worked on."""
    alone: int
    shared: int
    seconds: float
    tables: tuple[int, ...]
    claims: int


_FULL: Final = _Size(5, 10_000, 300, 1_200, 1.0, (1_000, 10_000, 100_000), 100)
_QUICK: Final = _Size(1, 600, 8, 16, 0.1, (50, 100), 10)


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    size = _QUICK if quick else _FULL
    yield from _rates(folder, size)
    yield from _sizes(folder, size)


def _rates(folder: Path, size: _Size) -> Iterator[Figure]:
    """Compare the ways to claim, renew and finish."""
    one, eight, many = (fill(folder / f"{name}.db", size.table) for name in ("one", "8", "many"))
    bare, alone, shared, apart = by_turns(
        size.rounds,
        partial(bare_commits, folder / "bare.db", size.alone),
        partial(one_worker, one, size.alone),
        partial(eight_workers, eight, size.shared),
        partial(eight_processes, many, size.seconds),
    )
    floor = [drain.rate for drain in bare]
    ways = (
        ("1 worker", alone, Goal(least=0.85)),
        ("8 workers of one scheduler", shared, Goal(least=4)),
        ("8 processes", apart, Goal(least=0.7)),
    )
    for name, drains, goal in ways:
        rates = [drain.rate for drain in drains]
        yield against(f"{name}: tasks", "1/s", rates, floor, goal, _waits(drains))
    cpu = [drain.cpu_each for drain in bare]
    for name, drains in (("1 worker", alone), ("8 workers of one scheduler", shared)):
        yield against(f"{name}: CPU a task", "us", [drain.cpu_each for drain in drains], cpu)
    yield _fairness(apart)
    yield _duplicates(many, apart)


def _waits(drains: Sequence[Drain]) -> str:
    waits = [wait for drain in drains for wait in drain.waits]
    middle, high, most = percentile(waits, 50), percentile(waits, 99), max(waits)
    return f"claim p50 {middle:.2f} ms, p99 {high:.1f} ms, longest {most:.0f} ms"


def _fairness(drains: Sequence[Drain]) -> Figure:
    shares = [drain.fairness for drain in drains]
    return Figure(
        "8 processes: least / most served", median(shares), "1", 1.0, Goal(least=0.3), "floor: even"
    )


def _duplicates(path: Path, drains: Sequence[Drain]) -> Figure:
    """Count what was given out twice, by what the workers say and by what the ledger says."""
    every = [task for drain in drains for tasks in drain.served.values() for task in tasks]
    with opened(path) as ledger:
        events = list(reads.events(ledger.db, RUN))
        done = reads.run_row(ledger.db, RUN).done
    told = [event.task for event in events if event.kind == "task_done"]
    claims = [event.task for event in events if event.kind == "task_claimed"]
    twice = len(every) - len(set(every)) + len(claims) - len(set(claims))
    wrong = twice > 0 or not len(every) == len(told) == len(set(told)) == done
    note = f"of {len(every):,} claims; done rows {done:,}, done events {len(told):,}"
    return Figure("8 processes: duplicate claims", twice, "must be 0", note=note, wrong=wrong)


def _sizes(folder: Path, size: _Size) -> Iterator[Figure]:
    """Compare the rate of claims in small and large ledgers; the smallest is the floor."""
    paths = [fill(folder / f"{table}.db", table) for table in size.tables]
    works = [partial(_claims, path, size.claims) for path in paths]
    smallest, *others = by_turns(size.rounds, *works)
    for table, samples in zip(size.tables, [smallest, *others], strict=True):
        cpu = median(each for _, each in samples)
        yield against(
            f"claims among {table:,} tasks",
            "1/s",
            [rate for rate, _ in samples],
            [rate for rate, _ in smallest],
            Goal(least=0.85),
            f"{cpu:.0f} us CPU a claim; floor: {size.tables[0]:,} tasks",
        )


def _claims(path: Path, count: int) -> tuple[float, float]:
    """Return the claims a second of one worker, and the processor microseconds of one."""
    with opened(path) as ledger:
        timed = [_timed_claim(ledger) for _ in range(count)]
    wall, cpu = (sum(column) for column in zip(*timed, strict=True))
    return count / wall, cpu / count * 1e6


def _timed_claim(ledger: Ledger) -> tuple[float, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    held = claim(ledger, SEATS[0])
    took = time.perf_counter() - begun, time.process_time() - cpu
    assert held is not None
    finish(ledger, held)
    return took


SECTION: Final = Section(
    "ledger", "apsw, WAL, synchronous=FULL, three bare insert-commits a task, one process", _measure
)
