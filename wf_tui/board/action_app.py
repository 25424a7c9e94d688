"""The half of the application that acts: keys, clicks, drops, palette, dialogs and quitting.

Everything that changes the run goes through `do`, which `BoardApp` provides.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on

from wf_tui import commands
from wf_tui.board.acting.act_runner import Act
from wf_tui.board.actions.handlers import confirming, menu, reassigning
from wf_tui.board.actions.handlers.drops import drop_card, drop_question
from wf_tui.board.actions.names import titled
from wf_tui.board.actions.registry import ACTIONS, Context, Target, by_id
from wf_tui.board.actions.review_actions import DIFF_ACTIONS
from wf_tui.board.dialog_app import DialogApp
from wf_tui.board.dialogs.choice_dialog import Choice, ChoiceDialog
from wf_tui.board.dialogs.help_screen import HelpScreen
from wf_tui.board.dialogs.menu_dialog import MenuDialog
from wf_tui.board.dialogs.palette import ActionsProvider
from wf_tui.board.frame.screen_tabs import ScreenTab
from wf_tui.board.land.land_gate import GateEnded
from wf_tui.board.messages import ActionChosen, CardDropped, TaskDropped
from wf_tui.board.screen_table import SCREENS
from wf_tui.board.screens.run_screen import RunScreen
from wf_tui.board.user_keys import textual_name
from wf_tui.project import open_ledger
from wf_tui.text import cut, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.board.acting.act_runner import ActRunner
    from wf_tui.board.acting.acts_done import ActsDone
    from wf_tui.board.acting.guard import Guard
    from wf_tui.board.actions.action import Action, Handler
    from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
    from wf_tui.board.host import ActResult
    from wf_tui.board.land.land_gate import LandGate
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.clock import Clock
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.picture.header import Header
    from wf_tui.picture.picture import Picture
    from wf_tui.project import Project
    from wf_tui.settings import Settings

__all__ = ["ActionApp"]

_GOAL: Final = 40
"""Characters of the goal in the title of a dialog."""


class ActionApp(DialogApp):
    """Does what `ActionHost` promises, but for what needs the feed; `BoardApp` adds that.

    A key, a click, a drop and the palette all end in `action_perform`, so that each of them refuses
    what is not possible with the same sentence.
    """

    COMMANDS: ClassVar = {ActionsProvider}
    SCREENS: ClassVar = dict(SCREENS)

    project: Project
    run_id: str
    picture: Picture
    live: Picture
    config: Settings
    clock: Clock
    environ: Mapping[str, str]
    glyphs: GlyphSet
    motion: bool
    guard: Guard
    acts: ActRunner
    acts_done: ActsDone
    land_gate: LandGate

    def do(
        self,
        act: Callable[[Ledger], ActResult],
        label: str,
        *,
        after: str = "",
        offers_undo: bool = False,
        awaits: tuple[str, ...] = (),
        selects: bool = False,
    ) -> None:
        """Change the run, off the event loop and in the order of asking; tell what came of it.

        Nothing else on the board changes a run, but for stopping it when the board is left.
        """
        # Also what comes by no key: a drop, or a dialog that was open before.
        if self.acts_off:
            self.show_toast(self.acts_off)
            return
        asked = Act(act, label, after, offers_undo, awaits, selects)
        self.run_worker(self.acts.run(asked), group="actions", exit_on_error=False)

    def open_card(self, task: str, *, tab: str = "", epoch: int | None = None) -> None:
        """Select a card on the board and open it."""
        raise NotImplementedError

    def open_run(self, project: Project, run: str, *, task: str = "", land: bool = False) -> None:
        """Show another run in place of this one."""
        raise NotImplementedError

    def show_card(self, task: str) -> None:
        """Select a card on the board."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Take the user's looks and keys, and report the keys that cannot be used."""
        self.set_class(self.ascii, "-ascii")
        self.screen_change_signal.subscribe(self, self.note_dialog)
        for problem in self.use_own_keys(self.config.keys):
            self.show_toast(problem)

    # -- doing it

    def title_now(self, action: Action) -> str:
        """Return what an action is called for the tasks that it would work on now."""
        if action.title_now is None:
            return action.title  # as most are: the footer asks this of each at every change
        return action.title_for(self, self.targets(action))

    def action_perform(self, name: str, *, clicked: bool = False) -> None:
        """Do an action by its id, on the cards it is for; or say why that is not possible.

        Bindings call it, as `app.perform('ID')`. It never waits: a handler starts a dialog, or
        hands its act to `do`.
        """
        if self._dialogs and not self.screen.is_modal:
            return  # clicked ahead of a dialog that is about to be shown
        action = by_id(name)
        targets = self.targets(action)
        key = self.first_key(action)
        if ignored := self.guard.ignored(key, targets, self.pressed_at):
            self.show_toast(ignored)
        elif reason := self.why_not(name):
            self.show_toast(f"{key}: {reason}")
        elif action.target.changes_run and self.guard.seconds > 0:
            typed = self.perform_typed(action, targets, self.pressed_at, clicked=clicked)
            self.run_worker(typed, group="perform")
        else:
            self.perform_on(action, targets, clicked=clicked)

    async def perform_typed(
        self, action: Action, targets: tuple[str, ...], at: float, *, clicked: bool
    ) -> None:
        """Do an action, unless the key that asks for it turns out to be a part of a paste.

        A terminal that does not mark a paste sends it as keys; so a key that may change something
        waits for those that may come with it. What it works on is what was selected when it was
        pressed.
        """
        if not await self.was_typed(at):
            return
        # What has changed while it waited was not seen when the key was pressed.
        if ignored := self.guard.ignored(self.first_key(action), targets, at):
            self.show_toast(ignored)
        else:
            self.perform_on(action, targets, clicked=clicked)

    def perform_on(self, action: Action, targets: tuple[str, ...], *, clicked: bool) -> None:
        """Hand an action to its handler; ask first where it would change more than one sees."""
        if action.handler is None or (
            self.run_screen is not None and self.run_screen.act(action.id)
        ):
            return
        if action.target is Target.ONE and self.picture.marks:
            self.show_toast(f"works on {titled(self.picture, targets[0])}, not on the marked")
        question = self.question_before(action, targets, clicked=clicked)
        if question is None:
            action.handler(self, targets)
            return

        async def ask(handler: Handler) -> None:
            if await self.push_screen_wait(question):
                handler(self, targets)

        self.start_dialog(ask(action.handler))

    def question_before(
        self, action: Action, targets: tuple[str, ...], *, clicked: bool
    ) -> ConfirmDialog | None:
        """Return what to ask before an action that has no question of its own."""
        screen = self.run_screen
        marked = action.target is Target.TASKS and self.picture.marks.issuperset(targets)
        unseen = screen.marks_out_of_view if screen is not None and marked else 0
        alike = len(targets) > 1 and not marked
        return confirming.asked_for(
            self, action, targets, clicked=clicked, unseen=alike or unseen > 0
        )

    def perform(self, name: str, *, clicked: bool = False) -> None:
        """Do any action, as its key would; what cannot be done here, on the board.

        A click may have meant what stands beside it: what throws a task away then asks.
        """
        action = by_id(name)
        here = self.context in action.contexts or action in DIFF_ACTIONS
        if not here and not self.is_for_box(action):
            self.action_go("runs" if action.contexts == {Context.RUNS} else "board")
        if action.handler is not None:
            self.action_perform(name, clicked=clicked)
        else:
            self.run_worker(self.run_action(action.call, self.screen), group="perform")

    def is_for_box(self, action: Action) -> bool:
        """Whether an action is one of the answer box, which has the keys."""
        screen = self.run_screen
        return Context.BOX in action.contexts and screen is not None and screen.in_box

    def enter_box(self) -> bool:
        """Give the answer box of the topmost screen the keys; whether it has one."""
        screen = self.run_screen
        return screen is not None and screen.enter_box()

    @on(ActionChosen)
    def perform_chosen(self, message: ActionChosen) -> None:
        """Do the action that was clicked in the footer."""
        self.perform(message.action, clicked=True)

    @on(CardDropped)
    def move_dropped_card(self, message: CardDropped) -> None:
        """Do what dragging a card to another column stands for, on all marked if it is marked."""
        marked = message.card in self.picture.marks
        ids = self.picture.in_order(self.picture.marks) if marked else (message.card,)
        screen = self.run_screen
        unseen = marked and screen is not None and screen.marks_out_of_view > 0
        if ignored := self.guard.ignored("drop", ids, self.pressed_at):
            self.show_toast(ignored)
        elif (question := drop_question(self, message, ids, unseen=unseen)) is None:
            drop_card(self, message, ids)
        else:
            self.start_dialog(self.ask_and_drop(message, ids, question))

    async def ask_and_drop(
        self, drop: CardDropped, ids: tuple[str, ...], question: ConfirmDialog
    ) -> None:
        """Drop cards once the person has agreed; only within `start_dialog`."""
        if await self.push_screen_wait(question):
            drop_card(self, drop, ids)

    @on(TaskDropped)
    def reassign_dropped_task(self, message: TaskDropped) -> None:
        """Give the task of one seat to the seat it was dropped on."""
        if ignored := self.guard.ignored("drop", [message.task], self.pressed_at):
            self.show_toast(ignored)
        else:
            reassigning.reassign_to(self, (message.task,), message.worker)

    # -- screens

    def screen_tabs(self) -> tuple[ScreenTab, ...]:
        """Return the screens that a digit leads to, in the order of the digits."""
        going = [by_id(f"go.{name}") for name in SCREENS]
        return tuple(ScreenTab(go.id, self.keys_of(go.id), go.title) for go in going)

    def action_go(self, name: str) -> None:
        """Show one of the screens; the board is always beneath the others."""
        board = self.get_screen("board")
        # Popped before another is pushed, so that the board is never more than one screen below.
        while isinstance(self.screen, RunScreen) and self.screen is not board:
            self.pop_screen()
        if name != "board":
            self.push_screen(name)

    def show_review(self, task: str) -> None:
        """Show the review of a task above the screen that it was asked for on."""
        from wf_tui.board.screens.review_screen import ReviewScreen  # noqa: PLC0415 - not before it is shown

        if not isinstance(self.screen, ReviewScreen):
            self.push_screen(ReviewScreen(task))

    def show_land(self) -> None:
        """Show what would come into the person's branch, above the screen it was asked for on."""
        from wf_tui.board.screens.land_screen import LandScreen  # noqa: PLC0415 - not before it is shown

        self.push_screen(LandScreen())

    @on(GateEnded)
    def show_gate(self, message: GateEnded) -> None:
        """Show what the gate of a landing said: on its screen, or in a line where that is left."""
        from wf_tui.board.screens.land_screen import LandScreen  # noqa: PLC0415 - it was shown

        screens = [one for one in self.screen_stack if isinstance(one, LandScreen)]
        if screens and message.run == self.run_id:
            screens[0].show_gate(message.found)
        else:
            self.show_toast(message.text, severity="information")

    def action_help(self) -> None:
        """Show the keys of this screen; Enter on a line does it."""
        actions = self.actions_here()
        own = {key for one in self.actions_of_diff() for key in self.own_key_list(one)}
        keys = {
            action.id: " ".join(
                key for key in self.own_key_list(action) if key not in own or action in DIFF_ACTIONS
            )
            for action in actions
        }
        page = HelpScreen(self.context, actions, keys, self.glyphs.legend())
        self.start_dialog(self.choose_action(page))

    def action_menu(self) -> None:
        """Show all that can be done with the task, or on a screen without one with the run."""
        here = self.actions_here()
        tasks = self.targets(by_id("task.retry"))
        about = [action for action in here if action.target.needs_task]
        if tasks:
            about.insert(0, by_id("view.open"))
        else:
            about = [action for action in here if action.target is Target.RUN]
        keys = {
            textual_name(key): action.id for action in here for key in self.own_key_list(action)
        }
        lines = menu.menu_lines(self, about, tasks)
        dialog = MenuDialog(menu.menu_title(self, tasks), lines, keys)
        self.start_dialog(self.choose_action(dialog))

    def actions_here(self) -> list[Action]:
        """Return the actions of the context, those without keys, too; a diff's come first."""
        here = [one for one in ACTIONS if self.context in one.contexts]
        here = [*self.actions_of_diff(), *here]
        screen = self.run_screen
        if screen is None or not screen.in_box:
            return here
        # The box has keys of its own, which hide those of its screen.
        box = [action for action in ACTIONS if Context.BOX in action.contexts]
        hidden = {*"123456789", *(key for action in box for key in action.keys)}
        return [*box, *(action for action in here if hidden.isdisjoint(action.keys))]

    def actions_of_diff(self) -> tuple[Action, ...]:
        """Return what can be done with a diff in the pane, whose keys hide those of the board."""
        return DIFF_ACTIONS if self.in_diff else ()

    # -- leaving

    async def action_quit(self) -> None:
        """Leave the board; asks what becomes of the swarm where there is one at work."""
        self.start_dialog(self.ask_and_quit())

    async def ask_and_quit(self) -> None:
        """Ask what becomes of the swarm, do that, and leave; only within `start_dialog`."""

        def stop_run(*, now: bool) -> None:
            with open_ledger(self.project) as ledger:
                commands.stop(ledger, self.run_id, now=now)

        if self.acts_off or self.live.header.state.ended:
            self.exit(0)
            return
        match await self.push_screen_wait(quit_dialog(self.live.header)):
            case "leave":
                self.exit(0)
            case "drain" | "now" as how:
                # Waited for, and not handed to `do`: where it fails the board stays, and says so.
                await asyncio.to_thread(stop_run, now=how == "now")
                self.exit(0)


def quit_dialog(header: Header) -> ChoiceDialog:
    """Return the question what becomes of the swarm; leaving it running is the first answer.

    It names the run: behind the list of all runs nobody else says which one is meant.
    """
    working = plural(header.working, "running task")
    return ChoiceDialog(
        f"Quit “{cut(header.goal, _GOAL)}”" if header.goal else "Quit",
        (
            Choice("leave", "Leave the swarm running", "wf opens the board again"),
            Choice("drain", "Stop after the current tasks", "nothing new is started"),
            Choice("now", "Stop now", f"back into the queue: {working}"),
        ),
    )
