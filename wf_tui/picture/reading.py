"""Reading a run for a view: all of it once, then what its events say has changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.disk_space import is_low, is_too_full_for_ledger
from wf_tui.ledger.model.events.attempt_events import AttemptEnded
from wf_tui.ledger.model.events.read import EVENTS
from wf_tui.ledger.model.events.task_events import TaskClaimed
from wf_tui.ledger.model.rows import AttemptRow, EventRow, TaskRow, decode, select
from wf_tui.ledger.queries import breaker_reads, lane_reads, reads
from wf_tui.ledger.queries.conversation import open_questions
from wf_tui.ledger.queries.reasons import Reasons, read_stoppers
from wf_tui.ledger.queries.snoozes import snoozes
from wf_tui.picture import first_part
from wf_tui.picture.batch import Batch
from wf_tui.picture.card import evidence_of
from wf_tui.picture.changed_tasks import changed_tasks, marks, parts
from wf_tui.picture.last_attempt import last_attempts
from wf_tui.picture.pace import durations, paces, read_ended
from wf_tui.processes import is_alive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from wf_tui.ledger.model.rows import QuestionRow, RunRow
    from wf_tui.ledger.store.database import Database, Row
    from wf_tui.picture.pace import Ended

__all__ = ["MOST_EVENTS", "read_all", "read_first", "read_since"]

MOST_EVENTS: Final = 5000
"""More than these are not followed: reading all of the run again is cheaper."""


def read_all(db: Database, run_id: str, now: float, folder: Path) -> Batch:
    """Read all of a run, in one snapshot; `now` in UTC seconds, for reasons with a countdown.

    `folder` is the run's on this machine, whose disk may be full. Called on the feed's thread, when
    the board opens. Costs the number of tasks; of the events it reads only the last proof of life
    of each live claim.
    """
    with db.snapshot():
        return _read_whole(db, run_id, now, folder)


def read_first(db: Database, run_id: str, now: float, folder: Path) -> Batch | None:
    """Read of a large run what a board shows first; None where all of it is read as soon.

    It is like the first of `read_all`, which follows, but for the tasks that it leaves out: of
    these it has the counts. Nor does it have what finished attempts took. On the feed's thread.
    """
    with db.snapshot():
        run = reads.run_row(db, run_id)
        if not first_part.is_worth_it(run):
            return None
        tasks = first_part.top_tasks(db, run)
        batch = _read_part(db, run_id, run.seq, now, folder, (), tasks)
        return replace(
            batch,
            events=tuple(_last_proofs(db, run_id, tasks)),
            begun=_begun(db, run_id),
            whole=True,
            unread=first_part.count_unread(db, run_id, tasks),
        )


def read_since(
    db: Database,
    run_id: str,
    seq: int,
    now: float,
    folder: Path,
    last: Batch | None = None,
    most: int = MOST_EVENTS,
) -> Batch | None:
    """Read what changed after event `seq`; None where nothing did since the batch `last`.

    A run without new events may still look different: a scheduler dies or a disk fills up without
    one. After more than `most` events, which are not worth following, all of the run is read again.
    """
    with db.snapshot():
        # One more than is worth following, to know whether there are more.
        rows = db.execute(
            select(EventRow, "WHERE run = :run AND seq > :seq ORDER BY seq LIMIT :limit"),
            {"run": run_id, "seq": seq, "limit": most + 1},
        )
        events = [decode(EventRow, row) for row in rows]
        if len(events) > most:
            return _read_whole(db, run_id, now, folder)
        tasks = changed_tasks(db, run_id, events)
        batch = _read_part(db, run_id, seq, now, folder, events, tasks)
    if last is None or batch.events:
        return batch
    # Whether a scheduler leads and whether the disk is full is asked of the machine, so both may
    # change without an event; a heartbeat changes the row of its seat, also without one.
    before = (last.run, last.workers, last.alive, last.full, last.low)
    if before == (batch.run, batch.workers, batch.alive, batch.full, batch.low):
        return None
    return batch


def _read_whole(db: Database, run_id: str, now: float, folder: Path) -> Batch:
    run = reads.run_row(db, run_id)
    tasks = reads.tasks(db, run_id)
    phase_order = _phase_order(db, run_id)
    reasons = _read_context(
        db, run, now, phase_order, _grouped(db.execute(_EVERY_UNMET, {"run": run_id}))
    )
    ended = read_ended(db, run_id)
    return Batch(
        seq=run.seq,
        run=run,
        tasks=tuple(tasks),
        events=tuple(_last_proofs(db, run_id, tasks)),
        workers=tuple(reasons.workers),
        reasons=reasons,
        alive=is_alive(reads.leader(db, run_id)),
        full=_full_disk(folder),
        low=str(folder) if is_low(folder) else "",
        landed_in=reads.landed_in(db, run),
        durations=durations(ended),
        paces=paces(ended),
        phase_order=phase_order,
        last=last_attempts(db, run_id),
        questions=_first_questions(db, tasks),
        begun=_begun(db, run_id),
        snoozes=snoozes(db, run_id),
        whole=True,
    )


def _read_part(
    db: Database,
    run_id: str,
    seq: int,
    now: float,
    folder: Path,
    events: Sequence[EventRow],
    tasks: Sequence[TaskRow],
) -> Batch:
    # The heads of run, phases and seats in any case: they are few, and change without an event.
    run = reads.run_row(db, run_id)
    phase_order = _phase_order(db, run_id)
    # Of these tasks only: the edges of no other have moved, and the view has theirs.
    needs: dict[str, tuple[str, ...]] = {}
    for part in parts(task.id for task in tasks):
        needs |= _grouped(db.execute(_UNMET_OF.format(marks(part)), {"run": run_id, **part}))
    reasons = _read_context(db, run, now, phase_order, needs)
    ended: list[Ended] = []
    for event in events:
        if event.kind == AttemptEnded.event_kind:
            ended += read_ended(db, run_id, str(event.task), event.epoch or 0)
    return Batch(
        seq=events[-1].seq if events else seq,
        run=run,
        tasks=tuple(tasks),
        events=tuple(events),
        workers=tuple(reasons.workers),
        reasons=reasons,
        alive=is_alive(reads.leader(db, run_id)),
        full=_full_disk(folder),
        low=str(folder) if is_low(folder) else "",
        landed_in=reads.landed_in(db, run),
        durations=durations(ended),
        paces=paces(ended),
        phase_order=phase_order,
        last=last_attempts(db, run_id, (task.id for task in tasks if task.epoch)),
        questions=_first_questions(db, tasks),
        begun=_begun_since(events, tasks),
        snoozes=snoozes(db, run_id),
    )


def _first_questions(db: Database, tasks: Iterable[TaskRow]) -> dict[str, QuestionRow]:
    """Return the first open question of each of these tasks that has one."""
    asking = {task.id: task.run for task in tasks if task.questions}
    first: dict[str, QuestionRow] = {}
    for run in sorted(set(asking.values())):
        # All that are open: few are at a time, as each stops the work of a seat.
        for asked in open_questions(db, run):
            if asked.task in asking:
                first.setdefault(asked.task, asked)
    return first


def _begun(db: Database, run_id: str) -> Mapping[str, float]:
    """Return when the first attempt of each phase was opened."""
    rows = db.execute(
        "SELECT phase, min(started_at) FROM attempt WHERE run = :run GROUP BY phase",
        {"run": run_id},
    )
    return {str(phase): float(str(at)) for phase, at in rows}


def _begun_since(events: Iterable[EventRow], tasks: Iterable[TaskRow]) -> Mapping[str, float]:
    # An event of a claim comes with a change of its task, so its row is here.
    phases = {task.id: task.phase for task in tasks}
    found: dict[str, float] = {}
    for event in events:
        if event.kind == TaskClaimed.event_kind and event.task in phases:
            found.setdefault(phases[event.task], event.at)
    return found


def _full_disk(folder: Path) -> str:
    return str(folder) if is_too_full_for_ledger(folder) else ""


# -- what is behind a reason


def _read_context(
    db: Database,
    run: RunRow,
    now: float,
    phase_order: Mapping[str, tuple[str, ...]],
    needs: Mapping[str, tuple[str, ...]],
) -> Reasons:
    """Return what the reasons depend on; costs what is open, not what there is."""
    phases = {phase.name: phase for phase in reads.phases(db, run.id)}
    opened = db.execute(
        select(AttemptRow, "WHERE run = :run AND open = 1 ORDER BY task"), {"run": run.id}
    )
    # A phase that has settled keeps nobody waiting any more, whatever its tasks do.
    waits = {
        name: tuple(before for before in many if phases[before].settled_at is None)
        for name, many in phase_order.items()
    }
    return Reasons(
        run=run,
        now=now,
        phases=phases,
        phase_waits={name: many for name, many in waits.items() if many},
        holders=[decode(AttemptRow, row) for row in opened],
        workers=reads.workers(db, run.id),
        unmet_needs=needs,
        breakers=breaker_reads.tripped(db, run.id),
        lanes=lane_reads.lanes(db, run.id),
        stoppers=read_stoppers(db, run, phases),
    )


def _grouped(rows: Iterable[Row]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for dst, src, *_ in rows:
        groups.setdefault(str(dst), []).append(str(src))
    return {name: tuple(many) for name, many in groups.items()}


_UNMET: Final = (
    "SELECT DISTINCT e.dst, e.src, t.ordinal "
    "FROM edge e JOIN task t ON t.run = e.run AND t.id = e.src "
    "WHERE e.run = :run AND ((e.kind = 'result' AND t.state <> 'done') "
    "OR (e.kind = 'order' AND e.met = 0) "
    # Of rivals a judge waits for those that still come in.
    "OR (e.kind = 'judged' AND e.met = 0 AND (t.open_epoch IS NOT NULL OR (t.state <> 'done' "
    "AND (t.kind IS NULL OR t.kind IN ('quota', 'hold', 'question', 'critic') "
    "OR (t.kind = 'review' AND t.detail LIKE '%\"critic\":%')))))) "
)
_EVERY_UNMET: Final = f"{_UNMET} ORDER BY e.dst, t.ordinal"
_UNMET_OF: Final = f"{_UNMET} AND e.dst IN ({{}}) ORDER BY e.dst, t.ordinal"


def _phase_order(db: Database, run_id: str) -> dict[str, tuple[str, ...]]:
    """Return the phases that each phase waits for, or waited."""
    return _grouped(
        db.execute(
            "SELECT dst, src FROM phase_edge WHERE run = :run ORDER BY dst, src",
            {"run": run_id},
        )
    )


# -- evidence


def _last_proofs(db: Database, run_id: str, tasks: Sequence[TaskRow]) -> Iterator[EventRow]:
    """Yield the last event of each live claim that proves something."""
    # One small read for each live claim, of which there are as many as jobs; one read of all events
    # would cost the length of the log.
    for task in tasks:
        if not task.claimed:
            continue
        rows = db.execute(
            select(EventRow, _PROOF),
            {"run": run_id, "task": task.id, "epoch": task.epoch},
        )
        for event in (decode(EventRow, row) for row in rows):
            if evidence_of(event):
                yield event


_SIGNS: Final = ", ".join(f"'{event.event_kind}'" for event in EVENTS if event.proves_life)
_PROOF: Final = (
    f"WHERE run = :run AND task = :task AND epoch = :epoch AND kind IN ({_SIGNS}) "
    "ORDER BY seq DESC LIMIT 1"
)
