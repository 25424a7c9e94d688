"""The kit of all lists: columns, list, inbox, workers, runs, of which only what is seen costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from textual.geometry import Offset
from textual.message import Message

from wf_tui.board.messages import ActionChosen
from wf_tui.board.viewport.layout import Block
from wf_tui.board.viewport.source import EntrySource, ListSource
from wf_tui.board.viewport.viewport import Sticky, Viewport
from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.entries import Entry
    from wf_tui.picture.orders import Order

__all__ = ["EntryView", "ListSource"]

_DOUBLE: Final = 2
"""Clicks after which an entry is opened."""
_RIGHT: Final = 3
"""The right button of the mouse."""
_WHEEL: Final = 3
"""Lines that the wheel scrolls by."""


_BLANK: Final = Line()
_NO_BAR: Final = Span(" ", Role.FOCUS)
_SPACE: Final = Span(" ", Role.RULE)
_Place = tuple["Order | None", int]
"""Which line of which entry; without an entry, a row that is empty."""


class _Kept(NamedTuple):
    """A row, and all that it was made of: making one takes longer than comparing these."""

    line: Line
    look: Look
    bar: Span
    on_thumb: bool
    row: Row


class EntryView(LineWidget, can_focus=True):
    """Draws entries around an anchor, with a cursor, and beside them a rule that shows where.

    A subclass sets `source`, says in `lines_of` what an entry looks like, and calls `repaint` when
    either may differ. How high an entry is depends on nothing but the entry and the size. The view
    tells its screen with `Selected` that a person has moved the cursor, by mouse or by `move`.
    """

    @dataclass
    class Selected(Message):
        """A person has moved the cursor to an entry."""

        view: EntryView
        entry: Entry

        @property
        def control(self) -> EntryView:
            """The view it is of, for `@on` with a selector."""
            return self.view

    @dataclass
    class Opened(Selected):
        """An entry was clicked twice."""

    @dataclass
    class HeaderClicked(Selected):
        """The header of a group that is not folded was clicked."""

    @dataclass
    class MenuAsked(Selected):
        """An entry was clicked with the right button, at a place on the screen."""

        at: Offset

    def __init__(
        self,
        glyphs: GlyphSet,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
        ruled: bool = False,
        sticky: Sticky = Sticky.NONE,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.glyphs = glyphs
        self.ruled = ruled
        """Whether a rule stands at its right; without, there is only the thumb."""
        self.viewport = Viewport(self, sticky)
        self._room = 0
        self._kept: dict[_Place, _Kept] = {}

    # -- what a subclass says

    def lines_of(self, entry: Entry) -> Sequence[Line]:
        """Return the lines of an entry, for `room` cells; at least one."""
        raise NotImplementedError

    def gap(self, before: Entry, after: Entry) -> int:  # noqa: ARG002 - for subclasses
        """Return how many rows stay empty between two neighbours."""
        return 0

    def has_header(self, group: float) -> bool:  # noqa: ARG002 - for subclasses
        """Whether a group has a header."""
        return False

    def head(self) -> Sequence[Row]:
        """Return the rows above all entries, which do not scroll; always as many."""
        return ()

    def is_marked(self, entry: Entry) -> bool:  # noqa: ARG002 - for subclasses
        """Whether an entry has a `+` at its left."""
        return False

    def look_of(self, entry: Entry) -> Look:
        """Return the ground of an entry."""
        if entry.at != self.cursor:
            return Look.PLAIN
        return Look.CURSOR if self.has_focus else Look.CURSOR_ELSEWHERE

    # -- what is seen

    @property
    def source(self) -> EntrySource:
        """What it draws from; set anew whenever that has changed, before `repaint`."""
        return self.viewport.source

    @source.setter
    def source(self, source: EntrySource) -> None:
        self.viewport.source = source

    @property
    def cursor(self) -> Order | None:
        """Where the cursor stands; None where it is nowhere."""
        return self.viewport.cursor

    @property
    def current(self) -> Entry | None:
        """The entry under the cursor."""
        return None if self.cursor is None else self.source.at(self.cursor)

    @property
    def room(self) -> int:
        """The cells of a line of an entry; one at its left is the cursor's."""
        return self._room

    def rows(self) -> list[Row]:
        """Return what is to be seen now; its cost follows the height, and what differs."""
        size = self.size
        room = max(0, size.width - 2 - self.ruled)
        if room != self._room:
            self._room, self._kept = room, {}
        head = list(self.head())
        height = self.viewport.height = size.height - len(head)
        if height < 1 or not room:
            return [Row(()) for _ in range(size.height)]
        viewport = self.viewport
        viewport.lay_out()
        thumb = viewport.thumb()
        drawn: dict[_Place, _Kept] = {}
        painted: dict[int, Row] = {}
        stuck = [Block(one, y, self.lines_of(one)[:1]) for y, one in viewport.stuck().items()]
        for block in (*viewport.blocks, *stuck):
            entry, look, bar = block.entry, self.look_of(block.entry), _NO_BAR
            if entry.at == viewport.cursor:
                bar = Span(self.glyphs.selected, Role.FOCUS if self.has_focus else Role.RULE)
            first = Span(self.glyphs.marked, Role.WARNING) if self.is_marked(entry) else bar
            for number, line in enumerate(block.lines):
                y = block.top + number
                if 0 <= y < height:
                    edge = bar if number else first
                    place = (entry.at, number)
                    painted[y] = self._row(place, line, look, edge, y in thumb, drawn)
        for y in range(height):
            if y not in painted:
                painted[y] = self._row((None, y), _BLANK, Look.PLAIN, _NO_BAR, y in thumb, drawn)
        self._kept = drawn
        return [*head, *(painted[y] for y in range(height))]

    def _row(
        self,
        place: _Place,
        line: Line,
        look: Look,
        bar: Span,
        on_thumb: bool,  # noqa: FBT001 - one of five by place
        drawn: dict[_Place, _Kept],
    ) -> Row:
        """Return a line with what stands at both its ends; the one of before where it is so yet."""
        kept = self._kept.get(place)
        if kept is None or kept.line is not line or kept[1:4] != (look, bar, on_thumb):
            right = Span(self.glyphs.side if self.ruled else " ", Role.RULE)
            if on_thumb:
                right = Span(self.glyphs.selected, Role.THUMB)
            space = (_SPACE,) if self.ruled else ()
            spans = (bar, *fitted(line, self._room, self.glyphs.more), *space, right)
            kept = _Kept(line, look, bar, on_thumb, Row(spans, look))
        drawn[place] = kept
        return kept.row

    def repaint(self) -> None:
        """Paint what differs, and let the terminal's own cursor stand on the selected line."""
        super().repaint()
        row = None if self.cursor is None else self.viewport.row_of(self.cursor)
        if self.has_focus and row is not None:
            head = self.size.height - self.viewport.height
            self.app.cursor_position = self.content_region.offset + Offset(1, head + row)

    # -- moving

    def put_cursor(self, at: Order | None, *, scroll: bool = True) -> None:
        """Put the cursor on an entry, and with `scroll` bring it into view; tells nobody."""
        self.viewport.put_cursor(at, scroll=scroll)
        self.repaint()

    def move(self, where: str) -> None:
        """Move the cursor: down, up, first, last, page_down or page_up; and tell the screen."""
        entry = self.viewport.target(where)
        if entry is not None:
            self.choose(entry)

    def choose(self, entry: Entry) -> None:
        """Put the cursor on an entry, and tell the screen if that is a move."""
        before = self.cursor
        self.put_cursor(entry.at)
        if before != entry.at:
            self.post_message(self.Selected(self, entry))

    # -- the mouse and the focus

    def entry_at(self, y: int) -> Entry | None:
        """Return the entry on a line of this widget; None between two and outside."""
        return self.viewport.entry_on(y - (self.size.height - self.viewport.height))

    def scroll_lines(self, lines: int) -> None:
        """Scroll down by so many lines; the cursor stays on its entry."""
        self.viewport.scroll(lines)
        self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll on."""
        event.stop()
        self.scroll_lines(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll back."""
        event.stop()
        self.scroll_lines(-_WHEEL)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor on the entry under the pointer."""
        entry = self.entry_at(event.y)
        if entry is not None and entry.is_stop:
            self.choose(entry)

    def on_click(self, event: events.Click) -> None:
        """Do what is clicked: a key on a card, a menu, or the entry itself the second time."""
        entry = self.entry_at(event.y)
        if entry is None:
            return
        if event.button == _RIGHT:
            if entry.is_stop:
                self.post_message(self.MenuAsked(self, entry, event.screen_offset))
        elif hit := self.hit_at(event.x, event.y):
            self.post_message(ActionChosen(hit))
        elif not entry.is_stop:
            self.post_message(self.HeaderClicked(self, entry))
        elif event.chain == _DOUBLE:
            self.post_message(self.Opened(self, entry))

    def watch_has_focus(self, has_focus: bool) -> None:  # noqa: FBT001 - Textual's signature
        """Show whether the keys are for this view."""
        super().watch_has_focus(has_focus)
        self.repaint()

    def on_resize(self) -> None:
        """Keep the cursor in view; Textual then paints all of it."""
        self.viewport.height = self.size.height - len(self.head())
        self.viewport.put_cursor(self.cursor)
