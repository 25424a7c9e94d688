"""The actions on the run, and the one that adds to it."""

from __future__ import annotations

from typing import Final

from wf_tui.board.actions.action import RUN_VIEWS, Action, Context, Group, Target
from wf_tui.board.actions.handlers import limits, run_acts, undoing

__all__ = ["RUN_ACTIONS"]

_ADD: Final = (
    "wf add TITLE --phase P --prompt TEXT --sh CMD --needs T --scope P --role R --mode M "
    "--isolation I"
)
_NO_ZOOM: Final = RUN_VIEWS - {Context.TIMELINE}
"""Where `+` and `-` are no zoom."""
RUN_ACTIONS: Final = (
    Action(
        "task.new",
        ("n",),
        "New task",
        "Add a task to the run",
        Group.RUN,
        Target.RUN,
        twins=(_ADD,),
        moves=("add",),
        handler=run_acts.new_task,
        footer=True,
    ),
    Action(
        "run.pause",
        ("p",),
        "Pause/resume",
        "Start nothing new; or resume, with a new scheduler if there is none",
        Group.RUN,
        Target.RUN,
        RUN_VIEWS | {Context.RUNS},
        twins=("wf pause", "wf resume"),
        moves=("pause", "resume"),
        handler=run_acts.pause_or_resume,
        footer=True,
    ),
    Action(
        "run.more_jobs",
        ("+",),
        "More seats",
        "Let one more task run at once",
        Group.RUN,
        Target.RUN,
        _NO_ZOOM,
        twins=("wf jobs N",),
        handler=run_acts.more_jobs,
    ),
    Action(
        "run.fewer_jobs",
        ("-",),
        "Fewer seats",
        "Let one task fewer run at once; interrupts nothing",
        Group.RUN,
        Target.RUN,
        _NO_ZOOM,
        twins=("wf jobs N",),
        handler=run_acts.fewer_jobs,
    ),
    Action(
        "run.undo",
        ("u",),
        "Undo",
        "Take back the last thing you did, by its name",
        Group.RUN,
        Target.RUN,
        RUN_VIEWS | {Context.REVIEW},
        twins=("wf undo",),
        handler=undoing.undo,
        footer=True,
    ),
    Action(
        "lane.pause",
        ("P",),
        "Lane",
        "Pause a lane of a provider for all runs, or open it again",
        Group.RUN,
        Target.RUN,
        twins=("wf lane L --pause", "wf lane L --open"),
        handler=limits.pause_lane,
    ),
    Action(
        "run.budget",
        (),
        "Budget",
        "Change what the run may cost",
        Group.RUN,
        Target.RUN,
        twins=("wf budget AMOUNT",),
        handler=limits.budget,
    ),
    Action(
        "run.stop",
        (),
        "Stop after current tasks",
        "Pause the run and let its scheduler exit once nothing runs",
        Group.RUN,
        Target.RUN,
        twins=("wf stop",),
        moves=("stop",),
        handler=run_acts.stop,
    ),
    Action(
        "run.stop_now",
        (),
        "Stop now",
        "Stop what runs, put it back into the queue, and let the scheduler exit",
        Group.RUN,
        Target.RUN,
        twins=("wf stop --now",),
        moves=("stop_now",),
        handler=run_acts.stop_now,
    ),
    Action(
        "run.abort",
        (),
        "Abort the run",
        "Cancel all that is not done; what is merged stays",
        Group.RUN,
        Target.RUN,
        twins=("wf abort",),
        moves=("abort",),
        handler=run_acts.abort,
    ),
)
"""In the order of help and menu."""
