"""What a run began with, and what of it never changes: read once, for all moments of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from wf_tui.ledger.model.nodes.new_rows import rank, scope_key
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.run_budget import RunBudget, write_budget
from wf_tui.ledger.model.states import EdgeKind, Intent, RunState, SeatState, TaskState
from wf_tui.ledger.model.usage import NO_USAGE
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.operator_moves import edited

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wf_tui.ledger.model.rows import (
        AttemptRow,
        EventRow,
        PhaseRow,
        RunRow,
        TaskRow,
        WorkerRow,
    )
    from wf_tui.ledger.store.database import Database

__all__ = ["Beginning", "Edges", "read_beginning"]

_PINS: Final = ("pinned", "pinned_by")


@dataclass(frozen=True)
class Edges:
    """Who waits for whom, by the plan and by what was added: names of tasks, names of phases."""

    results: Mapping[str, tuple[str, ...]]
    """The tasks whose results a task needs, in the order of the plan."""
    judged: Mapping[str, tuple[str, ...]]
    """The rivals that a judge chooses from."""
    before: Mapping[str, str]
    """The task whose turn comes before, in a phase that is done in order."""
    after: Mapping[str, tuple[str, ...]]
    """The tasks that wait for a task, in any of these ways."""
    next_turn: Mapping[str, str]
    """The other way round than `before`."""
    phases: Mapping[str, tuple[str, ...]]
    """The phases that a phase waits for."""


@dataclass(frozen=True)
class Beginning:
    """A run before its first event; rows of what comes in later are as they are at first."""

    run: RunRow
    tasks: Mapping[str, TaskRow]
    phases: Mapping[str, PhaseRow]
    seats: Mapping[str, WorkerRow]
    attempts: Mapping[tuple[str, int], AttemptRow]
    edges: Edges
    last: Mapping[str, TaskRow]
    """The tasks as the ledger has them now: their answers are in no event."""
    records: Mapping[tuple[int, str], Mapping[str, Any]] = field(default_factory=dict)
    """What was before a person's act, by its number and its task."""
    at_once: frozenset[int] = frozenset()
    """Events of questions that were answered as they were asked, so that nobody waited."""


def read_beginning(db: Database, run_id: str, events: Sequence[EventRow]) -> Beginning:
    """Read what a run began with; called in the snapshot in which its events were read."""
    run = reads.run_row(db, run_id)
    tasks = reads.tasks(db, run_id)
    edits = _edits(events)
    attempts = {(one.task, one.epoch): one for one in reads.attempts(db, run_id)}
    return Beginning(
        run=_first_run(run, events),
        tasks={task.id: _first_task(task, edits.get(task.id, {})) for task in tasks},
        phases={
            phase.name: evolve(phase, settled_at=None, open_attempts=0)
            for phase in reads.phases(db, run_id)
        },
        seats={seat.name: _first_seat(seat) for seat in reads.workers(db, run_id)},
        attempts=attempts,
        edges=_read_edges(db, run_id, tasks),
        last={task.id: task for task in tasks},
        records=_records(events),
        at_once=_answered_at_once(events),
    )


def _first_run(run: RunRow, events: Sequence[EventRow]) -> RunRow:
    jobs, budget = run.jobs, run.budget
    for event in reversed(events):
        if event.kind == "run_created" and isinstance(event.data.get("jobs"), int):
            jobs = int(str(event.data["jobs"]))
        before = event.data.get("before") if event.kind == "budget_changed" else None
        if isinstance(before, dict):
            budget = write_budget(RunBudget(**before))
    return evolve(
        run,
        state=RunState.RUNNING,
        intent=Intent.GO,
        head=run.base,
        exported=None,
        export_note="",
        ended_at=None,
        idle_since=None,
        seq=0,
        pending=0,
        in_progress=0,
        done=0,
        blocked=0,
        open_attempts=0,
        merges=0,
        shared_merges=0,
        attempts=0,
        missing=(),
        removed_at=None,
        usage=NO_USAGE,
        result=None,
        jobs=jobs,
        budget=budget,
    )


def _first_task(task: TaskRow, was: Mapping[str, object]) -> TaskRow:
    """Return a task as it came in; `was` are the first values of fields that were edited."""
    first = edited(task, was) if was else task
    return evolve(
        first,
        rank=rank(first.priority, first.chain),
        scope_key=scope_key(first.scope, first.isolation),
        state=TaskState.PENDING,
        since=0.0,
        kind=None,
        note="",
        detail={},
        step=None,
        step_at=None,
        step_deadline=None,
        worker=None,
        epoch=0,
        lease_until=None,
        open_epoch=None,
        attempts=0,
        tries=0,
        conflicts=0,
        last_worker=None,
        not_before=None,
        wait_queue=None,
        unmet=0,
        unmet_blocked=0,
        settled=False,
        scope_waived=False,
        commit_id=None,
        result=None,
        merge_gates=0,
        usage=NO_USAGE,
        budget_from=NO_USAGE,
        questions=0,
        critic_rounds=0,
        pick=None,
    )


def _first_seat(seat: WorkerRow) -> WorkerRow:
    return evolve(
        seat, task=None, epoch=None, state=SeatState.IDLE, heartbeat_at=None, usage=NO_USAGE
    )


def _edits(events: Iterable[EventRow]) -> dict[str, dict[str, object]]:
    """Return by task the first values of the fields that were ever edited."""
    found: dict[str, dict[str, object]] = {}
    for event in events:
        was, record = event.data.get("was"), event.data.get("undo")
        if was is None and record is None:
            continue
        mine = found.setdefault(str(event.task), {})
        if event.kind == "task_edited" and isinstance(was, dict):
            for name, value in was.items():
                mine.setdefault(name, tuple(value) if isinstance(value, list) else value)
        if isinstance(record, dict):
            # A task that was given to somebody has no other word of whose it was before.
            mine |= {name: record[name] for name in _PINS if name in record and name not in mine}
    return found


def _records(events: Iterable[EventRow]) -> dict[tuple[int, str], Mapping[str, Any]]:
    """Return what was before each act of a person, by its number and its task."""
    found: dict[tuple[int, str], Mapping[str, Any]] = {}
    for event in events:
        record, command = event.data.get("undo"), event.data.get("command")
        if isinstance(record, dict) and "state" in record and isinstance(command, int):
            found[command, str(event.task)] = record
    return found


def _answered_at_once(events: Sequence[EventRow]) -> frozenset[int]:
    """Return the numbers of questions, and of their answers, that an allowance answered."""
    found: set[int] = set()
    for asked, answer in pairwise(events):
        if answer.kind == "question_answered" and "allowance" in answer.data:
            found |= {asked.seq, answer.seq}
    return frozenset(found)


def _read_edges(db: Database, run_id: str, tasks: Sequence[TaskRow]) -> Edges:
    place = {task.id: task.ordinal for task in tasks}
    rows = [
        (str(src), str(dst), str(kind))
        for src, dst, kind in db.execute(
            "SELECT src, dst, kind FROM edge WHERE run = :run", {"run": run_id}
        )
    ]
    rows.sort(key=lambda row: place.get(row[0], 0))
    phases = db.execute(
        "SELECT src, dst FROM phase_edge WHERE run = :run ORDER BY dst, src", {"run": run_id}
    )
    turns = [(src, dst) for src, dst, kind in rows if kind == EdgeKind.ORDER]
    return Edges(
        results=_grouped((dst, src) for src, dst, kind in rows if kind == EdgeKind.RESULT),
        judged=_grouped((dst, src) for src, dst, kind in rows if kind == EdgeKind.JUDGED),
        before={dst: src for src, dst in turns},
        after=_grouped((src, dst) for src, dst, _ in rows),
        next_turn=dict(turns),
        phases=_grouped((str(dst), str(src)) for src, dst in phases),
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
