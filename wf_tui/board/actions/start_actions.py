"""The actions of the start screen, which no palette of a board lists: it shows no run."""

from __future__ import annotations

from typing import Final

from wf_tui.board.actions.action import Action, Context, Group, Target

__all__ = ["MENU", "START_ACTIONS"]


def _act(name: str, key: str, title: str, text: str, twin: str, call: str) -> Action:
    return Action(
        f"start.{name}",
        (key,),
        title,
        text,
        Group.APP,
        Target.VIEW,
        frozenset({Context.START}),
        twins=(twin,) if twin else (),
        calls=f"app.{call}",
        footer=True,
    )


MENU: Final = tuple(
    _act(name, key, title, text, twin, f"begin('{name}')")
    for name, key, title, text, twin in (
        ("plan", "p", "Run a plan", "a file with phases and tasks", "wf run"),
        ("task", "n", "One task", "one worker, one tree, a diff to review", "wf add"),
        ("runs", "6", "Open a run", "the runs of all repositories", "wf runs"),
        ("demo", "d", "Demo", "15 s, no key, in a folder of its own", "wf demo"),
        ("doctor", "D", "Doctor", "whether wf can work here", "wf doctor"),
    )
)
"""In the order of the menu."""
START_ACTIONS: Final = (
    _act("goal", "i", "Goal", "Write a goal that is planned for you", "wf plan", "begin('goal')"),
    *MENU,
    _act("planner", "w", "Planner", "Another profile plans", "wf profiles", "next_planner"),
    _act("more_seats", "+", "More seats", "One more task at once than planned", "", "seats(1)"),
    _act("fewer_seats", "-", "Fewer seats", "One task fewer at once", "", "seats(-1)"),
    _act("budget", "$", "Budget", "What the run may cost", "wf budget", "ask_budget"),
)
