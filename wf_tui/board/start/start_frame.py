"""The frame of the start screen: what it says, its keys, its help, menu and palette."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from textual import constants, events, on, work
from textual._time import get_time
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Label, OptionList, Rule, Static
from textual.widgets.option_list import Option

from wf_tui.board.acting.guard import Guard
from wf_tui.board.actions.registry import ACTIONS, Context, by_id
from wf_tui.board.actions.start_actions import MENU
from wf_tui.board.dialogs.help_screen import HelpScreen
from wf_tui.board.dialogs.menu_dialog import MenuDialog, MenuLine
from wf_tui.board.forms.goal_box import GoalBox
from wf_tui.board.frame.footer import Footer, FooterKey
from wf_tui.board.frame.notices import Notice
from wf_tui.board.frame.status_line import Status, StatusLine
from wf_tui.board.frame.toasts import Toasts
from wf_tui.board.messages import ActionChosen
from wf_tui.board.start.agents import Readiness
from wf_tui.board.start.beginning import Beginning, What
from wf_tui.board.start.palette import StartProvider
from wf_tui.board.start.start_lines import how_line, menu_line, place_line
from wf_tui.board.start.surroundings import Surroundings
from wf_tui.board.status_app import StatusApp
from wf_tui.board.terminal.bursts import BURST_SECONDS
from wf_tui.board.user_keys import textual_name
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.clock import SystemClock
from wf_tui.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from textual.app import ComposeResult

    from wf_tui.board.actions.action import Action

__all__ = ["Offers", "StartFrame"]

_TOO_SMALL: Final = "wf needs 60 columns and 18 lines.\nMake the terminal larger, or see: wf --help"
_BEAT: Final = 0.5
"""Seconds between two looks whether a message has stood for long enough."""
_SHORT: Final = {"start.plan": "plan file", "start.task": "task", "start.runs": "runs"}
"""What the footer has no room for as the menu calls it."""


@dataclass(frozen=True)
class Offers:
    """What is known before the screen is drawn; the rest is read on a thread."""

    in_repository: bool
    files: Sequence[str] = ()
    """Plans that lie here."""
    place: Path | None = None
    ready: Readiness = field(default_factory=Readiness)


class StartFrame(StatusApp):
    """Draws the start screen and knows what has a key on it; `StartApp` begins something.

    All of it runs on the event loop, but for what `look` reads on a thread.
    """

    CSS_PATH = "../board.tcss"
    COMMANDS: ClassVar = {StartProvider}
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-short"), (80, "-narrow")]  # noqa: RUF012 - as Textual has it
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (18, "-low"), (24, "-high")]  # noqa: RUF012 - same

    def __init__(
        self,
        offers: Offers,
        look: Callable[[], Surroundings] = Surroundings,
        *,
        config: Config | None = None,
        environ: Mapping[str, str] | None = None,
        ascii: bool = False,  # noqa: A002 - the option's name
    ) -> None:
        super().__init__()
        config = config or Config()
        self._offers, self._look = offers, look
        self._around = Surroundings()
        self._own = config.keys
        self._how = Beginning(What.GOAL, planner=next(iter(offers.ready.planners), ""))
        self.clock = SystemClock()
        self.ascii = ascii or config.board.ascii
        self.fps = min(constants.MAX_FPS, config.board.fps)
        self.glyphs = ASCII if self.ascii else UNICODE
        self.motion = not config.board.reduced_motion
        self.toasts = Toasts()
        self.guard = Guard(config.board.guard)
        self._disable_notifications = True
        self._pressed_at = 0.0
        self.use_themes(config.board.theme, os.environ if environ is None else environ)
        # Kept, and not asked for: a dialog may be on top while they are drawn.
        self._place, self._settings = Label(id="place"), Label(id="how")
        self._menu = OptionList(markup=False)
        self._box = GoalBox()
        self._status_line, self._footer = StatusLine(self.glyphs), Footer(self.glyphs)

    # -- drawing

    def compose(self) -> ComposeResult:
        """Lay out where we are, the box, the menu, how a run is begun, and the frame."""
        with Container(id="body"), Vertical(id="start"):
            yield self._place
            yield Rule(line_style="ascii" if self.ascii else "solid")
            if self._offers.in_repository:
                yield self._box
            yield self._menu
            if self._offers.in_repository:
                yield self._settings
        with Horizontal(id="status"):
            yield self._status_line
        yield self._footer
        yield Static(_TOO_SMALL, id="too-small", markup=False)

    def on_mount(self) -> None:
        """Give the menu the keys, on a plan that lies here, else on the demo; begin to look."""
        self.set_class(self.ascii, "-ascii")
        for problem in self.use_own_keys(self._own):
            self.show_toast(problem)
        ready = self._offers.ready
        self._box.border_title = "goal"
        if ready.planners:
            enter = "Enter" if self.ascii else "⏎"
            self._box.border_subtitle = f"{enter} plan {self.glyphs.dot} Ctrl+J new line"
        else:
            self._box.border_subtitle = "i says what to do"
            self._box.placeholder = ready.sentence
            self._box.can_focus = False
        self._menu.add_options(Option("", id=one.id) for one in self.offered())
        fitting = "start.plan" if self._offers.files else "start.demo"
        self._menu.highlighted = self._menu.get_option_index(fitting)
        self._menu.focus()
        self.draw()
        self.set_interval(_BEAT, self.age_toast)
        self.look_around()

    @work(group="look", exit_on_error=False)
    async def look_around(self) -> None:
        """Read what is around, in a thread, and say it."""
        self._around = await asyncio.to_thread(self._look)
        self.draw()

    def draw(self) -> None:
        """Say all anew."""
        offers = self._offers
        in_repository, glyphs = offers.in_repository, self.glyphs
        line = place_line(offers.place, self._around, glyphs, in_repository=in_repository)
        self._place.update(line)
        for action in self.offered():
            line = menu_line(
                *(action, self.first_key(action), offers.files, self._around, self.glyphs),
                takes_prompts=bool(offers.ready.planners),
            )
            self._menu.replace_option_prompt(action.id, line)
        keys = [self.keys_of(f"start.{name}") for name in ("planner", "more_seats", "budget")]
        keys[1] += f" {self.keys_of('start.fewer_seats')}"
        self._settings.update(how_line(self._how, offers.ready, keys))
        self.show_status()
        self.show_footer()

    def show_status(self) -> None:
        """Draw the status line: what was told, else what stands in the way, else the base."""
        if not self._offers.in_repository:
            notice = Notice("the demo makes a repository of its own", warns=False)
        elif self._around.problem:
            notice = Notice(self._around.problem)
        else:
            notice = Notice(self._around.base, warns=False)
        now = self.clock.monotonic()
        toast = self.toasts.standing(now)
        self._status_line.show(Status(toast=toast, notice=notice, now=now, motion=self.motion))

    def show_footer(self) -> None:
        """Draw the keys of what has them: the menu, or the box."""
        enter = "Enter" if self.ascii else "⏎"
        keys = self.footer_keys()
        if self._box.has_focus:
            ends = [key._replace(why_not="it types here") for key in keys[-2:]]
            own = ((enter, "plan it"), ("ctrl+j", "new line"), ("esc", "to the menu"))
            keys = [*(FooterKey("", key, title, "") for key, title in own), *ends]
        else:
            short = [key._replace(title=_SHORT.get(key.action, key.title)) for key in keys]
            keys = [FooterKey("", enter, "begin", ""), *short]
        self._footer.show(keys)

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def show_keys(self) -> None:
        """Draw the keys of what has the focus now."""
        self.call_after_refresh(self.show_footer)

    # -- keys

    @property
    def context(self) -> Context:
        """The context of all keys here."""
        return Context.START

    def why_not(self, name: str) -> str | None:
        """Return why an action can do nothing now, or None where it can."""
        if name in {"start.goal", "start.plan", "start.task"} and not self._offers.in_repository:
            return "go to a git repository first"
        if name == "start.goal" and not self._offers.ready.planners:
            return self._offers.ready.sentence
        if name == "start.planner" and not self._offers.ready.planners[1:]:
            return "no other profile can plan here"
        if name == "start.runs" and not self._around.has_runs:
            return "there is no run in any repository yet"
        return None

    def title_now(self, action: Action) -> str:
        """Return what an action is always called: there is no run that it could depend on."""
        return action.title

    async def on_event(self, event: events.Event) -> None:
        """Note each key: it takes a refusal away, and may be a part of a paste."""
        if isinstance(event, events.Key) and event.time != self._pressed_at:
            self._pressed_at = event.time
            self.guard.read_key(event.time)
            self.pass_key()
        elif isinstance(event, events.Paste):
            self.guard.read_paste(event.time)
        await super().on_event(event)

    async def was_typed(self, at: float) -> bool:
        """Return whether what was pressed then is no part of a paste that nobody marked."""
        if self.guard.seconds > 0:
            await asyncio.sleep(max(0.0, at + BURST_SECONDS - get_time()))
        return not self.guard.in_burst(at)

    def perform(self, name: str) -> None:
        """Do an action by its id, as its key would."""
        self.run_worker(self.run_action(by_id(name).call, self.screen), group="perform")

    @on(ActionChosen)
    def perform_chosen(self, message: ActionChosen) -> None:
        """Do what was clicked in the footer."""
        self.perform(message.action)

    def actions_here(self) -> list[Action]:
        """Return all that can be done here: there is nothing that one could go back from."""
        here = [action for action in ACTIONS if Context.START in action.contexts]
        return [action for action in here if action.id != "view.back"]

    def action_help(self) -> None:
        """Show the keys; Enter on a line does it."""
        keys = {action.id: self.keys_of(action.id) for action in self.actions_here()}
        page = HelpScreen("start screen", self.actions_here(), keys, {})
        self.push_screen(page, self.take_chosen)

    def action_menu(self) -> None:
        """Show all that can be begun, and what cannot, with the reason."""
        about = [action for action in self.actions_here() if action.id.startswith("start.")]
        lines = [
            MenuLine(one.id, self.keys_of(one.id), one.title.lower(), why or one.help, not why)
            for one in about
            for why in (self.why_not(one.id),)
        ]
        keys = {textual_name(key): one.id for one in about for key in self.own_key_list(one)}
        lines.sort(key=lambda line: not line.possible)
        self.push_screen(MenuDialog("Begin", lines, keys), self.take_chosen)

    def take_chosen(self, name: str | None) -> None:
        """Do what was chosen in a dialog that lists actions."""
        if name is not None:
            self.call_later(self.perform, name)

    def action_step(self, by: int) -> None:
        """Go to the next choice, or to the one before."""
        if by > 0:
            self._menu.action_cursor_down()
        else:
            self._menu.action_cursor_up()

    async def action_quit(self) -> None:
        """Leave without a choice, unless the key was a part of a paste."""
        if await self.was_typed(self._pressed_at):
            self.exit(0)

    def offered(self) -> list[Action]:
        """Return what there is in the menu; outside a repository that is less."""
        nowhere = {"start.runs", "start.demo", "start.doctor"}
        return [one for one in MENU if self._offers.in_repository or one.id in nowhere]
