"""The driver: Textual asks it for input and output, and it asks the terminal."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from rich.console import COLOR_SYSTEMS
from textual import events
from textual.driver import Driver
from textual.geometry import Size
from textual.messages import InBandWindowResize, TerminalSupportsSynchronizedOutput

from wf_tui.board.terminal.fence import ASK, PATIENCE, Fence
from wf_tui.board.terminal.job_control import stop_job, stop_process
from wf_tui.board.terminal.output import Output
from wf_tui.board.terminal.parser import Answered, InputParser
from wf_tui.board.terminal.settings import ENTER, LEAVE, RENEW, TerminalSettings
from wf_tui.board.terminal.shown_lines import ShownLines

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from textual._compositor import CompositorUpdate
    from textual.app import App
    from textual.message import Message

__all__ = ["TerminalDriver"]

_QUESTIONS: Final = "\x1b[?2026$p\x1b[?2048$p"
"""Whether frames can be synchronized, and whether sizes can be reported between the keys."""
_REPORT_SIZES: Final = "\x1b[?2048h"
_STDIN, _STDERR = 0, 2
_FALLBACK: Final = (80, 25)
_READ: Final = 65_536
_WRITING: Final = 1.0
"""Seconds that the last words may take."""
_SLOWEST: Final = 1.5
"""Seconds to wait, at the end, for the answer of a terminal that has answered before."""


class TerminalDriver(Driver):
    """Has the terminal while the board is shown.

    Textual calls it on the event loop, which is the main thread. The input is read on one thread,
    which posts messages to the application, and the output is written on another.
    """

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        # The files and not the streams, which Textual replaces: Python's own draw nothing.
        self._in, self._out = _STDIN, _STDERR
        self.settings = TerminalSettings(self._in)
        # No environment has a say: COLUMNS and LINES are what the shell had when it began.
        self._size = size or self._terminal_size()
        self._lines = ShownLines(COLOR_SYSTEMS[app.console.color_system or "truecolor"])
        self._output: Output | None = None
        self._input: threading.Thread | None = None
        self._fence = Fence(time.monotonic())
        self._is_left = True
        """Whether the terminal has, as far as it reads, what takes all back."""
        self._has_answered = False
        self._title = ""
        """What gave the window its title last."""
        self._stop, self._stop_input = os.pipe()
        for number, handler in (
            (signal.SIGTSTP, self._on_suspend),
            (signal.SIGCONT, self._on_continue),
            (signal.SIGWINCH, self._on_resize),
        ):
            signal.signal(number, handler)

    @property
    def can_suspend(self) -> bool:
        """Whether another program may have the terminal meanwhile."""
        return True

    # -- what Textual asks for

    def start_application_mode(self) -> None:
        """Take the terminal; what was typed before is not for the board."""
        self.settings.make_raw()
        self._lines.forget()
        self._fence = Fence(time.monotonic())
        encoding = "utf-8" if sys.__stderr__ is None else sys.__stderr__.encoding
        self._output = Output(self._out, encoding, self._lines, self._terminal_gone, self._failed)
        self._is_left = False
        self._output.send(ENTER + self._title + _QUESTIONS + ASK)
        self._output.start()
        self._input = threading.Thread(target=self._read_input, name="terminal-input", daemon=True)
        self._input.start()
        self._tell_size(self._terminal_size())

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, with nothing on its way that a shell would read."""
        output, self._output = self._output, None
        self.disable_input()
        if output is not None:
            # One that has never answered, or does not read, may do so when a shell reads it.
            answers = self._has_answered and not output.is_stuck
            output.close(LEAVE + ASK if answers else LEAVE, _WRITING)
            self._is_left = True
            self._drain(_SLOWEST if answers else PATIENCE)
        self.settings.restore()
        self.settings.drop_input()

    def leave_at_once(self) -> None:
        """Give the terminal back from any thread, where the main one hangs; never waits."""
        self.settings.restore()
        if self._is_left:
            return
        if self._output is not None:
            self._output.drop_unread()
        with contextlib.suppress(OSError):
            # Opened anew: that it does not block must not be so for those who share the other one.
            file = os.open(os.ttyname(self._out), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
            os.write(file, LEAVE.encode())
            os.close(file)

    def disable_input(self) -> None:
        """Read nothing more; Textual calls it once more when all is over."""
        reader, self._input = self._input, None
        if reader is None:
            return
        os.write(self._stop_input, b"x")
        reader.join()
        os.read(self._stop, 1)
        self._has_answered = self._has_answered or self._fence.is_answered

    def write(self, data: str) -> None:
        """Write what is no frame: a bell, a copied text, the shape of the pointer."""
        if self._output is not None:
            self._output.send(data)

    def draw(self, update: CompositorUpdate, cursor: str) -> None:
        """Show a frame; `TerminalApp` calls it for each."""
        if self._output is not None:
            self._output.draw(update, cursor)

    def set_title(self, sequence: str) -> None:
        """Give the window a title, and again whenever another program has had the terminal."""
        if sequence != self._title:
            self._title = sequence
            self.write(sequence)

    def stop_job(self) -> None:
        """Give the terminal back and stop with the whole job, until the shell continues it."""
        self._suspend(stop_job)

    # -- input, on its thread

    def _read_input(self) -> None:
        try:
            self._read_until_stopped()
        except Exception as error:  # noqa: BLE001 - the top of the app, on its thread
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        """End the application with what went wrong on a thread: it would be deaf, or frozen."""
        self._call_soon(partial(self._app._handle_exception, error))  # noqa: SLF001 - its only door

    def _read_until_stopped(self) -> None:
        parser = InputParser()
        poll = select.poll()
        poll.register(self._in, select.POLLIN)
        poll.register(self._stop, select.POLLIN)
        while True:
            times = [at for at in (parser.deadline, self._fence.until) if at is not None]
            wait = None if not times else max(0.0, min(times) - time.monotonic()) * 1000 + 1
            ready = {file for file, _ in poll.poll(wait)}
            if self._stop in ready:
                return
            now = time.monotonic()
            if self._in not in ready:
                # Only now: what has come and was not read yet is no silence.
                messages = parser.tick(now)
            elif (data := self._read()) is not None:
                messages = parser.feed(data, now)
            else:
                self._terminal_gone()
                return
            for message in self._fence.passing(messages, now):
                self.process_message(message)
            if self._fence.until is None and self._output is not None:
                self._output.was_read = self._fence.is_answered
                self._output.release()

    def _read(self) -> bytes | None:
        """Return what has come; None: there is no terminal any more."""
        try:
            return os.read(self._in, _READ) or None
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def _drain(self, within: float) -> None:
        """Read and forget what is still on its way, up to the answer to the last question."""
        until = time.monotonic() + within
        parser, poll = InputParser(), select.poll()
        poll.register(self._in, select.POLLIN)
        while (left := until - time.monotonic()) > 0 and poll.poll(left * 1000):
            data = self._read()
            if data is None:
                return
            if any(isinstance(found, Answered) for found in parser.feed(data, 0.0)):
                return

    def process_message(self, message: Message) -> None:
        """Post a message, and take those that are for the driver itself."""
        match message:
            case InBandWindowResize(supported=True, enabled=False):
                self.write(_REPORT_SIZES)
            case InBandWindowResize():
                pass
            case TerminalSupportsSynchronizedOutput() if self._output is not None:
                self._output.synchronized = True
            case _:
                super().process_message(message)

    def _terminal_gone(self) -> None:
        """Tell the main thread as the kernel does it, which not everybody's terminal has done."""
        os.kill(os.getpid(), signal.SIGHUP)

    # -- size, suspension

    def _terminal_size(self) -> tuple[int, int]:
        for file in (self._out, self._in):
            with contextlib.suppress(OSError):
                size = os.get_terminal_size(file)
                if size.columns and size.lines:
                    return size.columns, size.lines
        return _FALLBACK

    def _tell_size(self, cells: tuple[int, int]) -> None:
        self._size = cells
        size = Size(*cells)
        self.send_message(events.Resize(size, size))

    # A handler of a signal runs between any two instructions: it must only wake the loop up.

    def _on_resize(self, _number: int, _frame: FrameType | None) -> None:
        self._call_soon(self._resized)

    def _on_continue(self, _number: int, _frame: FrameType | None) -> None:
        self._call_soon(self._continued)

    def _on_suspend(self, _number: int, _frame: FrameType | None) -> None:
        if self._auto_restart:
            self._call_soon(self._suspend)
        else:
            # Another program has the terminal, and the loop waits for it.
            os.kill(os.getpid(), signal.SIGSTOP)

    def _call_soon(self, what: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is over
            self._loop.call_soon_threadsafe(what)

    def _resized(self) -> None:
        if self._output is None:
            return
        size = self._terminal_size()
        if size == self._size:
            self._output.redraw()  # somebody has asked for it, or has changed it and back
        else:
            self._output.drop_frames()
            self._tell_size(size)

    def _continued(self) -> None:
        """Have the terminal as before, after a stop that nobody has told of (SIGSTOP)."""
        if self._output is not None:
            self.settings.make_raw()
            self._output.send(RENEW)
            self._resized()

    def _suspend(self, stop: Callable[[], None] = stop_process) -> None:
        """Stop, with the terminal given back, until the shell has the board in the foreground."""
        if self._output is None:
            return
        self.stop_application_mode()
        stop()
        while not self._in_foreground():
            stop()
        self.start_application_mode()
        self.send_message(self.SignalResume())

    def _in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self._in) == os.getpgrp()
        except OSError:
            return True
