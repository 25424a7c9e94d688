"""What the land screen knows: the plan of the landing, the tasks behind it, the gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.landing.gate import gate_of
from wf_tui.landing.land import default_message
from wf_tui.landing.trial import plan
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wf_tui.landing.gate import LandingGate
    from wf_tui.landing.trial import LandingPlan
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = ["LandFacts", "Lines", "read_facts"]


@dataclass(frozen=True)
class Lines:
    """How many lines the work of a task adds and removes."""

    added: int = 0
    removed: int = 0


@dataclass(frozen=True)
class LandFacts:
    """What the lines are made of."""

    plan: LandingPlan
    message: str
    tasks: Sequence[TaskRow]
    phases: Sequence[str]
    merged: Mapping[str, Lines]
    """What each merged task has changed, by its id."""
    workers: int = 0
    """How many seats that work is of."""
    command: str = ""
    """The plan's gate; "" where it has none."""
    gate: LandingGate | None = None
    """What it has said of this very merge."""
    gating: bool = False
    """Whether it runs."""
    home: str = ""
    """The folder that `~` stands for."""

    @property
    def merge_task(self) -> TaskRow | None:
        """The task that merges the branch as it is now into that of the run, while it is open."""
        asked = (one for one in self.tasks if one.spec.merges == self.plan.trial.old)
        return next((one for one in asked if one.state is not TaskState.DONE), None)


def read_facts(
    project: Project,
    db: Database,
    run_id: str,
    environ: Mapping[str, str],
    *,
    into: str | None,
    squash: bool,
    message: str,
    before: LandFacts | None,
) -> LandFacts:
    """Plan the landing and read what is told of it, on a thread; raises as `plan` does."""
    run = reads.run_row(db, run_id)
    planned = plan(
        *(project, db, run, environ),
        into=into,
        squash=squash,
        before=before.plan if before else None,
    )
    tasks = reads.tasks(db, run_id)
    if before is not None and before.tasks == tasks:
        merged, workers = before.merged, before.workers
    else:
        merged, workers = _merged(db, run_id, tasks)
    return LandFacts(
        planned,
        message or default_message(run),
        tasks,
        [phase.name for phase in reads.phases(db, run_id)],
        merged,
        workers,
        command=gate_of(run),
        home=environ.get("HOME", ""),
    )


def _merged(db: Database, run: str, tasks: Sequence[TaskRow]) -> tuple[Mapping[str, Lines], int]:
    """Return what each merged task has changed by its last attempt, and how many seats did it."""
    ids = {task.id for task in tasks if task.commit_id is not None}
    merged = dict.fromkeys(ids, Lines())
    seats = set()
    for attempt in reads.attempts(db, run):
        if attempt.task not in ids:
            continue
        if not attempt.by_hand:
            seats.add(attempt.worker)
        if attempt.added is not None and attempt.removed is not None:
            merged[attempt.task] = Lines(attempt.added, attempt.removed)
    return merged, len(seats)
