"""Tasks and phases as they come in: of a plan, or given by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wf_tui.ledger.model.spec import Spec
from wf_tui.plan.choices import GateOn, Isolation, Mode, OnFailure, Pick, ResultFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.plan.models import Plan, Task

__all__ = ["NewPhase", "NewTask", "of_plan"]


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
    author: str = ""
    """The task whose worker adds it."""
    critic_of: str = ""
    """The task whose critic it is."""

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
    pick: Pick | None = None
    judge: str | None = None


def of_plan(plan: Plan) -> tuple[tuple[NewPhase, ...], Mapping[str, int]]:
    """Turn a checked plan into what comes in, and each task's longest remaining path."""
    from wf_tui.plan.order import longest_remaining  # noqa: PLC0415 - status

    waits = _phase_waits(plan)
    phases = tuple(
        NewPhase(
            name=phase.name,
            parallel=phase.parallel,
            on_failure=phase.on_failure,
            tasks=tuple(_of_task(plan, task) for task in phase.tasks),
            depends_on=tuple(waits[phase.name]),
            wip=phase.wip,
            pick=phase.pick,
            judge=phase.judge,
        )
        for phase in plan.phases
    )
    return phases, longest_remaining(plan)


def _phase_waits(plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """Return what each phase waits for, where a judge chooses between the tasks of one.

    The judge starts before its rivals' phase is over, for that waits for its choice. What depends
    on the judge's phase is to have what was chosen, so it waits for both.
    """
    from wf_tui.plan.order import effective_dependencies  # noqa: PLC0415 - status

    home = {task.id: phase.name for phase in plan.phases for task in phase.tasks}
    judged = {home[phase.judge]: phase.name for phase in plan.phases if phase.judge in home}
    waits = {}
    for name, before in effective_dependencies(plan).items():
        behind = [*before, *(judged[one] for one in before if one in judged)]
        waits[name] = tuple(one for one in dict.fromkeys(behind) if one != judged.get(name))
    return waits


def _of_task(plan: Plan, task: Task) -> NewTask:
    budget = task.budget
    critic = task.asks_critic
    return NewTask(
        id=task.id,
        title=task.title or "",
        spec=Spec(
            prompt=task.prompt,
            command=task.run,
            needs=tuple(dict.fromkeys(task.depends_on_results)),
            partial=task.partial_results,
            gate=task.gate,
            gate_once=task.gate_on is GateOn.ATTEMPT,
            review=task.review,
            deliverables=tuple(task.deliverables),
            fallback=tuple(task.fallback),
            checkpoint=task.checkpoint.value if task.checkpoint else None,
            timeout_secs=task.timeout_secs,
            max_seconds=budget.max_seconds,
            max_steps=task.max_steps or budget.max_steps,
            max_tokens=budget.max_tokens,
            max_cost_usd=budget.max_cost_usd,
            tags=tuple(task.tags),
            shell=task.shell or plan.shell or (),
            gate_shell=_gate_shell(plan, task),
            stall_after=plan.stall_after if task.stall_after is None else task.stall_after,
            question_timeout=task.question_timeout,
            on_timeout=task.on_timeout.value if task.on_timeout else None,
            env=tuple(f"{name}={value}" for name, value in task.env.items()),
            pass_env=task.pass_env,
            structured=task.result is ResultFormat.JSON,
            critic=critic.prompt if critic else "",
            critic_worker=critic.worker or "" if critic else "",
            critic_rounds=critic.rounds if critic else None,
            plans=task.result is ResultFormat.PLAN,
        ),
        mode=Mode.READ_WRITE if task.writes else Mode.READ_ONLY,
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
