"""Claims of the ledger beside those of small durable queues, from their public packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import partial
from math import nan
from typing import TYPE_CHECKING, Final

from tests.bench.drains import eight_workers
from tests.bench.environments import Absent, set_up
from tests.bench.figures import Figure, Section, against, by_turns
from tests.bench.store import EIGHT, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.environments import Environment

__all__ = ["SECTION"]

_DEADLINE: Final = 60
"""Seconds for one drain of a queue."""
_DRAIN: Final = """
import sys, threading, time
count, seats, done = int(sys.argv[1]), int(sys.argv[2]), []
def seat():
    while work():
        done.append(1)
threads = [threading.Thread(target=seat) for _ in range(seats)]
begun = time.perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
took = time.perf_counter() - begun
assert len(done) == count, len(done)
print(count / took)
"""
"""Lets the seats, threads of one process, take and finish all that is in the queue."""
_LITEQUEUE: Final = """
import sys, threading
from litequeue import LiteQueue
queue, local = LiteQueue("queue"), threading.local()
for number in range(int(sys.argv[1])):
    queue.put(str(number))
def work():
    if not hasattr(local, "queue"):
        local.queue = LiteQueue("queue")
    task = local.queue.pop()
    if task is not None:
        local.queue.done(task.message_id)
    return task is not None
"""
_HUEY: Final = """
import sys
from huey import SqliteHuey
tasks = SqliteHuey("probe", filename="queue", fsync=True)
@tasks.task()
def nothing():
    return None
for number in range(int(sys.argv[1])):
    nothing()
def work():
    task = tasks.dequeue()
    if task is not None:
        tasks.execute(task)
    return task is not None
"""
_PERSIST: Final = """
import sys
from persistqueue import Empty, SQLiteAckQueue
queue = SQLiteAckQueue("queue", multithreading=True)
for number in range(int(sys.argv[1])):
    queue.put(str(number))
def work():
    try:
        queue.ack(queue.get(block=False))
    except Empty:
        return False
    return True
"""


@dataclass(frozen=True)
class _Queue:
    """A queue: its package, how a task is taken from it and finished, and how durably."""

    package: str
    script: str
    note: str


_QUEUES: Final = (
    _Queue("litequeue", _LITEQUEUE, "no sync to the disk; no lease, no event"),
    _Queue("huey", _HUEY, "synchronous=FULL; its tasks executed in place"),
    _Queue("persist-queue", _PERSIST, "its default durability; no lease, no event"),
)


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    count, rounds = (16, 1) if quick else (400, 3)
    path = fill(folder / "ledger.db", len(_QUEUES) * count * rounds)
    for queue in _QUEUES:
        what = f"wf, over {queue.package}: tasks, {len(EIGHT)} seats"
        try:
            made = set_up(folder / queue.package, (queue.package,), quick=quick)
            work = partial(_drained, made, queue, folder / f"{queue.package}-work", count)
            ours, theirs = by_turns(rounds, partial(_ours, path, count), work)
        except Absent as absent:
            yield Figure(what, nan, "1/s", note=f"absent: {absent}")
        else:
            note = f"{made.version}: {queue.note}"
            yield against(what, "1/s", ours, theirs, note=note)


def _ours(path: Path, count: int) -> float:
    return eight_workers(path, count).rate


def _drained(made: Environment, queue: _Queue, work: Path, count: int) -> float:
    """Fill a new queue and drain it; return its tasks a second. Raises `Absent`."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        done = subprocess.run(
            [made.program("python"), "-c", queue.script + _DRAIN, str(count), str(len(EIGHT))],
            cwd=work,
            env={"PATH": os.environ["PATH"], "HOME": str(work)},
            check=True,
            capture_output=True,
            text=True,
            timeout=_DEADLINE,
        )
    except subprocess.TimeoutExpired:
        raise Absent(f"not through within {_DEADLINE} s") from None
    except subprocess.CalledProcessError as error:
        raise Absent(f"failed: {error.stderr.strip().splitlines()[-1][:100]}") from None
    return float(done.stdout)


SECTION: Final = Section("queues", "the other queue: take and finish a task of nothing", _measure)
