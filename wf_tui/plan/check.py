"""The rules of a plan, beside the types: all faults at once, in the order of the plan format.

Each `check_` function is one rule, or a few of the same field. All are given a plan whose types are
right, and only that: names may be blank, unknown or written twice, so none may count on another.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from wf_tui.plan.check_rivals import check_critics, check_rivals
from wf_tui.plan.check_scopes import scope_faults
from wf_tui.plan.document import Document, Path
from wf_tui.plan.models import Phase, Plan, Surroundings, Task
from wf_tui.plan.order import walk
from wf_tui.plan.report import Many, Problem, quoted
from wf_tui.plan.type_errors import Suggestions
from wf_tui.text import clean
from wf_tui.variables import name_fault, pattern_fault, value_fault

__all__ = [
    "check_cycles",
    "check_dependencies_and_scopes",
    "check_local_files",
    "check_names",
    "check_plan_fields",
    "check_results",
    "check_sparse",
    "check_variables",
    "faults",
    "warnings",
]

_CORRECT = "remove it, or correct the name"
_READ_WRITE_LINE: Final = {
    "json": '"mode": "read_write"',
    "toml": 'mode = "read_write"',
    "yaml": "mode: read_write",
}
_READ_WRITE_DEFAULT: Final = {
    "json": '"defaults": {"mode": "read_write"}',
    "toml": 'defaults.mode = "read_write"',
    "yaml": "defaults: {mode: read_write}",
}


def faults(document: Document, plan: Plan, *, fold_case: bool) -> tuple[Problem, ...]:
    """Return every fault of a plan of the right shape.

    Called once for each plan that is read, by `read.parse_plan`. `fold_case` says that the file
    system takes `A` and `a` for one name, so that scopes which differ in no more overlap.
    """
    # People read this order, and so do programs: it is that of the plan format, not of the text.
    found = (
        *check_plan_fields(document, plan),
        *check_names(document, plan),
        *check_dependencies_and_scopes(document, plan, fold_case=fold_case),
        *check_cycles(document, plan),
        *check_results(document, plan),
        *check_local_files(document, plan),
        *check_variables(document, plan),
        *check_sparse(document, plan),
        *check_rivals(document, plan),
        *check_critics(document, plan),
    )
    return tuple(_once(found))


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield what is wrong in `defaults` once, not again for each task that has it from there."""
    seen: set[tuple[str, str]] = set()
    for problem in problems:
        if problem.path.startswith("defaults"):
            if (problem.code, problem.path) in seen:
                continue
            seen.add((problem.code, problem.path))
        yield problem


def warnings(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield a warning for each task that seems to write and does not, by its mode or its role."""
    yield from _role_warnings(document, plan)
    yield from _mode_warnings(document, plan)


def _role_warnings(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield `role_reads` for each prompt that is to write in a role that only reads."""
    hint = "give it the role general, implement or test if it is to change files"
    for path, task in _tasks(plan):
        if task.role_reads:
            role = task.agent_type.value
            message = f"task {quoted(task.id)} will be read_only: that is the role {role}"
            many = Many("tasks have a role that only reads: they will be read_only", hint, task.id)
            yield document.problem("role_reads", path, message, hint, many, task=task.id)


def _mode_warnings(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield `changes_not_kept` for each task that has a command or a scope, but no mode.

    It is no fault: `read_only` is the default of the format, and a command may only look at things.
    """
    line = f"if it is to change files, add: {_READ_WRITE_LINE[document.format]}"
    default = f"if they are to change files, write: {_READ_WRITE_DEFAULT[document.format]}"
    for path, task in _tasks(plan):
        # Whoever wrote the mode knows it, whatever it is.
        if "mode" in task.model_fields_set or not (task.run or task.file_scope):
            continue
        message = f"the changes of task {quoted(task.id)} will not be kept: it is read_only"
        what = "with a command" if task.run else "with a scope"
        words = f"tasks {what} are read_only: their changes will not be kept"
        many = Many(words, default, task.id)
        yield document.problem("changes_not_kept", path, message, line, many, task=task.id)


def _tasks(plan: Plan) -> Iterator[tuple[Path, Task]]:
    for number, phase in enumerate(plan.phases):
        for index, task in enumerate(phase.tasks):
            yield ("phases", number, "tasks", index), task


def check_plan_fields(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield `empty_field`, `invalid_max_concurrent` and `empty_workflow` of the plan itself."""
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


def check_names(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield each name or text that is blank or taken: of phases, and of the tasks of all phases."""
    # Ids are unique over the plan, not only in their phase: results are asked for by the id alone.
    phases: dict[str, Path] = {}
    tasks: dict[str, Path] = {}
    # What an expand adds is a phase's only content, where that decides on it.
    deciding = {one.phase for one in plan.decided}
    for number, phase in enumerate(plan.phases):
        path: Path = ("phases", number)
        yield from _phase_name(document, phase, path, phases, empty=phase.name in deciding)
        for index, task in enumerate(phase.tasks):
            yield from _task_name(document, task, (*path, "tasks", index), tasks)


def _phase_name(
    document: Document, phase: Phase, path: Path, seen: dict[str, Path], *, empty: bool
) -> Iterator[Problem]:
    name = quoted(phase.name)
    if not phase.name.strip():
        yield _blank(document, (*path, "name"), "phase name", "give the phase a name")
    if not phase.tasks and not empty:
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


def check_dependencies_and_scopes(
    document: Document, plan: Plan, *, fold_case: bool
) -> Iterator[Problem]:
    """Yield what each phase cannot wait for, and where the scopes of its tasks are wrong."""
    names = dict.fromkeys(phase.name for phase in plan.phases)
    known = Suggestions(names)
    for number, phase in enumerate(plan.phases):
        path: Path = ("phases", number)
        for index, need in enumerate(phase.depends_on):
            if need != phase.name and need in names:
                continue
            message = f"the phase {quoted(phase.name)} depends on {quoted(need)}"
            message += ", which does not exist"
            hint = known.hint(need) or _CORRECT
            if need == phase.name:
                message = f"the phase {quoted(need)} depends on itself"
                hint = "remove this entry"
            place = (*path, "depends_on", index)
            yield document.problem(
                "invalid_phase_dependency", place, message, hint, phase=phase.name, dependency=need
            )
        yield from scope_faults(document, path, phase, fold_case=fold_case)


def check_cycles(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield a fault for each circle of phases, at the `depends_on` of the first that is met."""
    names = [phase.name for phase in plan.phases]
    for cycle in walk(plan).cycles:
        path = ("phases", names.index(cycle[0]), "depends_on")
        message = "phases wait for each other: " + " -> ".join(
            clean(name, limit=80) for name in cycle
        )
        hint = "remove one of these dependencies"
        yield document.problem("phase_dependency_cycle", path, message, hint, phase=cycle[0])


def check_results(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield a fault for each result that is not there when its task starts.

    A result is there when its phase has settled, so it has to come from an earlier phase.
    """
    home: dict[str, str] = {}
    for phase in plan.phases:
        for task in phase.tasks:
            home.setdefault(task.id, phase.name)  # of equal ids, which are a fault, the first
    known = Suggestions(home)
    walked = walk(plan)
    position = {name: place for place, name in enumerate(walked.order)}
    if walked.cycles or len(walked.order) != len(plan.phases):
        # The cycle is a fault of its own; without an order nothing is said to be too late as well.
        position = dict.fromkeys(walked.order, 0)
    for path, task in _tasks(plan):
        phase = plan.phases[int(path[1])]
        for index, need in enumerate(task.depends_on_results):
            place = (*path, "depends_on_results", index)
            if need not in home:
                message = f"the task {quoted(task.id)} needs the result of {quoted(need)}"
                message += ", which does not exist"
                hint = known.hint(need) or _CORRECT
                code = "invalid_task_result_dependency"
                yield document.problem(code, place, message, hint, task=task.id, dependency=need)
            elif home[need] == phase.name or position[home[need]] > position[phase.name]:
                yield _late_result(document, place, task.id, need, home[need], phase.name)


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


def check_local_files(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield a fault for each path of `link` and `copy` that lies in another, or is named again."""
    named = [("link", number, path) for number, path in enumerate(plan.link)]
    named += [("copy", number, path) for number, path in enumerate(plan.copied)]
    seen: dict[str, str] = {}
    # By folders, so that a folder comes before all that lies in it; of equal ones the link first.
    for key, number, path in sorted(named, key=lambda entry: entry[2].split("/")):
        # Each folder above the path, outermost first, and the path itself.
        ends = [*(at for at, char in enumerate(path) if char == "/"), len(path)]
        above = next((path[:end] for end in ends if path[:end] in seen), None)
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


def check_variables(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield a fault for each variable of `env` and `pass_env` that no plan can give a program."""
    places: list[tuple[Path, Surroundings]] = [((), plan), (("defaults",), plan.defaults)]
    for path, part in [*places, *_tasks(plan)]:
        for name, value in part.env.items():
            if fault := name_fault(name) or value_fault(value):
                yield _variable(document, (*path, "env", name), name, fault)
        for number, pattern in enumerate(part.pass_env):
            if fault := pattern_fault(pattern):
                yield _variable(document, (*path, "pass_env", number), pattern, fault)


def _variable(document: Document, path: Path, name: str, fault: str) -> Problem:
    message, hint = f"the variable {quoted(name)} {fault}", "leave it out, or name another"
    return document.problem("invalid_variable", path, message, hint, name=name)


def check_sparse(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield a fault for each writing task of which `sparse: true` cannot tell the folders."""
    if plan.sparse is not True:
        return
    for path, task in _tasks(plan):
        if task.writes and not task.file_scope:
            message = (
                f"`sparse: true` takes the folders of each scope, and {quoted(task.id)} has none"
            )
            hint = "add `file_scope`, or name the folders: sparse: [src]"
            yield document.problem("sparse_without_scope", path, message, hint, task=task.id)
