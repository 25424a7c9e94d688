"""What of a plan a person sees as a list: also of one with faults, as far as it can be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError
from wf_tui.plan.choices import READING_ROLES, Mode
from wf_tui.plan.models import AGENT_TYPE_WORDS, AgentType
from wf_tui.planning.editing.edits import plan_values
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.plan.report import Problem, Report

__all__ = ["Outline", "OutlinedPhase", "OutlinedTask", "outline_of"]

_LONGEST: Final = 400
_LONGEST_PROMPT: Final = 200_000
_SEATS: Final = 4
"""What a plan without the key says (`Plan.max_concurrent`)."""
_PLACE: Final = re.compile(r"phases\[(\d+)\](?:\.tasks\[(\d+)\])?")
Values = Mapping[str, object]


@dataclass(frozen=True)
class OutlinedTask:
    """A task as it is written, with what the plan has for all; every text is safe to draw."""

    id: str
    phase: str
    title: str = ""
    prompt: str = ""
    command: str = ""
    role: str = AgentType.GENERAL.value
    mode: str = Mode.READ_ONLY.value
    scope: tuple[str, ...] = ()
    worker: str = ""
    fallback: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    gate: str = ""
    review: bool = False
    max_attempts: str = ""
    timeout_secs: str = ""
    limits: tuple[str, ...] = ()
    """Of one attempt, in words: `20m`, `$1`."""
    asks: str = ""
    """How long its worker waits for a person, as it is written; "" leaves it to the profile."""

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.title or self.id

    @property
    def writes(self) -> bool:
        """Whether its changes are kept."""
        reads = self.role in READING_ROLES and not self.command
        return self.mode == Mode.READ_WRITE and not reads


@dataclass(frozen=True)
class OutlinedPhase:
    """A phase, and what it waits for."""

    name: str
    tasks: tuple[OutlinedTask, ...]
    after: tuple[str, ...] = ()
    parallel: bool = False
    on_failure: str = ""
    """What becomes of the others where one of it fails; "" where nothing is written."""


@dataclass(frozen=True)
class Outline:
    """A plan as a list of tasks."""

    goal: str = ""
    phases: tuple[OutlinedPhase, ...] = ()
    seats: int = _SEATS
    dollars: float | None = None
    """What all of it may cost; None for no limit."""
    whole: bool = True
    """Whether all of the plan is in it; else its text cannot be read."""

    @property
    def tasks(self) -> tuple[OutlinedTask, ...]:
        """All tasks, in the order of the plan."""
        return tuple(task for phase in self.phases for task in phase.tasks)

    def task(self, name: str) -> OutlinedTask | None:
        """Return the task of an id."""
        return next((task for task in self.tasks if task.id == name), None)

    def at(self, problem: Problem) -> str:
        """Return the id of the task that a problem is of, of a phase its first; "" for the plan."""
        found = _PLACE.search(problem.path)
        if found is None or int(found[1]) >= len(self.phases):
            return ""
        tasks = self.phases[int(found[1])].tasks
        place = int(found[2] or 0)
        return tasks[place].id if place < len(tasks) else ""


def outline_of(report: Report, text: str) -> Outline:
    """Return the outline of a plan that was checked; `text` is what of one with faults there is."""
    try:
        if report.plan is not None:
            values: Values = report.plan.model_dump(mode="json", by_alias=True)
        else:
            values = plan_values(text)
    except RefusedError:
        return Outline(_text(report.goal), whole=False)
    defaults = _table(values.get("defaults"))
    # A plan without faults has what is for all in each task already.
    given = {} if report.plan is not None else {"gate": values.get("gate"), **defaults}
    phases = [_phase(phase, given) for phase in _tables(values.get("phases"))]
    homes = {task.id: phase.name for phase in phases for task in phase.tasks}
    seats, budget = values.get("max_concurrent"), _table(values.get("budget"))
    dollars = budget.get("max_cost_usd")
    return Outline(
        _text(values.get("goal")),
        tuple(_after_needs(phase, homes) for phase in phases),
        seats if isinstance(seats, int) and not isinstance(seats, bool) else _SEATS,
        float(dollars) if isinstance(dollars, int | float) else None,
    )


def _phase(values: Values, given: Values) -> OutlinedPhase:
    name = _text(values.get("name"))
    return OutlinedPhase(
        name,
        tuple(_task({**given, **one}, name) for one in _tables(values.get("tasks"))),
        _texts(values.get("depends_on")),
        values.get("parallel") is True,
        _text(values.get("on_failure")),
    )


def _after_needs(phase: OutlinedPhase, homes: Mapping[str, str]) -> OutlinedPhase:
    """Return a phase that waits for those of its tasks' results, too."""
    needed = (homes.get(need, "") for task in phase.tasks for need in task.needs)
    after = dict.fromkeys((*phase.after, *needed))
    names = tuple(name for name in after if name and name != phase.name)
    return OutlinedPhase(phase.name, phase.tasks, names, phase.parallel, phase.on_failure)


def _task(values: Values, phase: str) -> OutlinedTask:
    role = _text(values.get("agent_type")) or AgentType.GENERAL.value
    return OutlinedTask(
        _text(values.get("id")),
        phase,
        _text(values.get("title")),
        clean(_text(values.get("prompt"), _LONGEST_PROMPT), limit=_LONGEST_PROMPT, multiline=True),
        _text(values.get("run"), _LONGEST_PROMPT),
        str(AGENT_TYPE_WORDS.get(role, role)),
        _text(values.get("mode")) or Mode.READ_ONLY.value,
        _texts(values.get("file_scope")),
        _text(values.get("worker")),
        _texts(values.get("fallback")),
        _texts(values.get("depends_on_results")),
        _text(values.get("gate"), _LONGEST_PROMPT),
        values.get("review") is True,
        _text(values.get("max_attempts")),
        _text(values.get("timeout_secs")),
        tuple(_limits(values)),
        _text(values.get("question_timeout")),
    )


def _limits(values: Values) -> Iterator[str]:
    budget = _table(values.get("budget"))
    tries = _text(values.get("max_attempts"))
    if tries:
        yield "1 try" if tries == "1" else f"{tries} tries"
    for table, key, words in (
        (values, "timeout_secs", "{}s"),
        (budget, "max_cost_usd", "${}"),
        (budget, "max_tokens", "{} tokens"),
        (budget, "max_steps", "{} steps"),
        (budget, "max_seconds", "{}s of work"),
    ):
        if (text := _text(table.get(key))) and text != "0":
            yield words.format(text)


def _text(value: object, limit: int = _LONGEST) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_word = isinstance(value, str | int | float) and not isinstance(value, bool)
    return clean(str(value), limit=limit, multiline=limit > _LONGEST) if is_word else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(_text(one) for one in value) if isinstance(value, list | tuple) else ()


def _table(value: object) -> Values:
    return value if isinstance(value, dict) else {}


def _tables(value: object) -> list[Values]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
