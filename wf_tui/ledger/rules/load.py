"""Bringing tasks into the ledger: a whole plan at once, or one more by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError, UsageError
from wf_tui.ledger.model.events.run_events import RunCreated
from wf_tui.ledger.model.events.task_events import TaskBlocked
from wf_tui.ledger.model.new_tasks import NewPhase
from wf_tui.ledger.model.nodes.new_rows import (
    NEW_EDGE,
    NEW_PHASE_EDGE,
    as_rival,
    edge,
    phase_row,
    phase_shape,
    results_awaited,
    task_added,
    task_row,
)
from wf_tui.ledger.model.rows import PhaseRow, TaskRow, evolve, insert
from wf_tui.ledger.model.states import (
    PERSON,
    WORKER,
    BlockedKind,
    DoneKind,
    EdgeKind,
    TaskState,
)
from wf_tui.ledger.model.task_moves import is_bad
from wf_tui.ledger.rules.propagate import awaits_turn, blocked_by_result, is_met
from wf_tui.plan.choices import Isolation, Mode, OnFailure
from wf_tui.plan.scopes import within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.ledger.model.new_tasks import NewTask
    from wf_tui.ledger.model.worktree_setup import WorktreeSetup
    from wf_tui.ledger.rules.change import Change
    from wf_tui.ledger.store.database import Values

__all__ = [
    "ADDED_PHASE",
    "add_critic",
    "add_task",
    "fill_run",
    "of_worker",
]

ADDED_PHASE: Final = "added"
_MOST_OF_WORKERS: Final = 100
"""Tasks of a run that its workers may add."""
_DEEPEST: Final = 3
"""How many workers one behind the other may each add a task."""
_BY_HAND: Final = "a person can add it: wf add"


def fill_run(
    tx: Change,
    phases: Sequence[NewPhase],
    chains: Mapping[str, int],
    worktree: WorktreeSetup | None = None,
) -> None:
    """Store all phases and tasks of a new run; one statement a kind, 100,000 tasks in seconds.

    `chains` has the longest path that is left from each task, as `new_tasks.of_plan` returns it.
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
            phases=tuple(map(phase_shape, phases)),
        )
    )
    ordinal = 0
    judged = {phase.judge: phase for phase in phases if phase.judge}
    for number, phase in enumerate(phases):
        tx.insert(phase_row(tx.run, phase, number))
        rows = []
        for place, task in enumerate(phase.tasks):
            follows = not phase.parallel and place > 0
            rivals = judged.get(task.id)
            needs = len(results_awaited(task, rivals)) + (rivals is not None)
            unmet = needs + follows + bool(phase.depends_on)
            chain = chains.get(task.id, 1)
            known = as_rival(task, phase, rivals)
            rows.append(
                task_row(tx.run.id, tx.now, known, phase.name, ordinal, chain=chain, unmet=unmet)
            )
            ordinal += 1
        if rows:
            statement, _ = insert(rows[0])
            # Made one at a time, as they are stored: those of a large plan would be many megabytes.
            tx.db.execute_many(statement, (insert(row)[1] for row in rows))
        for row in rows:
            tx.emit(task_added(row), row)
    # Behind all tasks, since an edge may name one of a later phase.
    _store_edges(tx, phases)
    tx.db.loaded()
    tx.update_run(evolve(tx.run, pending=ordinal))


def _store_edges(tx: Change, phases: Sequence[NewPhase]) -> None:
    """Store who waits for whom: results, the order of sequential phases, and phases."""
    run = tx.run.id
    edges: list[Values] = []
    judged = {phase.judge: phase for phase in phases if phase.judge}
    for phase in phases:
        if phase.judge:
            edges += [edge(run, one.id, phase.judge, EdgeKind.JUDGED) for one in phase.tasks]
        for place, task in enumerate(phase.tasks):
            needs = results_awaited(task, judged.get(task.id))
            edges += [edge(run, need, task.id, EdgeKind.RESULT) for need in needs]
            if not phase.parallel and place:
                edges.append(edge(run, phase.tasks[place - 1].id, task.id, EdgeKind.ORDER))
    tx.db.execute_many(NEW_EDGE, edges)
    tx.db.execute_many(
        NEW_PHASE_EDGE,
        [
            {"run": run, "src": before, "dst": phase.name}
            for phase in phases
            for before in phase.depends_on
        ],
    )


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
    needs = [tx.task(need) for need in dict.fromkeys(task.spec.awaited)]
    phase = tx.phase(phase_name) if phase_name else _added_phase(tx)
    _refuse_rivals(needs, phase)
    _refuse_cycle(tx, needs, phase.name)
    phase = _reopen(tx, phase)
    ordinal = _next_ordinal(tx)
    last = _last_task(tx, phase)
    turn = last is None or phase.parallel or (last.settled and not awaits_turn(tx, last))
    follows = not turn
    unmet = sum(not is_met(need) for need in needs) + follows + bool(phase.unmet)
    row = task_row(tx.run.id, tx.now, task, phase.name, ordinal, chain=1, unmet=unmet)
    tx.write(phase, evolve(phase, unsettled=phase.unsettled + 1))
    tx.insert(row)
    if last is not None and not phase.parallel:
        tx.db.execute(NEW_EDGE, edge(tx.run.id, last.id, row.id, EdgeKind.ORDER, met=turn))
    for need in needs:
        tx.db.execute(NEW_EDGE, edge(tx.run.id, need.id, row.id, EdgeKind.RESULT))
    tx.update_run(evolve(tx.run, pending=tx.run.pending + 1))
    tx.emit_act(task_added(row), row)
    # Added as it would be if nothing were blocked, then moved: the log and the counts have both.
    bad = sum(is_bad(need) for need in needs)
    if not bad:
        return row
    waiting = tx.write(row, evolve(row, unmet_blocked=bad))
    why = blocked_by_result(tx, waiting).note
    before = TaskState.PENDING.value
    tx.emit(TaskBlocked(kind=BlockedKind.DEPENDENCY, before=before, text=why), waiting)
    return tx.to_pending(waiting)


def add_critic(tx: Change, task: NewTask, author: TaskRow) -> TaskRow:
    """Store the critic of a task, which waits for nothing, and for which no phase waits.

    It stands in the phase of its author for the eye and for the cap of that phase alone. Before all
    that asks for as much it is claimed: what is nearly done is finished first.
    """
    row = task_row(
        tx.run.id, tx.now, task, author.phase, _next_ordinal(tx), chain=author.chain + 1, unmet=0
    )
    tx.insert(row)
    tx.update_run(evolve(tx.run, pending=tx.run.pending + 1))
    tx.emit(task_added(row), row)
    return row


def _next_ordinal(tx: Change) -> int:
    ordinals = tx.db.execute("SELECT max(ordinal) FROM task WHERE run = :run", {"run": tx.run.id})
    return int(ordinals[0][0] or 0) + 1


def _refuse_rivals(needs: Sequence[TaskRow], phase: PhaseRow) -> None:
    """Refuse a task that would be one more rival, or wait for one that may lose."""
    if phase.pick is not None:
        raise RefusedError(
            f"phase {phase.name!r} picks one of its tasks: none joins them",
            "leave --phase out to add a task that nothing waits for",
        )
    for need in needs:
        if need.spec.rival and need.kind is not DoneKind.MERGED:
            raise UsageError(
                f"{need.id!r} is one of several that try the same: another may take its place",
                "need the one that was merged, once one was",
            )


def of_worker(tx: Change, task: NewTask, phase: str | None) -> NewTask:
    """Return a task that a worker adds, as it comes in: behind its author, with no more than that.

    The author is the task that the worker holds. What a person wants of the author's work, a gate,
    a critic, a review or a time limit, they want of this, too. Raises `RefusedError` for all that
    the author may not do itself.
    """
    name = tx.actor.removeprefix(WORKER)
    seat = None if name.startswith(PERSON) else tx.worker(name)
    author = tx.task(seat.task) if seat is not None and seat.task else None
    if seat is None or author is None or author.worker != seat.name:
        raise RefusedError(f"{name} holds no task any more, so it adds none")
    if why := _too_many(tx, author) or _beyond(tx, author, seat.profile, task, phase):
        raise RefusedError(f"the worker of {author.id!r} cannot add this: {why}", _BY_HAND)
    spec = replace(
        task.spec,
        needs=tuple(dict.fromkeys((*task.spec.needs, author.id))),
        gate=author.spec.gate,
        gate_shell=author.spec.gate_shell,
        gate_once=author.spec.gate_once,
        review=author.spec.review,
        critic=author.spec.critic if task.mode is Mode.READ_WRITE else "",
        critic_worker=author.spec.critic_worker,
        critic_rounds=author.spec.critic_rounds,
        timeout_secs=author.spec.timeout_secs,
        max_seconds=author.spec.max_seconds,
        shell=author.spec.shell,
    )
    priority = max(task.priority, author.priority)
    return replace(task, spec=spec, author=author.id, priority=priority)


def _too_many(tx: Change, author: TaskRow) -> str:
    """Return why workers of this run add no more, or "" where they may."""
    rows = tx.db.execute(
        "SELECT count(*) FROM task WHERE run = :run AND author <> ''", {"run": tx.run.id}
    )
    if int(rows[0][0] or 0) >= _MOST_OF_WORKERS:
        return f"workers have added {_MOST_OF_WORKERS} tasks to this run, which is the most"
    depth, above = 1, author
    while above.author:
        depth, above = depth + 1, tx.task(above.author)
    if depth > _DEEPEST:
        return f"it was added {_DEEPEST} workers deep itself, which is the most"
    return ""


def _beyond(tx: Change, author: TaskRow, profile: str, task: NewTask, phase: str | None) -> str:
    """Return what of a new task its author may not do itself, or ""."""
    writes = task.mode is Mode.READ_WRITE
    fold = tx.run.fold_case
    scope = task.scope or (".",)
    outside = [one for one in scope if not within(one, author.scope, fold_case=fold)]
    spec = task.spec
    faults = {
        "its own work may never be taken: it is a rival": author.spec.rival,
        "its work goes to a critic, for which it needs a worktree of its own": author.spec.critic
        and writes
        and task.workspace is Isolation.SHARED,
        f"it only reads, so it adds nothing that writes ({Mode.READ_WRITE})": writes
        and not author.writes,
        f"its scope is {', '.join(author.scope)}": writes and author.scope and outside,
        "only a task with a command adds one (--sh)": spec.command is not None
        and author.spec.command is None,
        f"it works for the profile {profile}": task.worker not in {"", profile},
        "the gate and the variables of a task are for a person to say": spec.gate is not None
        or spec.env
        or spec.pass_env,
        f"it joins the phase {author.phase!r}, or none": phase
        not in {None, author.phase, ADDED_PHASE},
    }
    return next((why for why, holds in faults.items() if holds), "")


def _added_phase(tx: Change) -> PhaseRow:
    names = tx.db.execute("SELECT name FROM phase WHERE run = :run", {"run": tx.run.id})
    if any(row[0] == ADDED_PHASE for row in names):
        return tx.phase(ADDED_PHASE)
    phase = NewPhase(ADDED_PHASE, parallel=True, on_failure=OnFailure.SKIP_CONTINUE, tasks=())
    row = phase_row(tx.run, phase, len(names))
    tx.insert(row)
    return row


def _last_task(tx: Change, phase: PhaseRow) -> TaskRow | None:
    rows = tx.db.execute(
        "SELECT id FROM task WHERE run = :run AND phase = :phase AND critic_of = '' "
        "ORDER BY ordinal DESC LIMIT 1",
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
