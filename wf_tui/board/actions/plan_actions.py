"""The actions of the plan screen: they change a plan, and nothing of any run."""

from __future__ import annotations

from typing import Final

from wf_tui.board.actions.action import Action, Context, Group, Target

__all__ = ["PLAN_ACTIONS"]


def _act(name: str, keys: tuple[str, ...], title: str, text: str, twin: str = "") -> Action:
    return Action(
        f"plan.{name}",
        keys,
        title,
        text,
        Group.TASK,
        Target.VIEW,
        frozenset({Context.PLAN}),
        twins=(twin,) if twin else (),
        calls=f"screen.{name}",
        footer=True,
    )


PLAN_ACTIONS: Final = (
    _act(
        *("accept", ("ctrl+s",), "Accept and run"),
        *("Run the plan as it is here; goes to what is wrong with it first", "wf run"),
    ),
    _act("words", ("i",), "In words", "Say what is to be different; the planner makes it so"),
    _act("edit", ("e",), "Edit task", "Its title, prompt, command, scope, needs, role, limits"),
    _act("new", ("n",), "New", "A new task below the selected one, or in its phase"),
    _act("drop", ("x",), "Drop", "Take the task out of the plan, and out of what needs it"),
    _act("worker", ("a",), "Worker", "Which profile does it"),
    _act("review", ("v",), "Review", "Whether you look at its work before the merge"),
    _act("shape", ("s",), "Shape", "A ready-made plan for the goal, without a model"),
    _act("file", ("E",), "File", "The whole plan in your editor"),
    _act("seats", ("+", "-"), "Seats", "How many tasks run at once: more, fewer"),
    _act("budget", ("$",), "Budget", "What all of it may cost"),
)
