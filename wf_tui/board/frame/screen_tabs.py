"""The tabs of the screens, with the digit that leads to each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.messages import ActionChosen
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["ScreenTab", "ScreenTabs"]


_GAP: Final = 3
"""Blanks between two tabs, where there is room."""


@dataclass(frozen=True)
class ScreenTab:
    """One screen that a digit leads to."""

    action: str
    """The id of the action that shows it."""
    key: str
    title: str


class ScreenTabs(LineWidget):
    """One line below the header of all screens but the board; a click on a tab shows its screen."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="screen-tabs")
        self.glyphs = glyphs
        self._tabs: Sequence[ScreenTab] = ()
        self._current = ""
        self._facts: tuple[Span, ...] = ()

    def show(self, tabs: Sequence[ScreenTab], current: str, facts: tuple[Span, ...] = ()) -> None:
        """Show these tabs; `current` is the action of the screen that is seen.

        `facts` stand at the right end, as far as there is room.
        """
        self._tabs, self._current, self._facts = tabs, current, facts
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        spans = [Span(" ", Role.MUTED)]
        words = sum(len(tab.key) + len(tab.title) + 1 for tab in self._tabs)
        gap = min(_GAP, (self.size.width - words - 1) // max(1, len(self._tabs) - 1))
        for tab in self._tabs:
            role = Role.FOCUS if tab.action == self._current else Role.MUTED
            spans += [
                Span(f"{tab.key} ", Role.MUTED, tab.action),
                Span(tab.title, role, tab.action),
            ]
            spans.append(Span(" " * max(1, gap), Role.MUTED))
        return [
            Row(fitted(Line(tuple(spans[:-1]), (), self._facts), self.size.width, self.glyphs.more))
        ]

    def on_click(self, event: events.Click) -> None:
        """Show the screen that is clicked."""
        if action := self.hit_at(event.x):
            self.post_message(ActionChosen(action))
