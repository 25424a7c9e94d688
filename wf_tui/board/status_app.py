"""The part of the application that tells the person things, and says of when the screen is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import on
from textual.events import TextSelected

from wf_tui.board.actions.action import Context
from wf_tui.board.frame.toasts import Offer, Severity, Toast, Toasts
from wf_tui.board.key_app import KeyApp
from wf_tui.board.screens.run_screen import RunScreen
from wf_tui.picture.age import time_of_day
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from wf_tui.clock import Clock

__all__ = ["StatusApp"]

_TOAST: Final = 300
"""Characters of a message."""
_SLOW_FPS: Final = 5
"""Frames a second below which ages go by steps."""
_STEP: Final = 10
"""Seconds of such a step."""


class StatusApp(KeyApp):
    """Has the messages of the board and the time that it shows; `ActionApp` builds on it.

    All of it belongs to the event loop.
    """

    clock: Clock
    fps: int
    motion: bool
    toasts: Toasts
    past_refusal: str = ""
    """Why nothing acts on the run while a moment of its past is shown."""
    last_event: str = ""
    """What happened last in the run, safe to draw."""
    _toast: Toast | None = None
    """The message that stood at the last beat."""
    _unread: tuple[float, str] | None = None
    """Since when the ledger cannot be read, in UTC seconds, and why."""

    @property
    def run_screen(self) -> RunScreen | None:
        """The topmost screen that shows the run; a dialog above it works on what it selects."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, RunScreen):
                return screen
        return None

    @property
    def context(self) -> Context:
        """The context of the topmost screen that shows the run."""
        screen = self.run_screen
        return Context.BOARD if screen is None else screen.context

    @on(TextSelected)
    def copy_selected(self) -> None:
        """Copy what was selected with the mouse, as terminals do, and say how much it is."""
        text = self.screen.get_selected_text()
        if text:
            self.copy_to_clipboard(text)
            self.show_toast(f"copied {plural(text.count(chr(10)) + 1, 'line')}")

    # -- of when the screen is

    def now(self) -> float:
        """Return the time for which all ages on the screen are, in UTC seconds.

        Where the ledger cannot be read it stands still: an age that grew would say that something
        still goes on. With few frames a second it goes by ten seconds.
        """
        if self._unread is not None:
            return self._unread[0]
        now = self.clock.now()
        return now - now % _STEP if self.fps < _SLOW_FPS else now

    def countdown_now(self) -> float:
        """Return the time by which countdowns go: with less motion it goes by ten seconds."""
        now = self.now()
        return now if self.motion else now - now % _STEP

    @property
    def as_of(self) -> str:
        """The time of day of which the screen is; "" where that is now."""
        return "" if self._unread is None else time_of_day(self._unread[0])

    @property
    def unreadable(self) -> str:
        """Why the ledger cannot be read; "" where it can."""
        return "" if self._unread is None else self._unread[1]

    def note_failure(self, reason: str) -> None:
        """Note that the ledger could not be read; the time stands still from the first failure."""
        since = self.clock.now() if self._unread is None else self._unread[0]
        self._unread = (since, clean(reason, limit=_TOAST))

    def note_reading(self) -> None:
        """Note that the ledger could be read."""
        self._unread = None

    def travel(self, start: str = "", pace: int | None = None, at: float | None = None) -> None:
        """Show the board as it was at a moment, else at the last."""
        raise NotImplementedError

    def end_travel(self) -> None:
        """Show the run of now again."""
        raise NotImplementedError

    # -- telling

    def show_toast(
        self,
        text: str,
        hint: str = "",
        *,
        severity: Severity = "warning",
        offer: Offer | None = None,
    ) -> None:
        """Tell the person something in the status line; on the event loop only.

        The text may come from a plan or a worker: it is cleaned, cut and never taken as markup.
        """
        line = clean(f"{text} ({hint})" if hint else text, limit=_TOAST)
        clock = self.clock
        self.toasts.add(Toast(line, severity, clock.now(), clock.monotonic(), offer))
        self.show_status()

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Severity = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Tell what Textual itself has to say where everything is told: there are no boxes."""
        del timeout, markup
        self.show_toast(f"{title}: {message}" if title else message, severity=severity)

    def pass_key(self) -> None:
        """Take away the message that stands until the next key, which has come."""
        self.toasts.pass_key(self.clock.monotonic())
        self.show_status()

    def age_toast(self) -> None:
        """Let the message that stands count down, and go; called at each beat."""
        standing = self.toasts.standing(self.clock.monotonic())
        if standing is not None or self._toast is not None:
            # Also once after it has gone, which shows again what is below it.
            self._toast = standing
            self.show_status()

    def show_status(self) -> None:
        """Draw the status line of the topmost screen of the run."""
        screen = self.run_screen
        # Something may be told while the screens are being taken down.
        if screen is not None and screen.is_mounted and self.is_running:
            screen.show_status()
