"""Finding words in a text view with a bar below it: the same in the pane and in the review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.widget import Widget

from wf_tui.board.text_view.find_bar import FindBar

if TYPE_CHECKING:
    from wf_tui.board.text_view.lines_view import LinesView

__all__ = ["Finding"]


class Finding(Widget):
    """A part of the screen with a text view and a find bar in it."""

    @property
    def searched(self) -> LinesView:
        """The view whose lines are looked through."""
        raise NotImplementedError

    def show_found(self) -> None:
        """Say which hit one is at, or that nothing is looked for."""
        raise NotImplementedError

    def action_find(self) -> None:
        """Look for words in what is shown."""
        self.query_one(FindBar).open(self.searched.found.words)

    @on(FindBar.Typed)
    def look_for_typed(self, event: FindBar.Typed) -> None:
        """Show the hits as one types, from where one is."""
        event.stop()
        view = self.searched
        at = view.in_view.start if view.cursor is None else view.cursor
        self.query_one(FindBar).say(view.look_for(event.words).sentence(at))

    @on(FindBar.Closed)
    def end_finding(self, event: FindBar.Closed) -> None:
        """Go to the first hit, or forget what was looked for."""
        event.stop()
        view = self.searched
        if not event.kept:
            view.look_for("")
        view.focus()
        if event.kept:
            view.go_to_found(1)
        self.show_found()
