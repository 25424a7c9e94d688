"""What reading a plan came to: the plan, or all that is wrong with it, for people and programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wf_tui.plan.order import batches, phase_order, phase_waves
from wf_tui.text import clean, listed, plural

if TYPE_CHECKING:
    from wf_tui.plan.models import Plan

__all__ = ["PARSE_ERROR", "Many", "Problem", "Report", "merged", "order_as_json", "quoted"]

PARSE_ERROR: Final = "parse_error"

_MOST_PRINTED = 20
"""Of errors, and of warnings: nobody reads the second hundred. Programs get all of them as JSON."""
_MOST_NAMES = 3
_LONGEST_NAME = 80
_LONGEST_LINE = 100_000


@dataclass(frozen=True)
class Many:
    """How equal problems of several tasks or phases are told as one."""

    message: str
    """Goes on from their count: `tasks have ...`."""
    hint: str
    name: str = field(compare=False)
    """Of this task or phase; the first few are named."""


@dataclass(frozen=True)
class Problem:
    """One fault or warning: its code, where it is, what is wrong and what to write instead.

    The codes are those of the plan format, and part of what programs rely on; the messages are for
    people and may change. Line and column count from 1, and are None for the file as a whole.
    `detail` has the names in the message, for programs that would else take it apart.
    """

    code: str
    message: str
    path: str = ""
    line: int | None = None
    column: int | None = None
    hint: str = ""
    detail: Mapping[str, str | int] = field(default_factory=dict)
    many: Many | None = None

    def as_json(self) -> dict[str, object]:
        """Return the object of `wf plan check --json`."""
        return {
            "code": self.code,
            "message": self.message,
            "place": {"path": self.path, "line": self.line, "column": self.column},
            "hint": self.hint,
            "detail": dict(self.detail),
        }

    def lines(self, file: str, severity: str) -> Iterator[str]:
        """Yield one line that says place and fault, and one that says what to do.

        `severity` is `error` or `warning`; the form is that of compilers, so that editors find the
        place in it.
        """
        place = "".join(f":{number}" for number in (self.line, self.column) if number is not None)
        where = f" (at {self.path})" if self.path else ""
        yield _line(f"{file}{place}: {severity}: {self.message} [{self.code}]{where}")
        if self.hint:
            yield _line(f"    {self.hint}")


@dataclass(frozen=True)
class Report:
    """The outcome of reading one plan; `plan` is there only if nothing is wrong with it.

    Goal and `max_concurrent` are there also of a faulty plan, as far as they can be told.
    """

    file: str
    plan: "Plan | None" = None
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    goal: str | None = None
    max_concurrent: int | None = None

    @property
    def valid(self) -> bool:
        """Whether the plan can be run."""
        return not self.errors

    def as_json(self) -> dict[str, object]:
        """Return the object that `wf plan check --json` prints for this file."""
        return {
            "file": self.file,
            "valid": self.valid,
            "errors": [problem.as_json() for problem in self.errors],
            "warnings": [problem.as_json() for problem in self.warnings],
            "goal": self.goal,
            "max_concurrent": self.max_concurrent,
            **order_as_json(self.plan),
        }

    def text(self) -> str:
        """Return all problems for a person, errors first, then the count of both."""
        lines = list(self.lines(self.errors, "error"))
        lines += self.lines(merged(self.warnings), "warning")
        # Last, where a person looks who has hundreds of lines above it.
        return "\n".join([*lines, self.summary()])

    def lines(self, problems: Sequence[Problem], severity: str) -> Iterator[str]:
        """Yield the lines of the first problems, and how many more there are."""
        for problem in problems[:_MOST_PRINTED]:
            yield from problem.lines(self.file, severity)
        more = len(problems) - _MOST_PRINTED
        if more > 0:
            yield _line(f"{self.file}: and {plural(more, f'more {severity}')}")

    def summary(self) -> str:
        """Return the last line: whether the plan is good, its size, and the count of problems."""
        counts = [plural(len(self.errors), "error")] if self.errors else []
        counts += [plural(len(self.warnings), "warning")] if self.warnings else []
        if self.plan is not None:
            size = (
                f"{plural(len(self.plan.phases), 'phase')}, {plural(len(self.plan.tasks), 'task')}"
            )
            counts.insert(0, f"good, {size}")
        return _line(f"{self.file}: {', '.join(counts)}")


def merged(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the problems with those that are equal but for the name as one, where the first is."""
    groups: dict[object, list[Problem]] = {}
    for number, problem in enumerate(problems):
        # What cannot be told as one is a group of its own.
        groups.setdefault((problem.code, problem.many) if problem.many else number, []).append(
            problem
        )
    return tuple(_as_one(group) for group in groups.values())


def _as_one(group: Sequence[Problem]) -> Problem:
    first = group[0]
    if len(group) == 1 or first.many is None:
        return first
    names = [problem.many.name for problem in group if problem.many]
    shown = listed(names, _MOST_NAMES, limit=_LONGEST_NAME)
    message = f"{len(group)} {first.many.message} ({shown})"
    return replace(first, message=message, hint=first.many.hint, path="")


def quoted(text: str) -> str:
    """Return a name of the plan for use in a message, safe to print and not too long."""
    return f'"{clean(text, limit=_LONGEST_NAME)}"'


def order_as_json(plan: "Plan | None") -> dict[str, object]:
    """Return the keys about the order of a plan: there in any case, empty where it has faults."""
    if plan is None:
        return {"phase_order": [], "phase_waves": [], "task_batches": []}
    phases = {phase.name: phase for phase in plan.phases}
    order = phase_order(plan)
    return {
        "phase_order": list(order),
        "phase_waves": [list(wave) for wave in phase_waves(plan)],
        "task_batches": [
            {
                "phase": name,
                "parallel": phases[name].parallel,
                "batches": [list(batch) for batch in batches(phases[name])],
            }
            for name in order
        ],
    }


def _line(text: str) -> str:
    # Messages quote the plan, and the name of the file is anybody's: neither may be a second line.
    return clean(text, limit=_LONGEST_LINE)
