"""Which variables the programs of a task get, for people: names, and no value that looks secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.run_environment import environment_of
from wf_tui.values import frozen
from wf_tui.variables import Variables, given_variables, is_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import RunRow, TaskRow

__all__ = ["TaskEnvironment", "task_environment"]

REDACTED = "[redacted]"


@frozen
class TaskEnvironment:
    """What the run, its plan and the task itself give the programs of a task."""

    written: Mapping[str, str | None]
    """The variables with a value that somebody wrote; None where its name looks secret."""
    passed: tuple[str, ...]
    """Names and patterns of variables of whoever started the run."""

    def lines(self) -> tuple[str, str]:
        """Return both, each in one line; "" where there is none."""
        shown = [
            f"{name}={REDACTED if value is None else value}" for name, value in self.written.items()
        ]
        return ", ".join(shown), ", ".join(self.passed)


def task_environment(run: RunRow, task: TaskRow) -> TaskEnvironment:
    """Return what is known of it; a profile has its say only when a seat takes the task."""
    profile = task.pinned if task.pinned in environment_of(run.environment).profiles else ""
    of_task = Variables(task.spec.env, task.spec.pass_env)
    places = environment_of(run.environment).places(of_task, profile)
    given = given_variables(places, {})
    written = {name: None if is_secret(name) else one.value for name, one in given.items()}
    patterns = dict.fromkeys(pattern for place in places for pattern in place.pass_env)
    return TaskEnvironment(written, tuple(patterns))
