"""The line above the columns: how far, how fast, and what stands in the way."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.git.refs import short_branch
from wf_tui.ledger.model.run_budget import NO_BUDGET, RunBudget, read_budget
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import RunRow, TaskRow
    from wf_tui.picture.batch import Batch, Tally
    from wf_tui.picture.totals import Totals

__all__ = ["NO_HEADER", "Header", "helpful_keys", "make_header", "stalled", "time_left"]

_ENOUGH: Final = 3
"""Attempts that have to have succeeded before their mean says anything."""
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
    stalled: str
    """Which task blocks all, and the key that helps; "" while the run is not stalled."""
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
    stalled="",
    scheduler_alive=False,
    jobs=0,
    branch="",
    export_note="",
)
"""What is known before the first read."""


def make_header(
    batch: Batch,
    totals: Totals,
    tally: Tally,
    need_you: int,
    *,
    now: float,
    why: str,
    ages: Sequence[float] = (),
) -> Header:
    """Return the header of a run; `why` is why it is stalled, `ages` as in `time_left`.

    `totals` counts the cards as the view has them, `tally` how long attempts took.
    """
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
        left=time_left(run, tally, totals.longest, ages),
        stalled=why,
        scheduler_alive=batch.alive,
        jobs=run.jobs,
        branch=clean(short_branch(run.ref)),
        export_note=clean(run.export_note),
        full=clean(batch.full),
    )


def time_left(run: RunRow, tally: Tally, longest: int, ages: Sequence[float]) -> float | None:
    """Return the seconds left, guessed from what attempts took, or None where that says nothing.

    The longest path that is left takes one attempt after the other; so does the rest, as many at
    once as the run has jobs. `ages` are those of the attempts at work: one that has taken longer
    than the others did counts, too, so that the guess grows with it.
    """
    if run.state != RunState.RUNNING or tally.succeeded < _ENOUGH or not longest:
        return None
    # Two lower bounds: the longest chain, and all of the rest in waves of as many as the jobs.
    waves = math.ceil((run.pending + run.in_progress) / max(1, run.jobs))
    took = tally.milliseconds / 1000
    # Those that are quicker so far say nothing yet; counted, they would draw the mean down.
    late = [age for age in ages if age > took / tally.succeeded]
    return max(longest, waves) * (took + sum(late)) / (tally.succeeded + len(late))


def stalled(root: TaskRow | None, others: int, waiting: int) -> str:
    """Return which root blocks what is left, and the key that helps.

    `root` is the blocked task that most wait for, `others` how many roots there are besides, and
    `waiting` how many tasks are blocked through it.
    """
    # Stalled without a blocked task: what is pending waits for a worker that nobody has.
    if root is None:
        return "no task can start: no worker fits; a gives one to a worker that does"
    why = (root.kind or "").replace("_", " ")
    more = f" and {others} more" if others else ""
    holds = f", {plural(waiting, 'task')} behind it" if waiting else ""
    return f"{clean(root.id, limit=_NAME)}{more} blocked ({why}{holds}): {helpful_keys(root)}"


def helpful_keys(task: TaskRow) -> str:
    """Return the keys that help a blocked task, as a sentence for the notice.

    They come from the kind of the block, so that a new kind brings its own; "" for any other task.
    """
    return task.block.keys if task.block else ""
