"""The task that settles a conflict of a run with the branch that it is to land in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError
from wf_tui.git.control.control import open_control
from wf_tui.git.user.bring import bring_commit
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.run_environment import environment_of
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries import reads
from wf_tui.plan.choices import Mode, Takes
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.landing.trial import LandingPlan
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = ["merge_task"]

_ROLE: Final = "general"
_MOST_PATHS: Final = 100
_LEAVES_IT: Final = "true"
"""The command of such a task where no seat takes prompts: it leaves the conflict to a person."""


def merge_task(project: Project, db: Database, run: RunRow, planned: LandingPlan) -> NewTask:
    """Return the task that merges the branch into that of the run; the caller adds it.

    Brings the commit of the branch into the run's repository, which blocks. A worker that takes
    prompts is to settle the conflict; where the run has none, or it does not, it waits for a
    person, laid out in a worktree. Raises `RefusedError` where there is nothing to settle, or such
    a task is there already.
    """
    trial, into = planned.trial, clean(planned.into)
    if trial.landing is not None:
        raise RefusedError(f"it merges into {into} as it is", "land it: wf land")
    if not trial.conflicts:
        raise RefusedError(planned.refusal, planned.hint)
    for task in reads.tasks(db, run.id):
        if task.spec.merges == trial.old and task.state is not TaskState.DONE:
            raise RefusedError(f"“{clean(task.title)}” is there already", "see it: wf show")
    bring_commit(open_control(project.paths.run(run.id)), project.common_dir, trial.old)
    seats = reads.workers(db, run.id)
    takes_prompts = any(seat.accepts(Takes.PROMPT, _ROLE) for seat in seats)
    environment = environment_of(run.environment)
    return NewTask(
        id="",
        title=f"Merge {into} into {planned.branch}",
        spec=Spec(
            prompt=_prompt(planned) if takes_prompts else "",
            command=None if takes_prompts else _LEAVES_IT,
            gate=environment.gate or None,
            gate_shell=environment.gate_shell,
            merges=trial.old,
        ),
        mode=Mode.READ_WRITE,
        role=_ROLE,
    )


def _prompt(planned: LandingPlan) -> str:
    """Return what a worker is told; names of files are the only text of others in it."""
    paths = [f"- {one.path}" for one in planned.trial.conflicts[:_MOST_PATHS]]
    return "\n".join(
        (
            f"Merge the branch {clean(planned.into)} into the branch of this run.",
            "",
            "The merge is laid out in your worktree: what git could merge is merged, and these",
            "files have conflict markers, or wait for a choice between two versions:",
            *paths,
            "",
            "Settle each of them so that it does what both sides want. Remove every marker line.",
            "Commit nothing and start no merge of your own; change nothing else.",
        )
    )
