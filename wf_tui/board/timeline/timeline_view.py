"""The chart of the timeline: seats with their attempts, one of them under the cursor."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from textual.message import Message

from wf_tui.board.widgets.ink_lines import spans_of
from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.picture.timeline.chart import ASCII_SIGNS, NAMES, SIGNS, Chart, Window, foot_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.ink import Piece
    from wf_tui.picture.timeline.timeline import Bar, SeatRow, Timeline

__all__ = ["TimelineView"]

_HEAD: Final = 2
"""Lines above the seats: times and phases."""
_BELOW: Final = 8
"""Lines below them: now, sums, a rule, foot and what the signs mean."""
_BELOW_COMPACT: Final = 4
"""The same where it is low: sums, the selected attempt, now."""
_EDGE: Final = 1
"""Cells of the bar of the cursor."""
_WHEEL: Final = 3
_DOUBLE: Final = 2
_RIGHT: Final = 3


class TimelineView(LineWidget, can_focus=True):
    """Draws the chart; the cursor is on a seat, and on one of its attempts.

    A click puts it there, a second one opens the attempt, the wheel moves it.
    """

    class Moved(Message):
        """The mouse has put the cursor elsewhere."""

    class Opened(Message):
        """An attempt was clicked twice."""

    class MenuAsked(Message):
        """An attempt was clicked with the right button."""

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="timeline")
        self.glyphs = glyphs
        self.timeline: Timeline | None = None
        self.window: Window | None = None
        """What of the time is seen; None: all of it."""
        self._seat = ""
        self._attempt: tuple[str, int] | None = None
        """Task and epoch of the selected attempt."""
        self.compact = False
        """Whether there are few lines."""
        self._top = 0

    # -- what is seen

    @property
    def chart(self) -> Chart | None:
        """The chart for the width that there is."""
        if self.timeline is None:
            return None
        signs = ASCII_SIGNS if self.glyphs.ascii else SIGNS
        return Chart(self.timeline, max(1, self.size.width - _EDGE - 1), signs)

    def shown_window(self, chart: Chart) -> Window:
        """Return what of the time is seen."""
        if self.window is None or self.window.cells != chart.cells:
            self.window = None
        return self.window or Window.of_all(chart.timeline, chart.cells)

    @property
    def room(self) -> int:
        """How many seats are seen at once."""
        below = _BELOW_COMPACT if self.compact else _BELOW
        return max(1, self.size.height - _HEAD - below)

    def rows(self) -> list[Row]:
        """Return what is to be seen now."""
        chart, current = self.chart, self.current
        if chart is None or current is None:
            return [Row((Span(" ", Role.MUTED),))] * self.size.height
        window, seats = self.shown_window(chart), chart.timeline.seats
        cursor = self.place
        self._top = min(max(self._top, cursor - self.room + 1), cursor)
        lines = [self._row(line) for line in chart.head(window)]
        for place, seat in list(enumerate(seats))[self._top : self._top + self.room]:
            row = self._row(chart.seat(seat, window), selected=place == cursor)
            if place == cursor:
                row = _marking(row, chart, window, current[1])
            lines.append(row)
        lines.append(self._row(chart.now_line(window)))
        lines += [self._row(line) for line in chart.sums(window)]
        foot = [self._row(line) for line in foot_lines(chart, *current)]
        if self.compact:
            lines.append(foot[0])
        else:
            lines.append(Row((Span(" " + self.glyphs.rule * (self.size.width - 2), Role.RULE),)))
            lines += [*foot, self._row(chart.legend())]
        lines += [Row((Span(" "),))] * max(0, self.size.height - len(lines))
        return lines[: self.size.height]

    def _row(self, line: Iterable[Piece], *, selected: bool = False) -> Row:
        bar = Span(self.glyphs.selected if selected else " ", Role.FOCUS)
        spans = fitted(Line(spans_of(line)), max(1, self.size.width - _EDGE), self.glyphs.more)
        return Row((bar, *spans), Look.CURSOR if selected else Look.PLAIN)

    # -- the cursor

    @property
    def place(self) -> int:
        """The place of the seat under the cursor; the first, where it has gone."""
        seats = self.timeline.seats if self.timeline is not None else ()
        return next((at for at, seat in enumerate(seats) if seat.name == self._seat), 0)

    @property
    def current(self) -> tuple[SeatRow, Bar | None] | None:
        """The seat under the cursor, and its selected attempt, which new ones leave selected."""
        if self.timeline is None or not self.timeline.seats:
            return None
        seat = self.timeline.seats[self.place]
        chosen = (bar for bar in seat.bars if (bar.key, bar.epoch) == self._attempt)
        return seat, next(chosen, seat.bars[-1] if seat.bars else None)

    def take(self, timeline: Timeline) -> None:
        """Show another reading; the cursor stays where it is."""
        self.timeline = timeline
        if self.current is not None:
            self._choose(*self.current)

    def _choose(self, seat: SeatRow, bar: Bar | None) -> None:
        self._seat = seat.name
        self._attempt = None if bar is None else (bar.key, bar.epoch)

    def go_to(self, place: int, bar: Bar | None = None) -> None:
        """Put the cursor on a seat, the nearest that there is; without a bar on its last one."""
        seats = self.timeline.seats if self.timeline is not None else ()
        if seats:
            seat = seats[min(max(0, place), len(seats) - 1)]
            self._choose(seat, bar or (seat.bars[-1] if seat.bars else None))

    def go_beside(self, by: int) -> None:
        """Put it on the attempt so many before or after, of the same seat."""
        if self.current is not None and self.current[1] is not None:
            seat, bar = self.current
            place = seat.bars.index(bar) + by
            self._choose(seat, seat.bars[min(max(0, place), len(seat.bars) - 1)])

    def go_to_task(self, task: str) -> bool:
        """Put it on the last attempt of a task; return whether there is one."""
        seats = self.timeline.seats if self.timeline is not None else ()
        found = [
            (bar.start, place, bar)
            for place, seat in enumerate(seats)
            for bar in seat.bars
            if bar.key == task
        ]
        if found:
            self.go_to(*max(found, key=itemgetter(0))[1:])
        return bool(found)

    # -- the mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Put the cursor on the seat under the pointer, and on the attempt that is drawn there."""
        chart, place = self.chart, self._top + event.y - _HEAD
        seats = chart.timeline.seats if chart is not None else ()
        if chart is None or not self._is_seat(event.y):
            return
        seat = seats[place]
        bar = chart.bar_at(seat, self.shown_window(chart), event.x - _EDGE - NAMES)
        if bar is not None or place != self.place:
            self.go_to(place, bar)
        self.post_message(self.Moved())

    def _is_seat(self, y: int) -> bool:
        seats = self.timeline.seats if self.timeline is not None else ()
        return _HEAD <= y < _HEAD + min(self.room, len(seats) - self._top)

    def on_click(self, event: events.Click) -> None:
        """Open the attempt at the second click, or show what can be done with its task."""
        if not self._is_seat(event.y):
            return
        if event.button == _RIGHT:
            self.post_message(self.MenuAsked())
        elif event.chain == _DOUBLE:
            self.post_message(self.Opened())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Go on by some seats."""
        event.stop()
        self.go_to(self.place + _WHEEL)
        self.post_message(self.Moved())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Go back by some seats."""
        event.stop()
        self.go_to(self.place - _WHEEL)
        self.post_message(self.Moved())


def _marking(row: Row, chart: Chart, window: Window, bar: Bar | None) -> Row:
    """Return the row of a seat with the selected attempt on a ground of its own."""
    if bar is None:
        return row
    cells = chart.cells_of(bar, window)
    first = _EDGE + NAMES + max(0, cells.start)
    end = _EDGE + NAMES + min(window.cells, cells.stop)
    spans, at = [], 0
    for span in row.spans:
        # All of a row before the title of its task is one cell wide each.
        cuts = sorted(
            {0, len(span.text), *(min(max(0, x - at), len(span.text)) for x in (first, end))}
        )
        for begin, until in pairwise(cuts):
            look = Look.CHANGED if first <= at + begin < end else span.look
            spans.append(replace(span, text=span.text[begin:until], look=look))
        at += len(span.text)
    return replace(row, spans=tuple(spans))
