"""The board of a moment: it looks like the one of now, but nothing on it acts on the run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on

from wf_tui.board.actions.registry import bindings, by_id
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.frame.header import RunHeader
from wf_tui.board.frame.notices import Notice
from wf_tui.board.frame.strip import PhaseStrip
from wf_tui.board.messages import CardDropped
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.screens.run_screen import EVERYTHING
from wf_tui.board.time_travel.moment_bar import MomentBar, MomentTyped
from wf_tui.errors import UsageError
from wf_tui.picture.history.moments import moment_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.widget import Widget

    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.board.time_travel.traveller import Traveller
    from wf_tui.picture.batch import Changes
    from wf_tui.picture.header import Header

__all__ = ["PastBoard"]

_EVERY: Final = 0.2
"""Seconds between two moments while it plays."""
_STEPS: Final = {
    "view.attempt_previous": (-1, False),
    "view.attempt_next": (1, False),
    "view.hunk_previous": (-1, True),
    "view.hunk_next": (1, True),
}
"""What `[ ] { }` do here, by the ids of their actions: how far, and whether only to changes."""
_PACES: Final = {"run.more_jobs": 1, "run.fewer_jobs": -1}
_MARKS: Final = frozenset({"view.mark_range", "view.mark_all"})
"""What marks tasks for keys that do nothing here."""
_WORDS: Final = {
    "view.follow": "live",
    "view.attempt_previous": "event back",
    "view.attempt_next": "on",
    "view.hunk_previous": "change back",
    "view.hunk_next": "on",
    "view.mark": "play",
    "view.filter": "time",
    "run.more_jobs": "faster",
    "run.fewer_jobs": "slower",
    "view.open": "open",
}
"""What the footer calls them; those that are needed most come first."""
_LEAVING: Final = frozenset({"view.follow", "view.history"})


class PastBoard(BoardScreen):
    """Shows the picture of a `Traveller`; its keys go to other moments, and back to now."""

    BINDINGS: ClassVar = bindings(BoardScreen.context)

    def __init__(self, traveller: Traveller, task: str | None) -> None:
        super().__init__()
        self.traveller = traveller
        self._chosen = task
        """What was selected on the board of now."""

    def compose_prompt(self) -> Iterable[Widget]:
        """Lay out the line for a moment beside that for a filter, which stays shut."""
        yield from super().compose_prompt()
        yield MomentBar(id="moment")

    def compose_header(self) -> Iterable[Widget]:
        """Lay out the line at the top as it will be: no frame is without it."""
        header = RunHeader(self.host.glyphs)
        header.show(self.header())
        yield header

    def compose_second(self) -> Iterable[Widget]:
        """Lay out the strip in the same way."""
        strip = PhaseStrip(self.host.glyphs)
        strip.show(self.traveller.picture.strip)
        yield strip

    def on_mount(self) -> None:
        """Select what was, and play where that is wanted; `BoardView` then draws the moment."""
        if self._chosen is not None and self._chosen in self.traveller.picture.cards:
            self.selection.begun = self.selection.go_to(self._chosen)
        self.query_one(DetailPane).look_back(self.traveller.at)
        self.set_interval(_EVERY, self.play_on)

    # -- showing it

    def show_moment(self, changes: Changes) -> None:
        """Show the moment that was come to."""
        if self.is_mounted:
            super().refresh_from(changes)
            self.query_one(DetailPane).look_back(self.traveller.at)

    def refresh_from(self, changes: Changes) -> None:
        """Take the news of now, of which only what surrounds the board tells here."""
        if changes is EVERYTHING:
            super().refresh_from(changes)
        else:
            self.show_frame()

    def header(self) -> Header:
        """Return the header of the moment, with the count of now of what needs the person."""
        live = self.host.live.header
        return replace(self.traveller.picture.header, need_you=live.need_you)

    def standing_notice(self) -> Notice | None:
        """Return of when the board is, and what leads back."""
        traveller, host = self.traveller, self.host
        text = f"as of {moment_words(traveller.at, host.clock.now())} {host.glyphs.dot} F live"
        event = f"event {traveller.seq} of {traveller.history.last}"
        playing = (
            f"plays {traveller.pace}x" if traveller.playing else f"Space plays {traveller.pace}x"
        )
        return Notice(text, f"{event}, {playing}")

    # -- keys

    def on_key(self, event: events.Key | None = None) -> None:
        """Take the keys that lead to other moments, whatever they are on the board of now."""
        if event is None or self.query_one(MomentBar).is_open:
            return
        found = self.app.screen.active_bindings.get(event.key)
        if found is not None and self.travel(found.binding.id or ""):
            event.stop()
            if not self.is_current:
                event.prevent_default()  # it is left, and has nothing to lay out any more

    def travel(self, action: str) -> bool:
        """Do what an action means here; return whether it means anything else than on the board.

        Keys, clicks in the footer, help and palette all come here first.
        """
        traveller = self.traveller
        if action in _STEPS:
            by, moves = _STEPS[action]
            self.run_worker(traveller.step(by, moves=moves), group="travel")
        elif action == "view.mark":
            traveller.playing = not traveller.playing
        elif action in _PACES:
            traveller.change_pace(_PACES[action])
        elif action == "view.filter":
            self.query_one(MomentBar).open()
        elif action in _MARKS:
            self.host.show_toast(self.host.past_refusal)
        elif action in _LEAVING or (action == "view.back" and not self.pane_is_open):
            self.host.end_travel()
            return True
        else:
            return False
        self.show_frame()
        return True

    def footer_keys(self) -> list[FooterKey]:
        """Return the keys of this board, with what they mean here; no task has any."""
        playing = "stop" if self.traveller.playing else "play"
        words = {**_WORDS, "view.mark": playing}
        return [
            key._replace(title=words.get(key.action, key.title), why_not="", room=0)
            for key in self.host.keys_for(*words, "view.menu", "app.help")
        ]

    def keys_of(self, action: str) -> str:
        """Return the keys that a card shows of an action; those for tasks do nothing here."""
        return "" if by_id(action).target.changes_run else super().keys_of(action)

    def play_on(self) -> None:
        """Let the run go on while it plays, and nothing stands above it."""
        if self.traveller.playing and self.is_current:
            self.run_worker(self.traveller.play_on(_EVERY), group="travel")
            self.show_frame()

    @on(MomentTyped)
    async def go_to_typed(self, message: MomentTyped) -> None:
        """Go to the moment that was typed, or say why it is none."""
        self.set_focus(self.current_view, scroll_visible=False)
        if not message.text:
            return
        try:
            await self.traveller.find(message.text, self.host.clock.now())
        except UsageError as error:
            self.host.show_toast(error.message, error.hint)
        self.show_status()

    @on(CardDropped)
    def refuse_drop(self, message: CardDropped) -> None:
        """Refuse to move what is not there any more."""
        message.stop()
        self.host.show_toast(self.host.past_refusal)
