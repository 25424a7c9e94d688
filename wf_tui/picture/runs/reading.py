"""Reads the runs of all repositories; each ledger is opened for the reading alone, and closed."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerError, WfError
from wf_tui.git.known_repositories import known_repositories
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.snoozes import snoozes
from wf_tui.ledger.stores import store_of
from wf_tui.picture.card import needs_you
from wf_tui.picture.runs.listed_run import ListedRepository, ListedRun, Need
from wf_tui.picture.snoozes import Snoozes
from wf_tui.processes import is_alive
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wf_tui.clock import Clock
    from wf_tui.git.known_repositories import KnownRepository
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.store.database import Database

__all__ = ["MOST_RUNS", "needs_of", "read_again", "read_runs"]

MOST_RUNS: Final = 200
"""Runs that are listed; of more it is those that have changed last."""
_GOAL: Final = 200
_TITLE: Final = 120
_PROBLEM: Final = 300


def read_runs(state: Path, clock: Clock) -> tuple[ListedRepository, ...]:
    """Return all repositories with runs, the one that has changed last first.

    `state` is the state directory. Called on a thread. A ledger that cannot be read is a repository
    with a problem and takes nothing from the others; one of an older format is left as it is.
    """
    found = [_read(known, clock) for known in known_repositories(state)]
    shown = _newest([run for one in found for run in one.runs])
    kept = [replace(one, runs=tuple(run for run in one.runs if run.name in shown)) for one in found]
    listed = [one for one in kept if one.runs or one.problem]
    return tuple(sorted(listed, key=_last_change, reverse=True))


def read_again(
    before: Sequence[ListedRepository], state: Path, clock: Clock
) -> tuple[ListedRepository, ...]:
    """Return the same in the same order, with what has changed in runs that are not over.

    A repository in which all is over, or that could not be read, is not opened.
    """
    again = {known.paths.root.name: known for known in known_repositories(state)}
    return tuple(
        one if one.is_over or one.folder not in again else _follow(one, again[one.folder], clock)
        for one in before
    )


def needs_of(repositories: Sequence[ListedRepository]) -> list[Need]:
    """Return what waits for its person in all runs, the oldest first."""
    every = [need for one in repositories for run in one.runs for need in run.needs]
    return sorted(every, key=lambda need: (need.since, need.folder, need.run, need.task))


def _follow(before: ListedRepository, known: KnownRepository, clock: Clock) -> ListedRepository:
    now = _read(known, clock)
    # The newest runs were chosen at the opening, and what has come since is one of them.
    listed, newest = {run.id for run in before.runs}, max(run.number for run in before.runs)
    runs = tuple(run for run in now.runs if run.id in listed or run.number > newest)
    return before if now.problem else replace(now, runs=runs)


def _newest(runs: Sequence[ListedRun]) -> set[str]:
    newest = sorted(runs, key=lambda run: run.changed_at, reverse=True)
    return {run.name for run in newest[:MOST_RUNS]}


def _last_change(one: ListedRepository) -> float:
    return max((run.changed_at for run in one.runs), default=0.0)


def _read(known: KnownRepository, clock: Clock) -> ListedRepository:
    where, store = known.common_dir, store_of(known.paths)
    is_there = where is not None and where.exists()
    try:
        if store.is_older():
            raise LedgerError("of an older wf: wf runs there brings it up to date")
        with contextlib.closing(store.open(create=False)) as db, db.snapshot():
            rows = [row for row in reads.runs(db) if not row.purpose]
            runs = tuple(_listed(db, row, known.paths.root.name, clock) for row in rows)
    except WfError as error:
        return ListedRepository(
            known.paths, where, is_there, problem=clean(error.message, limit=_PROBLEM)
        )
    return ListedRepository(known.paths, where, is_there, runs)


def _listed(db: Database, row: RunRow, folder: str, clock: Clock) -> ListedRun:
    needs = () if row.state.ended else _needs(db, row, folder, clock.now())
    return ListedRun(
        folder=folder,
        id=row.id,
        goal=clean(row.goal, limit=_GOAL),
        state=row.state,
        is_led=not row.state.ended and is_alive(reads.leader(db, row.id)),
        done=row.done,
        in_progress=row.in_progress,
        parked=row.blocked - len(needs),
        pending=row.pending,
        needs=needs,
        usage=row.usage,
        created_at=row.created_at,
        ended_at=row.ended_at,
        changed_at=reads.last_change(db, row.id) or row.created_at,
        is_landed=bool(reads.landed_in(db, row)),
        has_work=row.head != row.base,
        number=row.number,
    )


def _needs(db: Database, row: RunRow, folder: str, now: float) -> tuple[Need, ...]:
    if not row.blocked:
        return ()
    put_off = Snoozes()
    put_off.update(snoozes(db, row.id), now)
    return tuple(
        Need(
            folder=folder,
            run=row.id,
            task=task.id,
            title=clean(task.title or task.id, limit=_TITLE),
            kind=(task.kind or "").replace("_", " "),
            since=task.since,
        )
        for task in reads.blocked_tasks(db, row.id)
        if needs_you(task) and put_off.of(task) is None
    )
