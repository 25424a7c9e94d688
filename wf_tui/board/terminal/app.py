"""An application that has a terminal: what ends it from outside, and how it fails."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar, cast

from rich.control import Control
from textual import constants, events
from textual._compositor import CompositorUpdate
from textual.widgets import Input, TextArea
from textual.worker import WorkerFailed

from wf_tui.board.attention.channels import title_sequence
from wf_tui.board.terminal.driver import TerminalDriver
from wf_tui.board.terminal.job_control import has_job_shell
from wf_tui.board.text_view.line_undo import LineUndo
from wf_tui.board.theme.themed_app import ThemedApp

if TYPE_CHECKING:
    from types import FrameType

    from rich.console import RenderableType
    from textual.app import AutopilotCallbackType
    from textual.driver import Driver
    from textual.screen import Screen

__all__ = ["TerminalApp"]

_SIGNALLED: Final = 128
"""What a shell adds to the number of the signal that ended a program."""
_PATIENCE: Final = 2.0
"""Seconds that leaving in good order may take after a signal."""
_LEAVING: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
_OTHERS: Final = (signal.SIGTSTP, signal.SIGCONT, signal.SIGWINCH)
"""What the driver handles."""
_SHOW_CURSOR: Final = "\x1b[?25h"
_Result = TypeVar("_Result")


class TerminalApp(ThemedApp[_Result]):
    """Leaves the terminal as it was, whatever ends it, and says itself what went wrong.

    `run` is called in the main thread, which has all signals.
    """

    cursor_is_shown: bool = False
    """Whether the terminal's cursor is seen, for magnifiers and readers; it stands where the
    selected line begins."""
    _leaving: int = 0
    """The exit status of the signal that ends it."""
    _alarm: int | None = None
    """Where a byte for each signal is written; None outside of `run`."""
    _running_loop: asyncio.AbstractEventLoop | None = None

    def get_driver_class(self) -> type[Driver]:
        """Return the driver that knows what was pressed; a browser's where Textual serves one."""
        return super().get_driver_class() if constants.DRIVER else TerminalDriver

    def run(
        self,
        *,
        headless: bool = False,
        inline: bool = False,
        inline_no_clear: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
        auto_pilot: AutopilotCallbackType | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> _Result | None:
        """Run until it is left, and return its result; `return_code` has the exit status.

        Raises what went wrong in it, once the terminal is as it was. Without a terminal, in a test,
        it is as Textual has it.
        """
        if not headless:
            return self._run_in_terminal()
        return super().run(
            headless=headless,
            inline=inline,
            inline_no_clear=inline_no_clear,
            mouse=mouse,
            size=size,
            auto_pilot=auto_pilot,
            loop=loop,
        )

    def _run_in_terminal(self) -> _Result | None:
        before = {number: signal.getsignal(number) for number in (*_LEAVING, *_OTHERS)}
        watched, self._alarm = os.pipe()
        threading.Thread(target=self._watch, args=(watched,), name="leaving", daemon=True).start()
        # Before anything is changed about the terminal: a signal may come at any time.
        for number in _LEAVING:
            signal.signal(number, self.leave_on_signal)
        try:
            result = asyncio.run(self._run_unless_left())
        finally:
            if isinstance(self._driver, TerminalDriver):
                self._driver.stop_application_mode()  # nothing, where that was done
            for number, handler in before.items():
                signal.signal(number, handler or signal.SIG_DFL)
        if self._leaving:
            self._return_code = self._leaving
        elif self._exception is not None:
            error = self._exception
            # Textual wraps what went wrong in a worker of its own.
            raise error.error if isinstance(error, WorkerFailed) else error
        return result

    async def _run_unless_left(self) -> _Result | None:
        self._running_loop = asyncio.get_running_loop()
        return None if self._leaving else await self.run_async()

    # -- leaving

    def leave_on_signal(self, number: int, _frame: FrameType | None = None) -> None:
        """Restore the screen and go, with the status that a shell gives to what a signal has ended.

        A handler of a signal runs between any two instructions, also of the loop itself or of the
        start of a thread: it must not touch the application nor take a lock, only wake others up.
        No handler of the loop: when the terminal is gone, the loop may wait for it for ever.
        """
        self._leaving = _SIGNALLED + number
        if self._alarm is not None:
            os.write(self._alarm, b"x")
        if self._running_loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is over, and so is the application
                self._running_loop.call_soon_threadsafe(self._exit_leaving)

    def _exit_leaving(self) -> None:
        self.exit(return_code=self._leaving)

    def _watch(self, alarm: int) -> None:
        """End the process where it hangs a while after a signal, or gets another one; a thread."""
        os.read(alarm, 1)
        select.select([alarm], [], [], _PATIENCE)
        if isinstance(self._driver, TerminalDriver):
            self._driver.leave_at_once()
        os._exit(self._leaving)

    def action_help_quit(self) -> None:
        """Go at ctrl+c, which is a key here and no signal; Textual would only give advice."""
        self.leave_on_signal(signal.SIGINT)
        self._exit_leaving()

    def action_suspend_process(self) -> None:
        """Stop as a job of the shell at ctrl+z, or say why that would leave nobody at the terminal.

        Textual would stop this process alone; a launcher above it, as `uv run`, would go on, and
        the shell would wait for ever. In a field that is typed in the key takes back.
        """
        if isinstance(self.focused, TextArea):
            return
        driver = self._driver
        if not isinstance(driver, TerminalDriver):
            self.notify("there is no shell to go back to", severity="warning")
        elif not has_job_shell():
            why = "no shell would take over this terminal: it was started for wf alone"
            self.notify(f"{why}; q leaves", severity="warning")
        else:
            self._suspend_signal()
            driver.stop_job()

    def set_window_title(self, title: str) -> None:
        """Give the window a title, until the board is left; "" leaves it as it is."""
        if isinstance(self._driver, TerminalDriver) and title:
            self._driver.set_title(title_sequence(title))

    def write_sequence(self, sequence: str) -> None:
        """Send the terminal what is no frame, such as a bell."""
        if self._driver is not None:
            self._driver.write(sequence)

    @cached_property
    def _line_undo(self) -> LineUndo:
        return LineUndo()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Note what a line has from now on, so that it can be taken back there."""
        if isinstance(event.widget, Input):
            self._line_undo.follow(event.widget)

    async def on_event(self, event: events.Event) -> None:
        """Take back what was typed, at ctrl+z in a line; a field of several lines does it itself.

        Here and not by a binding: a dialog keeps those of the application from its lines.
        """
        if not (isinstance(event, events.Key) and event.key == "ctrl+z" and self.undo_in_line()):
            await super().on_event(event)

    def undo_in_line(self) -> bool:
        """Take back the last change in the line that is typed in; whether there is such a line."""
        line = self.focused
        if not isinstance(line, Input):
            return False
        self._line_undo.undo(line)
        return True

    # -- failing

    def panic(self, *_renderables: RenderableType) -> None:
        """End; `run` raises what went wrong, and whoever called it says so."""
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """End, without the page of source that Textual would print."""
        self._close_messages_no_wait()

    # -- drawing

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Hand a frame to the driver, which writes what differs, instead of writing it all."""
        driver, update = self._driver, cast("object", renderable)
        is_drawn = self._running and not self._closed and not self._batch_count
        if isinstance(driver, TerminalDriver) and isinstance(update, CompositorUpdate):
            if is_drawn:
                x, y = self.screen.outer_size.clamp_offset(self.cursor_position)
                shown = _SHOW_CURSOR if self.cursor_is_shown else ""
                driver.draw(update, Control.move_to(x, y).segment.text + shown)
                self.post_display_hook()
        else:
            super()._display(screen, renderable)
