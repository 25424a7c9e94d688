"""The screen of all runs: what a second of it asks of 200 runs, and what that costs."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.bench.figures import Figure, Goal, Section
from tests.support.many_runs import counted, make_runs
from wf_tui.clock import SystemClock
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture.runs.reading import MOST_RUNS, read_again, read_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["SECTION"]

_A_LEDGER: Final = 10


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as the others
    count = _A_LEDGER * 2 if quick else MOST_RUNS
    made = make_runs(folder, count // _A_LEDGER, _A_LEDGER)
    clock = SystemClock()
    found = read_runs(folder, clock, {})

    def opening() -> None:
        read_runs(folder, clock, {})

    def second() -> None:
        read_again(found, clock)

    yield _figure(f"{count} runs: all read", opening)
    yield replace(_figure(f"{count} runs: a quiet second", second), floor=20, goal=Goal(most=1))
    with contextlib.closing(SqliteDatabase(made[0].ledger)) as db:
        Ledger(db).pause("r3")
    yield _figure(f"{count} runs: one has changed", second)


def _figure(what: str, read: Callable[[], object]) -> Figure:
    with counted() as reads:
        begun = time.thread_time()
        read()
        took = (time.thread_time() - begun) * 1000
    note = f"{reads.opened} ledgers opened, {reads.statements} statements"
    return Figure(what, took, "ms CPU", note=note)


SECTION: Final = Section("runs", "20 ms of a second", _measure)
