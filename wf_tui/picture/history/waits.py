"""What the tasks of a moment wait for, and as much of their reasons as a log tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.rows import TaskRow, evolve
from wf_tui.ledger.model.states import (
    BlockedKind,
    PendingReason,
    RunState,
    TaskState,
)
from wf_tui.ledger.queries import budget_reads
from wf_tui.ledger.queries.reasons import Reason, Reasons, Stopper
from wf_tui.ledger.queries.rivals import Standing, has_come_in, standing
from wf_tui.picture.history.task_rows import turn_has_come
from wf_tui.plan.choices import OnFailure
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.picture.history.past import Past

__all__ = ["ROOT_KIND", "UNKNOWN", "PastReasons", "counted", "met", "past_reasons", "unmet_needs"]

ROOT_KIND: Final = "root_kind"
"""Stands in the detail of a task that is blocked through another one."""
UNKNOWN: Final = "\N{EN DASH}"
"""Stands where a log does not say something."""


@frozen
class PastReasons(Reasons):
    """The reasons of a moment: why a task waited that could have started, nobody has written."""

    def _pending(self, task: TaskRow) -> Reason:
        if self.run.state == RunState.PAUSED or budget_reads.is_used_up(self.run) or task.unmet:
            return super()._pending(task)
        if task.not_before is not None and task.not_before > self.now:
            return super()._pending(task)
        return Reason(PendingReason.READY, UNKNOWN)


def met(task: TaskRow) -> tuple[bool, bool, bool, str | None]:
    """Return what of a task others tell of: its result, its turn, that it has come in, its kind."""
    come_in = bool(task.spec.rival) and has_come_in(task)
    return task.state is TaskState.DONE, task.settled, come_in, task.kind


def counted(past: Past, task: TaskRow) -> TaskRow:
    """Return a task with the number of things that it waits for, as the ledger counts them."""
    edges, tables = past.beginning.edges, past.tables
    if task.kind is BlockedKind.DEPENDENCY:
        # A card names what its root is blocked by: with another word it is another row.
        root = tables.tasks.get(str(task.detail.get("root")))
        kind = root.kind if root is not None else None
        return evolve(task, detail={**task.detail, ROOT_KIND: kind or ""})
    if task.state is not TaskState.PENDING:
        return task
    waits = len(_results(past, task.id)) + (task.open_epoch is not None)
    waits += not turn_has_come(past, task.id)
    rivals = [tables.tasks[one] for one in edges.judged.get(task.id, ()) if one in tables.tasks]
    waits += bool(rivals) and standing(rivals) is not Standing.READY
    waits += not task.critic_of and bool(_unsettled(past, task.phase))
    return evolve(task, unmet=waits)


def unmet_needs(past: Past, task: TaskRow) -> tuple[str, ...]:
    """Return the tasks that a task waits for, in the order of the plan."""
    edges, tasks = past.beginning.edges, past.tables.tasks
    names = dict.fromkeys(_results(past, task.id))
    if not turn_has_come(past, task.id):
        names[edges.before[task.id]] = None
    for name in edges.judged.get(task.id, ()):
        if name in tasks and not has_come_in(tasks[name]):
            names[name] = None
    return tuple(sorted(names, key=lambda name: tasks[name].ordinal if name in tasks else 0))


def _results(past: Past, task: str) -> list[str]:
    tasks = past.tables.tasks
    names = past.beginning.edges.results.get(task, ())
    return [one for one in names if one in tasks and tasks[one].state is not TaskState.DONE]


def _unsettled(past: Past, phase: str) -> tuple[str, ...]:
    phases = past.tables.phases
    before = past.beginning.edges.phases.get(phase, ())
    return tuple(name for name in before if name in phases and phases[name].settled_at is None)


def past_reasons(past: Past, tasks: Iterable[TaskRow]) -> PastReasons:
    """Return the reasons of this moment, with the needs of these tasks."""
    tables = past.tables
    waits = {name: _unsettled(past, name) for name in tables.phases}
    opened = sorted(tables.open.items())
    return PastReasons(
        run=past.run,
        now=past.at,
        phases=dict(tables.phases),
        phase_waits={name: before for name, before in waits.items() if before},
        holders=[tables.attempts[key] for key in opened if key in tables.attempts],
        workers=sorted(tables.seats.values(), key=lambda seat: seat.ordinal),
        unmet_needs={
            task.id: needs
            for task in tasks
            if task.state is TaskState.PENDING and (needs := unmet_needs(past, task))
        },
        lanes=dict(tables.lanes),
        stoppers=_stoppers(past),
    )


def _stoppers(past: Past) -> dict[str, Stopper]:
    """Return the first task of each phase that stops what comes after."""
    tables = past.tables
    holding = {
        phase.name
        for phase in tables.phases.values()
        if phase.on_failure is OnFailure.HOLD and phase.settled_at is None
    }
    if not holding or not past.run.blocked:
        return {}
    found: dict[str, TaskRow] = {}
    going: set[str] = set()
    for task in tables.tasks.values():
        if task.phase not in holding or task.state is TaskState.DONE:
            continue
        if not _given_up(task):
            going.add(task.phase)
        elif task.open_epoch is None:
            first = found.setdefault(task.phase, task)
            if task.ordinal < first.ordinal:
                found[task.phase] = task
    return {
        name: Stopper(task.id, BlockedKind(str(task.kind)))
        for name, task in found.items()
        if tables.phases[name].pick is None or name not in going
    }


def _given_up(task: TaskRow) -> bool:
    through = task.kind is BlockedKind.DEPENDENCY
    return task.block is not None and task.block.settles_phase and not through
