"""A screen that reads more of the run than the picture has, in a thread, as long as it changes."""

from __future__ import annotations

from typing import Final

from wf_tui.board.screens.run_screen import RunScreen

__all__ = ["ReadingScreen"]

_EVERY: Final = 2.0
"""Seconds between two readings while something changes."""


class ReadingScreen(RunScreen):
    """Reads when something has changed, it can be seen, and nothing is being read already.

    It reads at each showing. A subclass calls `begin_reading` when it is mounted, sets `due` where
    it learns of a change, and fills in `read_more`. All of it runs on the event loop; only
    `host.read` leaves it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.due = True
        """Whether what was read may no longer be true."""
        self._reading = False

    async def read_more(self) -> None:
        """Read, by `host.read`, and draw what came of it."""
        raise NotImplementedError

    def begin_reading(self) -> None:
        """Read from now on as long as something changes; the first time when it is shown."""
        self.set_interval(_EVERY, self.read_if_due)

    def on_screen_resume(self) -> None:
        """Read what has changed while another screen was on top, or at first all.

        Textual runs the handler of `RunScreen` after this one, and what that shows is due as well.
        """
        self.due = True
        self.call_next(self.read_if_due)

    def read_if_due(self) -> None:
        """Read it, where something has changed and it can be seen."""
        if self.due and not self._reading and self.is_current:
            self.due, self._reading = False, True
            self.run_worker(self._read(), group="actions")

    async def _read(self) -> None:
        try:
            await self.read_more()
        finally:
            self._reading = False
