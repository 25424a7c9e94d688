"""The keys of the start screen: they are of no board, so no palette of one lists them."""

from __future__ import annotations

from typing import Final

from wf_tui.board.actions.action import Action, Context, Group, Target

__all__ = ["START_ACTIONS"]

START_ACTIONS: Final = tuple(
    Action(
        f"start.{name}",
        (key,),
        title,
        text,
        Group.APP,
        Target.VIEW,
        frozenset({Context.START}),
        twins=(twin,),
        calls=f"app.begin('{name}')",
    )
    for name, key, title, text, twin in (
        ("goal", "i", "Goal", "Write a goal that is planned for you", "wf plan"),
        ("plan", "p", "Run a plan", "A plan that lies here", "wf run"),
        ("task", "n", "One task", "one worker, one tree, a diff to review", "wf add"),
        ("runs", "6", "Open a run", "the runs of all repositories", "wf runs"),
        ("demo", "d", "Demo", "15 s, no key, in a folder of its own", "wf demo"),
        ("doctor", "D", "Doctor", "whether wf can work here", "wf doctor"),
    )
)
"""In the order of the menu; the first is the box above it."""
