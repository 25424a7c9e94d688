"""What `wf` shows where there is no run yet: a box for a goal, and what else one can begin with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.binding import Binding
from textual.widgets import OptionList

from wf_tui.board.actions.registry import Context, bindings, by_id
from wf_tui.board.dialogs.choice_dialog import Choice, ChoiceDialog
from wf_tui.board.dialogs.line_dialog import LineDialog
from wf_tui.board.forms.goal_box import GoalBox
from wf_tui.board.start.beginning import What
from wf_tui.board.start.start_frame import Offers, StartFrame
from wf_tui.errors import UsageError
from wf_tui.ledger.model.run_budget import NO_BUDGET, changed_budget

if TYPE_CHECKING:
    from wf_tui.board.start.beginning import Beginning

__all__ = ["Offers", "StartApp"]

_SEATS: Final = 4
"""What `+` and `-` begin at where no plan says how many tasks run at once."""


class StartApp(StartFrame):
    """Asks what to begin with; `beginning` is that once it is left, None where it was just left.

    The menu has the keys, with what fits best highlighted; in the box of the goal all keys type.
    """

    TITLE = "wf"
    BINDINGS: ClassVar = [
        *bindings(Context.START),
        Binding("tab", "begin('goal')", "Goal", show=False),
        Binding("j", "step(1)", "Down", show=False),
        Binding("k", "step(-1)", "Up", show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | of the actions | What they say. |
    | tab | Write a goal. |
    | down, j | Highlight the next choice. |
    | up, k | Highlight the choice before. |
    | enter | Begin with the highlighted choice. |
    """
    beginning: Beginning | None = None

    # -- choosing

    @on(OptionList.OptionSelected)
    def begin_chosen(self, event: OptionList.OptionSelected) -> None:
        """Begin with the line of the menu."""
        if event.option_list is self._menu:
            self.action_begin(str(event.option_id).removeprefix("start."))

    def action_begin(self, name: str) -> None:
        """Begin with what a key of the menu stands for, if it was typed."""
        self.run_worker(self.begin_typed(name, self._pressed_at), group="perform")

    async def begin_typed(self, name: str, at: float) -> None:
        """Begin, or ask what is still missing, or say why that cannot be."""
        if not await self.was_typed(at):
            return
        action = by_id(f"start.{name}")
        why_not = self.why_not(action.id)
        ready = bool(self._offers.ready.planners)
        if name == "goal" and self._offers.in_repository and not ready:
            self.show_advice()
        elif why_not:
            self.show_toast(f"{self.first_key(action)}: {why_not}")
        elif name == "goal":
            self._box.focus()
        elif name == "plan":
            self.ask_for_plan()
        elif name == "task":
            what = "what is to be done" if ready else "a command line"
            self.push_screen(LineDialog("One task", what), self.begin_task)
        else:
            self.begin(What(name))

    def begin(self, what: What, text: str = "") -> None:
        """End with a choice, which the command line does."""
        self.beginning = replace(self._how, what=what, text=text)
        self.exit(0)

    def ask_for_plan(self) -> None:
        """Begin with the plan that lies here; ask which, or where it is."""
        files = self._offers.files
        if not files:
            self.push_screen(LineDialog("Run a plan", "its file"), self.begin_plan)
        elif len(files) == 1:
            self.begin_plan(files[0])
        else:
            choices = [Choice(file, file) for file in files]
            self.push_screen(ChoiceDialog("Run a plan", choices), self.begin_plan)

    def begin_plan(self, file: str | None) -> None:
        """End with a plan."""
        if file:
            self.begin(What.PLAN, file)

    def begin_task(self, text: str | None) -> None:
        """End with a task, which is a command where nobody takes a prompt."""
        if text:
            self.begin(What.TASK if self._offers.ready.planners else What.COMMAND, text)

    def show_advice(self) -> None:
        """Say what would make an agent or a model ready."""
        choices = [
            Choice("", "Back"),
            Choice("start.task", "One task", "a command, one tree, a diff to review"),
        ]
        note = self._offers.ready.advice
        dialog = ChoiceDialog("No agent or model is ready", choices, note=note)
        self.push_screen(dialog, lambda chosen: self.take_chosen(chosen or None))

    # -- the goal

    @on(GoalBox.Written)
    async def finish_with_goal(self, message: GoalBox.Written) -> None:
        """End with a goal, which the command line has planned."""
        if await self.was_typed(self._pressed_at):
            self.begin(What.GOAL, message.text)

    @on(GoalBox.Left)
    def return_to_menu(self) -> None:
        """Give the menu the keys; what is written stays."""
        self._menu.focus()

    def on_click(self, event: events.Click) -> None:
        """Enter the box; where nobody could plan, say what to do instead."""
        if event.widget is self._box and not self._offers.ready.planners:
            self.show_advice()

    def on_paste(self, event: events.Paste) -> None:
        """Take what is pasted, wherever the keys are, as the goal; it is never sent by that."""
        takes = self._offers.in_repository and self._offers.ready.planners
        if takes and not self._box.has_focus and len(self.screen_stack) == 1:
            self._box.focus()
            self._box.insert(event.text)

    # -- how

    def action_next_planner(self) -> None:
        """Have the next profile plan."""
        names = list(self._offers.ready.planners)
        if why_not := self.why_not("start.planner"):
            self.show_toast(f"{self.keys_of('start.planner')}: {why_not}")
            return
        place = (names.index(self._how.planner) + 1) % len(names)
        self._how = replace(self._how, planner=names[place])
        self.draw()

    def action_seats(self, by: int) -> None:
        """Have more or fewer tasks at once than planned."""
        jobs = self._how.jobs or self._around.seats or _SEATS
        self._how = replace(self._how, jobs=max(1, jobs + by))
        self.draw()

    def action_ask_budget(self) -> None:
        """Ask what the run may cost."""
        self.push_screen(LineDialog("Budget", "25usd, 2000000tok, or none"), self.take_budget)

    def take_budget(self, text: str | None) -> None:
        """Take what was typed, if it is a budget; "" leaves it to the plan."""
        if text is None:
            return
        try:
            if text:
                changed_budget(NO_BUDGET, text)
        except UsageError as error:
            self.show_toast(error.message, error.hint)
        else:
            self._how = replace(self._how, budget=text)
            self.draw()
