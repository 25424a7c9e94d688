"""One column of the board: its title, its cards, or the rail that it is while it has none."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from wf_tui.board.columns.column_titles import glyph_tabs, title_row
from wf_tui.board.columns.task_view import TaskView
from wf_tui.board.messages import ColumnChosen
from wf_tui.board.viewport.viewport import Sticky
from wf_tui.board.widgets.line import Role, Row, Span
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.entries import Entry, EntryKind

if TYPE_CHECKING:
    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["BoardColumn", "Head"]


class Head(Enum):
    """What stands above the cards."""

    TITLE = "title"
    GLYPHS = "glyphs"
    """The title, and before it the other columns as signs and counts."""
    NONE = "none"
    """Tabs of their own stand there."""


class BoardColumn(TaskView):
    """Draws the cards of one state below its title; the board decides how wide it is, and shows it.

    While it is a rail it has its count and its name, downwards; it can be dropped on all the same.
    """

    def __init__(self, state: TaskState, glyphs: GlyphSet) -> None:
        super().__init__(state.value, glyphs, sticky=Sticky.FIRST)
        self.state = state
        self.is_rail = False
        self.head_kind = Head.TITLE
        self.targeted = False
        """Whether a card that is dragged would fall here."""

    @property
    def is_current(self) -> bool:
        """Whether the keys are for this column, also while they are in the pane."""
        return self.has_class("-current")

    def target(self, *, on: bool) -> None:
        """Show, or no longer show, that a dragged card would fall here; called at each move."""
        if self.targeted != on:
            self.targeted = on
            self.repaint()

    def take_form(self, *, is_rail: bool, head: Head) -> None:
        """Take what the layout says; the width is set in the style."""
        self.is_rail, self.head_kind = is_rail, head

    # -- drawing

    def head(self) -> tuple[Row, ...]:
        """Return the title."""
        if self.head_kind is Head.NONE or self.scene is None:
            return ()
        title = self.scene.picture.column_title(self.column)
        lit = self.is_current or self.targeted
        space = Span(" " * (1 + self.ruled), Role.RULE)
        if self.head_kind is Head.GLYPHS:
            titles = {one: self.scene.picture.column_title(one.value) for one in TaskState}
            spans = glyph_tabs(titles, self.state, self.room, self.glyphs)
        else:
            spans = title_row(title, self.room, self.glyphs, lit=lit)
        return (Row((Span(" ", Role.RULE), *spans, space)),)

    def rows(self) -> list[Row]:
        """Return the cards below their title, or the rail."""
        return self._rail() if self.is_rail else super().rows()

    def _rail(self) -> list[Row]:
        scene, height = self.scene, self.size.height
        if scene is None:
            return [Row(())] * height
        title = scene.picture.column_title(self.column)
        # A card has come to it, and it opens at the next key.
        role = Role.FOCUS if title.count or self.targeted else Role.MUTED
        words = [str(title.count), *title.name]
        rule = self.glyphs.side if self.ruled else " "
        room = self.size.width - 1
        return [
            Row(
                (
                    Span(f" {words[y] if y < len(words) else ''}"[:room].ljust(room), role),
                    Span(rule, Role.RULE),
                )
            )
            for y in range(height)
        ]

    def gap(self, before: Entry, after: Entry) -> int:
        """Return the empty rows between two entries."""
        scene = self.scene
        if scene is None:
            return 0
        if after.kind is EntryKind.HEADER:
            return int(not (before.folded and after.folded))
        if before.kind is EntryKind.HEADER:
            return 0
        if self.state is TaskState.BLOCKED and before.group == 0:
            return int(before.kind is not EntryKind.GHOST)
        if self.state is not TaskState.IN_PROGRESS:
            return 0
        return int(scene.jobs * 4 <= self.viewport.height)

    # -- the mouse

    def on_click(self, event: events.Click) -> None:
        """Choose the column that is clicked as a sign or a rail."""
        hit = self.hit_at(event.x, event.y) if event.y < len(self.head()) else ""
        if self.is_rail:
            self.post_message(ColumnChosen(self.state))
        elif hit:
            self.post_message(ColumnChosen(TaskState(hit)))
