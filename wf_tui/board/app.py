"""The board's application: it wires the feed, the picture and the screens, and acts on a run."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Final

from textual import constants, on

from wf_tui.board.acting.act_runner import ActRunner
from wf_tui.board.acting.acts_done import ActsDone
from wf_tui.board.acting.guard import Guard
from wf_tui.board.attention.caller import Caller, window_title
from wf_tui.board.dialogs.following_dialog import FollowingDialog
from wf_tui.board.feed import LedgerFeed
from wf_tui.board.frame.last_event import newest_event
from wf_tui.board.frame.toasts import Toasts
from wf_tui.board.land.land_gate import LandGate
from wf_tui.board.messages import FeedFailed, LedgerChanged
from wf_tui.board.runs.run_switch import RunSwitch
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.screens.run_screen import EVERYTHING, RunScreen
from wf_tui.board.theme.choice import unknown_theme
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.clock import SystemClock
from wf_tui.picture.picture import Picture
from wf_tui.settings import DefaultSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.timer import Timer

    from wf_tui.clock import Clock
    from wf_tui.picture.batch import Batch, Changes
    from wf_tui.project import Project
    from wf_tui.settings import Settings

__all__ = ["BoardApp"]

_TICK: Final = 0.1
"""Seconds at least between two times that the screen changes by itself: nobody reads faster than
that, and each change costs a frame."""
_PAST: Final = 0.002
"""Seconds past a whole one at which it is certain to be over."""


class BoardApp(RunSwitch):
    """Shows one run and lets a person act on it; leaving it changes nothing in the run.

    `wf_tui.cli.board` makes it and runs it in the main thread; it returns the exit status. The
    clock, the environment and the configuration come in from there, so that a test has its own.
    """

    TITLE = "wf"
    CSS_PATH = "board.tcss"

    def __init__(
        self,
        project: Project,
        run_id: str,
        *,
        ascii: bool = False,  # noqa: A002 - the option's name
        clock: Clock | None = None,
        environ: Mapping[str, str] | None = None,
        config: Settings | None = None,
        acts_off: str = "",
    ) -> None:
        super().__init__()
        self.acts_off = acts_off
        self.project = project
        self.run_id = run_id
        self.clock = clock or SystemClock()
        self.environ = os.environ if environ is None else environ
        self.config: Settings = config or DefaultSettings()
        board = self.config.board
        # Characters of an unsure width would move all that stands behind them.
        self.ascii = ascii or board.ascii or board.ambiguous_width > 1
        self.fps = min(constants.MAX_FPS, board.fps)
        self.glyphs = ASCII if self.ascii else UNICODE
        self.live = self.picture = Picture(self.clock.now())
        self.acts_done = ActsDone()
        self.acts = ActRunner(self, self.log)
        self.land_gate = LandGate(self)
        self.motion = not self.config.board.reduced_motion and self.animation_level != "none"
        self.guard = Guard(self.config.board.guard)
        self.cursor_is_shown = self.config.board.cursor
        self.toasts = Toasts()
        # Textual's own: no screen has a rack of boxes, since `notify` makes none.
        self._disable_notifications = True
        self._caller = self.make_caller()
        self._feed = self.make_feed()
        self._batches: list[Batch] = []
        """What was read and is not in the picture yet."""
        self._second = 0
        """The last whole second for which ages were drawn."""
        self._beaten = -_TICK
        """When the last beat was, by the clock that never goes back."""
        self._next_beat: Timer | None = None
        self._begins_on = ""
        self.use_themes(self.config.board.theme, self.environ)

    def make_caller(self) -> Caller:
        """Return what calls a person who looks elsewhere; what there is at first is old to it."""
        now = self.clock.monotonic()
        return Caller(self.config.notifications, self.environ, self.write_sequence, now)

    def make_feed(self) -> LedgerFeed:
        """Return what reads the run that is open."""
        return LedgerFeed(self.project, self.run_id, self.clock, self.post_message)

    def begin_on(self, screen: str) -> None:
        """Begin on one of the screens above the board; asked for before the application runs."""
        self._begins_on = screen

    # -- life

    def on_load(self) -> None:
        """Begin to read while the screen is still being made."""
        # Thousands of rows and all styles come in, and none of them is garbage.
        gc.disable()
        self._feed.start()

    def on_mount(self) -> None:
        """Show the board, and begin to bring it up to date."""
        self.run_worker(self.acts.learn(), group="actions", exit_on_error=False)
        self.push_screen("board")
        if self._begins_on:
            self.push_screen(self._begins_on)
        configured = self.config.board.theme
        if problem := unknown_theme(configured, self.environ, self.available_themes):
            self.show_toast(problem)
        self.beat()

    def on_unmount(self) -> None:
        """Let the threads end; what a person has asked for is still done."""
        gc.enable()
        self._feed.stop()
        self.acts.close()

    # -- the picture

    @on(LedgerChanged)
    def take_batch(self, message: LedgerChanged) -> None:
        """Keep what was read until a beat may be, so that bursts cost one frame.

        The first batch is shown at once: until then the screen is empty. Of a large run it is a
        part, and the next one is all of it.
        """
        if message.batch.run.id != self.run_id:
            return  # the last words of the feed of another run
        self.note_reading()
        self._batches.append(message.batch)
        if self.live.run is None or self.live.is_part:
            self.beat()
            if self.live.is_part:
                return
            # Looking for garbage among all that is there by now would hold up a key each time.
            gc.freeze()
            gc.enable()
            self.begin_replay()
            self.show_what_was_asked_for()
            run = message.batch.run
            if run.left_out and run.ended_at is None:
                self.show_toast(run.left_out)
        else:
            self._beat_soon()

    @on(FeedFailed)
    def report_feed_failure(self, message: FeedFailed) -> None:
        """Say that the ledger could not be read; what was read last stays on the screen."""
        gc.enable()
        self.note_failure(message.reason)
        for screen in self.visible_run_screens():
            screen.show_frame()

    def _beat_soon(self) -> None:
        """Have the next beat as soon as one may be: after a while of rest, now."""
        wait = self._beaten + _TICK - self.clock.monotonic()
        if wait > 0:
            self._beat_in(wait)
        else:
            self.beat()

    def _beat_in(self, seconds: float) -> None:
        if self._next_beat is not None:
            self._next_beat.stop()
        self._next_beat = self.set_timer(seconds, self.beat)

    def beat(self) -> None:
        """Bring the screen up to date; at most ten times a second, however much has changed.

        That is after news, while a message counts down, and with each whole second: while nothing
        happens the board rests. Here alone the news reach the picture, and on the event loop: no
        handler sees it change under its hands. Nothing is drawn on screens that are taken down.
        """
        if not self.is_running:
            return
        self._beaten = self.clock.monotonic()
        batches, self._batches = self._batches, []
        for batch in batches:
            self.apply_batch(batch)
            # Only now is the next batch read, so that a slow screen never has a backlog; and after
            # a part only when that has been drawn.
            if batch.unread:
                self.call_after_refresh(self._feed.taken)
            else:
                self._feed.taken()
        self.age_toast()
        self._caller.beat(self.live, self.clock.monotonic())
        # Once for each whole second, not a second after the last time: all ages change together.
        now = self.live_now()
        if int(now) != self._second and self.live.run is not None:
            self._second = int(now)
            is_woken = bool(self.live.tick(now))
            for screen in self.visible_run_screens():
                screen.tick(self.now())
                if is_woken:
                    screen.refresh_from(EVERYTHING)
        is_told = self.toasts.standing(self._beaten) is not None
        self._beat_in(_TICK if is_told else 1 - self.clock.now() % 1 + _PAST)

    def on_app_focus(self) -> None:
        """Note that the person looks at the board."""
        self._caller.alerts.focus(has=True)

    def on_app_blur(self) -> None:
        """Note that the person looks elsewhere, and has to be called."""
        self._caller.alerts.focus(has=False)

    def pass_key(self) -> None:
        """Note a key: whoever pressed it looks at the board."""
        self._caller.alerts.pass_key(self.clock.monotonic())
        super().pass_key()

    def apply_batch(self, batch: Batch) -> None:
        """Take a batch into the picture and have it drawn; what changed is guarded from then on."""
        before, selected = self.watched_looks(), self.selected
        changes = self.live.apply(batch)
        self.last_event = newest_event(batch, self.live) or self.last_event
        changed = self.guard.other_looks(before, self.watched_looks())
        self.show_changes(changes)
        self.set_window_title(window_title(self.live.header, self.glyphs.needs_you))
        if self.selected not in {None, selected}:
            changed.append(str(self.selected))  # no key has chosen it
        if changed:
            self.guard_changed(changed)
        self.acts.follow(changes.cards)

    def show_changes(self, changes: Changes) -> None:
        """Have the changes of the picture drawn by the screens that can be seen.

        The others draw all of themselves when they are on top again.
        """
        for screen in self.visible_run_screens():
            screen.refresh_from(changes)
        if isinstance(self.screen, FollowingDialog):
            self.screen.refresh_from(changes)

    def visible_run_screens(self) -> list[RunScreen]:
        """Return the screens of the run that can be seen: on top, or behind a dialog."""
        visible: list[RunScreen] = []
        for screen in reversed(self.screen_stack):
            if isinstance(screen, RunScreen) and screen.is_mounted:
                visible.append(screen)
            if not screen.is_modal:
                break
        return visible

    # -- acting

    def open_card(self, task: str, *, tab: str = "", epoch: int | None = None) -> None:
        """Select a card on the board and open it, from any screen; say so where it is hidden."""
        self.action_go("board")
        board = self.get_screen("board", BoardScreen)
        # Where it was covered it has missed changes, and its resume event comes only after this.
        board.refresh_from(EVERYTHING)
        if board.select(task):
            board.open_attempt(tab, epoch)
        else:
            self.show_toast("the filter hides this card", "escape clears the filter")

    def show_card(self, task: str) -> None:
        """Select a card on the board, where the filter shows it; without a change of screen.

        It is shown when it is there, not when a key is pressed, so keys do not mean it yet.
        """
        if self.get_screen("board", BoardScreen).select(task):
            self.guard_changed([task])
