"""Ways to work through a ledger of ready tasks, and the bare commits that are their floor."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import apsw

from tests.bench.store import EIGHT, RUN, SEATS, claim, finish, opened, renew
from wf_tui.clock import SystemClock
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.store.database import NO_VALUES
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence

    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.ledger.store.database import Database, Row, Values

__all__ = [
    "Drain",
    "bare_commits",
    "eight_at_once",
    "eight_workers",
    "one_worker",
    "processes",
    "statements",
]

_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Drain:
    """What was worked off: how long it took, how long each claim waited, who got what."""

    seconds: float
    cpu: float
    """Processor seconds of this process."""
    waits: Sequence[float]
    """Milliseconds from asking for a task to having it."""
    served: Mapping[str, Sequence[str]]

    @property
    def tasks(self) -> int:
        """How many tasks were finished."""
        return sum(len(tasks) for tasks in self.served.values())

    @property
    def rate(self) -> float:
        """Tasks a second."""
        return self.tasks / self.seconds

    @property
    def cpu_each(self) -> float:
        """Processor microseconds a task."""
        return self.cpu / self.tasks * 1e6

    @property
    def fairness(self) -> float:
        """What the least served got, in shares of what the most served got."""
        counts = [len(tasks) for tasks in self.served.values()]
        return min(counts) / max(counts)

    @property
    def duplicates(self) -> int:
        """How many tasks were given out more than once."""
        every = [task for tasks in self.served.values() for task in tasks]
        return len(every) - len(set(every))


def bare_commits(path: Path, count: int) -> Drain:
    """Commit three bare inserts a task, as safely as the ledger does."""
    with closing(apsw.Connection(str(path))) as db:
        db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE IF NOT EXISTS bare (task INTEGER, kind TEXT, at REAL)")
        begun, cpu = time.perf_counter(), time.process_time()
        for number in range(count):
            for kind in ("claim", "heartbeat", "complete"):
                db.execute("INSERT INTO bare VALUES (?, ?, ?)", (number, kind, begun))
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return Drain(took, cpu, (), {"bare": [str(number) for number in range(count)]})


def one_worker(path: Path, count: int) -> Drain:
    """Let one seat claim, renew and finish, each in a transaction of its own."""
    waits, tasks = [], []
    with opened(path) as ledger:
        begun, cpu = time.perf_counter(), time.process_time()
        for _ in range(count):
            asked = time.perf_counter()
            held = claim(ledger, SEATS[0])
            waits.append((time.perf_counter() - asked) * 1000)
            assert held is not None
            renew(ledger, [held])
            assert finish(ledger, held)
            tasks.append(held.task.id)
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
    return Drain(took, cpu, waits, {SEATS[0]: tasks})


def eight_workers(path: Path, count: int) -> Drain:
    """Let the eight seats of one scheduler work through its group-commit writer."""
    return _eight(partial(SqliteDatabase, path), count, _share)


def eight_at_once(path: Path, count: int) -> Drain:
    """Let one rule claim for all eight seats, one renew all claims, and one finish all tasks.

    So a scheduler claims and renews; its attempts end one by one.
    """
    return _eight(partial(SqliteDatabase, path), count, _take_turns)


def statements(path: Path, count: int) -> float:
    """Return how many statements a task takes, where eight seats share their commits."""
    made: list[_Counting] = []

    def counting() -> _Counting:
        made.append(_Counting(path))
        return made[-1]

    drain = _eight(counting, count, _share)
    return made[0].statements / drain.tasks


class _Counting(SqliteDatabase):
    """Counts statements, those for many rows as one."""

    statements = 0

    def execute(self, sql: str, values: Values = NO_VALUES) -> list[Row]:
        """Count and run one statement."""
        self.statements += 1
        return super().execute(sql, values)

    def execute_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Count and run one statement for many rows."""
        self.statements += 1
        super().execute_many(sql, rows)


def _eight(
    database: Callable[[], Database],
    count: int,
    work: Callable[[Writer, int], Coroutine[None, None, Drain]],
) -> Drain:
    def connect() -> tuple[Ledger, Database]:
        db = database()
        return Ledger(db, SystemClock()), db

    writer = Writer(RUN, connect)
    writer.start()
    try:
        return asyncio.run(work(writer, count // len(EIGHT)))
    finally:
        writer.close()


async def _share(writer: Writer, each: int) -> Drain:
    waits: list[float] = []
    served: dict[str, list[str]] = {seat: [] for seat in EIGHT}
    begun, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(_seat(writer, seat, each, waits, served[seat]) for seat in EIGHT))
    return Drain(time.perf_counter() - begun, time.process_time() - cpu, waits, served)


async def _take_turns(writer: Writer, each: int) -> Drain:
    waits: list[float] = []
    served: dict[str, list[str]] = {seat: [] for seat in EIGHT}
    begun, cpu = time.perf_counter(), time.process_time()
    for _ in range(each):
        asked = time.perf_counter()
        held = await writer.submit(_claim_all)
        waits.append((time.perf_counter() - asked) * 1000)
        await writer.submit(partial(renew, held=held))
        assert await writer.submit(partial(_finish_all, held=held))
        for one in held:
            served[one.worker].append(one.task.id)
    return Drain(time.perf_counter() - begun, time.process_time() - cpu, waits, served)


def _claim_all(ledger: Ledger) -> list[Claim]:
    held = [claim(ledger, seat) for seat in EIGHT]
    assert None not in held
    return [one for one in held if one is not None]


def _finish_all(ledger: Ledger, held: Sequence[Claim]) -> bool:
    return all(finish(ledger, one) for one in held)


async def _seat(
    writer: Writer, seat: str, count: int, waits: list[float], tasks: list[str]
) -> None:
    for _ in range(count):
        asked = time.perf_counter()
        held = await writer.submit(partial(claim, seat=seat))
        waits.append((time.perf_counter() - asked) * 1000)
        assert held is not None
        await writer.submit(partial(renew, held=[held]))
        assert await writer.submit(partial(finish, held=held))
        tasks.append(held.task.id)


def processes(path: Path, seconds: float, count: int) -> Drain:
    """Let some processes work on one file for some seconds, from the same moment on."""
    started = {seat: _contender(path, seat, seconds) for seat in SEATS[:count]}
    for process in started.values():
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started.values():
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = {seat: _told(process) for seat, process in started.items()}
    return Drain(
        max(one["seconds"] for one in told.values()),
        0.0,
        [wait for one in told.values() for wait in one["waits"]],
        {seat: one["tasks"] for seat, one in told.items()},
    )


def _contender(path: Path, seat: str, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.contender", path, seat, str(seconds)],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _told(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate()
    assert process.returncode == 0
    told: dict[str, Any] = json.loads(out)
    return told
