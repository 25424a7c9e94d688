"""Schedulers are killed at any moment until a run of 60 tasks ends: all is done, and once (F01)."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.faults.audit import audit, look_at, unsaved
from tests.faults.drill import WROTE, furnish
from wf_tui.commands import open_reads
from wf_tui.ledger import reads

if TYPE_CHECKING:
    from tests.unit.scheduler.arena import Arena

ROOT = Path(__file__).parents[2]
PAIRS = 8
_log = logging.getLogger(__name__)
MOST_KILLS = 12
USUAL_EVENTS = 40
"""How many events a scheduler has, on average, before it is killed."""


def plan(out: Path) -> str:
    """Return a plan of 60 tasks, with conflicts, failures, gates, results and shared writers."""
    wrote = WROTE.format(out=out)
    once = f"test -e {out}/$WF_TASK || {{ touch {out}/$WF_TASK; exit 1; }}"
    write = f"echo $WF_TASK > $WF_TASK.txt; {wrote}"
    pairs = [
        f"id: {side}{n}, run: 'echo $WF_TASK >> pair{n}.txt; sort -o pair{n}.txt pair{n}.txt; "
        f"{wrote}', mode: read_write"
        for n in range(PAIRS)
        for side in ("a", "b")
    ]
    flaky = [f"id: flaky{n}, run: '{write}; {once}', mode: read_write" for n in range(6)]
    gated = [f"id: gated{n}, run: '{write}', mode: read_write, gate: '{once}'" for n in range(6)]
    readers = [
        f"id: reader{n}, run: 'cat pair{n}.txt', mode: read_only, depends_on_results: [a{n}, b{n}]"
        for n in range(PAIRS)
    ]
    needing = [
        f"id: needing{n}, run: 'grep -q reader{n} $WF_RESULTS; {write}', mode: read_write, "
        f"depends_on_results: [reader{n}], deliverables: [needing{n}.txt]"
        for n in range(PAIRS)
    ]
    shared = [
        f"id: shared{n}, run: '{write}', mode: read_write, isolation: shared, "
        f"file_scope: [shared{n}.txt, marks/shared{n}]"
        for n in range(6)
    ]
    last = [f"id: last{n}, run: '{write}', mode: read_write" for n in range(10)]
    return (
        "goal: chaos\nscopes: race\ndefaults: {backoff_secs: 0, max_attempts: 60}\nphases:\n"
        + _phase("one", pairs + flaky + gated)
        + _phase("two", readers + shared, "depends_on: [one], ")
        + _phase("three", needing + last, "depends_on: [two], ")
    )


def _phase(name: str, tasks: list[str], more: str = "") -> str:
    lines = "".join(f"    - {{{task}}}\n" for task in tasks)
    return (
        f"- name: {name}\n  parallel: true\n"
        + (f"  {more.removesuffix(', ')}\n" if more else "")
        + f"  tasks:\n{lines}"
    )


def start(arena: Arena) -> subprocess.Popen[bytes]:
    """Start a scheduler; where another one leads, it waits for its end."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.lead", str(arena.repo), arena.run],
        cwd=ROOT,
        env={**arena.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
    )


def lives_for(scheduler: subprocess.Popen[bytes], arena: Arena, events: int) -> bool:
    """Wait until the run has that many more events; False where the scheduler ends before."""
    with open_reads(arena.place) as db:
        until = reads.run_row(db, arena.run).seq + events
        while scheduler.poll() is None:
            if reads.run_row(db, arena.run).seq >= until:
                return True
            threading.Event().wait(0.002)
    return False


@pytest.mark.slow
def test_chaos(arena: Arena) -> None:
    """Whoever leads is killed, a stand-by goes on; every task is done and merged once."""
    seed = int(os.environ.get("CHAOS_SEED") or secrets.randbits(32))
    chance = Random(seed)  # noqa: S311 - a failure has to come again with its seed
    out, kills = arena.folder / "out", 0
    out.mkdir()
    furnish(arena)
    before = look_at(arena.repo)
    arena.start(plan(out), jobs=8)
    scheduler, other = start(arena), start(arena)
    while kills < MOST_KILLS and lives_for(
        scheduler, arena, 1 + int(chance.expovariate(1 / USUAL_EVENTS))
    ):
        os.kill(scheduler.pid, signal.SIGKILL)
        kills += scheduler.wait() == -signal.SIGKILL
        scheduler, other = other, start(arena)
    conflicts = len(arena.events("conflict_found"))
    _log.warning("CHAOS_SEED=%s: %s kills, %s conflicts", seed, kills, conflicts)
    assert (scheduler.wait(), other.wait()) == (0, 0)
    assert audit(arena, before) == []
    assert unsaved(arena, out / "wrote") == []
    with open_reads(arena.place) as db:
        ends = [task.kind for task in reads.tasks(db, arena.run)]
    assert (ends.count("merged"), ends.count("answered")) == (60 - PAIRS, PAIRS)
    assert (arena.row().state, arena.row().merges) == ("completed", 60 - PAIRS)
    for n in range(PAIRS):
        assert arena.merged(f"pair{n}.txt") == f"a{n}\nb{n}"
