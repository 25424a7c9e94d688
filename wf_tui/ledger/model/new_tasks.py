"""Tasks and phases as they come in: of a plan, or given by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.spec import Spec
from wf_tui.plan.choices import GateOn, Isolation, Mode, OnFailure, Pick, ResultFormat
from wf_tui.plan.tree.decided import Deciding
from wf_tui.values import field, frozen, replace

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wf_tui.plan.models import Phase, Plan, Task
    from wf_tui.plan.tree.decided import Decided

__all__ = ["NewPhase", "NewTask", "Node", "of_plan"]


@frozen
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

    def needing(self, known: Collection[str]) -> NewTask:
        """Return it with those of its needs that there are."""
        needs = tuple(need for need in self.spec.needs if need in known)
        spec = replace(self.spec, needs=needs)
        return self if spec == self.spec else replace(self, spec=spec)


@frozen
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
    node: Node | None = None
    """What its end decides, where more phases may come after it."""


@frozen
class Node:
    """What the end of a phase decides: which phases are added behind it (RULES 5, Nodes)."""

    kind: Deciding
    prefix: str
    """What the ids of all that it adds begin with, up to a number."""
    most: int = 1
    """How many rounds or items there are at most."""
    text: str = ""
    """The condition, or where the items come from."""
    source: str = ""
    """Of an expand: the task whose answer is the list."""
    number: int = 1
    """Of a loop: the round that is judged."""
    arms: Mapping[str, tuple[NewPhase, ...]] = field(default_factory=dict)
    """What it may add: `pass` and `fail` of a cond, `again` of a loop, `each` of an expand.

    Under `judge` a loop has the phase that decides itself, to be judged again.
    """
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each task that needs results of what it adds, which ones."""
    verdict: str = ""
    """What it has decided; "" before that."""

    @property
    def task(self) -> str:
        """The task whose verdict or answer decides."""
        return f"{self.prefix.removesuffix('/')}.if.{self.number}"


def of_plan(plan: Plan) -> tuple[tuple[NewPhase, ...], Mapping[str, int]]:
    """Turn a checked plan into what comes in, and each task's longest remaining path.

    What a node of a tree may add later is in the node of the phase that decides, and nowhere else.
    """
    from wf_tui.plan.order import longest_remaining  # noqa: PLC0415 - status

    waits = _phase_waits(plan)
    written = {phase.name: phase for phase in plan.phases}
    decided = {node.phase: node for node in plan.decided}
    lists = {node.source for node in plan.decided if node.source}

    def made(name: str) -> NewPhase:
        phase = _of_phase(plan, written[name], waits[name], lists)
        node = decided.get(name)
        if node is None:
            return phase
        arms = {arm: tuple(map(made, names)) for arm, names in node.arms.items()}
        if node.kind is Deciding.LOOP:
            arms["judge"] = (phase,)
        wanted = _wanted(plan, node)
        return replace(
            phase,
            node=Node(
                node.kind, node.prefix, node.most, node.text, node.source, arms=arms, wanted=wanted
            ),
        )

    later = {name for node in plan.decided for name in node.added}
    first = [made(phase.name) for phase in plan.phases if phase.name not in later]
    return _without(first) if later else tuple(first), longest_remaining(plan)


def _of_phase(plan: Plan, phase: Phase, waits: tuple[str, ...], lists: Collection[str]) -> NewPhase:
    return NewPhase(
        name=phase.name,
        parallel=phase.parallel,
        on_failure=phase.on_failure,
        tasks=tuple(_of_task(plan, task, items=task.id in lists) for task in phase.tasks),
        depends_on=tuple(waits),
        wip=phase.wip,
        pick=phase.pick,
        judge=phase.judge,
    )


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


def _wanted(plan: Plan, node: Decided) -> Mapping[str, tuple[str, ...]]:
    """Return who needs the results of what a node adds, beside that itself."""
    names = {name for many in node.arms.values() for name in many}
    inside = {task.id for phase in plan.phases if phase.name in names for task in phase.tasks}
    others = (phase for phase in plan.phases if phase.name not in {*names, node.phase})
    needs = {
        task.id: tuple(need for need in task.depends_on_results if need in inside)
        for phase in others
        for task in phase.tasks
    }
    return {task: wanted for task, wanted in needs.items() if wanted}


def _without(phases: list[NewPhase]) -> tuple[NewPhase, ...]:
    """Return what a run begins with, waiting for nothing that it does not begin with."""
    names = {phase.name for phase in phases}
    tasks = {task.id for phase in phases for task in phase.tasks}
    return tuple(
        replace(
            phase,
            depends_on=tuple(name for name in phase.depends_on if name in names),
            tasks=tuple(task.needing(tasks) for task in phase.tasks),
        )
        for phase in phases
    )


def _of_task(plan: Plan, task: Task, *, items: bool = False) -> NewTask:
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
            items=items,
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
