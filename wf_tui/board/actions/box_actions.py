"""The actions of the answer box: what is a key only while the box has the focus."""

from __future__ import annotations

from typing import Final

from wf_tui.board.actions.action import Action, Context, Group, Target

__all__ = ["BOX_ACTIONS"]


def _act(name: str, key: str, title: str, text: str, twin: str) -> Action:
    return Action(
        f"task.{name}",
        (key,),
        title,
        text,
        Group.TASK,
        Target.VIEW,  # the box itself knows its task, and when its keys count
        frozenset({Context.BOX}),
        twins=(twin,),
        calls=f"screen.answer_box('{key}')",
        footer=True,
    )


BOX_ACTIONS: Final = (
    _act(
        *("allow_always", "Y", "Always", "In the answer box: allow exactly this for its task"),
        "wf answer TASK WORD --always EXTENT",
    ),
    _act("deny", "n", "Deny", "In the answer box: deny it, and let the worker go on", "wf answer"),
)
"""In the order of footer and help."""
