"""The tabs of the narrow board, which shows one column at a time: names and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wf_tui.board.messages import ColumnChosen
from wf_tui.board.widgets.glyph_sets import WORDS
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget, component_classes
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["ColumnTabs"]


class ColumnTabs(LineWidget):
    """One line; a click on a name shows that column."""

    COMPONENT_CLASSES: ClassVar = component_classes(Role.QUIET, Role.FOCUS)

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="tabs")
        self.glyphs = glyphs
        self._counts: Mapping[TaskState, str] = {}
        self._current = TaskState.PENDING

    def show(self, counts: Mapping[TaskState, str], current: TaskState) -> None:
        """Show how many cards each column has, in the words of its title, and which one is seen."""
        self._counts, self._current = counts, current
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        tabs = []
        for state, name in WORDS.items():
            text = f"{name} {self._counts.get(state, '')}"
            # Brackets and blanks take the same cells, so that no tab moves when another is chosen.
            if state is self._current:
                tabs.append(Span(f"[{text}]", Role.FOCUS, state.value))
            else:
                tabs.append(Span(f" {text} ", Role.QUIET, state.value))
        return [Row(fitted(Line(tuple(tabs)), self.size.width, self.glyphs.more))]

    def state_at(self, x: int) -> TaskState | None:
        """Return the column whose tab is at this cell of the line."""
        state = self.hit_at(x)
        return TaskState(state) if state else None

    def on_click(self, event: events.Click) -> None:
        """Choose the column that is clicked."""
        state = self.state_at(event.x)
        if state is not None:
            self.post_message(ColumnChosen(state))
