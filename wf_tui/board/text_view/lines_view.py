"""The view of a text: painted lines with a cursor and a find, one frame a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.message import Message

from wf_tui.board.text_view.find import Found, find, with_found
from wf_tui.board.text_view.plain_signs import plain_row
from wf_tui.board.text_view.wrapped_lines import WrappedLines
from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted, scroll_marker
from wf_tui.board.widgets.line_widget import LineWidget

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.events import Click, MouseScrollDown, MouseScrollUp

    from wf_tui.board.text_view.text_line import TextLine
    from wf_tui.board.text_view.wrapped_lines import TextRow

__all__ = ["MOST_LINES", "LinesView"]

MOST_LINES: Final = 5000
"""Lines that are kept of a text that grows."""
_WHEEL: Final = 3
"""Rows that one turn of the wheel moves."""
_MARKER: Final = "┃"
_MARK: Final = "+"
_SIDES: Final = 2
"""Cells at the left, of the cursor, and at the right, of the scroll marker."""


class LinesView(LineWidget, can_focus=True):
    """Shows the visible rows of a text that is whole, or to whose end lines are added.

    Its owner calls it on the event loop, with the keys as well: it has none of its own. It wraps
    all lines when they come or the width changes, and draws only those in view, so that scrolling
    costs the same in a text of any length.
    """

    DEFAULT_CSS = """
    LinesView { width: 1fr; height: 1fr; }
    """

    @dataclass
    class Scrolled(Message):
        """The view has begun or ceased to follow the end."""

        at_end: bool

    @dataclass
    class Moved(Message):
        """The cursor is on another line, or other lines are in view."""

        view: LinesView

    @dataclass
    class Opened(Message):
        """The line under the cursor was clicked a second time."""

        view: LinesView
        mark: str

    def __init__(self, *, ascii: bool = False, id: str | None = None) -> None:  # noqa: A002 - the option's name, and Textual's
        super().__init__(id=id)
        self.top = 0
        """How many rows are scrolled away above."""
        self.following = False
        """Whether the last row stays in view when lines are added."""
        self.cursor: int | None = None
        """The number of the line that the keys are for; None where nothing is chosen."""
        self.has_cursor = False
        """Whether there may be one: what is only read is scrolled."""
        self.marked_from: int | None = None
        """The number of the line from which on, to the cursor, lines are marked; None: none is."""
        self.found = Found()
        self._wrapped = WrappedLines(MOST_LINES)
        self._head: TextLine | None = None
        self._ascii = ascii

    # -- what is shown

    def show_lines(
        self,
        lines: Sequence[TextLine],
        *,
        keep: bool = False,
        at_end: bool = False,
        wrapping: bool = True,
        cursor: int | None = None,
    ) -> None:
        """Show a whole text from its start or end, or with `keep` from where the last one was.

        `keep` is for the same text read again: nobody wants to be thrown back while reading.
        """
        top, was, follows = self.top, self.cursor, self.following
        self._wrapped.most = max(MOST_LINES, len(lines))
        self._wrapped.wrapping = wrapping
        self._wrapped.clear()
        self._wrapped.extend(lines)
        self._head = None
        self.has_cursor = cursor is not None
        self.marked_from = self.marked_from if keep else None
        self.following = follows if keep else at_end
        self.top = top if keep else 0
        self.cursor = cursor
        if keep and self.has_cursor and was is not None:
            self.cursor = min(was, max(0, self._wrapped.end - 1))
        self.look_for(self.found.words)
        self.see_cursor() if not keep else self._settle()

    def start_following(self, *, has_cursor: bool = False) -> None:
        """Show lines that are still to come; `add` then brings them."""
        self._head = None
        self._wrapped.most = MOST_LINES
        self._wrapped.wrapping = True
        self._wrapped.clear()
        self.top = 0
        self.cursor, self.has_cursor = None, has_cursor
        self.marked_from = None
        self.following = True
        self._settle()

    def add(self, lines: Iterable[TextLine], unfinished: TextLine | None = None) -> None:
        """Add lines; at the end they are followed, else what is on the screen stays there.

        `unfinished` is the last line where it has no end yet; the next call replaces it.
        """
        # Rows that went from the front move all others up; the offset goes with them.
        self.top -= self._wrapped.extend(lines, unfinished)
        if self.cursor is not None:
            self.cursor = max(self.cursor, self._wrapped.left_out)
        if self.found.words:
            self.look_for(self.found.words)
        self._settle()

    def replace(self, lines: Iterable[tuple[int, TextLine]]) -> None:
        """Put other lines in the places of these numbers, as when their colours have come."""
        for number, line in lines:
            self._wrapped.replace(number, line)
        self._settle()

    def put(self, mark: str, lines: Sequence[TextLine]) -> None:
        """Put other lines in the place of those with a mark, which stand together; near the end."""
        shown, first = self._wrapped.lines, self._wrapped.left_out
        last = next((at for at in range(len(shown) - 1, -1, -1) if shown[at].mark == mark), None)
        if last is None:
            return
        start = last
        while start > 0 and shown[start - 1].mark == mark:
            start -= 1
        self._wrapped.splice(first + start, last - start + 1, lines)
        if self.found.words:
            self.look_for(self.found.words)
        self._settle()

    def head(self, line: TextLine | None) -> None:
        """Put a line before all others, or none; it is not counted among those that are kept."""
        self.top += int(line is not None) - int(self._head is not None)
        self._head = line
        self._settle()

    def wrap(self, *, wrapping: bool) -> None:
        """Break lines that are too long for the view, or cut them; the line on top stays there."""
        number = self._number_at(self.top)
        self._wrapped.rewrap(self._wrapped.width, wrapping=wrapping)
        self.top = self._wrapped.row_of(number) + int(self._head is not None)
        self._settle()

    @property
    def wrapping(self) -> bool:
        """Whether lines that are too long are broken."""
        return self._wrapped.wrapping

    @property
    def left_out(self) -> int:
        """How many lines have gone since following began; the number of the first that is there."""
        return self._wrapped.left_out

    @property
    def lines(self) -> Sequence[TextLine]:
        """All lines that are there, with the number `left_out` and those after it."""
        return self._wrapped.lines

    @property
    def room(self) -> int:
        """The cells that a line has."""
        return max(1, self.size.width - _SIDES)

    @property
    def text(self) -> str:
        """All rows, one a line, with what stands before them."""
        head = [self._head] if self._head else []
        rows = (row.line for row in self._wrapped.rows)
        return "\n".join(line.text for line in (*head, *rows))

    @property
    def marked(self) -> str:
        """The mark of the line under the cursor; "" where there is none."""
        line = None if self.cursor is None else self._wrapped.line(self.cursor)
        return line.mark if line is not None else ""

    @property
    def chosen(self) -> range:
        """The numbers of the marked lines, else that of the line under the cursor."""
        if self.cursor is None:
            return range(0)
        ends = self.cursor, self.cursor if self.marked_from is None else self.marked_from
        return range(min(ends), max(ends) + 1)

    def mark_from_here(self, *, on: bool) -> None:
        """Mark the lines from the cursor on to where it will go, or none any more."""
        self.marked_from = self.cursor if on and self.has_cursor else None
        self.repaint()

    @property
    def in_view(self) -> range:
        """The numbers of the lines that can be seen."""
        height = max(1, self.size.height)
        return range(self._number_at(self.top), self._number_at(self.top + height - 1) + 1)

    # -- moving

    def move(self, count: int) -> None:
        """Move the cursor by lines, or what has none by rows."""
        if not self.has_cursor:
            self._scroll(count)
            return
        last = self._wrapped.end - 1
        if last < 0:
            return
        at = last if self.cursor is None else self.cursor
        self.go_to(min(max(self._wrapped.left_out, at + count), last))

    def move_pages(self, count: int) -> None:
        """Move by what fits, less one row for the eye to hold on to."""
        self.move(count * max(1, self.size.height - 1))

    def move_to_end(self, *, last: bool) -> None:
        """Go to the first or the last line; what grows is followed from there."""
        if self.has_cursor and not last:
            self.go_to(self._wrapped.left_out)
        elif last and self.cursor is not None:
            self.go_to(self._wrapped.end - 1)
        else:
            self._scroll(self._count if last else -self._count)

    def follow(self) -> None:
        """Go to the end and stay there as lines are added."""
        if self.has_cursor:
            self.cursor = None
        self._scroll(self._count)

    def go_to(self, number: int) -> None:
        """Put the cursor on a line and bring that into view."""
        if self.has_cursor:
            self.cursor = number
            self._follow(on=self.following and number >= self._wrapped.end - 1)
        else:
            self._follow(on=False)
            self.top = self._wrapped.row_of(number) - self.size.height // 3
        self.see_cursor()

    def see_cursor(self) -> None:
        """Scroll as little as it takes to have the cursor in view."""
        if self.cursor is not None:
            head = int(self._head is not None)
            first = self._wrapped.row_of(self.cursor) + head
            last = max(first, self._wrapped.row_of(self.cursor + 1) + head - 1)
            if last >= self.top + self.size.height:
                self.top = last - self.size.height + 1
            # A little of what is before it, where the whole of the text before fits.
            self.top = 0 if first < min(self.top, 2) else min(self.top, first)
        self._settle()
        self.moved()

    def moved(self) -> None:
        """Say that the cursor is elsewhere, or that other lines are in view; a subclass may act."""
        self.post_message(self.Moved(self))

    def _scroll(self, count: int) -> None:
        self.top += count
        self._follow(on=self.top >= self._last_top)
        self._settle()
        self.moved()

    def _follow(self, on: bool) -> bool:  # noqa: FBT001 - the one thing it is told
        """Follow the end or no longer; before it settles, which holds a view that follows."""
        if on is not self.following:
            self.following = on
            self.post_message(self.Scrolled(on))
        return on

    # -- finding

    def look_for(self, words: str) -> Found:
        """Look for words in all lines, and colour them; "" looks for nothing any more."""
        self.found = find(words, self._wrapped.lines, self._wrapped.left_out)
        self.repaint()
        return self.found

    def go_to_found(self, step: int) -> bool:
        """Go to the next line that has the words, or to the one before; False where none has."""
        at = self._number_at(self.top) if self.cursor is None else self.cursor
        number = self.found.after(at) if step > 0 else self.found.before(at)
        if number is None:
            return False
        self.go_to(number)
        return True

    def go_to_mark(self, step: int, *starts: str) -> bool:
        """Go to the next line whose mark begins so, or to the one before; False where none does."""
        at = self._number_at(self.top) if self.cursor is None else self.cursor
        lines, first = self._wrapped.lines, self._wrapped.left_out
        places = range(at + 1 - first, len(lines)) if step > 0 else range(at - 1 - first, -1, -1)
        for place in places:
            if lines[place].mark.startswith(starts):
                self.go_to(first + place)
                return True
        return False

    # -- the mouse

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Scroll on by the wheel."""
        event.stop()
        self._scroll(_WHEEL)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Scroll back by the wheel."""
        event.stop()
        self._scroll(-_WHEEL)

    def on_click(self, event: Click) -> None:
        """Put the cursor on the line that is clicked; a second click opens it."""
        row = self.top + event.y - int(self._head is not None)
        if not (self.has_cursor and 0 <= row < len(self._wrapped.rows)):
            return
        number = self._wrapped.rows[row].number
        if number == self.cursor:
            self.post_message(self.Opened(self, self.marked))
        else:
            self.go_to(number)

    # -- painting

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

    def _number_at(self, row: int) -> int:
        rows = self._wrapped.rows
        place = min(max(0, row - int(self._head is not None)), len(rows) - 1)
        return rows[place].number if rows else self._wrapped.left_out

    def on_resize(self) -> None:
        """Wrap to the new width; the line on top stays there."""
        width = max(1, self.size.width - _SIDES)
        if width != self._wrapped.width:
            self.fit(width)
        self._settle()
        self.moved()

    def fit(self, width: int) -> None:
        """Wrap to a width in cells; the line on top stays there."""
        number = self._number_at(self.top)
        self._wrapped.rewrap(width)
        self.top = self._wrapped.row_of(number) + int(self._head is not None)

    def on_focus(self) -> None:
        """Show the cursor as the one that the keys are for."""
        self.repaint()

    def on_blur(self) -> None:
        """Show it as one that they are not for."""
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the visible rows, each with its cells of the cursor and of the scroll marker."""
        height = self.size.height
        marked = scroll_marker(self._count, height, self.top)
        rows = self._wrapped.rows
        first = self.top - int(self._head is not None)
        found = []
        for y in range(height):
            if self._head is not None and first + y < 0:
                row = self._row_of(self._head, on=False)
            elif first + y < len(rows):
                row = self._text_row(rows[first + y])
            else:
                row = Row((Span(" " * (self.size.width - 1)),))
            marker = Span(_MARKER if y in marked else " ", Role.THUMB)
            whole = Row((*row.spans, marker), row.look)
            found.append(plain_row(whole) if self._ascii else whole)
        return found

    def _text_row(self, row: TextRow) -> Row:
        on = self.has_cursor and row.number == self.cursor
        is_marked = self.marked_from is not None and row.number in self.chosen
        return self._row_of(row.line, on=on, is_marked=is_marked)

    def _row_of(self, line: TextLine, *, on: bool, is_marked: bool = False) -> Row:
        spans = with_found(line.spans, self.found.words) if self.found.words else line.spans
        if line.fill:
            spans = (*spans, Span("─" * self.room, Role.RULE))
        pieces = fitted(Line(spans, line.right), self.room, "─" if line.fill else "…")
        look = line.look
        if on:
            look = Look.CURSOR if self.has_focus else Look.CURSOR_ELSEWHERE
        edge = Span(_MARKER if on else " ", Role.FOCUS)
        if is_marked and not on:
            edge = Span(_MARK, Role.WARNING)
        return Row((edge, *pieces), look)
