"""The line above the columns: how far, how fast, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.git.refs import short_branch
from wf_tui.ledger.model.run_budget import NO_BUDGET, RunBudget, read_budget
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.picture.batch import Batch

__all__ = ["NO_HEADER", "Header", "helpful_keys", "make_header"]

_NAME: Final = 60
_GOAL: Final = 400


@dataclass(frozen=True)
class Header:
    """What stands above the columns. Times are seconds; None is unknown.

    All text in it is safe to draw. Two headers are equal where they look alike, which is how
    `Picture.apply` tells whether the line has to be drawn again.
    """

    goal: str
    run_id: str
    state: RunState
    done: int
    total: int
    working: int
    need_you: int
    usage: Usage
    """What all attempts have used so far."""
    budget: RunBudget
    elapsed: float
    left: float | None
    """The time that it takes at least; None where nothing tells."""
    scheduler_alive: bool
    jobs: int
    branch: str
    export_note: str
    phase: str = ""
    """Of a swarm that goes on, how many of its tasks are where; "" where there is none."""
    full: str = ""
    """The folder on whose disk there is no room; "" where there is."""


NO_HEADER: Final = Header(
    goal="",
    run_id="",
    state=RunState.RUNNING,
    done=0,
    total=0,
    working=0,
    need_you=0,
    usage=NO_USAGE,
    budget=NO_BUDGET,
    elapsed=0.0,
    left=None,
    scheduler_alive=False,
    jobs=0,
    branch="",
    export_note="",
)
"""What is known before the first read."""


def make_header(batch: Batch, need_you: int, *, now: float, left: float | None) -> Header:
    """Return the header of a run; `left` is as in the header, `need_you` the tasks that do."""
    run = batch.run
    return Header(
        goal=clean(run.goal, limit=_GOAL),
        run_id=clean(run.id),
        state=run.state,
        done=run.done,
        total=run.pending + run.in_progress + run.done + run.blocked,
        working=run.in_progress,
        need_you=need_you,
        usage=run.usage,
        budget=read_budget(run.budget),
        # Never below 0: the run was created by the clock of another process, or of another day.
        elapsed=max(0.0, (run.ended_at or now) - run.created_at),
        left=left,
        scheduler_alive=batch.alive,
        jobs=run.jobs,
        branch=clean(short_branch(run.ref)),
        export_note=clean(run.export_note),
        full=clean(batch.full),
    )


def helpful_keys(task: TaskRow) -> str:
    """Return the keys that help a blocked task, as a sentence for the notice.

    They come from the kind of the block, so that a new kind brings its own; "" for any other task.
    """
    return task.block.keys if task.block else ""
