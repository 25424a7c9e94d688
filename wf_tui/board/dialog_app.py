"""The part of the application that shows dialogs, and drops what was typed before them."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
from typing import TYPE_CHECKING, TypeVar

from textual import events
from textual._time import get_time
from textual.app import SuspendNotSupported, SystemCommand

from wf_tui.board.dialogs.choice_dialog import Choice, ChoiceDialog
from wf_tui.board.target_app import TargetApp
from wf_tui.board.terminal.bursts import BURST_SECONDS
from wf_tui.errors import EnvironmentalError, WfError
from wf_tui.picture.age import time_of_day
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from textual.screen import Screen

    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = ["DialogApp"]

_T = TypeVar("_T")


class DialogApp(TargetApp):
    """Shows dialogs, and sees to it that nothing reaches them, or the board, that was not meant.

    All of it runs on the event loop, but for what `read` asks.
    """

    project: Project
    pressed_at: float = 0.0
    """When what is handled now was pressed or clicked, in the time of the events."""
    pressed_key: str = ""
    """Which key it was, as Textual calls it; "" for a click."""
    _dialogs: int = 0
    """How many dialogs were started and have not come to their end."""
    _dialog_since: float = 0.0
    """When a dialog came on top last, in the time of the events."""
    _dialog_drawn: float = 0.0
    """When the first frame of the dialog on top was drawn."""

    def perform(self, name: str, *, clicked: bool = False) -> None:
        """Do an action by its id, as its key or a click does."""
        raise NotImplementedError

    async def on_event(self, event: events.Event) -> None:
        """Drop what was typed ahead of a dialog and did not reach it: it is for nothing else.

        A key comes twice: from the terminal, and when nothing that has the focus wanted it.
        """
        if isinstance(event, events.Key | events.MouseUp):
            if isinstance(event, events.Key) and event.time != self.pressed_at:
                self.guard.read_key(event.time)
                self.pass_key()
            self.pressed_at = event.time
            self.pressed_key = event.key if isinstance(event, events.Key) else ""
        elif isinstance(event, events.MouseDown):
            self.pass_key()  # who only clicks has read it, too
        elif isinstance(event, events.Paste):
            self.guard.read_paste(event.time)
        if not (isinstance(event, events.Key | events.Paste) and self.is_typed_ahead(event)):
            await super().on_event(event)

    def is_typed_ahead(self, event: events.Key | events.Paste) -> bool:
        """Whether this was typed before a dialog was seen: it is neither for it nor for the board.

        The dialog is about to be shown, has not been drawn yet, or was closed by what was typed
        before this.
        """
        if isinstance(event, events.Key) and event.key == "ctrl+c":
            return False
        if self.screen.is_modal:
            return event.time < self._dialog_drawn
        return self._dialogs > 0 or event.time < self._dialog_since

    def note_dialog(self, screen: Screen[object]) -> None:
        """Remember since when a dialog is shown, and when its first frame was drawn."""
        if screen.is_modal:
            self._dialog_since = get_time()
            self._dialog_drawn = math.inf
            screen.call_after_refresh(self.note_dialog_drawn)

    def note_dialog_drawn(self) -> None:
        """Let keys reach the dialog on top that are read from now on."""
        self._dialog_drawn = get_time()

    async def was_typed(self, at: float) -> bool:
        """Return whether what was pressed then is no part of a paste that nobody marked.

        It waits for the keys that may come with it.
        """
        if self.guard.seconds > 0:
            await asyncio.sleep(max(0.0, at + BURST_SECONDS - get_time()))
        return not self.guard.in_burst(at)

    def start_dialog(self, dialog: Coroutine[None, None, None]) -> None:
        """Start a dialog with the person, on the event loop; an error in it is shown.

        The coroutine may read the ledger before it shows anything, so until its screen is on top
        the keys for actions are ignored. A key that turns out to be a part of a paste starts none.
        """
        at = self.pressed_at

        async def run_to_end() -> None:
            try:
                if await self.was_typed(at):
                    await dialog
            except WfError as error:
                self.show_toast(error.message, error.hint, severity="error")
            finally:
                dialog.close()
                self._dialogs -= 1

        # Counted here and not in the coroutine, which begins only after keys that are typed ahead.
        self._dialogs += 1
        self.run_worker(run_to_end(), group="dialog")

    async def choose_action(self, dialog: Screen[str | None]) -> None:
        """Do what is chosen in a dialog that lists actions; only within `start_dialog`."""
        chosen = await self.push_screen_wait(dialog)
        if chosen is not None:
            # Only when this dialog has come to its end: until then no action is done.
            self.call_later(self.perform, chosen)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer of Textual's own commands what is no noise between the actions: its themes."""
        yield from (one for one in super().get_system_commands(screen) if one.title == "Theme")
        yield SystemCommand("Messages", "What you were told, the newest first", self.show_messages)

    def show_messages(self) -> None:
        """Show the last messages, which have stood in the status line."""
        told = [
            Choice(str(number), f"{time_of_day(toast.at)}  {toast.text}")
            for number, toast in enumerate(self.toasts.kept)
        ]
        self.push_screen(ChoiceDialog("Messages", told or [Choice("", "nothing was told yet")]))

    async def read(self, ask: Callable[[Database], _T]) -> _T:
        """Ask the ledger something, in a thread with a connection of its own.

        A connection stays on the thread that opened it, and the loop must not wait for a disk.
        """

        def in_thread() -> _T:
            with open_reads(self.project) as db:
                return ask(db)

        return await asyncio.to_thread(in_thread)

    def step_aside(self, line: str, program: Callable[[], _T]) -> _T:
        """Leave the terminal to a program, below a line that says where; then come back.

        The event loop stands still meanwhile, and with it the board; the run goes on. Raises
        EnvironmentalError where the terminal cannot be left, as in a browser.
        """
        try:
            with self.suspend():
                print(line, file=sys.__stderr__)
                done = program()
                if terminal_is_gone():
                    # Only the program was told: it had the terminal, the board did not.
                    signal.raise_signal(signal.SIGHUP)
                return done
        except SuspendNotSupported:
            raise EnvironmentalError(
                "this terminal cannot be handed to another program", "wf shell TASK, elsewhere"
            ) from None


def terminal_is_gone() -> bool:
    """Return whether the terminal has hung up; asking for its foreground group then fails."""
    try:
        os.tcgetpgrp(0)
    except OSError:
        return True
    return False
