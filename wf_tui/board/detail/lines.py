"""The lines of the detail pane: a Line API widget with its own scrolling, one frame a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from textual import on
from textual.binding import Binding
from textual.events import MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from wf_tui.board.detail.document import Document, Line, Look
from wf_tui.board.detail.rows import Rows
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.events import Resize

__all__ = ["LinesView"]

MOST_LINES: Final = 5000
"""Lines that are kept."""
_WHEEL: Final = 3
_PLAIN: Final = str.maketrans(
    {"─": "-", "┃": "#", "…": "~", "·": "-"}
    | {
        getattr(UNICODE, sign): getattr(ASCII, sign)
        for sign in (
            "pending",
            "waiting",
            "in_progress",
            "done",
            "blocked",
            "needs_you",
            "cancelled",
        )
    }
)
"""Our own signs for terminals that have none of them."""


class LinesView(Widget, can_focus=True):
    """Draws the visible rows of a document, or of lines that are added one after the other."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_rows(-1)", "Up", show=False, id="detail.up"),
        Binding("down,j", "scroll_rows(1)", "Down", show=False, id="detail.down"),
        Binding("pageup", "scroll_pages(-1)", "Page up", show=False, id="detail.page_up"),
        Binding("pagedown", "scroll_pages(1)", "Page down", show=False, id="detail.page_down"),
        Binding("home,g", "first_row", "Start", show=False, id="detail.start"),
        Binding("end,G", "last_row", "End, and follow", show=False, id="detail.end"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"lines--{look}" for look in Look),
        "lines--marker",
    }
    DEFAULT_CSS = """
    LinesView {
        width: 1fr; height: 1fr;
        & > .lines--quiet { color: $text-muted; }
        & > .lines--label { color: $text-accent; text-style: bold; }
        & > .lines--rule { color: $text-secondary; }
        & > .lines--added { color: $text-success; }
        & > .lines--removed { color: $text-error; }
        & > .lines--hunk { color: $text-accent; }
        & > .lines--warning { color: $text-warning; }
        & > .lines--marker { color: $primary; }
    }
    """

    @dataclass
    class Scrolled(Message):
        """The view has begun or ceased to show the end."""

        at_end: bool

    def __init__(self) -> None:
        super().__init__()
        self.top = 0
        self.following = False
        self._rows = Rows(MOST_LINES)
        self._head: Line | None = None
        self._document: Document | None = None

    # -- what is shown

    def display_document(self, document: Document, *, keep: bool = False) -> None:
        """Show a document from its start or end, or with `keep` from where the last one was."""
        at_end = self.following if keep else document.at_end
        top = self.top if keep else 0
        self._document = document
        self._lay_out(document)
        self._head = None
        self.top = top
        self.following = at_end
        self._settle()

    def start_following(self) -> None:
        """Show lines that are still to come."""
        self._document = self._head = None
        self._rows.clear()
        self.top = 0
        self.following = True
        self._settle()

    def add(self, lines: Iterable[Line], unfinished: Line | None) -> None:
        """Add lines; at the end they are followed, else what is on the screen stays there."""
        self.top -= self._rows.extend(lines, unfinished)
        self._settle()

    def head(self, line: Line | None) -> None:
        """Put a line before all others, or none."""
        self.top += int(line is not None) - int(self._head is not None)
        self._head = line
        self._settle()

    @property
    def left_out(self) -> int:
        """How many lines have gone since following began."""
        return self._rows.left_out

    @property
    def text(self) -> str:
        """All rows, one a line, with what stands before them."""
        head = [self._head] if self._head else []
        return "\n".join(row.text for row in (*head, *self._rows.rows))

    # -- scrolling

    def action_scroll_rows(self, count: int) -> None:
        """Move by rows."""
        self.top += count
        self._follow_at_end()

    def action_scroll_pages(self, count: int) -> None:
        """Move by what fits, less one row for the eye to hold on to."""
        self.action_scroll_rows(count * max(1, self.size.height - 1))

    def action_first_row(self) -> None:
        """Go to the start."""
        self.action_scroll_rows(-self._count)

    def action_last_row(self) -> None:
        """Go to the end, and follow it."""
        self.action_scroll_rows(self._count)

    @on(MouseScrollDown)
    def _wheel_down(self, event: MouseScrollDown) -> None:
        event.stop()
        self.action_scroll_rows(_WHEEL)

    @on(MouseScrollUp)
    def _wheel_up(self, event: MouseScrollUp) -> None:
        event.stop()
        self.action_scroll_rows(-_WHEEL)

    def _follow_at_end(self) -> None:
        following = self.top >= self._last_top
        if following is not self.following:
            self.following = following
            self.post_message(self.Scrolled(following))
        self._settle()

    def _settle(self) -> None:
        """Keep the offset in its bounds and draw again: one frame, no layout."""
        last = self._last_top
        self.top = last if self.following else min(max(0, self.top), last)
        self.refresh()

    @property
    def _count(self) -> int:
        return len(self._rows.rows) + int(self._head is not None)

    @property
    def _last_top(self) -> int:
        return max(0, self._count - self.size.height)

    # -- drawing

    def on_resize(self, event: Resize) -> None:
        """Wrap to the new width; the row on top is kept as far as that can be."""
        width = max(1, event.size.width - 1)
        if width != self._rows.width:
            before = max(1, len(self._rows.rows))
            self._rows.rewrap(width)
            if self._document is not None:
                self._lay_out(self._document)
            self.top = self.top * len(self._rows.rows) // before
        self._settle()

    def render_line(self, y: int) -> Strip:
        """Draw one row and its cell of the scroll marker."""
        width = self.size.width
        line = self._row(self.top + y)
        style = self.get_component_rich_style(f"lines--{line.look}")
        strip = Strip([Segment(self._signs(line.text), style)])
        marker = Segment(
            self._signs(self._marker(y)), self.get_component_rich_style("lines--marker")
        )
        return Strip.join([strip.adjust_cell_length(width - 1, style), Strip([marker], 1)])

    def _signs(self, text: str) -> str:
        return text.translate(_PLAIN) if getattr(self.app, "ascii", False) else text

    def _row(self, number: int) -> Line:
        if self._head is not None:
            if number == 0:
                return self._head
            number -= 1
        rows = self._rows.rows
        return rows[number] if number < len(rows) else Line("")

    def _marker(self, y: int) -> str:
        """Return the scroll marker's cell in this row."""
        count, height = self._count, self.size.height
        if count <= height:
            return " "
        length = max(1, height * height // count)
        start = round((height - length) * self.top / self._last_top)
        return "┃" if start <= y < start + length else " "

    def _lay_out(self, document: Document) -> None:
        self._rows.clear()
        self._rows.extend(document.laid_out(self._rows.width))
