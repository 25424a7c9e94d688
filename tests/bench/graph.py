"""A graph of trivial tasks through the whole product, and how soon one follows another."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.bench.figures import Aim, Figure, Section, against, by_turns, percentile
from tests.bench.layered import layered, write_plan
from tests.bench.spawn import JOBS, bare
from tests.support.run_harness import RunHarness
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.bench.layered import Node

__all__ = ["SECTION", "wf_run"]

_CHAIN: Final = 50


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    count, chain, rounds = (20, 3, 1) if quick else (1_000, _CHAIN, 2)
    harness, nodes = RunHarness(folder), layered(count)
    floor, whole = by_turns(
        rounds, partial(_seconds, count), partial(wf_run, harness, write_plan(folder, nodes))
    )
    what = f"graph of {count:,} x echo, {JOBS} jobs"
    yield against(f"{what}: wf run, from start to end", "s", whole, floor)
    yield from _asked(harness, nodes, what)
    yield _following(harness, layered(chain, layers=chain))


def wf_run(harness: RunHarness, plan: Path) -> float:
    """Run a plan as a person does, in a process of its own; return the seconds it took."""
    wf = str(Path(sys.executable).with_name("wf"))
    begun = time.perf_counter()
    subprocess.run(
        [wf, "run", str(plan), "--headless", "--jobs", str(JOBS)],
        cwd=harness.repo,
        env=harness.environ,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - begun


def _seconds(count: int) -> float:
    """Return the seconds in which the programs alone run, in no order."""
    begun = time.perf_counter()
    bare(count, "sh", "-c", "echo word")
    return time.perf_counter() - begun


def _asked(harness: RunHarness, nodes: Sequence[Node], what: str) -> Iterator[Figure]:
    """Count what a run asks of its ledger, from the lead of it to its end."""
    harness.start(write_plan(harness.folder, nodes).read_text(encoding="utf-8"), JOBS)
    with _counted() as counts:
        assert harness.lead() == "completed"
    for name, aim in (("requests", Aim.GRAPH_REQUESTS), ("statements", Aim.GRAPH_STATEMENTS)):
        yield Figure(f"{what}: {name} a task", counts[name] / len(nodes), "1", aim=aim)


@contextmanager
def _counted() -> Iterator[Counter[str]]:
    """Count what is asked of all ledgers of this process within, and the statements for it."""
    counts: Counter[str] = Counter()

    def counting(kind: type, method: str, name: str) -> None:
        real = getattr(kind, method)

        def count(*words: Any, **named: Any) -> Any:
            counts[name] += 1
            return real(*words, **named)

        patch.setattr(kind, method, count)

    with pytest.MonkeyPatch.context() as patch:
        counting(Writer, "post", "requests")
        counting(SqliteDatabase, "execute", "statements")
        counting(SqliteDatabase, "execute_many", "statements")
        yield counts


def _following(harness: RunHarness, nodes: Sequence[Node]) -> Figure:
    """Run a chain whose programs note when they run; compare with when the one before was done."""
    stamps = harness.folder / "stamps"
    stamps.mkdir()
    harness.run += "-chain"
    plan = write_plan(harness.folder, nodes, f"date +%s.%N > {stamps}/{{}}")
    assert harness.play(plan.read_text(encoding="utf-8"), JOBS) == "completed"
    done = {event.task: event.at for event in harness.events("task_done")}
    waits = [
        (float((stamps / node.name).read_text()) - done[parent]) * 1000
        for node in nodes
        for parent in node.parents
    ]
    note = f"p99 {percentile(waits, 99):.1f} ms; a chain of {len(nodes)}, its shell and `date` too"
    spread = (min(waits), max(waits))
    what = "dependency done to the next program runs, p50"
    return Figure(what, median(waits), "ms", note=note, aim=Aim.NEXT, spread=spread)


SECTION: Final = Section("graph", "the programs alone, as many at a time, in no order", _measure)
