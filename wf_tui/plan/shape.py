"""From plain values to a `Plan`: types, and the defaults that a task inherits."""

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from wf_tui.plan.choices import GateOn
from wf_tui.plan.document import Document, Path, Table, screen, written_tasks
from wf_tui.plan.models import Defaults, Plan, Settings
from wf_tui.plan.report import PARSE_ERROR, Problem
from wf_tui.plan.type_errors import parse_problem

__all__ = ["Shaped", "shape", "validate", "with_defaults"]

_SETUP: Final = ("setup", "teardown", "link", "copy", "sparse")

_ADDED_UP: Final = frozenset({"env", "pass_env"})
"""What a task has of its own beside what the plan and its defaults have, not in place of it."""

_COMPILED: Final = "decided"
"""What only the compiler of tree plans may say."""
_REQUIRED: Final = frozenset({"goal", "name", "id"})
_LISTS_OF_TABLES: Final = frozenset({("phases",), ("tasks",)})
_MOST_REPAIRS = 4
"""A phase that is no table becomes one, which then has no name: each level may take a time."""
_ABOUT_NAMES: Final = frozenset(
    {
        "invalid_phase_dependency",
        "invalid_task_result_dependency",
        "unavailable_task_result_dependency",
    }
)
_NAMES: Final = re.compile(r"^phases(\[\d+\](\.(name|tasks(\[\d+\](\.id)?)?))?)?$")
"""The places where a name may have been lost, which is then missed elsewhere."""
# Extensions of wf are optional, so null means the same as leaving them out.
_NULLABLE: Final = frozenset(
    {*Settings.model_fields, "defaults", "scopes", "wip", "pick", "judge", *_SETUP}
)


@dataclass(frozen=True)
class Shaped:
    """A plan of the right shape, or what is left of one beside the faults of its shape."""

    plan: Plan | None
    """With faults it has stand-ins for what is wrong, only so that the rules can look at the rest;
    None where there is no table at all."""
    errors: tuple[Problem, ...]

    def follows(self, problem: Problem) -> bool:
        """Tell whether what a rule found is only what a fault of the shape leads to."""
        if problem.code in _ABOUT_NAMES and any(_NAMES.search(it.path) for it in self.errors):
            return True
        return any(
            problem.path == it.path or problem.path.startswith((f"{it.path}.", f"{it.path}["))
            for it in self.errors
            if it.path
        )


def shape(document: Document) -> Shaped:
    """Return the plan with final values in its tasks, and every fault of its shape at once.

    Called by `read.parse_plan` between the reader and the rules.
    """
    root = document.value
    if not isinstance(root, dict):
        message = "the plan is empty" if root is None else "the plan must be a table of keys"
        hint = "start with `goal` and `phases`"
        no_table = document.problem(PARSE_ERROR, (), message, hint)
        return Shaped(None, document.faults or (no_table,))
    plan, wrong = validate(document, root)
    # The first problem of each place: what the reader could not take as written is then also of
    # the wrong type, and would be named twice.
    first: dict[tuple[str, int | None, int | None], Problem] = {}
    for problem in [*document.faults, *screen(document), *wrong]:
        first.setdefault((problem.path, problem.line, problem.column), problem)
    errors = tuple(sorted(first.values(), key=_place))
    return Shaped(plan, errors)


def _place(problem: Problem) -> tuple[int, int, str]:
    return problem.line or 0, problem.column or 0, problem.path


def validate(document: Document, root: Table) -> tuple[Plan | None, list[Problem]]:
    """Return the plan, as far as its types are right, and all that is wrong with them."""
    given = document.table(("defaults",))
    # No type can say it: a prompt is needed only where neither task nor defaults have a command.
    missing = [
        document.problem(
            PARSE_ERROR,
            (*path, "prompt"),
            "the key `prompt` is missing",
            "say what is to be done, or give a shell command as `run`",
        )
        for path, task in written_tasks(root)
        if "prompt" not in {*task, *given} and task.get("run") is None and not given.get("run")
    ]
    values = with_defaults(root)
    problems: list[Problem] = []
    for _ in range(_MOST_REPAIRS):
        try:
            return Plan.model_validate(values), [*problems, *missing]
        except ValidationError as error:
            details = error.errors(include_url=False)
        if not problems:  # only those of the first time are told: the others are of stand-ins
            problems = [parse_problem(document, detail) for detail in details]
            values = deepcopy(values)  # what was written stays as it is
        for detail in details:
            _put_stand_in(values, detail["loc"], detail["input"])
    return None, [*problems, *missing]


def _put_stand_in(values: dict[str, object], path: Path, wrong: object) -> None:
    """Put something of the right type in the place of a faulty value, or its default."""
    holder: object = values
    for part in path[:-1]:
        if isinstance(holder, dict):
            holder = holder.get(part)
        elif isinstance(holder, list) and isinstance(part, int):
            holder = holder[part]
    key = path[-1]
    # A number is what the writer calls it, and others may need it by that name.
    text = str(wrong) if isinstance(wrong, int | float) else "-".join(map(str, path))
    if isinstance(holder, list) and isinstance(key, int):
        holder[key] = {} if path[-2:-1] in _LISTS_OF_TABLES else text
    elif isinstance(holder, dict) and key in _REQUIRED:
        holder[key] = text
    elif isinstance(holder, dict):
        holder.pop(key, None)


def with_defaults(root: Table) -> dict[str, object]:
    """Return the values of the plan with each task as if it said itself what it inherits.

    Nothing of `root` is changed: places and warnings are of what was written.
    """
    # Before the types are checked, and by keys: a model could not tell a default from a value that
    # was written and is the same.
    plan = _present(root)
    plan.pop(_COMPILED, None)
    defaults = usable_defaults(plan.get("defaults"))
    phases = plan.get("phases")
    if not isinstance(phases, list):
        return plan  # which the types refuse, as whatever else below is no table
    filled: list[object] = []
    for written in phases:
        if not isinstance(written, dict):
            filled.append(written)
            continue
        phase = _present(written)
        tasks = phase.get("tasks")
        if isinstance(tasks, list):
            phase["tasks"] = [task_with_defaults(task, defaults, plan) for task in tasks]
        filled.append(phase)
    plan["phases"] = filled
    return plan


def usable_defaults(raw: object) -> dict[str, object]:
    """Return the defaults, or none of faulty ones: a fault is named once, not for each task."""
    if not isinstance(raw, dict):
        return {}
    present = {key: part for key, part in _present(raw).items() if key in Defaults.model_fields}
    try:
        Defaults.model_validate(present)
    except ValidationError:
        return {}
    return present


def task_with_defaults(raw: object, defaults: Table, plan: Table) -> object:
    """Return a task with what it does not say itself, and the plan's gate if it writes."""
    if not isinstance(raw, dict):
        return raw
    own = _present(raw)
    task = {key: part for key, part in defaults.items() if key not in _ADDED_UP} | own
    # A task that limits its steps alone keeps the other limits of the defaults.
    limits, own_limits = defaults.get("budget"), own.get("budget")
    if isinstance(limits, dict) and isinstance(own_limits, dict):
        task["budget"] = {**limits, **own_limits}
    # By the key, not the value: a task turns the plan's gate off by a blank one of its own. One
    # that only reads has nothing to be judged.
    gate, gate_on = plan.get("gate"), plan.get("gate_on")
    if "gate" not in task and isinstance(gate, str) and task.get("mode") == "read_write":
        task["gate"] = gate
    # Another word is a fault of the plan, named once and not for each task.
    if gate_on in list(GateOn):
        task.setdefault("gate_on", gate_on)
    return task


def _present(table: Table) -> dict[str, object]:
    """Return a table without the keys whose null means that they are left out."""
    return {key: part for key, part in table.items() if part is not None or key not in _NULLABLE}
