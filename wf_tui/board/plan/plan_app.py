"""The application of the plan screen: there need not be any run, so it is none of a board."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar, Final

from textual import constants, on

from wf_tui.board.acting.guard import Guard
from wf_tui.board.actions.registry import ACTIONS, Context, by_id
from wf_tui.board.dialog_app import DialogApp
from wf_tui.board.dialogs.help_screen import HelpScreen
from wf_tui.board.dialogs.menu_dialog import MenuDialog, MenuLine
from wf_tui.board.dialogs.palette import ActionsProvider
from wf_tui.board.frame.toasts import Toasts
from wf_tui.board.messages import ActionChosen
from wf_tui.board.screens.plan_screen import PlanScreen
from wf_tui.board.user_keys import textual_name
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.clock import SystemClock
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.board.actions.action import Action
    from wf_tui.board.plan.plan_view import PlanView
    from wf_tui.clock import Clock

__all__ = ["PlanApp"]

_BEAT: Final = 0.5
"""Seconds between two times that the screen changes by itself."""


class PlanPalette(ActionsProvider):
    """Finds what can be done with a plan."""

    def offered(self) -> Iterable[Action]:
        """Return the actions of this screen."""
        return [action for action in ACTIONS if Context.PLAN in action.contexts]


class PlanApp(DialogApp):
    """Shows the plan of a view until its person has decided, which the view then knows.

    `wf_tui.cli.plan_screen` makes it and runs it in the main thread.
    """

    TITLE = "wf"
    CSS_PATH = "../board.tcss"
    COMMANDS: ClassVar = {PlanPalette}

    def __init__(
        self,
        view: PlanView,
        *,
        ascii: bool = False,  # noqa: A002 - the option's name
        clock: Clock | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.view = view
        self.project, self.config = view.terms.project, view.terms.config
        self.clock = clock or SystemClock()
        self.environ = os.environ if environ is None else environ
        board = self.config.board
        self.ascii = ascii or board.ascii or board.ambiguous_width > 1
        self.fps = min(constants.MAX_FPS, board.fps)
        self.glyphs = ASCII if self.ascii else UNICODE
        self.picture = Picture(self.clock.now())
        self.motion = not board.reduced_motion and self.animation_level != "none"
        self.guard = Guard(board.guard)
        self.cursor_is_shown = board.cursor
        self.toasts = Toasts()
        self._disable_notifications = True
        self.use_themes(board.theme, self.environ)

    def on_mount(self) -> None:
        """Show the screen."""
        self.set_class(self.ascii, "-ascii")
        self.screen_change_signal.subscribe(self, self.note_dialog)
        self.push_screen(PlanScreen(self.view))
        for problem in self.use_own_keys(self.config.keys):
            self.show_toast(problem)
        self.set_interval(_BEAT, self.beat)

    def beat(self) -> None:
        """Let a moment pass."""
        self.age_toast()
        screen = self.run_screen
        if screen is not None and screen.is_mounted:
            screen.tick(self.now())

    # -- keys, and what lists them

    @on(ActionChosen)
    def perform_chosen(self, message: ActionChosen) -> None:
        """Do the action that was clicked in the footer."""
        self.perform(message.action)

    def perform(self, name: str, *, clicked: bool = False) -> None:
        """Do an action of this screen, as its key would; a click is the same here."""
        del clicked
        screen = self.run_screen
        if screen is not None:
            self.run_worker(self.run_action(by_id(name).call, screen), group="perform")

    def title_now(self, action: Action) -> str:
        """Return what an action is called."""
        return action.title

    def actions_here(self) -> list[Action]:
        """Return all actions of this screen."""
        return [action for action in ACTIONS if Context.PLAN in action.contexts]

    def action_help(self) -> None:
        """Show the keys of this screen; Enter on a line does it."""
        keys = {action.id: self.keys_of(action.id) for action in self.actions_here()}
        signs = {
            self.glyphs.needs_you: "you look at its work",
            self.glyphs.warns: "a warning",
            self.glyphs.cancelled: "an error",
        }
        page = HelpScreen(Context.PLAN, self.actions_here(), keys, signs)
        self.start_dialog(self.choose_action(page))

    def action_menu(self) -> None:
        """Show what can be done with the plan, then what cannot, and why."""
        here = [one for one in self.actions_here() if one.id.startswith("plan.")]
        lines = []
        for one in here:
            why_not = self.why_not(one.id)
            key = self.keys_of(one.id)
            note = why_not or one.help
            lines.append(MenuLine(one.id, key, one.title.lower(), note, possible=not why_not))
        lines.sort(key=lambda line: not line.possible)
        keys = {textual_name(key): one.id for one in here for key in self.own_key_list(one)}
        self.start_dialog(self.choose_action(MenuDialog("This plan", lines, keys)))

    async def action_quit(self) -> None:
        """Leave the plan as it is; asks first where one is being made."""
        screen = self.run_screen
        if isinstance(screen, PlanScreen):
            screen.quit()
