"""The list of seats by lane, with a cursor, and a task that is dragged from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual.message import Message

from wf_tui.board.seats.lane_lines import LaneFacts, lane_line
from wf_tui.board.seats.seat_lines import SeatFacts, head_line, seat_line
from wf_tui.board.widgets.card_lines import CardDrawing
from wf_tui.board.widgets.entry_view import EntryView, ListSource
from wf_tui.board.widgets.line import Line, Role, Row, Span, fitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events
    from textual.geometry import Offset

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.entries import Entry

__all__ = ["SeatList"]

_LANE: Final = "\0lane "
"""How the name of the line of a lane begins; no seat is called so."""
_DRAG_FROM: Final = 3
"""Cells of movement from which on a task that is held is dragged."""


@dataclass
class _HeldTask:
    """A seat on whose task the mouse button is down."""

    seat: str
    task: str
    look: tuple[str, str]
    """Its state and kind when it was taken: one that changes while it is held is not dropped."""
    start: Offset
    dragged: bool = False
    over: str = ""
    """The seat that it was last held over."""


class SeatList(EntryView):
    """Draws each lane with its seats below; the cursor goes over the seats.

    The screen calls `show` after each change and once a second. What is dragged it tells with
    `TaskHeld` for each other seat that the task is held over, and with `TaskLetGo` at the end.
    """

    @dataclass
    class TaskHeld(Message):
        """A task is held over another seat."""

        task: str
        onto: str

    @dataclass
    class TaskLetGo(Message):
        """A task was dropped on another seat."""

        task: str
        onto: str
        look: tuple[str, str]
        """State and kind of the task when it was taken."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(glyphs, id="seats")
        self.now = 0.0
        self._seats: dict[str, SeatFacts] = {}
        self._lanes: dict[str, LaneFacts] = {}
        self._lines: dict[str, Line] = {}
        self._held: _HeldTask | None = None

    def show(self, lanes: Iterable[tuple[LaneFacts, Iterable[SeatFacts]]], now: float) -> None:
        """Show these lanes and seats; `now` is what ages and countdowns go by, in UTC seconds."""
        self.now = now
        self._seats, self._lanes = {}, {}
        names: list[str] = []
        for lane, seats in lanes:
            mine = {one.seat.name: one for one in seats}
            names += [f"{_LANE}{lane.lane.name}", *mine]
            self._lanes[names[-1 - len(mine)]] = lane
            self._seats |= mine
        cursor = self.cursor
        self.source = ListSource(names, self._lanes)
        if (cursor is None or self.source.at(cursor) is None) and self._seats:
            first = self.source.find(next(iter(self._seats)))
            self.viewport.put_cursor(first.at if first else None)
        self.repaint()

    @property
    def seat(self) -> str:
        """The name of the seat under the cursor; "" where there is none."""
        return self.current.name if self.current is not None else ""

    # -- how it is drawn

    def lines_of(self, entry: Entry) -> Sequence[Line]:
        """Return the line of a seat or a lane; the one of before where it reads the same."""
        drawing = CardDrawing(self.glyphs, self.room)
        if entry.name in self._lanes:
            line = lane_line(self._lanes[entry.name], drawing, self.now)
        else:
            line = seat_line(self._seats[entry.name], drawing, self.now)
        kept = self._lines.get(entry.name)
        if kept != line:
            self._lines[entry.name] = line
            return (line,)
        return (kept,)

    def gap(self, before: Entry, after: Entry) -> int:  # noqa: ARG002 - as the kit has it
        """Return the line between two lanes; none where there are few lines."""
        return int(after.name in self._lanes and not self.screen.has_class("-compact"))

    def head(self) -> Sequence[Row]:
        """Return the names of the columns."""
        drawing = CardDrawing(self.glyphs, max(0, self.size.width - 2))
        spans = fitted(head_line(drawing), drawing.width, self.glyphs.more)
        return (Row((Span(" ", Role.MUTED), *spans, Span(" ", Role.MUTED))),)

    # -- dragging

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Hold the task of the seat under the pointer until the button is let go."""
        entry = self.entry_at(event.y)
        facts = self._seats.get(entry.name) if entry is not None else None
        if entry is not None and facts is not None and facts.card is not None and event.button == 1:
            look = (facts.card.state, facts.card.kind)
            self._held = _HeldTask(entry.name, facts.card.key, look, event.screen_offset)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell over which seat the task is held."""
        onto = self._follow(event)
        if self._held is not None and onto and onto != self._held.over:
            self._held.over = onto
            self.post_message(self.TaskHeld(self._held.task, onto))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Tell on which seat the task was dropped."""
        onto = self._follow(event)
        held, self._held = self._held, None
        self.release_mouse()
        if held is not None and onto:
            self.post_message(self.TaskLetGo(held.task, onto, held.look))

    def _follow(self, event: events.MouseEvent) -> str:
        """Return the other seat under the pointer, once a task is being dragged; else ""."""
        held = self._held
        if held is None:
            return ""
        moved = event.screen_offset - held.start
        held.dragged = held.dragged or max(abs(moved.x), abs(moved.y)) >= _DRAG_FROM
        entry = self.entry_at(event.y)
        if not held.dragged or entry is None or entry.name not in self._seats:
            return ""
        return entry.name if entry.name != held.seat else ""

    def let_go(self) -> bool:
        """Drop a task that is dragged nowhere; return whether there was one."""
        held, self._held = self._held, None
        self.release_mouse()
        return held is not None and held.dragged
