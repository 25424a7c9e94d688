"""Reading the ledger: what views, commands and the scheduler ask; nothing here changes anything."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from wf_tui.errors import UnknownNameError, UsageError
from wf_tui.ledger.model.rows import (
    AttemptRow,
    EventRow,
    PhaseRow,
    RunRow,
    TaskRow,
    WorkerRow,
    decode,
    decode_events,
    decode_tasks,
    select,
)
from wf_tui.ledger.model.startable import STARTABLE
from wf_tui.ledger.model.states import BlockedKind, Intent, RunState, TaskState
from wf_tui.ledger.queries import breaker_reads, lane_reads
from wf_tui.ledger.queries.snoozes import next_end
from wf_tui.processes import ProcessIdentity
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from wf_tui.ledger.store.database import Database, Row, Value

__all__ = [
    "Leader",
    "Open",
    "Pulse",
    "attempts",
    "blocked_tasks",
    "events",
    "find_run",
    "idle_seats",
    "landed_in",
    "last_change",
    "last_changes",
    "leader",
    "may_claim",
    "newest_run",
    "open_attempts",
    "phases",
    "pulse",
    "rests",
    "run_row",
    "runs",
    "task",
    "task_events",
    "task_events_of",
    "tasks",
    "workers",
]

_PAGE: Final = 500
"""Tasks that are read at once."""
_OPEN: Final = (
    "SELECT task, epoch, worker, fenced FROM attempt WHERE run = :run AND open = 1 ORDER BY task"
)
# Those of the lane that is used least come first: what is for anybody is spread over all lanes from
# the start, and a provider that refuses its share keeps no more than that waiting.
_IDLE: Final = (
    "SELECT name FROM (SELECT name, task, ordinal, row_number() OVER "
    "(PARTITION BY lane ORDER BY task IS NULL, ordinal) AS turn FROM worker WHERE run = :run) seat "
    "WHERE task IS NULL ORDER BY turn, ordinal"
)
_TIMER: Final = (
    "SELECT min(not_before) FROM task WHERE run = :run AND not_before IS NOT NULL "
    "AND (state = :pending OR kind = :quota)"
)
_WANTED: Final = (
    "SELECT wanted_until, tree_wanted FROM task WHERE run = :run AND seat_wanted IS NOT NULL "
    "AND wanted_until > :now AND state = :pending"
)
"""What waits for the seat whose session knows it."""


@frozen
class Open:
    """An attempt that is not closed, as the scheduler looks at it."""

    task: str
    epoch: int
    worker: str
    fenced: bool


@frozen
class Pulse:
    """What the scheduler looks at when it wakes; costs what is running, not what there is."""

    state: RunState
    intent: Intent
    jobs: int
    head: str
    seq: int
    open: tuple[Open, ...]
    next_timer: float | None
    wanted_trees: frozenset[int] = frozenset()
    """The worktrees that are kept back for tasks which wait for their own seat."""


@frozen
class Leader(ProcessIdentity):
    """Who leads, or last led, a run."""

    started_at: float


def runs(db: Database) -> list[RunRow]:
    """Return all runs, newest first, whatever the clock said when they were made.

    But for those that were removed: the ledger keeps their rows, and nobody is to find them.
    """
    rows = db.execute(select(RunRow, "WHERE removed_at IS NULL ORDER BY number DESC"))
    return [decode(RunRow, row) for row in rows]


def newest_run(db: Database) -> RunRow | None:
    """Return the newest run that does the work itself: none that only plans is meant by that."""
    rows = db.execute(
        select(RunRow, "WHERE removed_at IS NULL AND purpose = '' ORDER BY number DESC LIMIT 1")
    )
    return decode(RunRow, rows[0]) if rows else None


def removed_runs(db: Database) -> list[str]:
    """Return the ids of the runs whose folders were removed."""
    return [str(name) for (name,) in db.execute("SELECT id FROM run WHERE removed_at IS NOT NULL")]


def run_row(db: Database, run: str) -> RunRow:
    """Return one run by its whole id."""
    rows = db.execute(select(RunRow, "WHERE id = :run"), {"run": run})
    if not rows:
        raise UnknownNameError("run", run, [row.id for row in runs(db)])
    return decode(RunRow, rows[0])


def find_run(db: Database, name: str | None) -> RunRow:
    """Return a run by id or unique prefix; without a name, the newest that does not only plan."""
    if name is None:
        newest = newest_run(db)
        if newest is None:
            raise UsageError("there is no run on this repository yet", "start one: wf run PLAN")
        return newest
    every = runs(db)
    found = [row for row in every if row.id == name] or [
        row for row in every if row.id.startswith(name)
    ]
    if not found:
        raise UnknownNameError("run", name, [row.id for row in every])
    if len(found) > 1:
        names = ", ".join(row.id for row in found[:5])
        raise UsageError(f"run {name!r} could be {names}", "give more letters")
    return found[0]


def tasks(db: Database, run: str) -> list[TaskRow]:
    """Return all tasks of a run in declaration order."""
    with db.snapshot():
        found = list(decode_tasks(_every_task(db, run)))
    found.sort(key=attrgetter("ordinal"))
    return found


def _every_task(db: Database, run: str) -> Iterator[Row]:
    """Yield what is stored of each task, a page at a time: all at once would be as large again."""
    page = select(TaskRow, "WHERE run = :run AND id > :after ORDER BY id LIMIT :limit")
    after: Value = ""
    while rows := db.execute(page, {"run": run, "after": after, "limit": _PAGE}):
        yield from rows
        _, after, *_ = rows[-1]


def task(db: Database, run: str, name: str) -> TaskRow:
    """Return one task, or say which one was probably meant."""
    rows = db.execute(
        select(TaskRow, "WHERE run = :run AND id = :task"), {"run": run, "task": name}
    )
    if not rows:
        known = db.execute("SELECT id FROM task WHERE run = :run ORDER BY ordinal", {"run": run})
        raise UnknownNameError("task", name, [str(row[0]) for row in known])
    return decode(TaskRow, rows[0])


def phases(db: Database, run: str) -> list[PhaseRow]:
    """Return the phases of a run in declaration order."""
    rows = db.execute(select(PhaseRow, "WHERE run = :run ORDER BY ordinal"), {"run": run})
    return [decode(PhaseRow, row) for row in rows]


def workers(db: Database, run: str) -> list[WorkerRow]:
    """Return the seats of a run."""
    rows = db.execute(select(WorkerRow, "WHERE run = :run ORDER BY ordinal"), {"run": run})
    return [decode(WorkerRow, row) for row in rows]


def attempts(db: Database, run: str, name: str | None = None) -> list[AttemptRow]:
    """Return the attempts of one task, or of all, oldest first."""
    if name is None:
        rows = db.execute(select(AttemptRow, "WHERE run = :run ORDER BY number"), {"run": run})
    else:
        rows = db.execute(
            select(AttemptRow, "WHERE run = :run AND task = :task ORDER BY epoch"),
            {"run": run, "task": name},
        )
    return [decode(AttemptRow, row) for row in rows]


def events(db: Database, run: str, since: int = 0, page: int = 1000) -> Iterator[EventRow]:
    """Yield the events after number `since`, in order."""
    while True:
        with db.snapshot():  # which tells a reader who waits for more that the file is gone
            rows = db.execute(
                select(EventRow, "WHERE run = :run AND seq > :since ORDER BY seq LIMIT :most"),
                {"run": run, "since": since, "most": page},
            )
        for event in decode_events(rows):
            since = event.seq
            yield event
        if len(rows) < page:
            return


def task_events(db: Database, run: str, name: str, newest: int = 1000) -> list[EventRow]:
    """Return the newest events of one task, oldest first."""
    rows = db.execute(
        select(EventRow, "WHERE run = :run AND task = :task ORDER BY seq DESC LIMIT :most"),
        {"run": run, "task": name, "most": newest},
    )
    return [decode(EventRow, row) for row in reversed(rows)]


def task_events_of(db: Database, run: str, name: str, kinds: Collection[str]) -> list[EventRow]:
    """Return every event of one task that is of these kinds, in order."""
    names = {f"kind{number}": kind for number, kind in enumerate(kinds)}
    rows = db.execute(
        select(
            EventRow,
            f"WHERE run = :run AND task = :task AND kind IN (:{', :'.join(names)}) ORDER BY seq",
        ),
        {"run": run, "task": name, **names},
    )
    return [decode(EventRow, row) for row in rows]


def blocked_tasks(db: Database, run: str) -> list[TaskRow]:
    """Return the blocked tasks of a run, the one that has been so for longest first."""
    where = "WHERE run = :run AND state = 'blocked' ORDER BY since, ordinal"
    return [decode(TaskRow, row) for row in db.execute(select(TaskRow, where), {"run": run})]


def last_change(db: Database, run: str) -> float | None:
    """Return when the last event of a run was, in UTC seconds."""
    last = "SELECT at FROM event WHERE run = :run ORDER BY seq DESC LIMIT 1"
    return next((float(str(at)) for (at,) in db.execute(last, {"run": run})), None)


def last_changes(db: Database) -> dict[str, float]:
    """Return when the last event of each run was, in UTC seconds."""
    last = (
        "SELECT run.id, event.at FROM run JOIN event ON event.run = run.id AND event.seq = run.seq"
    )
    return {str(run): float(str(at)) for run, at in db.execute(last)}


def landed_in(db: Database, run: RunRow) -> str:
    """Return the branch that all of a run was landed in last; "" where it was in none.

    What is merged after a landing has to be landed again.
    """
    later = (
        "SELECT kind, data FROM event WHERE run = :run AND kind IN ('landed', 'integrated') "
        "ORDER BY seq DESC LIMIT 1"
    )
    rows = db.execute(later, {"run": run.id}) if run.state.ended else []
    if not rows or rows[0][0] != "landed":
        return ""
    return str(json.loads(str(rows[0][1]))["branch"])


def leader(db: Database, run: str) -> Leader | None:
    """Return who leads, or last led, a run."""
    rows = db.execute(
        "SELECT pid, host, boot, pid_started, started_at FROM scheduler WHERE run = :run",
        {"run": run},
    )
    if not rows:
        return None
    pid, host, boot, pid_started, started_at = rows[0]
    return Leader(
        int(str(pid)),
        str(host),
        str(boot),
        str(pid_started),
        float(str(started_at)),
    )


def may_claim(db: Database, run: str) -> bool:
    """Whether a claim could find anything, whoever asks: 5 us, where one that does not takes 60."""
    rows = db.execute(
        "SELECT 1 FROM run WHERE id = :run AND open_attempts < jobs AND ("
        f"EXISTS (SELECT 1 FROM task WHERE run = :run AND {STARTABLE}) OR (open_attempts = 0 "
        "AND EXISTS (SELECT 1 FROM task WHERE run = :run AND wait_queue IS NOT NULL)))",
        {"run": run},
    )
    return bool(rows)


def rests(db: Database, run: RunRow) -> bool:
    """Whether a run needs no scheduler: it is over, or paused with no accepted work open."""
    if run.state != RunState.PAUSED:
        return run.state.ended
    mine = "SELECT 1 FROM attempt WHERE run = :run AND open = 1 AND profile = 'user' LIMIT 1"
    return not db.execute(mine, {"run": run.id})


def open_attempts(db: Database, run: str) -> tuple[Open, ...]:
    """Return the attempts of a run that are not closed, those of persons, too."""
    return _opened(db.execute(_OPEN, {"run": run}))


def _opened(rows: list[Row]) -> tuple[Open, ...]:
    return tuple(Open(str(t), int(str(e)), str(w), bool(f)) for t, e, w, f in rows)


def idle_seats(db: Database, run: str) -> tuple[str, ...]:
    """Return the seats without a task, in the order in which they may claim."""
    return tuple(str(name) for (name,) in db.execute(_IDLE, {"run": run}))


def pulse(db: Database, run: str, now: float) -> Pulse:
    """Return what the scheduler needs to decide what to do next; the reads go together."""
    row = run_row(db, run)
    values: dict[str, Value] = {"run": run}
    timers_of = {**values, "pending": TaskState.PENDING, "quota": BlockedKind.QUOTA}
    wanted_of = {**values, "pending": TaskState.PENDING, "now": now}
    opened, timer, wanted = db.execute_all(
        [(_OPEN, values), (_TIMER, timers_of), (_WANTED, wanted_of)]
    )
    shown = next_end(db, run)
    pause, lane = breaker_reads.next_look(db, run, now), lane_reads.next_opening(db, run, now)
    timers = [float(str(at)) for at in (timer[0][0], pause, lane, shown) if at is not None]
    timers += [float(str(until)) for until, _ in wanted]
    return Pulse(
        state=row.state,
        intent=row.intent,
        jobs=row.jobs,
        head=row.head,
        seq=row.seq,
        open=_opened(opened),
        next_timer=min(timers, default=None),
        wanted_trees=frozenset(int(str(tree)) for _, tree in wanted if tree is not None),
    )
