"""A text view in which the mouse selects, as in a terminal; what was selected is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip

from wf_tui.board.text_view.lines_view import LinesView

if TYPE_CHECKING:
    from textual.events import Click

__all__ = ["SelectableLines"]

_SELECTED: Final = Style(reverse=True)


class SelectableLines(LinesView):
    """Says to Textual which character of which row is where, so that a drag selects.

    Offsets are of rows of the whole text: what is selected stays so while one scrolls. The
    application copies it when the button is let go.
    """

    ALLOW_SELECT = True

    def render_line(self, y: int) -> Strip:
        """Paint a line, with what is selected in reverse."""
        strip, row = super().render_line(y), self.top + y
        selection = self.text_selection
        span = None if selection is None else selection.get_span(row)
        if span is not None:
            text = strip.text
            start, end = span
            before = cell_len(text[:start])
            until = strip.cell_length if end < 0 else cell_len(text[:end])
            parts = (strip.crop(0, before), strip.crop(before, until), strip.crop(until))
            strip = Strip.join([parts[0], parts[1].apply_style(_SELECTED), parts[2]])
        return strip.apply_offsets(0, row)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what is selected, without the cells of the cursor at the left."""
        ends = (one and Offset(max(0, one.x - 1), one.y) for one in selection)
        return Selection(*ends).extract(self.text), "\n"

    def text_select_all(self) -> None:
        """Select nothing: the second click opens a line."""

    def on_click(self, event: Click) -> None:
        """Leave the cursor where it is after a drag."""
        if self.text_selection is not None:
            event.prevent_default()
