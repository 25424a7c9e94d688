"""What `wf` shows where there is no run yet: the demo, and the plans that lie here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from wf_tui.board.forms.goal_form import Goal, GoalForm
from wf_tui.board.terminal.app import TerminalApp
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from textual.app import ComposeResult

__all__ = ["StartApp", "find_plans"]

_MOST: Final = 50
"""Plans that are offered."""
_SUFFIXES: Final = frozenset({".json", ".toml", ".yaml", ".yml"})


def find_plans(folder: Path) -> list[str]:
    """Return the files here that are called a plan, or lie in a folder of plans.

    The names are relative to `folder`, sorted. Nothing is opened: a folder that somebody happens to
    stand in may hold anything.
    """
    near = [*folder.glob("*plan*"), *folder.glob("plans/*"), *folder.glob(".wf/*")]
    found = {path for path in near if path.suffix in _SUFFIXES and path.is_file()}
    return sorted(str(path.relative_to(folder)) for path in found)[:_MOST]


class StartApp(TerminalApp[str | Goal]):
    """Returns what to begin with: a plan's file, a goal, `DEMO`; None where the person leaves."""

    DEMO = ""
    PLAN = "/"
    """No file has these names."""
    TITLE = "wf"
    CSS_PATH = "../board.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = [
        Binding("q,escape", "quit", "Quit"),
        Binding("j", "down", "Down"),
        Binding("k", "up", "Up"),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | q, escape | Leave without a choice. |
    | down, j | Highlight the next choice. |
    | up, k | Highlight the choice before. |
    | enter | Begin with the highlighted choice. |
    """

    def __init__(
        self, files: Sequence[str], *, in_repository: bool, planners: Sequence[str] = ()
    ) -> None:
        """Offer some plans; `planners` are the profiles that could write another one."""
        super().__init__()
        self._planners = planners
        self._files = files
        self._in_repository = in_repository
        self.use_themes("", os.environ)

    def compose(self) -> ComposeResult:
        """Say where we are and what can be done."""
        if self._in_repository:
            here = "There is no run on this repository yet."
            hint = "Any plan (JSON, TOML or YAML) is started with: wf run PLAN"
        else:
            here = "This folder is in no git repository."
            hint = "Go to a repository to run a plan there; the demo makes one of its own."
        with Vertical(id="start"):
            yield Label(here, markup=False)
            yield OptionList(
                *(Option(Content(clean(f"Run {name}")), id=name) for name in self._files),
                *self._goal_option(),
                Option(
                    Content("See the demo: a sample swarm in a sample repository"), id=self.DEMO
                ),
                markup=False,
            )
            yield Label(hint, markup=False)
            yield Label("Enter chooses, q leaves.", markup=False)

    def _goal_option(self) -> Iterator[Option]:
        if self._in_repository:
            yield Option(Content("Plan a goal: a model writes a plan for you"), id=self.PLAN)

    def on_mount(self) -> None:
        """Have the choices take the keys."""
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def finish_with_choice(self, event: OptionList.OptionSelected) -> None:
        """End with the chosen plan or the demo; the command line then begins it."""
        if event.option_id == self.PLAN:
            self.push_screen(GoalForm(self._planners), self.finish_with_goal)
        else:
            self.exit(event.option_id)

    def finish_with_goal(self, goal: Goal | None) -> None:
        """End with a goal, which the command line has planned; without one go on."""
        if goal is not None:
            self.exit(goal)

    def action_down(self) -> None:
        """Go to the next choice."""
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        """Go to the choice before."""
        self.query_one(OptionList).action_cursor_up()
