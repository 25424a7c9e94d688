"""The ledger: claims, heartbeats and completions, alone, through one writer, and by processes."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.bench.drains import (
    Drain,
    bare_commits,
    eight_at_once,
    eight_workers,
    one_worker,
    processes,
    statements,
)
from tests.bench.figures import Aim, Figure, Goal, Section, against, by_turns, percentile
from tests.bench.store import EIGHT, RUN, SEATS, claim, fill, finish, opened
from wf_tui.ledger.queries import reads

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


_PROCESSES: Final = (8, 16)
_FULL: Final = _Size(5, 10_000, 300, 1_200, 1.0, (1_000, 10_000, 100_000), 100)
_QUICK: Final = _Size(1, 600, 8, 16, 0.1, (50, 100), 10)


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    size = _QUICK if quick else _FULL
    yield from _rates(folder, size)
    yield from _sizes(folder, size)


def _rates(folder: Path, size: _Size) -> Iterator[Figure]:
    """Compare the ways to claim, renew and finish."""
    names = ("one", "eight", "once", *map(str, _PROCESSES))
    one, eight, once, *many = (fill(folder / f"{name}.db", size.table) for name in names)
    bare, alone, shared, at_once, *apart = by_turns(
        size.rounds,
        partial(bare_commits, folder / "bare.db", size.alone),
        partial(one_worker, one, size.alone),
        partial(eight_workers, eight, size.shared),
        partial(eight_at_once, once, size.shared),
        *(
            partial(processes, path, size.seconds, count)
            for path, count in zip(many, _PROCESSES, strict=True)
        ),
    )
    floor = [drain.rate for drain in bare]
    ways = (
        ("1 worker", alone, Aim.ONE_WORKER),
        ("8 workers of one scheduler", shared, Aim.SEATS),
        ("8 workers, one rule for all", at_once, Aim.SEATS_AT_ONCE),
        *(
            (f"{n} processes", drains, Aim.PROCESSES if n == len(EIGHT) else None)
            for n, drains in zip(_PROCESSES, apart, strict=True)
        ),
    )
    for name, drains, aim in ways:
        rates = [drain.rate for drain in drains]
        yield against(f"{name}: tasks", "1/s", rates, floor, note=_waits(drains), aim=aim)
    cpu = [drain.cpu_each for drain in bare]
    for name, drains, _ in ways[:3]:
        yield against(f"{name}: CPU a task", "us", [drain.cpu_each for drain in drains], cpu)
    yield _statements(fill(folder / "counted.db", size.shared), size.shared)
    for count, path, drains in zip(_PROCESSES, many, apart, strict=True):
        aimed = count == len(EIGHT)
        waits = [max(drain.waits) for drain in drains]
        yield replace(_fairness(count, drains), aim=Aim.PROCESSES_EVEN if aimed else None)
        yield Figure(
            f"{count} processes: longest wait",
            median(waits),
            "ms",
            note="the longest of each round",
            aim=Aim.PROCESSES_WAIT if aimed else None,
            spread=(min(waits), max(waits)),
        )
        yield replace(_duplicates(count, path, drains), aim=Aim.PROCESSES_TWICE if aimed else None)


def _waits(drains: Sequence[Drain]) -> str:
    waits = [wait for drain in drains for wait in drain.waits]
    middle, high, most = percentile(waits, 50), percentile(waits, 99), max(waits)
    return f"claim p50 {middle:.2f} ms, p99 {high:.1f} ms, longest {most:.0f} ms"


def _statements(path: Path, count: int) -> Figure:
    name = "8 workers of one scheduler: statements a task"
    each = statements(path, count)
    return Figure(name, each, "1", note="bare: 3", aim=Aim.SEATS_STATEMENTS)


def _fairness(count: int, drains: Sequence[Drain]) -> Figure:
    share = median(drain.fairness for drain in drains)
    name = f"{count} processes: least / most served"
    return Figure(name, share, "1", 1.0, note="floor: even")


def _duplicates(count: int, path: Path, drains: Sequence[Drain]) -> Figure:
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
    return Figure(
        f"{count} processes: duplicate claims", twice, "must be 0", note=note, wrong=wrong
    )


def _sizes(folder: Path, size: _Size) -> Iterator[Figure]:
    """Compare the claims in small and large ledgers; the smallest is the floor."""
    paths = [fill(folder / f"{table}.db", table) for table in size.tables]
    works = [partial(_claims, path, size.claims) for path in paths]
    smallest, *others = by_turns(size.rounds, *works)
    for table, samples in zip(size.tables, [smallest, *others], strict=True):
        cpu = median(claims.cpu for claims in samples)
        note = f"{cpu:.0f} us CPU a claim; floor: {size.tables[0]:,} tasks"
        rates, floor = ([claims.rate for claims in some] for some in (samples, smallest))
        yield against(f"claims among {table:,} tasks", "1/s", rates, floor, Goal(least=0.85), note)
        for percent in (50, 99):
            waits, floor = (
                [claims.wait(percent) for claims in some] for some in (samples, smallest)
            )
            yield against(f"claim p{percent} among {table:,} tasks", "ms", waits, floor)


@dataclass(frozen=True)
class _Claims:
    """Claims of one worker: how long each took, and the processor microseconds of one."""

    walls: Sequence[float]
    cpu: float

    @property
    def rate(self) -> float:
        """Claims a second."""
        return len(self.walls) / sum(self.walls)

    def wait(self, percent: int) -> float:
        """Return the milliseconds that this share of the claims did not exceed."""
        return percentile(self.walls, percent) * 1000


def _claims(path: Path, count: int) -> _Claims:
    with opened(path) as ledger:
        timed = [_timed_claim(ledger) for _ in range(count)]
    walls, cpu = zip(*timed, strict=True)
    return _Claims(walls, sum(cpu) / count * 1e6)


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
