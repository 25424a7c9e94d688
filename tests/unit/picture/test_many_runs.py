"""What a list of many runs costs: ledgers opened and statements, the same on every machine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tests.support.ledger_harness import FixedClock
from tests.support.many_runs import counted, make_runs
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.queries import reads
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.stores import store_of
from wf_tui.picture.runs.reading import MOST_RUNS, read_again, read_runs

if TYPE_CHECKING:
    from pathlib import Path

CLOCK = FixedClock()


def test_a_second_costs_what_has_changed_in_it(tmp_path: Path) -> None:
    """Of 200 runs in 10 ledgers a quiet second opens none; a change opens one, for one run."""
    made = make_runs(tmp_path, ledgers=10, runs=20)
    before = read_runs(tmp_path, CLOCK, {})
    assert sum(len(one.runs) for one in before) == MOST_RUNS
    with counted() as quiet:
        assert read_again(before, CLOCK) == before
    assert (quiet.opened, quiet.statements) == (0, 0)
    with contextlib.closing(SqliteDatabase(made[3].ledger)) as db:
        Ledger(db).pause("r7")
    with counted() as changed:
        after = read_again(before, CLOCK)
    assert [one.folder for one, old in zip(after, before, strict=True) if one != old] == ["repo003"]
    assert changed.opened == 1
    assert changed.statements <= 6  # the rows, what today cost, and three about the run
    with counted() as again:
        read_runs(tmp_path, CLOCK, {}, read_again(after, CLOCK))
    assert (again.opened, again.statements) == (0, 0)


def test_opening_a_ledger_is_no_commit_to_it(tmp_path: Path) -> None:
    """Whoever has it open: nor is another owner or mode of its files, which SQLite may set."""
    (paths,) = make_runs(tmp_path, 1, 1)
    store = store_of(paths)
    with contextlib.closing(store.open()) as db:
        reads.runs(db)
        before = store.stamp()
        for name in ("", "-wal"):
            paths.ledger.with_name(f"ledger.db{name}").chmod(0o640)
        assert store.stamp() == before


def test_the_newest_two_hundred_are_listed(tmp_path: Path) -> None:
    """By their last change, of all ledgers; the others are counted, and not asked about."""
    made = make_runs(tmp_path, ledgers=2, runs=110)
    with contextlib.closing(SqliteDatabase(made[0].ledger, clock=FixedClock(2_000_000.0))) as db:
        Ledger(db).pause("r0")
    found = read_runs(tmp_path, CLOCK, {})
    assert [one.folder for one in found] == ["repo000", "repo001"]
    assert [(len(one.runs), one.left_out) for one in found] == [(90, 20), (110, 0)]
    assert {run.id for run in found[0].runs} == {"r0", *(f"r{n}" for n in range(21, 110))}
    assert read_again(found, CLOCK) == found


def test_of_one_ledger_no_more_are_asked_about(tmp_path: Path) -> None:
    """A ledger with more runs than are listed costs no more than one with as many."""
    make_runs(tmp_path, ledgers=1, runs=MOST_RUNS + 20)
    with counted() as reads:
        (found,) = read_runs(tmp_path, CLOCK, {})
    assert (len(found.runs), found.left_out) == (MOST_RUNS, 20)
    assert found.runs[-1].id == "r20"
    assert reads.statements <= 3 * MOST_RUNS + 5
