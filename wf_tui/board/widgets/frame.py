"""The frame around the cards of a column: its title in it, and where there are more, a marker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.widgets.glyph_sets import GlyphSet

__all__ = ["Frame"]


@dataclass(frozen=True)
class Frame:
    """A frame of a width; `role` says whether the keys are for what is in it."""

    glyphs: GlyphSet
    width: int
    role: Role

    def around(self, title: Line, rows: Sequence[Row], height: int, marked: range) -> list[Row]:
        """Return rows in a frame that is `height` lines high inside; `marked` lines show where.

        Each row has to be as wide as the inside: the frame neither fills nor cuts it.
        """
        top_left, across, top_right, side, left, right, here = tuple(self.glyphs.frame)
        inside = self.width - 2
        # Two cells are the corners, and two the spaces around the title.
        room = max(0, self.width - 4)
        words = fitted(title, min(room, width_of(title.left)), self.glyphs.more)
        rest = across * (room - width_of(words)) + top_right
        top = Row((Span(f"{top_left} ", self.role), *words, Span(f" {rest}", self.role)))
        blank = Row((Span(" " * inside, Role.QUIET),))
        sides = Span(side, self.role), Span(here, self.role)
        framed = []
        for y in range(height):
            row = rows[y] if y < len(rows) else blank
            framed.append(Row((sides[0], *row.spans, sides[y in marked]), row.look, row.meta))
        bottom = Row((Span(left + across * inside + right, self.role),))
        return [top, *framed, bottom]
