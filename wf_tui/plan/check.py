"""The rules of a plan, beside the types: all faults at once, in the order of the plan format."""

from collections.abc import Iterator
from typing import Final

from wf_tui.plan.check_scopes import scope_faults
from wf_tui.plan.document import Document, Path
from wf_tui.plan.models import Phase, Plan, Task
from wf_tui.plan.order import walk
from wf_tui.plan.report import Problem, quoted
from wf_tui.plan.shape import NOT_SUPPORTED
from wf_tui.plan.type_errors import Suggestions
from wf_tui.text import clean

__all__ = ["faults", "warnings"]

_CORRECT = "remove it, or correct the name"
_READ_WRITE_LINE: Final = {
    "json": '"mode": "read_write"',
    "toml": 'mode = "read_write"',
    "yaml": "mode: read_write",
}


def faults(document: Document, plan: Plan, *, fold_case: bool) -> tuple[Problem, ...]:
    """Return every fault of a plan of the right shape."""
    return (
        *_plan_fields(document, plan),
        *_names(document, plan),
        *_dependencies_and_scopes(document, plan, fold_case=fold_case),
        *_cycles(document, plan),
        *_results(document, plan),
        *_local_files(document, plan),
        *_unsupported_keys(document),
    )


def warnings(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield a warning for each task that seems to write, but does not say so."""
    line = _READ_WRITE_LINE[document.format]
    for path, task in _tasks(plan):
        # Whoever wrote the mode knows it, whatever it is.
        if "mode" in task.model_fields_set or not (task.run or task.file_scope):
            continue
        message = f"the changes of task {quoted(task.id)} will not be kept: it is read_only"
        hint = f"if it is to change files, add: {line}"
        yield document.problem("changes_not_kept", path, message, hint, task=task.id)


def _tasks(plan: Plan) -> Iterator[tuple[Path, Task]]:
    for number, phase in enumerate(plan.phases):
        for index, task in enumerate(phase.tasks):
            yield ("phases", number, "tasks", index), task


def _plan_fields(document: Document, plan: Plan) -> Iterator[Problem]:
    if not plan.goal.strip():
        yield _blank(document, ("goal",), "workflow goal", "say what the run is for")
    if not 1 <= plan.max_concurrent <= plan.MOST_CONCURRENT:
        yield document.problem(
            "invalid_max_concurrent",
            ("max_concurrent",),
            f"`max_concurrent` is {plan.max_concurrent}",
            f"write a number from 1 to {plan.MOST_CONCURRENT}",
            value=plan.max_concurrent,
        )
    if not plan.phases:
        message, hint = "the plan has no phases", "add `phases`, each with a `name` and `tasks`"
        yield document.problem("empty_workflow", ("phases",), message, hint)


def _blank(document: Document, path: Path, field: str, hint: str) -> Problem:
    return document.problem("empty_field", path, f"the {field} is blank", hint, field=field)


def _names(document: Document, plan: Plan) -> Iterator[Problem]:
    phases: dict[str, Path] = {}
    tasks: dict[str, Path] = {}
    for number, phase in enumerate(plan.phases):
        path: Path = ("phases", number)
        yield from _phase_name(document, phase, path, phases)
        for index, task in enumerate(phase.tasks):
            yield from _task_name(document, task, (*path, "tasks", index), tasks)


def _phase_name(
    document: Document, phase: Phase, path: Path, seen: dict[str, Path]
) -> Iterator[Problem]:
    name = quoted(phase.name)
    if not phase.name.strip():
        yield _blank(document, (*path, "name"), "phase name", "give the phase a name")
    if not phase.tasks:
        message, hint = f"the phase {name} has no tasks", "add `tasks`, or remove the phase"
        yield document.problem("empty_phase", (*path, "tasks"), message, hint, phase=phase.name)
    if phase.name.strip() and phase.name in seen:
        message = f"two phases are named {name}"
        hint = f"rename one of them{_first_line(document, seen[phase.name])}"
        yield document.problem("duplicate_phase", (*path, "name"), message, hint, phase=phase.name)
    seen.setdefault(phase.name, path)


def _task_name(
    document: Document, task: Task, path: Path, seen: dict[str, Path]
) -> Iterator[Problem]:
    if not task.id.strip():
        yield _blank(document, (*path, "id"), "task id", "give the task an id")
    if "prompt" in task.model_fields_set and not task.prompt.strip():
        yield _blank(document, (*path, "prompt"), "task prompt", "say what is to be done")
    if task.run is not None and not task.run.strip():
        yield _blank(document, (*path, "run"), "task run", "give a shell command")
    if task.id.strip() and task.id in seen:
        message = f"two tasks have the id {quoted(task.id)}"
        hint = f"rename one of them{_first_line(document, seen[task.id])}"
        yield document.problem("duplicate_task", (*path, "id"), message, hint, task=task.id)
    seen.setdefault(task.id, path)


def _first_line(document: Document, path: Path) -> str:
    return f"; the first is in line {document.mark(path).line}"


def _dependencies_and_scopes(
    document: Document, plan: Plan, *, fold_case: bool
) -> Iterator[Problem]:
    names = dict.fromkeys(phase.name for phase in plan.phases)
    known = Suggestions(names)
    for number, phase in enumerate(plan.phases):
        path: Path = ("phases", number)
        for index, need in enumerate(phase.depends_on):
            if need == phase.name or need not in names:
                place = (*path, "depends_on", index)
                yield _wrong_phase(document, place, phase.name, need, known.hint(need) or _CORRECT)
        yield from scope_faults(document, path, phase, fold_case=fold_case)


def _wrong_phase(document: Document, path: Path, phase: str, need: str, hint: str) -> Problem:
    message = f"the phase {quoted(phase)} depends on {quoted(need)}, which does not exist"
    if need == phase:
        message, hint = f"the phase {quoted(phase)} depends on itself", "remove this entry"
    return document.problem(
        "invalid_phase_dependency", path, message, hint, phase=phase, dependency=need
    )


def _cycles(document: Document, plan: Plan) -> Iterator[Problem]:
    names = [phase.name for phase in plan.phases]
    for cycle in walk(plan).cycles:
        path = ("phases", names.index(cycle[0]), "depends_on")
        message = "phases wait for each other: " + " -> ".join(
            clean(name, limit=80) for name in cycle
        )
        hint = "remove one of these dependencies"
        yield document.problem("phase_dependency_cycle", path, message, hint, phase=cycle[0])


def _results(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield a fault for each result that is not there when its task starts."""
    home: dict[str, str] = {}
    for phase in plan.phases:
        for task in phase.tasks:
            home.setdefault(task.id, phase.name)
    known = Suggestions(home)
    position = _positions(plan)
    for path, task in _tasks(plan):
        phase = plan.phases[int(path[1])]
        for index, need in enumerate(task.depends_on_results):
            place = (*path, "depends_on_results", index)
            if need not in home:
                yield _unknown_result(document, place, task.id, need, known.hint(need) or _CORRECT)
            elif home[need] == phase.name or position[home[need]] > position[phase.name]:
                yield _late_result(document, place, task.id, need, home[need], phase.name)


def _positions(plan: Plan) -> dict[str, int]:
    """Return the place of each phase in the order; all the same where there is no order yet."""
    # The cycle is a fault of its own; without an order nothing is told to be too late as well.
    walked = walk(plan)
    ordered = not walked.cycles and len(walked.order) == len(plan.phases)
    return {name: place if ordered else 0 for place, name in enumerate(walked.order)}


def _unknown_result(document: Document, path: Path, task: str, need: str, hint: str) -> Problem:
    message = f"the task {quoted(task)} needs the result of {quoted(need)}, which does not exist"
    return document.problem(
        "invalid_task_result_dependency", path, message, hint, task=task, dependency=need
    )


def _late_result(
    document: Document, path: Path, task: str, need: str, need_phase: str, task_phase: str
) -> Problem:
    message = f"the task {quoted(task)} needs the result of {quoted(need)}"
    if need == task:
        message, hint = f"the task {quoted(task)} needs its own result", "remove this entry"
    elif need_phase == task_phase:
        message += f" of the same phase {quoted(task_phase)}"
        hint = "put one of them into a phase of its own"
    else:
        message += f", but the phase {quoted(need_phase)} is not before {quoted(task_phase)}"
        hint = f"let {quoted(task_phase)} depend on it, or move one of the tasks"
    return document.problem(
        "unavailable_task_result_dependency",
        path,
        message,
        hint,
        task=task,
        dependency=need,
        dependency_phase=need_phase,
        task_phase=task_phase,
    )


def _local_files(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield a fault for each path that lies in another one, or is named again."""
    named = [("link", number, path) for number, path in enumerate(plan.link)]
    named += [("copy", number, path) for number, path in enumerate(plan.copied)]
    seen: dict[str, str] = {}
    # By folders, so that a folder comes before all that lies in it; of equal ones the link first.
    for key, number, path in sorted(named, key=lambda entry: entry[2].split("/")):
        above = next((path[:end] for end in _ends(path) if path[:end] in seen), None)
        if above is not None:
            message = f"{quoted(path)} in `{key}` lies in {quoted(above)} in `{seen[above]}`"
            yield document.problem(
                "overlapping_files",
                (key, number),
                message,
                "name each file once, or the folder alone",
                left=above,
                right=path,
            )
        seen.setdefault(path, key)


def _ends(path: str) -> list[int]:
    """Return where each folder above a path ends, and the path itself."""
    return [*(at for at, char in enumerate(path) if char == "/"), len(path)]


def _unsupported_keys(document: Document) -> Iterator[Problem]:
    for key in NOT_SUPPORTED:
        if isinstance(document.value, dict) and document.value.get(key):
            message = f"`{key}` is not supported by this version of wf"
            yield document.problem("not_supported", (key,), message, "remove it", key=key)
