"""The registry of actions: bindings, footer, palette, help, user keys and tests read this list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.action import Action, Context, Group, Target
from wf_tui.board.actions.box_actions import BOX_ACTIONS
from wf_tui.board.actions.land_actions import LAND_ACTIONS
from wf_tui.board.actions.plan_actions import PLAN_ACTIONS
from wf_tui.board.actions.review_actions import REVIEW_ACTIONS
from wf_tui.board.actions.run_actions import RUN_ACTIONS
from wf_tui.board.actions.runs_actions import RUNS_ACTIONS
from wf_tui.board.actions.screen_actions import SCREEN_ACTIONS
from wf_tui.board.actions.start_actions import START_ACTIONS
from wf_tui.board.actions.task_actions import TASK_ACTIONS
from wf_tui.board.actions.view_actions import VIEWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType

__all__ = ["ACTIONS", "Action", "Context", "Group", "Target", "bindings", "by_id"]

ACTIONS: Final = (
    *VIEWS,
    *TASK_ACTIONS,
    *BOX_ACTIONS,
    *REVIEW_ACTIONS,
    *RUN_ACTIONS,
    *LAND_ACTIONS,
    *RUNS_ACTIONS,
    *START_ACTIONS,
    *PLAN_ACTIONS,
    *SCREEN_ACTIONS,
)
"""Every action, in the order of footer and help."""
_BY_ID: Final[Mapping[str, Action]] = {action.id: action for action in ACTIONS}


def by_id(name: str) -> Action:
    """Return the action with this id; raise KeyError where there is none."""
    return _BY_ID[name]


def bindings(context: Context) -> list[BindingType]:
    """Return the bindings of a screen: those of all actions that have keys in its context.

    A screen makes its `BINDINGS` of this; what the actions call are methods of the screen and of
    the application.
    """
    return [action.binding for action in ACTIONS if context in action.contexts and action.keys]
