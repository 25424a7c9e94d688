"""Bringing tasks into the ledger: a whole plan at once, or one more by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError, UsageError
from wf_tui.ledger.model.events.run_events import RunCreated
from wf_tui.ledger.model.events.task_events import TaskAdded, TaskBlocked
from wf_tui.ledger.model.rows import PhaseRow, RunRow, Spec, TaskRow, evolve, insert
from wf_tui.ledger.model.states import BlockedKind, EdgeKind, PinnedBy, TaskState
from wf_tui.ledger.rules.propagate import awaits_turn, blocked_by_result, is_bad, is_met
from wf_tui.plan.choices import GateOn, Isolation, Mode, OnFailure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.model.worktree_setup import WorktreeSetup
    from wf_tui.ledger.rules.change import Change
    from wf_tui.ledger.store.database import Values
    from wf_tui.plan.models import Plan, Task

__all__ = ["ADDED_PHASE", "NewPhase", "NewTask", "add_task", "fill_run", "of_plan", "rank"]

ADDED_PHASE: Final = "added"
_STEP: Final = 1_000_000
_LONGEST_TITLE: Final = 200
"""Characters of the first line of a prompt; a title that was given is kept as it is."""
_NEW_EDGE: Final = (
    "INSERT INTO edge (run, src, dst, kind, met) VALUES (:run, :src, :dst, :kind, :met)"
)


@dataclass(frozen=True)
class NewTask:
    """A task as it comes in; defaults are those of the plan format."""

    id: str
    title: str = ""
    spec: Spec = field(default_factory=Spec)
    mode: Mode = Mode.READ_ONLY
    isolation: Isolation = Isolation.AUTO
    role: str = "general"
    scope: tuple[str, ...] = ()
    priority: int = 0
    worker: str = ""
    max_attempts: int = 3
    backoff: float = 5.0

    @property
    def workspace(self) -> Isolation:
        """Where it works: `auto` is a worktree for a writing task, else shared (RULES 6.5)."""
        if self.isolation is not Isolation.AUTO:
            return self.isolation
        return Isolation.WORKTREE if self.mode is Mode.READ_WRITE else Isolation.SHARED


@dataclass(frozen=True)
class NewPhase:
    """A phase as it comes in; `depends_on` holds the effective dependencies."""

    name: str
    parallel: bool
    on_failure: OnFailure
    tasks: tuple[NewTask, ...]
    depends_on: tuple[str, ...] = ()
    wip: int | None = None


def rank(priority: int, chain: int) -> int:
    """Return the place in the queue, lower first: priority, then the longest remaining path.

    One number for both, so that one index has the tasks in order (RULES 4.3).
    """
    return priority * _STEP + _STEP - min(chain, _STEP)


def of_plan(plan: Plan) -> tuple[tuple[NewPhase, ...], Mapping[str, int]]:
    """Turn a checked plan into what comes in, and each task's longest remaining path."""
    from wf_tui.plan.order import effective_dependencies, longest_remaining  # noqa: PLC0415 - status

    waits = effective_dependencies(plan)
    phases = tuple(
        NewPhase(
            name=phase.name,
            parallel=phase.parallel,
            on_failure=phase.on_failure,
            tasks=tuple(_of_task(plan, task) for task in phase.tasks),
            depends_on=tuple(waits[phase.name]),
            wip=phase.wip,
        )
        for phase in plan.phases
    )
    return phases, longest_remaining(plan)


def _of_task(plan: Plan, task: Task) -> NewTask:
    budget = task.budget
    return NewTask(
        id=task.id,
        title=task.title or "",
        spec=Spec(
            prompt=task.prompt,
            command=task.run,
            needs=tuple(dict.fromkeys(task.depends_on_results)),
            gate=task.gate,
            gate_once=task.gate_on is GateOn.ATTEMPT,
            review=task.review,
            deliverables=tuple(task.deliverables),
            fallback=tuple(task.fallback),
            checkpoint=task.checkpoint.value if task.checkpoint else None,
            timeout_secs=task.timeout_secs or budget.max_seconds,
            max_steps=task.max_steps or budget.max_steps,
            max_tokens=budget.max_tokens,
            max_cost_usd=budget.max_cost_usd,
            tags=tuple(task.tags),
            shell=task.shell or plan.shell or (),
            gate_shell=_gate_shell(plan, task),
            stall_after=plan.stall_after if task.stall_after is None else task.stall_after,
            env=tuple(f"{name}={value}" for name, value in task.env.items()),
            pass_env=task.pass_env,
        ),
        mode=task.mode,
        isolation=task.isolation,
        role=task.agent_type.value,
        scope=tuple(task.file_scope),
        priority=task.priority,
        worker=task.worker or "",
        max_attempts=task.max_attempts,
        backoff=task.backoff_secs,
    )


def _gate_shell(plan: Plan, task: Task) -> tuple[str, ...]:
    """Return what runs the gate of a task: the shell of where that was written.

    A task that is written in another language still has the gate of its plan.
    """
    if task.gate == plan.gate:
        return plan.shell or ()
    if task.gate == plan.defaults.gate:
        return plan.defaults.shell or plan.shell or ()
    return task.shell or plan.shell or ()


def fill_run(
    tx: Change,
    phases: Sequence[NewPhase],
    chains: Mapping[str, int],
    worktree: WorktreeSetup | None = None,
) -> None:
    """Store all phases and tasks of a new run; one statement a kind, 100,000 tasks in seconds.

    `chains` has the longest path that is left from each task, as `of_plan` returns it.
    """
    tx.emit(
        RunCreated(
            goal=tx.run.goal,
            base=tx.run.base,
            ref=tx.run.ref,
            jobs=tx.run.jobs,
            scopes=tx.run.scopes,
            fold_case=tx.run.fold_case or None,
            worktree=worktree.data if worktree else None,
            phases=tuple(
                {
                    "name": phase.name,
                    "parallel": phase.parallel,
                    "on_failure": phase.on_failure,
                    "depends_on": phase.depends_on,
                }
                for phase in phases
            ),
        )
    )
    ordinal = 0
    for number, phase in enumerate(phases):
        tx.insert(_phase_row(tx.run, phase, number))
        rows = []
        for place, task in enumerate(phase.tasks):
            follows = not phase.parallel and place > 0
            unmet = len(task.spec.needs) + follows + bool(phase.depends_on)
            chain = chains.get(task.id, 1)
            rows.append(_task_row(tx, task, phase.name, ordinal, chain=chain, unmet=unmet))
            ordinal += 1
        if rows:
            statement, _ = insert(rows[0])
            # Made one at a time, as they are stored: those of a large plan would be many megabytes.
            tx.db.execute_many(statement, (insert(row)[1] for row in rows))
        for row in rows:
            _emit_added(tx, row)
    # Behind all tasks, since an edge may name one of a later phase.
    _store_edges(tx, phases)
    tx.db.loaded()
    tx.update_run(evolve(tx.run, pending=ordinal))


def _store_edges(tx: Change, phases: Sequence[NewPhase]) -> None:
    """Store who waits for whom: results, the order of sequential phases, and phases."""
    run = tx.run.id
    edges: list[Values] = []
    for phase in phases:
        for place, task in enumerate(phase.tasks):
            edges += [_edge(run, need, task.id, EdgeKind.RESULT) for need in task.spec.needs]
            if not phase.parallel and place:
                edges.append(_edge(run, phase.tasks[place - 1].id, task.id, EdgeKind.ORDER))
    tx.db.execute_many(_NEW_EDGE, edges)
    tx.db.execute_many(
        "INSERT INTO phase_edge (run, src, dst) VALUES (:run, :src, :dst)",
        [
            {"run": run, "src": before, "dst": phase.name}
            for phase in phases
            for before in phase.depends_on
        ],
    )


def _edge(run: str, src: str, dst: str, kind: EdgeKind, *, met: bool = False) -> Values:
    return {"run": run, "src": src, "dst": dst, "kind": kind, "met": int(met)}


def _phase_row(run: RunRow, phase: NewPhase, number: int) -> PhaseRow:
    return PhaseRow(
        run=run.id,
        name=phase.name,
        ordinal=number,
        parallel=phase.parallel,
        on_failure=phase.on_failure,
        wip=phase.wip,
        unmet=len(phase.depends_on),
        unsettled=len(phase.tasks),
    )


def _task_row(
    tx: Change, task: NewTask, phase: str, ordinal: int, *, chain: int, unmet: int
) -> TaskRow:
    first_line, _, _ = task.spec.prompt.strip().partition("\n")
    return TaskRow(
        run=tx.run.id,
        id=task.id,
        ordinal=ordinal,
        phase=phase,
        title=task.title or first_line[:_LONGEST_TITLE] or task.id,
        spec=task.spec,
        needs_kind="shell" if task.spec.command is not None else "prompt",
        mode=task.mode,
        isolation=task.workspace,
        role=task.role,
        scope=task.scope,
        scope_key=scope_key(task.scope, task.workspace),
        priority=task.priority,
        chain=chain,
        rank=rank(task.priority, chain),
        max_attempts=task.max_attempts,
        backoff=task.backoff,
        state=TaskState.PENDING,
        since=tx.now,
        pinned=task.worker,
        pinned_by=PinnedBy.PLAN if task.worker else PinnedBy.NOBODY,
        ready_at=None if unmet else tx.now,
        unmet=unmet,
    )


def scope_key(scope: Sequence[str], workspace: str) -> str:
    """Return the key of all tasks that ask for exactly this scope in this kind of workspace.

    Sorted, since the order in which a plan lists paths means nothing.
    """
    words = json.dumps(sorted(scope)) if scope else "[]"
    return f"scope:{workspace}:{words}"


def _emit_added(tx: Change, task: TaskRow) -> None:
    added = TaskAdded(
        title=task.title,
        phase=task.phase,
        needs=task.spec.needs,
        mode=task.mode,
        isolation=task.isolation,
        scope=task.scope,
        role=task.role,
        max_attempts=task.max_attempts,
        review=task.spec.review or None,
        gate=task.spec.gate is not None or None,
        gate_on=GateOn.ATTEMPT if task.spec.gate_once else None,
    )
    tx.emit(added, task)


def add_task(tx: Change, task: NewTask, phase_name: str | None) -> TaskRow:
    """Store one more task; refused where a phase that waits for its phase has begun.

    `phase_name` is the phase that it joins at the end; without one it joins a phase of its own,
    `added`, which nothing waits for. Raises `UsageError` for an id that is taken, a need that does
    not exist or a cycle, and `RefusedError` where the phase is over.
    """
    taken = tx.db.execute(
        "SELECT 1 FROM task WHERE run = :run AND id = :task", {"run": tx.run.id, "task": task.id}
    )
    if taken:
        raise UsageError(f"there is a task {task.id!r} already", "give the new one another title")
    needs = [tx.task(need) for need in dict.fromkeys(task.spec.needs)]
    phase = tx.phase(phase_name) if phase_name else _added_phase(tx)
    _refuse_cycle(tx, needs, phase.name)
    phase = _reopen(tx, phase)
    ordinals = tx.db.execute("SELECT max(ordinal) FROM task WHERE run = :run", {"run": tx.run.id})
    ordinal = int(ordinals[0][0] or 0) + 1
    last = _last_task(tx, phase)
    turn = last is None or phase.parallel or (last.settled and not awaits_turn(tx, last))
    follows = not turn
    unmet = sum(not is_met(need) for need in needs) + follows + bool(phase.unmet)
    row = _task_row(tx, task, phase.name, ordinal, chain=1, unmet=unmet)
    tx.write(phase, evolve(phase, unsettled=phase.unsettled + 1))
    tx.insert(row)
    if last is not None and not phase.parallel:
        tx.db.execute(_NEW_EDGE, _edge(tx.run.id, last.id, row.id, EdgeKind.ORDER, met=turn))
    for need in needs:
        tx.db.execute(_NEW_EDGE, _edge(tx.run.id, need.id, row.id, EdgeKind.RESULT))
    tx.update_run(evolve(tx.run, pending=tx.run.pending + 1))
    _emit_added(tx, row)
    # Added as it would be if nothing were blocked, then moved: the log and the counts have both.
    bad = sum(is_bad(need) for need in needs)
    if not bad:
        return row
    waiting = tx.write(row, evolve(row, unmet_blocked=bad))
    why = blocked_by_result(tx, waiting).note
    before = TaskState.PENDING.value
    tx.emit(TaskBlocked(kind=BlockedKind.DEPENDENCY, before=before, text=why), waiting)
    return tx.to_pending(waiting)


def _added_phase(tx: Change) -> PhaseRow:
    names = tx.db.execute("SELECT name FROM phase WHERE run = :run", {"run": tx.run.id})
    if any(row[0] == ADDED_PHASE for row in names):
        return tx.phase(ADDED_PHASE)
    phase = NewPhase(ADDED_PHASE, parallel=True, on_failure=OnFailure.SKIP_CONTINUE, tasks=())
    row = _phase_row(tx.run, phase, len(names))
    tx.insert(row)
    return row


def _last_task(tx: Change, phase: PhaseRow) -> TaskRow | None:
    rows = tx.db.execute(
        "SELECT id FROM task WHERE run = :run AND phase = :phase ORDER BY ordinal DESC LIMIT 1",
        {"run": tx.run.id, "phase": phase.name},
    )
    return tx.task(str(rows[0][0])) if rows else None


def _reopen(tx: Change, phase: PhaseRow) -> PhaseRow:
    """Let a settled phase settle again later, if nothing has started that waited for it."""
    if phase.settled_at is None:
        return phase
    after = "SELECT dst FROM phase_edge WHERE run = :run AND src = :phase"
    values = {"run": tx.run.id, "phase": phase.name}
    begun = tx.db.execute(
        f"SELECT id FROM task WHERE run = :run AND attempts > 0 AND phase IN ({after}) "
        "ORDER BY ordinal LIMIT 1",
        values,
    )
    settled = tx.db.execute(
        "SELECT name FROM phase WHERE run = :run AND settled_at IS NOT NULL "
        f"AND name IN ({after}) ORDER BY ordinal",
        values,
    )
    if begun or settled:
        who = begun[0][0] if begun else settled[0][0]
        raise RefusedError(
            f"phase {phase.name!r} is over, and {who!r}, which waited for it, has begun",
            "leave --phase out to add a task that nothing waits for",
        )
    tx.db.execute(
        f"UPDATE task SET unmet = unmet + 1 WHERE run = :run AND phase IN ({after}) "
        "AND phase IN (SELECT name FROM phase WHERE run = :run AND unmet = 0)",
        values,
    )
    for row in tx.db.execute(f"{after} ORDER BY dst", values):
        later = tx.phase(str(row[0]))
        tx.write(later, evolve(later, unmet=later.unmet + 1))
    return tx.write(phase, evolve(phase, settled_at=None))


def _refuse_cycle(tx: Change, needs: Sequence[TaskRow], phase: str) -> None:
    """Refuse a task that needs one which itself waits for the new task's phase."""
    todo, seen = [need.id for need in needs], {need.id for need in needs}
    phases: set[str] = set()
    while todo:
        task = tx.task(todo.pop())
        before = _names(tx, "SELECT src FROM edge WHERE run = :run AND dst = :name", task.id)
        waits = _names(
            tx, "SELECT src FROM phase_edge WHERE run = :run AND dst = :name", task.phase
        )
        if phase in waits:
            raise UsageError(
                f"a cycle: {task.id!r} waits for the phase {phase!r} that the new task joins",
                "leave --phase out, or need another task",
            )
        for name in waits - phases:
            before |= _names(tx, "SELECT id FROM task WHERE run = :run AND phase = :name", name)
        phases |= waits
        todo += sorted(before - seen)
        seen |= before


def _names(tx: Change, statement: str, name: str) -> set[str]:
    return {str(row[0]) for row in tx.db.execute(statement, {"run": tx.run.id, "name": name})}
