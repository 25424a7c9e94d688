"""From plain values to a `Plan`: types, unknown keys, and the defaults that a task inherits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from wf_tui.plan.choices import GateOn
from wf_tui.plan.document import Document, Path, screen
from wf_tui.plan.models import Budget, Defaults, Phase, Plan, Settings, Surroundings, Task
from wf_tui.plan.report import PARSE_ERROR, Problem, quoted
from wf_tui.plan.type_errors import Suggestions, parse_problem

__all__ = ["NOT_SUPPORTED", "Shaped", "shape", "unknown_keys", "validate", "with_defaults"]

NOT_SUPPORTED: Final = ("sparse",)
"""Keys of the format that are read and refused when used."""
_SETUP: Final = ("setup", "teardown", "link", "copy")

_ADDED_UP: Final = frozenset({"env", "pass_env"})
"""What a task has of its own beside what the plan and its defaults have, not in place of it."""

_TREE_KEY = "nodes"


def _own_first(model: type[BaseModel]) -> list[tuple[str, FieldInfo]]:
    """Return the fields of a table, those that several kinds of tables have behind its own."""
    fields = model.model_fields.items()
    return sorted(fields, key=lambda field: field[0] in Surroundings.model_fields)


_KINDS: Final[dict[type[BaseModel], str]] = {
    Plan: "the plan",
    Phase: "a phase",
    Task: "a task",
    Defaults: "`defaults`",
    Budget: "a budget",
}
_KEYS: Final = {
    model: (
        *(field.alias or name for name, field in _own_first(model)),
        *(NOT_SUPPORTED if model is Plan else ()),
    )
    for model in _KINDS
}
# Extensions of wf are optional, so null means the same as leaving them out.
_NULLABLE: Final = frozenset(
    {*Settings.model_fields, "defaults", "scopes", "wip", *_SETUP, *NOT_SUPPORTED}
)

_Table = Mapping[str, object]


@dataclass(frozen=True)
class Shaped:
    """A plan of the right shape, or why it has none."""

    plan: Plan | None
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def shape(document: Document) -> Shaped:
    """Return the plan with final values in its tasks, or every parse error at once.

    Called by `read.parse_plan` between the reader and the rules. All its errors are `parse_error`,
    whatever the rest of them says; a key that nothing reads is a warning only.
    """
    root = document.value
    if not isinstance(root, dict):
        message = "the plan is empty" if root is None else "the plan must be a table of keys"
        hint = "start with `goal` and `phases`"
        no_table = document.problem(PARSE_ERROR, (), message, hint)
        return Shaped(None, document.faults or (no_table,))
    if _TREE_KEY in root and "phases" not in root:
        message = "this is the tree form of a plan (`nodes`); only the phase form can be run"
        hint = "write `phases` with `tasks`"
        tree_form = document.problem(PARSE_ERROR, (_TREE_KEY,), message, hint)
        return Shaped(None, (*document.faults, tree_form))
    warnings = tuple(unknown_keys(document, root))
    plan, wrong = validate(document, root)
    # The first problem of each place: what the reader could not take as written is then also of
    # the wrong type, and would be named twice.
    first: dict[tuple[str, int | None, int | None], Problem] = {}
    for problem in [*document.faults, *screen(document), *wrong]:
        first.setdefault((problem.path, problem.line, problem.column), problem)
    errors = tuple(sorted(first.values(), key=lambda it: (it.line or 0, it.column or 0)))
    return Shaped(None if errors else plan, errors, warnings)


def validate(document: Document, root: _Table) -> tuple[Plan | None, list[Problem]]:
    """Return the plan as far as its types are right, and all that is wrong with them."""
    defaults = root.get("defaults")
    default_run = defaults.get("run") if isinstance(defaults, dict) else None
    # No type can say it: a prompt is needed only where neither task nor defaults have a command.
    missing = [
        document.problem(
            PARSE_ERROR,
            (*path, "prompt"),
            "the key `prompt` is missing",
            "say what is to be done, or give a shell command as `run`",
        )
        for path, task in _tasks(root)
        if "prompt" not in task and task.get("run") is None and not default_run
    ]
    try:
        return Plan.model_validate(with_defaults(root)), missing
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [*(parse_problem(document, detail) for detail in details), *missing]


def with_defaults(root: _Table) -> dict[str, object]:
    """Return the values of the plan with each task as if it said itself what it inherits.

    Nothing of `root` is changed: places and warnings are of what was written.
    """
    # Before the types are checked, and by keys: a model could not tell a default from a value that
    # was written and is the same.
    plan = _present(root)
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
    present = {key: part for key, part in _present(raw).items() if key in Settings.model_fields}
    try:
        Defaults.model_validate(present)
    except ValidationError:
        return {}
    return present


def task_with_defaults(raw: object, defaults: _Table, plan: _Table) -> object:
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


def _present(table: _Table) -> dict[str, object]:
    """Return a table without the keys whose null means that they are left out."""
    return {key: part for key, part in table.items() if part is not None or key not in _NULLABLE}


def _tables(value: object, path: Path) -> Iterator[tuple[Path, _Table]]:
    items = value if isinstance(value, list) else ()
    return (((*path, index), item) for index, item in enumerate(items) if isinstance(item, dict))


def _phases(root: _Table) -> Iterator[tuple[Path, _Table]]:
    return _tables(root.get("phases"), ("phases",))


def _tasks(root: _Table) -> Iterator[tuple[Path, _Table]]:
    for path, phase in _phases(root):
        yield from _tables(phase.get("tasks"), (*path, "tasks"))


def unknown_keys(document: Document, root: _Table) -> Iterator[Problem]:
    """Yield a warning for each key that nothing reads, one kind of table after the other.

    No fault: a plan for a newer version of the format, or of wf, can still be run.
    """
    known = {model: Suggestions(keys) for model, keys in _KEYS.items()}
    for model, path, table in all_tables(root):
        for key in table:
            if key in _KEYS[model]:
                continue
            message = f"{_KINDS[model]} has no key {quoted(key)}; it is left out"
            homes = [_KINDS[other] for other, keys in _KEYS.items() if key in keys]
            if homes:
                # A task's key in the plan itself is meant for all tasks, so it belongs to
                # `defaults`, which stand behind the tasks in the list.
                home = homes[-1] if model is Plan else homes[0]
                hint = f"{quoted(key)} is a key of {home}"
            else:
                names = ", ".join(known[model].names)
                hint = known[model].hint(key) or f"the keys are: {names}"
            yield document.problem("unknown_key", (*path, key), message, hint, key=key)


def all_tables(root: _Table) -> Iterator[tuple[type[BaseModel], Path, _Table]]:
    """Yield every table of a plan with its place and the model whose keys it may have."""
    yield Plan, (), root
    holders: list[tuple[Path, _Table]] = []
    defaults = root.get("defaults")
    if isinstance(defaults, dict):
        yield Defaults, ("defaults",), defaults
        holders.append((("defaults",), defaults))
    yield from ((Phase, path, phase) for path, phase in _phases(root))
    for path, task in _tasks(root):
        yield Task, path, task
        holders.append((path, task))
    for path, holder in holders:
        budget = holder.get("budget")
        if isinstance(budget, dict):
            yield Budget, (*path, "budget"), budget
