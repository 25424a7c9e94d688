"""The timeline: a row for each seat, a bar for each attempt, and the way to any moment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from wf_tui.board.actions.registry import Context, bindings
from wf_tui.board.screens.reading_screen import ReadingScreen
from wf_tui.board.widgets.ink_lines import spans_of
from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget, component_classes
from wf_tui.picture.timeline.chart import ASCII_SIGNS, SIGNS, Chart, Window, foot_lines
from wf_tui.picture.timeline.timeline import read_timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.batch import Changes
    from wf_tui.picture.ink import Piece
    from wf_tui.picture.timeline.timeline import Bar, SeatRow, Timeline

__all__ = ["TimelineScreen", "TimelineView"]

_BELOW: Final = 8
"""Lines below the seats: sums, foot and what the signs mean."""


class TimelineView(LineWidget, can_focus=True):
    """Draws the chart; the cursor is on a seat, and on one of its attempts."""

    COMPONENT_CLASSES: ClassVar = component_classes(
        *(Role.TEXT, Role.TITLE, Role.MUTED, Role.FAINT, Role.RULE, Role.RUNNING, Role.DONE),
        *(Role.NEED, Role.WARNING, Role.ERROR, Role.PATH, Role.FOCUS, Look.CURSOR),
    )

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="timeline")
        self.glyphs = glyphs
        self.timeline: Timeline | None = None
        self.window: Window | None = None
        """What of the time is seen; None: all of it."""
        self.seat = 0
        self.attempt = -1
        """The place of the selected attempt among those of its seat; negative from the end."""
        self._top = 0

    @property
    def chart(self) -> Chart | None:
        """The chart for the width that there is."""
        if self.timeline is None:
            return None
        signs = ASCII_SIGNS if self.glyphs.ascii else SIGNS
        return Chart(self.timeline, max(1, self.size.width - 2), signs)

    def shown_window(self, chart: Chart) -> Window:
        """Return what of the time is seen."""
        if self.window is None or self.window.cells != chart.cells:
            self.window = None
        return self.window or Window.of_all(chart.timeline, chart.cells)

    @property
    def current(self) -> tuple[SeatRow, Bar | None] | None:
        """The seat under the cursor, and its selected attempt."""
        if self.timeline is None or not self.timeline.seats:
            return None
        seat = self.timeline.seats[min(self.seat, len(self.timeline.seats) - 1)]
        if not seat.bars:
            return seat, None
        return seat, seat.bars[max(-len(seat.bars), min(self.attempt, len(seat.bars) - 1))]

    def rows(self) -> list[Row]:
        """Return what is to be seen now."""
        chart, current = self.chart, self.current
        if chart is None or current is None:
            return [Row((Span(" ", Role.MUTED),))] * self.size.height
        window = self.shown_window(chart)
        lines = [self._row(line) for line in chart.head(window)]
        room = max(1, self.size.height - len(lines) - _BELOW)
        self._top = min(max(self._top, self.seat - room + 1), self.seat)
        for place, seat in list(enumerate(chart.timeline.seats))[self._top : self._top + room]:
            selected = place == self.seat
            row = self._row(chart.seat(seat, window), selected=selected)
            lines.append(Row(row.spans, Look.CURSOR if selected else Look.PLAIN))
        lines.append(Row((Span(" "),)))
        lines += [self._row(line) for line in chart.sums(window)]
        lines.append(Row((Span(" " + self.glyphs.rule * (self.size.width - 2), Role.RULE),)))
        lines += [self._row(line) for line in foot_lines(chart, *current)]
        lines.append(self._row(chart.legend()))
        lines += [Row((Span(" "),))] * max(0, self.size.height - len(lines))
        return lines[: self.size.height]

    def _row(self, line: Iterable[Piece], *, selected: bool = False) -> Row:
        bar = Span(self.glyphs.selected if selected else " ", Role.FOCUS)
        spans = fitted(Line(spans_of(line)), max(1, self.size.width - 1), self.glyphs.more)
        return Row((bar, *spans))


class TimelineScreen(ReadingScreen):
    """Shows the whole of the run; its keys work on the task of the selected attempt."""

    context: ClassVar = Context.TIMELINE
    BINDINGS: ClassVar = bindings(Context.TIMELINE)
    go = "go.timeline"
    ALLOW_SELECT = False

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the chart."""
        yield TimelineView(self.host.glyphs)

    @property
    def view(self) -> TimelineView:
        """The chart."""
        return self.query_one(TimelineView)

    def on_mount(self) -> None:
        """Read it, and again as long as something changes."""
        self.view.focus()
        self.begin_reading()

    async def read_more(self) -> None:
        """Read all attempts."""
        host = self.host
        ask = partial(read_timeline, run_id=host.run_id, now=host.clock.now())
        self.view.timeline = await host.read(ask)
        self.redraw()

    def redraw(self) -> None:
        """Draw the chart and what surrounds it."""
        self.view.repaint()
        self.show_frame()

    def selected_task(self) -> str | None:
        """Return the task of the selected attempt."""
        current = self.view.current
        bar = None if current is None else current[1]
        return bar.key if bar is not None and bar.key in self.host.picture.cards else None

    @property
    def listed(self) -> tuple[str, ...]:
        """The tasks whose marks count here: none, a key is for the selected attempt."""
        return ()

    def show_changes(self, changes: Changes) -> None:
        """Have it read again, soon."""
        self.due = self.due or bool(changes.cards) or changes.seats

    def show_time(self, now: float) -> None:
        """Let what is open grow, as it is read again."""
        del now
        timeline = self.view.timeline
        self.due = self.due or (timeline is not None and not timeline.ended)

    # -- keys

    def action_move(self, where: str) -> None:
        """Go to another seat."""
        view = self.view
        last = len(view.timeline.seats) - 1 if view.timeline is not None else 0
        page = max(1, view.size.height - _BELOW)
        to = {
            "up": view.seat - 1,
            "down": view.seat + 1,
            "first": 0,
            "last": last,
            "page_up": view.seat - page,
            "page_down": view.seat + page,
        }
        view.seat, view.attempt = min(max(0, to.get(where, view.seat)), last), -1
        self.redraw()

    def action_attempt(self, way: str) -> None:
        """Go to the attempt before or after, of the same seat."""
        current = self.view.current
        if current is not None and current[1] is not None:
            bars: Sequence[Bar] = current[0].bars
            place = bars.index(current[1]) + (1 if way == "next" else -1)
            self.view.attempt = min(max(0, place), len(bars) - 1)
            self.redraw()

    def action_next_need(self) -> None:
        """Go to the next that needs the person, on the board."""
        self.host.perform("view.next_need")

    def action_window(self, act: str) -> None:
        """See more of the time or less, earlier or later; or all of it again."""
        view, chart = self.view, self.view.chart
        if chart is None:
            return
        window, now = view.shown_window(chart), chart.timeline.now
        match act:
            case "in" | "out":
                view.window = window.zoomed(1 if act == "in" else -1, now)
            case "left" | "right":
                view.window = window.moved(1 if act == "right" else -1)
            case _:
                view.window = window.at_now(now)
        self.redraw()

    def action_follow(self) -> None:
        """See now again."""
        self.action_window("now")

    def action_history(self) -> None:
        """Show the board as it was when the selected attempt ended, or began."""
        current = self.view.current
        bar = None if current is None else current[1]
        if bar is None:
            self.host.travel()
        else:
            self.host.travel(at=bar.start if bar.end is None else bar.end)
