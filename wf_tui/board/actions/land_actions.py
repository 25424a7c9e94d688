"""The actions of the land screen, and the key that leads to it."""

from __future__ import annotations

from typing import Final

from wf_tui.board.actions.action import RUN_VIEWS, Action, Context, Group, Target
from wf_tui.board.actions.handlers.landing import open_land

__all__ = ["LAND_ACTIONS"]

_LAND: Final = frozenset({Context.LAND})


def _act(name: str, key: str, title: str, text: str, calls: str, twin: str) -> Action:
    return Action(
        f"land.{name}",
        (key,),
        title,
        text,
        Group.RUN,
        Target.VIEW,
        _LAND,
        twins=(twin,) if twin else (),
        calls=f"screen.{calls}",
        footer=True,
    )


LAND_ACTIONS: Final = (
    Action(
        "run.land",
        ("M",),
        "Land",
        "Bring the work of the run into your branch; shows first what would come",
        Group.RUN,
        Target.RUN,
        RUN_VIEWS | {Context.RUNS},
        twins=("wf land",),
        handler=open_land,
    ),
    _act("do", "enter", "Land", "Bring it in as it stands here", "land", "wf land"),
    _act(
        *("diff", "d", "Diff", "The whole diff, to read", "diff", "wf land --diff"),
    ),
    _act("squash", "s", "Squash", "As one commit, or as it is", "squash", "wf land --squash"),
    _act(
        *("branch", "b", "Branch", "Into another branch", "branch", "wf land --into BRANCH"),
    ),
    _act(
        *("message", "e", "Message", "Other words for the commit", "message"),
        "wf land --message TEXT",
    ),
    _act(
        *("gate", "g", "Gate", "Run the plan's gate on the merged tree, or stop it", "gate"),
        "wf land --gate --dry-run",
    ),
    _act(
        *("resolve", "n", "Resolve", "Add a task that merges the branch, where it conflicts"),
        *("resolve", "wf land --resolve"),
    ),
    _act(
        *("copy", "c", "Copy", "Copy the commands for a pull request, or for the conflict"),
        *("copy_commands", ""),
    ),
)
