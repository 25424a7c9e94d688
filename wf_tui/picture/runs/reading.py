"""Reads the runs of all repositories; each ledger is opened for the reading alone, and closed.

A ledger is opened only where something was committed to it since it was read before, and of its
runs only those are asked about that have an event more. So a second in which nothing happens costs
a look at the files, however many runs there are.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerError, WfError
from wf_tui.git.known_repositories import KnownRepository, known_repositories
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.snoozes import snoozes
from wf_tui.ledger.stores import refuse_unknown_store, store_of
from wf_tui.paths import RepoPaths
from wf_tui.picture.needs_you import needs_you
from wf_tui.picture.runs.branch import checked_out_branch
from wf_tui.picture.runs.listed_run import ListedRepository, ListedRun, Need
from wf_tui.picture.seats.records import midnight, spent_today
from wf_tui.picture.snoozes import Snoozes
from wf_tui.processes import is_alive
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from wf_tui.clock import Clock
    from wf_tui.ledger.model.rows import RunRow, TaskRow
    from wf_tui.ledger.store.database import Database

__all__ = ["MOST_RUNS", "VARIABLE", "needs_of", "read_again", "read_runs"]

MOST_RUNS: Final = 200
"""Runs that are listed; of more it is those that have changed last."""
VARIABLE: Final = "WF_LEDGER"
"""The variable that names a further store, and the name of its line."""
_GOAL: Final = 200
_TITLE: Final = 120
_PROBLEM: Final = 300


def read_runs(
    state: Path,
    clock: Clock,
    environ: Mapping[str, str],
    before: Sequence[ListedRepository] = (),
) -> tuple[ListedRepository, ...]:
    """Return all repositories with runs, the one that has changed last first.

    `state` is the state directory, `before` what was read there last. Called on a thread. A ledger
    that cannot be read is a repository with a problem and takes nothing from the others; one of an
    older format is left as it is. Raises OSError where the state directory cannot be read.
    """
    kept = {one.folder: one for one in before}
    found = [
        _read(known, clock, kept.get(known.paths.root.name), whole=True)
        for known in known_repositories(state)
    ]
    newest = _newest(run for one in found for run in one.runs)
    listed = [_only(one, newest) for one in found]
    listed = [one for one in listed if one.runs or one.problem]
    listed.sort(key=_last_change, reverse=True)
    return (*listed, *_named_by_variable(state, environ))


def read_again(before: Sequence[ListedRepository], clock: Clock) -> tuple[ListedRepository, ...]:
    """Return the same in the same order, with what has changed in runs that are not over.

    A repository in which all is over, or that could not be read, is not looked at.
    """
    return tuple(one if one.is_over else _follow(one, clock) for one in before)


def needs_of(repositories: Sequence[ListedRepository]) -> list[Need]:
    """Return what waits for its person in all runs, the oldest first."""
    every = [need for one in repositories for run in one.runs for need in run.needs]
    return sorted(every, key=lambda need: (need.since, need.folder, need.run, need.task))


def _follow(before: ListedRepository, clock: Clock) -> ListedRepository:
    now = _read(before.known, clock, before)
    if now is before:
        return before
    if now.problem:
        # What was read last stays, below the reason why it is not read now; tried again each time.
        return replace(before, problem=now.problem, stamp=None)
    # The newest runs were chosen at the opening, and what has come since is one of them.
    listed = {run.id for run in before.runs}
    newest = max((run.number for run in before.runs), default=0)
    runs = tuple(run for run in now.runs if run.id in listed or run.number > newest)
    return replace(now, runs=runs, left_out=before.left_out)


def _newest(runs: Iterable[ListedRun]) -> set[str]:
    newest = sorted(runs, key=lambda run: run.changed_at, reverse=True)
    return {run.name for run in newest[:MOST_RUNS]}


def _only(one: ListedRepository, names: set[str]) -> ListedRepository:
    if all(run.name in names for run in one.runs):
        return one
    runs = tuple(run for run in one.runs if run.name in names)
    return replace(one, runs=runs, left_out=one.left_out + len(one.runs) - len(runs))


def _last_change(one: ListedRepository) -> float:
    return max((run.changed_at for run in one.runs), default=0.0)


def _named_by_variable(state: Path, environ: Mapping[str, str]) -> Iterator[ListedRepository]:
    """Yield the store that a variable names for all repositories, as far as it can be read."""
    try:
        refuse_unknown_store(environ)
    except LedgerError as error:
        known = KnownRepository(RepoPaths(state / VARIABLE), None)
        yield ListedRepository(known, is_there=False, problem=clean(error.message, limit=_PROBLEM))


def _read(
    known: KnownRepository,
    clock: Clock,
    before: ListedRepository | None,
    *,
    whole: bool = False,
) -> ListedRepository:
    """Return a repository as it is now; `before` itself where nothing of it has changed.

    `whole` asks for all of its runs, also those that were left out before.
    """
    store, now = store_of(known.paths), clock.now()
    # Before it is opened: what is committed meanwhile is then read once more, and never missed.
    stamp = (store.stamp(), midnight(now))
    if (
        before is not None
        and before.stamp == stamp
        and not (whole and (before.left_out or before.problem))
        and not _any_by_time(before.runs, now)
    ):
        return before
    where = known.common_dir
    found = ListedRepository(known, where is not None and where.exists(), stamp=stamp)
    try:
        if store.is_older():
            raise LedgerError("of an older wf: wf runs there brings it up to date")
        with contextlib.closing(store.open(create=False)) as db, db.snapshot():
            runs, left_out = _runs(db, known.paths.root.name, now, before)
            spent = sum(spent_today(db, now).values(), NO_USAGE)
    except WfError as error:
        # Which ledger it is stands before it already.
        reason = error.message.replace(f"the ledger {known.paths.ledger} ", "")
        return replace(found, problem=clean(reason, limit=_PROBLEM))
    branch = checked_out_branch(where) if where is not None and found.is_there else ""
    return replace(found, runs=runs, branch=branch, spent=spent, left_out=left_out)


def _any_by_time(runs: Sequence[ListedRun], now: float) -> bool:
    """Whether one of these runs is another one by now although its ledger is the same."""
    return any(
        (run.snoozed_until is not None and run.snoozed_until <= now)
        or run.is_led != is_alive(run.leader)
        for run in runs
        if not run.state.ended
    )


def _runs(
    db: Database, folder: str, now: float, before: ListedRepository | None
) -> tuple[tuple[ListedRun, ...], int]:
    """Return the runs of a ledger that have changed last, and how many others there are."""
    known = {run.id: run for run in before.runs} if before is not None else {}
    rows = [row for row in reads.runs(db) if not row.purpose]
    if len(rows) > MOST_RUNS:
        changed = reads.last_changes(db)
        newest = sorted(rows, key=lambda row: changed.get(row.id, row.created_at), reverse=True)
        names = {row.id for row in newest[:MOST_RUNS]}
    else:
        names = {row.id for row in rows}
    listed = [_listed(db, row, folder, now, known.get(row.id)) for row in rows if row.id in names]
    return tuple(listed), len(rows) - len(listed)


def _listed(
    db: Database, row: RunRow, folder: str, now: float, before: ListedRun | None
) -> ListedRun:
    if before is None or before.seq != row.seq or _any_by_time((before,), now):
        return _asked(db, row, folder, now)
    # Progress and usage are written without an event.
    return replace(before, usage=row.usage)


def _asked(db: Database, row: RunRow, folder: str, now: float) -> ListedRun:
    needs, snoozed_until = _needs(db, row, folder, now)
    leader = None if row.state.ended else reads.leader(db, row.id)
    return ListedRun(
        folder=folder,
        id=row.id,
        goal=clean(row.goal, limit=_GOAL),
        state=row.state,
        is_led=is_alive(leader),
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
        seq=row.seq,
        leader=leader,
        snoozed_until=snoozed_until,
    )


def _needs(
    db: Database, row: RunRow, folder: str, now: float
) -> tuple[tuple[Need, ...], float | None]:
    """Return what waits for the person of a run, and when something comes back by itself."""
    if row.state.ended or not row.blocked:
        return (), None
    put_off = Snoozes()
    put_off.update(snoozes(db, row.id), now)
    blocked = [task for task in reads.blocked_tasks(db, row.id) if needs_you(task)]
    ends = [
        snooze.until
        for task in blocked
        if (snooze := put_off.of(task)) is not None and snooze.until is not None
    ]
    needs = (_need(task, row.id, folder) for task in blocked if put_off.of(task) is None)
    return tuple(needs), min(ends, default=None)


def _need(task: TaskRow, run: str, folder: str) -> Need:
    return Need(
        folder=folder,
        run=run,
        task=task.id,
        title=clean(task.title or task.id, limit=_TITLE),
        kind=(task.kind or "").replace("_", " "),
        since=task.since,
    )
