"""The part of the application that leaves one run for another, in the same process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from textual.screen import Screen

from wf_tui.board.acting.acts_done import ActsDone
from wf_tui.board.acting.guard import Guard
from wf_tui.board.screen_table import SCREENS
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.time_travel.travel_app import TravelApp
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from wf_tui.board.attention.caller import Caller
    from wf_tui.board.feed import LedgerFeed
    from wf_tui.picture.batch import Batch
    from wf_tui.project import Project

__all__ = ["RunSwitch"]

_OF_ALL_RUNS: Final = frozenset({"runs"})
"""Screens that are of no run, and stay as they are."""


class RunSwitch(TravelApp):
    """Swaps what belongs to a run: feed, picture and screens; on the event loop.

    What belongs to the person stays: theme, keys, messages, and the screen of all runs.
    """

    _feed: LedgerFeed
    _caller: Caller
    _batches: list[Batch]
    _task_asked_for: str = ""
    """The task that is selected once the run is on the screen."""
    _land_asked_for: bool = False

    def make_feed(self) -> LedgerFeed:
        """Return what reads the run that is open."""
        raise NotImplementedError

    def make_caller(self) -> Caller:
        """Return what calls a person who looks elsewhere."""
        raise NotImplementedError

    def open_run(self, project: Project, run: str, *, task: str = "", land: bool = False) -> None:
        """Show another run in place of this one; of the one that is open just the board."""
        self._task_asked_for, self._land_asked_for = task, land
        if (project.paths, run) == (self.project.paths, self.run_id):
            self.action_go("board")
            self.show_what_was_asked_for()
        else:
            # Not exclusive: half a swap must not be given up.
            self.run_worker(self._swap(project, run), group="actions")

    def show_what_was_asked_for(self) -> None:
        """Select the task, or show the landing, that the run was opened for; if any."""
        task, self._task_asked_for = self._task_asked_for, ""
        land, self._land_asked_for = self._land_asked_for, False
        if task and not self.get_screen("board", BoardScreen).select(task):
            self.show_toast("it does not need you any more", severity="information")
        if land:
            self.show_land()

    async def _swap(self, project: Project, run: str) -> None:
        self.end_travel()
        await self.acts.drain()
        # The thread may be reading; waiting for it would hold up the loop.
        await asyncio.to_thread(self._feed.stop)
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self._renew_screens()
        self.project, self.run_id = project, run
        self.live = self.picture = Picture(self.clock.now())
        self.acts_done, self.guard = ActsDone(), Guard(self.guard.seconds)
        self._batches, self.last_event = [], ""
        self._caller = self.make_caller()
        self.note_reading()
        self._feed = self.make_feed()
        self._feed.start()
        await self.push_screen("board")
        self.run_worker(self.acts.learn(), group="actions", exit_on_error=False)

    async def _renew_screens(self) -> None:
        """Have the screens of a run made anew when they are shown: they know the run of before."""
        for name, screen in SCREENS.items():
            before = self._installed_screens.get(name)
            if name in _OF_ALL_RUNS or not isinstance(before, Screen):
                continue
            self.uninstall_screen(name)
            await before.remove()
            self.install_screen(screen(), name)
