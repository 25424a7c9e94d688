"""The tabs of the narrow board, which shows one column at a time: names and counts, and a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.columns.column_titles import tab_rows
from wf_tui.board.messages import ColumnChosen
from wf_tui.board.widgets.line import Row
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.group_titles import GroupTitle

__all__ = ["ColumnTabs"]


class ColumnTabs(LineWidget):
    """Two lines; a click on a name shows that column, and a card can be dropped on it."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="tabs")
        self.glyphs = glyphs
        self._titles: Mapping[TaskState, GroupTitle] = {}
        self._current = TaskState.PENDING

    def show(self, titles: Mapping[TaskState, GroupTitle], current: TaskState) -> None:
        """Show the title of each column, and which one is seen."""
        self._titles, self._current = titles, current
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the lines."""
        if not self._titles:
            return [Row(())] * self.size.height
        tabs, rule = tab_rows(self._titles, self._current, self.size.width, self.glyphs)
        return [Row(tabs), Row(rule)][: self.size.height]

    def state_at(self, x: int) -> TaskState | None:
        """Return the column whose tab is at this cell of the line."""
        state = self.hit_at(x)
        return TaskState(state) if state else None

    def on_click(self, event: events.Click) -> None:
        """Choose the column that is clicked."""
        state = self.state_at(event.x)
        if state is not None:
            self.post_message(ColumnChosen(state))
