"""The half of the application that acts: keys, clicks, drops, palette, dialogs and quitting.

Everything that changes the run goes through `do`, which `BoardApp` provides.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import on
from textual.app import App, SuspendNotSupported
from textual.notifications import Notify

from wf_tui import commands
from wf_tui.board import keymap
from wf_tui.board.actions import handlers
from wf_tui.board.actions.card_drops import drop_card
from wf_tui.board.actions.registry import ACTIONS, Where, bindings, by_id
from wf_tui.board.actions.screen_actions import SCREENS
from wf_tui.board.messages import ActionChosen, CardDropped, TaskDropped
from wf_tui.board.screens.dialogs import Choice, ChoiceDialog
from wf_tui.board.screens.help_screen import HelpScreen
from wf_tui.board.screens.palette import ActionsProvider
from wf_tui.board.screens.run_screen import RunScreen
from wf_tui.board.widgets.footer import FooterKey
from wf_tui.errors import EnvironmentalError, WfError
from wf_tui.project import open_ledger, open_reads
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping

    from textual.app import SystemCommand
    from textual.binding import Binding
    from textual.screen import Screen

    from wf_tui.board.actions.action import Action
    from wf_tui.board.host import ActResult, Severity
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.clock import Clock
    from wf_tui.config import Config
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.picture import Picture
    from wf_tui.project import Project

__all__ = ["ActionApp"]

_MOST_NOTICES: Final = 3
"""Notices that stand on the screen at a time."""
_T = TypeVar("_T")


class ActionApp(App[int]):
    """Does what `ActionHost` promises, but for what needs the feed; `BoardApp` adds that."""

    BINDINGS: ClassVar = bindings(Where.CARDS, Where.ONE, Where.RUN, Where.APP)
    COMMANDS: ClassVar = {ActionsProvider}
    SCREENS: ClassVar = dict(SCREENS)

    project: Project
    run_id: str
    picture: Picture
    config: Config | None
    clock: Clock
    environ: Mapping[str, str]
    glyphs: GlyphSet
    ascii: bool
    motion: bool
    _own_keys: Mapping[str, str] = MappingProxyType({})
    """The user's own keys, by the id of their action."""
    _talks: int = 0
    """How many dialogs are under way."""

    def do(self, act: Callable[[Ledger], ActResult], label: str) -> None:
        """Run one command on the ledger in a thread and tell what came of it."""
        raise NotImplementedError

    def open_card(self, task: str) -> None:
        """Select a card on the board and open it."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Take the user's looks and keys, and report the keys that cannot be used."""
        keys = self.config.keys if self.config is not None else {}
        self.set_class(self.ascii, "-ascii")
        checked = keymap.check(keys)
        self._own_keys = checked.keys
        self.set_keymap(dict(checked.keys))
        for problem in checked.problems:
            self.tell(problem)

    # -- which cards, and whether it can be done

    @property
    def run_screen(self) -> RunScreen | None:
        """The topmost screen that shows the run; a dialog above it works on what it selects."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, RunScreen):
                return screen
        return None

    @property
    def selected(self) -> str | None:
        """The selected card of the topmost screen that shows the run."""
        screen = self.run_screen
        return None if screen is None else screen.selected

    def targets(self, action: Action) -> tuple[str, ...]:
        """Return the cards that an action would work on now."""
        card = self.selected
        selected = () if card is None else (card,)
        if action.where is Where.ONE:
            return selected
        if action.where is not Where.CARDS:
            return ()
        screen = self.run_screen
        listed = None if screen is None else screen.listed
        if listed is None:
            return self.picture.targets(card)
        return tuple(task for task in listed if task in self.picture.marks) or selected

    def why_not(self, name: str) -> str | None:
        """Return why an action can do nothing now, or None where it can."""
        action = by_id(name)
        # A move of the run is asked about with no task, as the picture has it.
        ids = self.targets(action) if action.where.needs_card else ("",)
        if not ids:
            return "no card is selected"
        if not action.moves:
            return None
        reasons = (self.picture.why_not(move, task) for task in ids for move in action.moves)
        first = next(reasons)
        return None if first is None or any(reason is None for reason in reasons) else first

    # -- doing it

    def action_perform(self, name: str) -> None:
        """Do an action by its id, on the cards it is for; or say why that is not possible."""
        if self._talks and not self.screen.is_modal:
            return  # typed ahead of a dialog that is about to be shown
        action = by_id(name)
        if reason := self.why_not(name):
            self.tell(reason)
        elif action.handler is not None:
            action.handler(self, self.targets(action))

    def perform(self, name: str) -> None:
        """Do any action, as its key would; what only the board can do, on the board."""
        action = by_id(name)
        if action.where is Where.BOARD and name not in self.active_keys():
            self.action_go("board")
        self.run_worker(self.run_action(action.call, self.screen), group="perform")

    @on(ActionChosen)
    def _perform_chosen(self, message: ActionChosen) -> None:
        self.perform(message.action)

    @on(CardDropped)
    def _drop_card(self, message: CardDropped) -> None:
        drop_card(self, message)

    @on(TaskDropped)
    def _drop_on_worker(self, message: TaskDropped) -> None:
        handlers.reassign_to(self, (message.task,), message.worker)

    def begin(self, talk: Coroutine[None, None, None]) -> None:
        """Go through a dialog with the person; an error in it is told."""
        self._talks += 1
        self.run_worker(self._talk(talk), group="talk")

    async def _talk(self, talk: Coroutine[None, None, None]) -> None:
        try:
            await talk
        except WfError as error:
            self.tell(error.message, error.hint, severity="error")
        finally:
            self._talks -= 1

    async def read(self, ask: Callable[[Database], _T]) -> _T:
        """Ask the ledger something, in a thread."""

        def in_thread() -> _T:
            with open_reads(self.project) as db:
                return ask(db)

        return await asyncio.to_thread(in_thread)

    def step_aside(self, line: str, program: Callable[[], _T]) -> _T:
        """Leave the terminal to a program, below a line that says where; then come back."""
        try:
            with self.suspend():
                print(line, file=sys.__stderr__)
                done = program()
                if _terminal_is_gone():
                    # Only the program was told: it had the terminal, the board did not.
                    signal.raise_signal(signal.SIGHUP)
                return done
        except SuspendNotSupported:
            raise EnvironmentalError(
                "this terminal cannot be handed to another program", "wf shell TASK, elsewhere"
            ) from None

    # -- notices

    def tell(self, text: str, hint: str = "", *, severity: Severity = "warning") -> None:
        """Show a line to the person; whatever it holds, it is only shown."""
        line = clean(f"{text} ({hint})" if hint else text, limit=300)
        self.notify(line, severity=severity, markup=False)

    @on(Notify)
    def _make_room(self, event: Notify) -> None:
        """Let few notices stand at a time, each once: many must not hide the board."""
        shown = list(self._notifications)
        same = [notice for notice in shown if notice.message == event.notification.message]
        older = [notice for notice in shown if notice not in same]
        for notice in (*same, *older[: max(0, len(older) - _MOST_NOTICES + 1)]):
            self._unnotify(notice, refresh=False)

    # -- screens

    def action_go(self, name: str) -> None:
        """Show one of the screens; the board is always beneath the others."""
        is_board = self.screen is self.get_screen("board")
        if isinstance(self.screen, RunScreen) and not is_board:
            self.pop_screen()
        if name != "board":
            self.push_screen(name)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.push_screen(HelpScreen(self.active_keys()))

    # -- keys

    def keys_of(self, name: str) -> str:
        """Return the keys of an action as they are shown, the user's own where there are any."""
        own = self._own_keys.get(name)
        keys = own.split(",") if own else by_id(name).keys
        return " ".join(key.strip() for key in keys)

    def keys_for(self, *names: str) -> list[FooterKey]:
        """Return keys and titles of these actions, and of each why it can do nothing now."""
        return [
            FooterKey(name, self.keys_of(name), by_id(name).title, self.why_not(name) or "")
            for name in names
        ]

    def footer_keys(self, *, on_board: bool = False) -> list[FooterKey]:
        """Return what the footer shows; the keys that only look are shown on the board."""
        shown = [action for action in ACTIONS if action.footer]
        if not on_board:
            return self.keys_for(*(a.id for a in shown if a.keys and a.where is not Where.BOARD))
        keys = self.active_keys()
        return [
            FooterKey(
                action.id,
                self._first_key(action, keys[action.id]),
                action.title,
                self.why_not(action.id) or "",
            )
            for action in shown
            if action.id in keys
        ]

    def _first_key(self, action: Action, keys: str) -> str:
        key = keys.split(" ", maxsplit=1)[0]
        return key if key.isascii() or not self.ascii else action.keys[0]

    def active_keys(self) -> dict[str, str]:
        """Return the keys that work on this screen, by the id of their action."""
        keys: dict[str, list[str]] = {}
        for found in self.screen.active_bindings.values():
            if found.binding.id:
                keys.setdefault(found.binding.id, []).append(self.get_key_display(found.binding))
        return {name: " ".join(dict.fromkeys(shown)) for name, shown in keys.items()}

    def get_key_display(self, binding: Binding) -> str:
        """Return how a key is shown: by its name where its sign is not ASCII but has to be."""
        shown = super().get_key_display(binding)
        return shown if shown.isascii() or not self.ascii else binding.key

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Leave out what the registry has already, under its own name."""
        ours = {"Quit", "Keys"}
        return (found for found in super().get_system_commands(screen) if found.title not in ours)

    # -- leaving

    async def action_quit(self) -> None:
        """Leave the board; asks what becomes of the swarm where there is one at work."""
        if self.picture.header.state.ended:
            self.exit(0)
        else:
            self.begin(self._quit())

    async def _quit(self) -> None:
        working = self.picture.header.working
        match await self.push_screen_wait(quit_dialog(working)):
            case "leave":
                self.exit(0)
            case "drain" | "now" as how:
                await asyncio.to_thread(self._stop, now=how == "now")
                self.exit(0)

    def _stop(self, *, now: bool) -> None:
        with open_ledger(self.project) as ledger:
            commands.stop(ledger, self.run_id, now=now)


def quit_dialog(working: int) -> ChoiceDialog:
    """Return the question what becomes of the swarm; leaving it running is the first answer."""
    return ChoiceDialog(
        "Quit",
        (
            Choice("leave", "Leave the swarm running", "wf opens the board again"),
            Choice("drain", "Stop after the current tasks", "nothing new is started"),
            Choice("now", "Stop now", f"back into the queue: {plural(working, 'running task')}"),
        ),
    )


def _terminal_is_gone() -> bool:
    try:
        os.tcgetpgrp(0)
    except OSError:
        return True
    return False
