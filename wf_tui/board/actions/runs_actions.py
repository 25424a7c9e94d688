"""The actions of the screen of all runs."""

from __future__ import annotations

from typing import Final

from wf_tui.board.actions.action import Action, Context, Group, Target

__all__ = ["RUNS_ACTIONS"]


def _act(name: str, key: str, title: str, text: str, target: Target, twin: str = "") -> Action:
    return Action(
        f"runs.{name}",
        (key,),
        title,
        text,
        Group.RUN,
        target,
        frozenset({Context.RUNS}),
        twins=(twin,) if twin else (),
        calls=f"screen.{name}",
        footer=True,
    )


RUNS_ACTIONS: Final = (
    _act(
        *("new", "n", "New run", "Have a goal planned in this repository, and run it"),
        *(Target.RUN, "wf plan"),
    ),
    _act(
        *("clean", "C", "Clean", "Remove a run that is over; shows first what goes with it"),
        *(Target.RUN, "wf clean --run RUN"),
    ),
    _act(
        *("hide", "X", "Forget", "Leave an ended run out of this list; /hidden shows them"),
        Target.VIEW,
    ),
)
