"""What `wf` shows where there is no run yet: a box for a goal, and what else one can begin with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from wf_tui.board.actions.start_actions import START_ACTIONS
from wf_tui.board.dialogs.choice_dialog import Choice, ChoiceDialog
from wf_tui.board.dialogs.line_dialog import LineDialog
from wf_tui.board.forms.goal_box import GoalBox
from wf_tui.board.forms.goal_form import Goal
from wf_tui.board.terminal.app import TerminalApp
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

    from wf_tui.board.actions.action import Action

__all__ = ["OneTask", "StartApp", "find_plans"]

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


@dataclass(frozen=True)
class OneTask:
    """One task for one worker."""

    text: str
    is_command: bool
    """Whether it is a command line, and no prompt for an agent."""


class StartApp(TerminalApp[str | Goal | OneTask]):
    """Returns what to begin with: a plan's file, a goal, a task, `DEMO`, `RUNS` or `DOCTOR`.

    None where the person leaves. The menu has the keys, with what fits best highlighted; in the
    box of the goal all keys type.
    """

    DEMO = ""
    RUNS = "/runs"
    DOCTOR = "/doctor"
    """No file that is offered has these names."""
    TITLE = "wf"
    CSS_PATH = "../board.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = [
        *(action.binding for action in START_ACTIONS),
        Binding("tab", "begin('goal')", "Goal"),
        Binding("q,escape", "quit", "Quit"),
        Binding("j", "down", "Down"),
        Binding("k", "up", "Up"),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | i, tab | Write a goal. |
    | p, n, 6, d, D | Begin with what stands behind the key. |
    | q, escape | Leave without a choice. |
    | down, j | Highlight the next choice. |
    | up, k | Highlight the choice before. |
    | enter | Begin with the highlighted choice. |
    """

    def __init__(
        self,
        files: Sequence[str],
        *,
        in_repository: bool,
        planners: Sequence[str] = (),
        problem: str = "",
        place: Path | None = None,
    ) -> None:
        """Offer plans; `planners` could write another one, or `problem` says why nobody can.

        `place` is the folder that one is in.
        """
        super().__init__()
        self._planners = planners
        self._problem = clean(problem, limit=400)
        self._files = files
        self._in_repository = in_repository
        self._place = place
        self.use_themes("", os.environ)

    def compose(self) -> ComposeResult:
        """Say where we are and what can be done."""
        place = f" in {_shown(self._place)}" if self._place is not None else ""
        here = f"wf{place}" if self._in_repository else "This folder is in no git repository."
        with Vertical(id="start"):
            yield Label(here, id="place", markup=False)
            if self._in_repository:
                box = GoalBox()
                ready = bool(self._planners)
                box.border_title = "goal" if ready else "goal: no agent or model is ready"
                box.border_subtitle = "Enter plan, Ctrl+J new line" if ready else "i says why"
                box.read_only = not ready
                yield box
            yield OptionList(*map(self._option, self._offered()), markup=False)
            yield Label(self._hint(), id="said", markup=False)
            yield Label("Enter chooses, q leaves.", markup=False)

    def _offered(self) -> list[Action]:
        """Return what there is in the menu; outside a repository that is less."""
        names = ["plan"] if self._files else []
        names += ["task"] if self._in_repository else []
        names += ["runs", "demo", "doctor"]
        return [one for one in START_ACTIONS if one.id.removeprefix("start.") in names]

    def _option(self, action: Action) -> Option:
        text = action.help
        if action.id == "start.plan":
            more = f" and {plural(len(self._files) - 1, 'more plan')}" if self._files[1:] else ""
            text = f"{clean(self._files[0])}{more}"
        elif action.id == "start.task" and not self._planners:
            text = "a command, one tree, a diff"
        content = Content.assemble(
            (action.keys[0], "bold $primary"), f"  {action.title:<12} ", (text, "$wf-muted")
        )
        return Option(content, id=action.id.removeprefix("start."))

    def _hint(self) -> str:
        if self._in_repository:
            return "Any plan (JSON, TOML or YAML) is started with: wf run PLAN"
        return "Go to a repository to run a plan there; the demo makes one of its own."

    @property
    def _menu(self) -> OptionList:
        return self.query_one(OptionList)

    def on_mount(self) -> None:
        """Give the menu the keys, on a plan that lies here, else on the demo."""
        self._menu.highlighted = self._menu.get_option_index("plan" if self._files else "demo")
        self._menu.focus()

    # -- choosing

    @on(OptionList.OptionSelected)
    def begin_chosen(self, event: OptionList.OptionSelected) -> None:
        """Begin with the line of the menu."""
        self.action_begin(str(event.option_id))

    def action_begin(self, name: str) -> None:
        """Begin with what a key of the menu stands for."""
        if name not in {"goal", *(one.id.removeprefix("start.") for one in self._offered())}:
            return
        match name:
            case "goal":
                self.write_goal()
            case "plan" if self._files[1:]:
                choices = [Choice(file, clean(file)) for file in self._files]
                self.push_screen(ChoiceDialog("Run a plan", choices), self.finish_with)
            case "plan":
                self.exit(self._files[0])
            case "task":
                what = "what is to be done" if self._planners else "a command line"
                self.push_screen(LineDialog("One task", what), self.finish_with_task)
            case "demo":
                self.exit(self.DEMO)
            case _:
                self.exit(self.RUNS if name == "runs" else self.DOCTOR)

    def finish_with(self, file: str | None) -> None:
        """End with the plan that was chosen among several."""
        if file is not None:
            self.exit(file)

    def finish_with_task(self, text: str | None) -> None:
        """End with a task, which is a command where nobody takes a prompt."""
        if text:
            self.exit(OneTask(text, is_command=not self._planners))

    # -- the goal

    def write_goal(self) -> None:
        """Give the box the keys; where nobody could plan, say what to do instead."""
        for box in self.query(GoalBox):
            if self._planners:
                box.focus()
            else:
                self.query_one("#said", Label).update(Content(self._problem or _NOBODY))

    @on(GoalBox.Written)
    def finish_with_goal(self, message: GoalBox.Written) -> None:
        """End with a goal, which the command line has planned."""
        if self._planners:
            self.exit(Goal(message.text))

    @on(GoalBox.Left)
    def return_to_menu(self) -> None:
        """Give the menu the keys; what is written stays."""
        self._menu.focus()

    def on_paste(self, event: events.Paste) -> None:
        """Take what is pasted, wherever the keys are, as the goal; it is never sent by that."""
        for box in self.query(GoalBox):
            if self._planners and not box.has_focus and len(self.screen_stack) == 1:
                box.focus()
                box.insert(event.text)

    def action_down(self) -> None:
        """Go to the next choice."""
        self._menu.action_cursor_down()

    def action_up(self) -> None:
        """Go to the choice before."""
        self._menu.action_cursor_up()


_NOBODY: Final = "no profile takes prompts: wf profiles says why; n makes a command task"


def _shown(place: Path) -> str:
    """Return a folder as people write it."""
    home = Path.home()
    path = f"~/{place.relative_to(home)}" if place.is_relative_to(home) else str(place)
    return clean(path, limit=60)
