"""The rules for rivals, for the judge between them, and for a critic (RULES 5, Rivals)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wf_tui.plan.choices import Pick, ResultFormat
from wf_tui.plan.document import Document, Path
from wf_tui.plan.models import Isolation, Phase, Plan, Task
from wf_tui.plan.order import effective_dependencies
from wf_tui.plan.report import Problem, quoted

__all__ = ["check_critics", "check_rivals"]

_FEWEST: Final = 2
_BEHIND: Final = "let what comes after depend on the phase: its branch has the work that was taken"


def check_rivals(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield `invalid_pick`, `invalid_judge` and `rival_result`: see the rule of each."""
    home = {task.id: phase for phase in plan.phases for task in phase.tasks}
    for number, phase in enumerate(plan.phases):
        path: Path = ("phases", number)
        if phase.pick is not None:
            yield from _pick_faults(document, path, phase)
        if phase.judge is not None:
            yield from _Judge(document, plan, path, phase, home).faults()
    yield from _needed_rivals(document, plan, home)


def _pick_faults(document: Document, path: Path, phase: Phase) -> Iterator[Problem]:
    """Yield why the tasks of a phase cannot be rivals: none, or two, of them could be merged."""
    place = (*path, "pick")
    name = quoted(phase.name)
    if not phase.parallel:
        message = f"the phase {name} picks one of its tasks, and runs them one after the other"
        yield _invalid_pick(document, place, message, "add `parallel: true`", phase)
    if len(phase.tasks) < _FEWEST:
        message = f"the phase {name} picks one of its tasks, and has no two"
        yield _invalid_pick(document, place, message, "add a task that tries the same", phase)
    for index, task in enumerate(phase.tasks):
        if task.writes and task.effective_isolation is Isolation.WORKTREE:
            continue
        why = "is read_only" if not task.writes else "writes in the shared workspace"
        message = f"the task {quoted(task.id)} of the phase {name}, which picks one, {why}"
        hint = "give it `mode: read_write`, or put it into a phase of its own"
        if task.writes:
            hint = "leave out `isolation`, so that it has a worktree"
        yield _invalid_pick(document, (*path, "tasks", index), message, hint, phase)


def _invalid_pick(document: Document, path: Path, message: str, hint: str, phase: Phase) -> Problem:
    return document.problem("invalid_pick", path, message, hint, phase=phase.name)


@dataclass(frozen=True)
class _Judge:
    """The judge of one phase, and all that has to hold of it."""

    document: Document
    plan: Plan
    path: Path
    phase: Phase
    home: dict[str, Phase]

    def faults(self) -> Iterator[Problem]:
        """Yield `invalid_judge` for all that keeps the judge from choosing between all rivals."""
        name = str(self.phase.judge)
        if self.phase.pick is not Pick.BEST:
            yield self._fault(
                f"the phase {quoted(self.phase.name)} has a judge, and picks no best",
                "write `pick: best`, or remove `judge`",
            )
        task = next((it for it in self.plan.tasks if it.id == name), None)
        if task is None:
            yield self._fault(
                f"the judge {quoted(name)} of the phase {quoted(self.phase.name)} does not exist",
                "name a task of a later phase that needs all of its tasks",
            )
            return
        yield from self._task_faults(task)
        yield from self._order_faults(task)

    def _task_faults(self, task: Task) -> Iterator[Problem]:
        name = quoted(task.id)
        if task.writes:
            yield self._fault(f"the judge {name} writes", "make it `mode: read_only`")
        if task.result is not ResultFormat.JSON:
            yield self._fault(f"the judge {name} names no task", "give it `result: json`")
        missing = [it.id for it in self.phase.tasks if it.id not in task.depends_on_results]
        if missing and task.id not in {it.id for it in self.phase.tasks}:
            yield self._fault(
                f"the judge {name} does not need {quoted(missing[0])}",
                "name all tasks of the phase in its `depends_on_results`",
            )

    def _order_faults(self, task: Task) -> Iterator[Problem]:
        """Yield where the judge would wait for what waits for it, or keep others waiting."""
        home = self.home[task.id]
        name = quoted(task.id)
        if home.name == self.phase.name:
            yield self._fault(
                f"the judge {name} is one of the rivals itself", "put it into a phase of its own"
            )
            return
        if len(home.tasks) > 1 or home.pick is not None:
            yield self._fault(
                f"the judge {name} shares the phase {quoted(home.name)} with other tasks",
                "put it into a phase of its own",
            )
        judged = [it for it in self.plan.phases if it.judge == task.id]
        if judged[0].name != self.phase.name:
            yield self._fault(
                f"the judge {name} judges the phase {quoted(judged[0].name)}, too",
                "give each phase a judge of its own",
            )
        if between := self._between(home):
            yield self._fault(
                f"the judge {name} waits for the phase {quoted(between)}, which waits for its"
                " choice",
                f"let {quoted(home.name)} depend on nothing that comes after"
                f" {quoted(self.phase.name)}",
            )

    def _between(self, home: Phase) -> str | None:
        """Return a phase that the judge waits for, and that waits for the rivals' phase."""
        try:
            needs = effective_dependencies(self.plan)
        except KeyError:  # a need of none that there is, which is a fault of its own
            return None
        for before in needs[home.name]:
            todo, seen = [before], {before}
            while todo:
                for further in needs.get(todo.pop(), ()):
                    if further == self.phase.name:
                        return before
                    if further not in seen:
                        seen.add(further)
                        todo.append(further)
        return None

    def _fault(self, message: str, hint: str) -> Problem:
        path = (*self.path, "judge")
        judge = str(self.phase.judge)
        return self.document.problem(
            "invalid_judge", path, message, hint, phase=self.phase.name, judge=judge
        )


def _needed_rivals(document: Document, plan: Plan, home: dict[str, Phase]) -> Iterator[Problem]:
    """Yield `rival_result` for each task but a judge that needs the result of one rival.

    It would wait for one that may lose, and be told nothing of the one that was taken.
    """
    for number, phase in enumerate(plan.phases):
        for index, task in enumerate(phase.tasks):
            for place, need in enumerate(task.depends_on_results):
                rivals = home.get(need)
                if rivals is None or rivals.pick is None or rivals.judge == task.id:
                    continue
                if task.partial_results:
                    continue  # it waits for the phase, and takes what there is then
                if rivals.name == phase.name:
                    continue  # which is a fault of its own
                yield document.problem(
                    "rival_result",
                    ("phases", number, "tasks", index, "depends_on_results", place),
                    f"the task {quoted(task.id)} needs the result of {quoted(need)}, of which"
                    " another task of its phase may take the place",
                    f"{_BEHIND} (`depends_on: [{rivals.name}]`); `partial_results: true` takes"
                    " what there is of their results then",
                    task=task.id,
                    dependency=need,
                    dependency_phase=rivals.name,
                )


def check_critics(document: Document, plan: Plan) -> Iterator[Problem]:
    """Yield `invalid_critic` for each critic that has nothing to look at, or is told nothing."""
    for number, phase in enumerate(plan.phases):
        for index, task in enumerate(phase.tasks):
            if task.critic is None:
                continue
            path: Path = ("phases", number, "tasks", index, "critic")
            if not task.critic.prompt.strip():
                yield document.problem(
                    "empty_field",
                    (*path, "prompt"),
                    "the critic prompt is blank",
                    "say what the critic is to look at",
                    field="critic prompt",
                )
            # What it has of `defaults` is for those that write.
            if not task.writes and "critic" in document.table(path[:-1]):
                yield document.problem(
                    "invalid_critic",
                    path,
                    f"the task {quoted(task.id)} has a critic, and changes nothing",
                    "give it `mode: read_write`, or remove `critic`",
                    task=task.id,
                )
            elif task.writes and task.effective_isolation is not Isolation.WORKTREE:
                yield document.problem(
                    "invalid_critic",
                    path,
                    f"the task {quoted(task.id)} has a critic, and writes in the shared workspace,"
                    " where others go on while its work is judged",
                    "leave out `isolation`, so that it has a worktree",
                    task=task.id,
                )
