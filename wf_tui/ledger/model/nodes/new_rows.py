"""The rows, edges and events of phases and tasks as they come in."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.task_events import TaskAdded
from wf_tui.ledger.model.nodes.stored import write_node
from wf_tui.ledger.model.rows import PhaseRow, RunRow, TaskRow
from wf_tui.ledger.model.states import EdgeKind, PinnedBy, TaskState
from wf_tui.plan.choices import GateOn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.events.base import Shape
    from wf_tui.ledger.model.new_tasks import NewPhase, NewTask, Node
    from wf_tui.ledger.store.database import Values

__all__ = [
    "NEW_EDGE",
    "NEW_PHASE_EDGE",
    "as_rival",
    "edge",
    "node_shape",
    "phase_row",
    "phase_shape",
    "rank",
    "results_awaited",
    "scope_key",
    "task_added",
    "task_row",
]

_STEP: Final = 1_000_000
_LONGEST_TITLE: Final = 200
"""Characters of the first line of a prompt; a title that was given is kept as it is."""
NEW_EDGE: Final = (
    "INSERT INTO edge (run, src, dst, kind, met) VALUES (:run, :src, :dst, :kind, :met)"
)
NEW_PHASE_EDGE: Final = "INSERT INTO phase_edge (run, src, dst) VALUES (:run, :src, :dst)"


def rank(priority: int, chain: int) -> int:
    """Return the place in the queue, lower first: priority, then the longest remaining path.

    One number for both, so that one index has the tasks in order (RULES 4.3).
    """
    return priority * _STEP + _STEP - min(chain, _STEP)


def edge(run: str, src: str, dst: str, kind: EdgeKind, *, met: bool = False) -> Values:
    """Return the values of `NEW_EDGE`: `dst` waits for `src`."""
    return {"run": run, "src": src, "dst": dst, "kind": kind, "met": int(met)}


def phase_row(run: RunRow, phase: NewPhase, number: int) -> PhaseRow:
    """Return a phase of which nothing has begun; `number` is its place in the run."""
    return PhaseRow(
        run=run.id,
        name=phase.name,
        ordinal=number,
        parallel=phase.parallel,
        on_failure=phase.on_failure,
        wip=phase.wip,
        unmet=len(phase.depends_on),
        unsettled=len(phase.tasks),
        pick=phase.pick,
        judge=phase.judge,
        node=write_node(phase.node),
    )


def phase_shape(phase: NewPhase) -> Shape:
    """Return a phase as the event has it that tells of it."""
    shape: dict[str, object] = {
        "name": phase.name,
        "parallel": phase.parallel,
        "on_failure": phase.on_failure,
        "depends_on": phase.depends_on,
        "pick": phase.pick,
        "judge": phase.judge,
        "node": node_shape(phase.node) if phase.node else None,
    }
    return {name: value for name, value in shape.items() if value is not None}


def results_awaited(task: NewTask, rivals: NewPhase | None) -> list[str]:
    """Return the results that a task waits for, beside the `rivals` that it judges."""
    judged = {one.id for one in rivals.tasks} if rivals is not None else set[str]()
    return [need for need in task.spec.awaited if need not in judged]


def as_rival(task: NewTask, phase: NewPhase, rivals: NewPhase | None) -> NewTask:
    """Return a task with what it is to the others of its phase, or to the rivals of another."""
    if phase.pick is None and rivals is None:
        return task
    judges = rivals.name if rivals is not None else ""
    many = len((rivals or phase).tasks)
    spec = replace(task.spec, rival=phase.pick or "", rivals=many, judges=judges)
    return replace(task, spec=spec)


def node_shape(node: Node) -> Shape:
    """Return what events say of a node: how it decides, by which task, and what it may add."""
    return {
        "kind": node.kind,
        "task": node.source or node.task,
        "prefix": node.prefix,
        "number": node.number,
        "most": node.most,
        "arms": {
            arm: [phase.name for phase in phases]
            for arm, phases in node.arms.items()
            if arm != "judge"
        },
    }


def task_row(
    run: str, now: float, task: NewTask, phase: str, ordinal: int, *, chain: int, unmet: int
) -> TaskRow:
    """Return a task of which nothing has begun; `now` is in UTC seconds."""
    first_line, _, _ = task.spec.prompt.strip().partition("\n")
    return TaskRow(
        run=run,
        id=task.id,
        ordinal=ordinal,
        phase=phase,
        title=task.title or first_line[:_LONGEST_TITLE] or task.id,
        spec=task.spec,
        takes=task.spec.takes,
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
        since=now,
        pinned=task.worker,
        pinned_by=PinnedBy.PLAN if task.worker else PinnedBy.NOBODY,
        ready_at=None if unmet else now,
        unmet=unmet,
        author=task.author,
        critic_of=task.critic_of,
    )


def scope_key(scope: Sequence[str], workspace: str) -> str:
    """Return the key of all tasks that ask for exactly this scope in this kind of workspace.

    Sorted, since the order in which a plan lists paths means nothing.
    """
    words = json.dumps(sorted(scope)) if scope else "[]"
    return f"scope:{workspace}:{words}"


def task_added(task: TaskRow) -> TaskAdded:
    """Return the event of a task that has come in."""
    return TaskAdded(
        title=task.title,
        phase=task.phase,
        needs=task.spec.awaited,
        mode=task.mode,
        isolation=task.isolation,
        scope=task.scope,
        role=task.role,
        max_attempts=task.max_attempts,
        review=task.spec.review or None,
        gate=task.spec.gate is not None or None,
        gate_on=GateOn.ATTEMPT if task.spec.gate_once else None,
        author=task.author or None,
        critic=bool(task.spec.critic) or None,
        critic_of=task.critic_of or None,
        commit=task.spec.reads or None,
    )
