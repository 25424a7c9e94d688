"""The tabs of the narrow board, which shows one column at a time: names and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.messages import ColumnChosen
from wf_tui.board.widgets.glyph_sets import WORDS
from wf_tui.board.widgets.line import Line, Role, Span, fitted, width_of
from wf_tui.board.widgets.line_widget import LineWidget, Row
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["ColumnTabs"]


class ColumnTabs(LineWidget):
    """One line; a click on a name shows that column."""

    def __init__(self, signs: GlyphSet) -> None:
        super().__init__(id="tabs")
        self.signs = signs
        self._counts: Mapping[TaskState, str] = {}
        self._current = TaskState.PENDING

    def show(self, counts: Mapping[TaskState, str], current: TaskState) -> None:
        """Show how many cards each column has, and which one is seen."""
        self._counts, self._current = counts, current
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        return [Row(fitted(Line(tuple(self._tabs())), self.size.width, self.signs.more))]

    def _tabs(self) -> list[Span]:
        spans = []
        for state, name in WORDS.items():
            here = state is self._current
            text = f"{name} {self._counts.get(state, '')}"
            text = f"[{text}]" if here else f" {text} "
            spans.append(Span(text, Role.FOCUS if here else Role.QUIET, state.value))
        return spans

    def state_at(self, x: int) -> TaskState | None:
        """Return the column whose tab is at this cell of the line."""
        for span in self._tabs():
            x -= width_of([span])
            if x < 0:
                return TaskState(span.hit)
        return None

    def on_click(self, event: events.Click) -> None:
        """Choose the column that is clicked."""
        state = self.state_at(event.x)
        if state is not None:
            self.post_message(ColumnChosen(state))
