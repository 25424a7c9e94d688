"""The lines of the detail pane: a painted view with its own scrolling, one frame a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import set_cell_size
from textual.binding import Binding
from textual.message import Message

from wf_tui.board.detail.wrapped_lines import WrappedLines
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.board.widgets.line import Role, Row, Span, scroll_marker
from wf_tui.board.widgets.line_widget import LineWidget, component_classes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.binding import BindingType
    from textual.events import MouseScrollDown, MouseScrollUp

    from wf_tui.board.detail.document import Document

__all__ = ["LinesView"]

MOST_LINES: Final = 5000
"""Lines that are kept."""
_WHEEL: Final = 3
"""Rows that one turn of the wheel moves."""
_MARKER: Final = "┃"
_TO_ASCII: Final = str.maketrans(
    {
        "─": "-",
        _MARKER: "#",
        "…": "~",
        "·": "-",
        UNICODE.pending: ASCII.pending,
        UNICODE.waiting: ASCII.waiting,
        UNICODE.in_progress: ASCII.in_progress,
        UNICODE.done: ASCII.done,
        UNICODE.blocked: ASCII.blocked,
        UNICODE.needs_you: ASCII.needs_you,
        UNICODE.cancelled: ASCII.cancelled,
    }
)
"""Our own glyphs for terminals that have none of them."""


class LinesView(LineWidget, can_focus=True):
    """Shows the visible rows of a document, or of lines that are added one after the other.

    The pane calls it on the event loop. It wraps all lines when they come or the width changes, and
    draws only those in view, so that scrolling costs the same in a log of any length.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_rows(-1)", "Up", show=False, id="detail.up"),
        Binding("down,j", "scroll_rows(1)", "Down", show=False, id="detail.down"),
        Binding("pageup", "scroll_pages(-1)", "Page up", show=False, id="detail.page_up"),
        Binding("pagedown", "scroll_pages(1)", "Page down", show=False, id="detail.page_down"),
        Binding("home,g", "first_row", "Start", show=False, id="detail.start"),
        Binding("end,G", "last_row", "End, and follow", show=False, id="detail.end"),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | up, k | Scroll up by a row. |
    | down, j | Scroll down by a row. |
    | pageup | Scroll up by a page, less one row. |
    | pagedown | Scroll down by a page, less one row. |
    | home, g | Go to the first row. |
    | end, G | Go to the last row, and follow what is added. |
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = component_classes(
        *(Role.TEXT, Role.QUIET, Role.WARNING, Role.LABEL, Role.RULE),
        *(Role.ADDED, Role.REMOVED, Role.HUNK, Role.EDGE),
    )
    """
    | Class | Description |
    | :- | :- |
    | role--text, role--quiet, role--warning | A line that is only read. |
    | role--label | A heading. |
    | role--rule | A line across the view. |
    | role--added, role--removed, role--hunk | The lines of a patch. |
    | role--edge | The scroll marker. |
    """
    DEFAULT_CSS = """
    LinesView {
        width: 1fr; height: 1fr;
        & > .role--label { color: $text-accent; text-style: bold; }
        & > .role--rule { color: $text-secondary; }
        & > .role--added { color: $text-success; }
        & > .role--removed { color: $text-error; }
        & > .role--hunk { color: $text-accent; }
    }
    """

    @dataclass
    class Scrolled(Message):
        """The view has begun or ceased to show the end."""

        at_end: bool

    def __init__(self, *, ascii: bool = False) -> None:  # noqa: A002 - the option's name
        super().__init__()
        self.top = 0
        """How many rows are scrolled away above."""
        self.following = False
        """Whether the last row stays in view when lines are added."""
        self._wrapped = WrappedLines(MOST_LINES)
        self._head: Span | None = None
        self._document: Document | None = None
        self._ascii = ascii

    # -- what is shown

    def display_document(self, document: Document, *, keep: bool = False) -> None:
        """Show a document from its start or end, or with `keep` from where the last one was.

        `keep` is for the same document read again: nobody wants to be thrown back while reading.
        """
        at_end = self.following if keep else document.at_end
        top = self.top if keep else 0
        self._document = document
        self._lay_out(document)
        self._head = None
        self.top = top
        self.following = at_end
        self._settle()

    def start_following(self) -> None:
        """Show lines that are still to come; `add` then brings them."""
        self._document = self._head = None
        self._wrapped.clear()
        self.top = 0
        self.following = True
        self._settle()

    def add(self, lines: Iterable[Span], unfinished: Span | None) -> None:
        """Add lines; at the end they are followed, else what is on the screen stays there.

        `unfinished` is the last line where it has no end yet; the next call replaces it.
        """
        # Rows that went from the front move all others up; the offset goes with them.
        self.top -= self._wrapped.extend(lines, unfinished)
        self._settle()

    def head(self, line: Span | None) -> None:
        """Put a line before all others, or none; it is not counted among those that are kept."""
        self.top += int(line is not None) - int(self._head is not None)
        self._head = line
        self._settle()

    @property
    def left_out(self) -> int:
        """How many lines have gone since following began."""
        return self._wrapped.left_out

    @property
    def text(self) -> str:
        """All rows, one a line, with what stands before them."""
        head = [self._head] if self._head else []
        return "\n".join(row.text for row in (*head, *self._wrapped.rows))

    # -- scrolling

    def action_scroll_rows(self, count: int) -> None:
        """Move by rows."""
        self.top += count
        following = self.top >= self._last_top
        if following is not self.following:
            # Before it settles: `_settle` holds a view that follows at its end.
            self.following = following
            self.post_message(self.Scrolled(following))
        self._settle()

    def action_scroll_pages(self, count: int) -> None:
        """Move by what fits, less one row for the eye to hold on to."""
        self.action_scroll_rows(count * max(1, self.size.height - 1))

    def action_first_row(self) -> None:
        """Go to the start."""
        self.action_scroll_rows(-self._count)

    def action_last_row(self) -> None:
        """Go to the end, and follow it."""
        self.action_scroll_rows(self._count)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Scroll on by the wheel."""
        event.stop()
        self.action_scroll_rows(_WHEEL)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Scroll back by the wheel."""
        event.stop()
        self.action_scroll_rows(-_WHEEL)

    def _settle(self) -> None:
        """Keep the offset in its bounds and paint again: one frame, no layout."""
        last = self._last_top
        # A view that follows stays at its end, whatever was added or wrapped anew.
        self.top = last if self.following else min(max(0, self.top), last)
        self.repaint()

    @property
    def _count(self) -> int:
        return len(self._wrapped.rows) + int(self._head is not None)

    @property
    def _last_top(self) -> int:
        return max(0, self._count - self.size.height)

    # -- painting

    def on_resize(self) -> None:
        """Wrap to the new width; the row on top is kept as far as that can be."""
        width = max(1, self.size.width - 1)
        if width != self._wrapped.width:
            before = max(1, len(self._wrapped.rows))
            self._wrapped.rewrap(width)
            if self._document is not None:
                self._lay_out(self._document)
            # In proportion, since a row of the old width has no counterpart among the new ones.
            self.top = self.top * len(self._wrapped.rows) // before
        self._settle()

    def rows(self) -> list[Row]:
        """Return the visible rows, each with its cell of the scroll marker."""
        height = self.size.height
        width = max(0, self.size.width - 1)
        marked = scroll_marker(self._count, height, self.top)
        lines = self._wrapped.rows
        first = self.top - int(self._head is not None)
        found = []
        for y in range(height):
            if self._head is not None and first + y < 0:
                line = self._head
            elif first + y < len(lines):
                line = lines[first + y]
            else:
                line = Span("")
            text = set_cell_size(self._drawable(line.text), width)
            marker = self._drawable(_MARKER) if y in marked else " "
            found.append(Row((Span(text, line.role), Span(marker, Role.EDGE))))
        return found

    def _drawable(self, text: str) -> str:
        return text.translate(_TO_ASCII) if self._ascii else text

    def _lay_out(self, document: Document) -> None:
        self._wrapped.clear()
        self._wrapped.extend(document.laid_out(self._wrapped.width))
