"""The strip below the header of the board: each phase with what became of its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wf_tui.board.widgets.line import Role, Row, Span
from wf_tui.board.widgets.line_widget import LineWidget, component_classes

if TYPE_CHECKING:
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.picture import Picture

__all__ = ["PhaseStrip"]


class PhaseStrip(LineWidget):
    """One line; a click on a phase shows only what is in it."""

    COMPONENT_CLASSES: ClassVar = component_classes(Role.QUIET)

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="strip")
        self.glyphs = glyphs

    def show(self, picture: Picture) -> None:
        """Show how far each phase is."""
        del picture
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the line."""
        return [Row((Span(" " * self.size.width, Role.QUIET),))]
