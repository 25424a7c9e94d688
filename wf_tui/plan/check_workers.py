"""Whether the workers that a plan names can do what it gives them; asked where they are known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from wf_tui.errors import nearest
from wf_tui.plan.report import Many, Problem, quoted
from wf_tui.text import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wf_tui.plan.document import Document, Path
    from wf_tui.plan.models import Plan, Task

__all__ = [
    "CRITIC_ROLE",
    "PROMPTS_HINT",
    "WorkerFacts",
    "profile_of",
    "unfit_workers",
    "worker_warnings",
]

CRITIC_ROLE: Final = "review"
"""In which role a critic works."""
PROMPTS_HINT: Final = "give it a command as `run`, or configure a profile that takes prompts"
"""What helps a task that only an agent can do, where there is none."""
_CRITIC_HINT: Final = f"configure a profile that takes prompts, also in the role {CRITIC_ROLE}"
_NAMED: Final = 8
_SEAT: Final = re.compile(r"(.+)-[1-9][0-9]*")


@dataclass(frozen=True)
class WorkerFacts:
    """What a plan has to know of a profile."""

    takes: Literal["command", "prompt"]
    roles: tuple[str, ...] = ()
    """None means all."""

    @property
    def judges(self) -> bool:
        """Whether it can be a critic: a prompt, in the role `review`."""
        return self.takes == "prompt" and (not self.roles or CRITIC_ROLE in self.roles)

    def why_not(self, task: Task) -> str | None:
        """Return why a profile cannot do a task, going on from its name; None where it can."""
        if self.takes == "command" and not task.run:
            return "runs commands, and it has a prompt alone"
        if self.takes == "prompt" and task.run:
            return "takes prompts, and it has a command"
        if self.roles and task.agent_type.value not in self.roles:
            return f"has the roles {', '.join(self.roles)}, and not {task.agent_type.value}"
        return None


def profile_of(worker: str, known: Mapping[str, object]) -> str | None:
    """Return the profile that a `worker` means: by its name, or by that of one of its seats."""
    if worker in known:
        return worker
    seat = _SEAT.fullmatch(worker)
    return seat[1] if seat and seat[1] in known else None


def unfit_workers(
    document: Document, plan: Plan, workers: Mapping[str, WorkerFacts]
) -> Iterator[Problem]:
    """Yield `unfit_worker` for each task that is pinned to a worker which cannot do it.

    A worker that is the default of all tasks is no pin of those with a command that it cannot run:
    it is left out of them when a run is made.
    """
    for path, task in _tasks(plan):
        names = [("worker", task.worker)] if task.worker else []
        names += [("fallback", name) for name in task.fallback]
        own = document.table(path)
        for key, name in names:
            facts = workers.get(profile_of(name, workers) or "")
            if facts is None or (why := facts.why_not(task)) is None:
                continue
            if task.run and key not in own and facts.takes == "prompt":
                continue
            message = f"{quoted(name)} cannot do task {quoted(task.id)}: it {why}"
            hint = "name another worker, or none"
            yield document.problem(
                "unfit_worker", (*path, key), message, hint, task=task.id, worker=name
            )
        yield from _unfit_critic(document, path, task, workers)


def _unfit_critic(
    document: Document, path: Path, task: Task, workers: Mapping[str, WorkerFacts]
) -> Iterator[Problem]:
    name = (task.asks_critic.worker if task.asks_critic else None) or ""
    facts = workers.get(profile_of(name, workers) or "")
    if facts is not None and not facts.judges:
        message = (
            f"{quoted(name)} cannot be the critic of task {quoted(task.id)}: that is a prompt, in "
            f"the role {CRITIC_ROLE}"
        )
        hint = "name another worker, or none"
        place = (*path, "critic", "worker")
        yield document.problem("unfit_worker", place, message, hint, task=task.id, worker=name)


def worker_warnings(
    document: Document, plan: Plan, workers: Mapping[str, WorkerFacts]
) -> Iterator[Problem]:
    """Yield what of a plan cannot run with the profiles of whoever checks it.

    Warnings, for the plan may be meant for somebody else; its run is refused.
    """
    takes_prompts = any(facts.takes == "prompt" for facts in workers.values())
    can_judge = any(facts.judges for facts in workers.values())
    for path, task in _tasks(plan):
        critic = task.asks_critic
        named = (task.worker, *task.fallback, critic.worker if critic else None)
        unknown = [name for name in named if name]
        for name in [name for name in unknown if profile_of(name, workers) is None]:
            message = f"there is no profile {quoted(name)}, which task {quoted(task.id)} names"
            best = nearest(name, workers)
            hint = f"did you mean {best!r}?" if best else f"there are: {listed(workers, _NAMED)}"
            yield document.problem(
                "unknown_worker", path, message, hint, None, task=task.id, worker=name
            )
        if critic is not None and not critic.worker and not can_judge:
            message = f"no profile can be the critic of task {quoted(task.id)}"
            many = Many("tasks have a critic, which no profile can be", _CRITIC_HINT, task.id)
            yield document.problem("no_profile", path, message, _CRITIC_HINT, many, task=task.id)
        if task.run or takes_prompts or task.worker:
            continue
        message = f"no profile takes the prompt of task {quoted(task.id)}"
        many = Many("tasks have a prompt, which no profile takes", PROMPTS_HINT, task.id)
        yield document.problem("no_profile", path, message, PROMPTS_HINT, many, task=task.id)


def _tasks(plan: Plan) -> Iterator[tuple[Path, Task]]:
    for number, phase in enumerate(plan.phases):
        for index, task in enumerate(phase.tasks):
            yield ("phases", number, "tasks", index), task
