"""The timeline: a row for each seat, a bar for each attempt, and the way to any moment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on

from wf_tui.board.actions.registry import Context, bindings
from wf_tui.board.screens.reading_screen import ReadingScreen
from wf_tui.board.timeline.timeline_view import TimelineView
from wf_tui.board.widgets.line import Role, Span
from wf_tui.picture.age import span
from wf_tui.picture.timeline.timeline import read_timeline
from wf_tui.picture.timeline.told import Told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from wf_tui.picture.batch import Changes

__all__ = ["TimelineScreen"]


class TimelineScreen(ReadingScreen):
    """Shows the whole of the run; its keys work on the task of the selected attempt."""

    context: ClassVar = Context.TIMELINE
    BINDINGS: ClassVar = bindings(Context.TIMELINE)
    go = "go.timeline"
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._told = Told()

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
        """Read all attempts, and the events that came since."""
        host = self.host
        now = host.clock.now()
        ask = partial(read_timeline, run_id=host.run_id, now=now, told=self._told)
        before = self.selected
        self.view.take(await host.read(ask))
        if self.selected not in {None, before}:
            host.guard_changed([str(self.selected)])
        self.redraw()

    def redraw(self) -> None:
        """Draw the chart and what surrounds it."""
        self.view.compact = self.has_class("-compact")
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
        """Let what is open grow, by a cell at a time: it is read again for that."""
        chart = self.view.chart
        if chart is not None and not chart.timeline.ended:
            window = self.view.shown_window(chart)
            self.due = self.due or window.cell(now) != window.cell(chart.timeline.now)

    def facts(self) -> tuple[Span, ...]:
        """Return how much time a cell is."""
        chart = self.view.chart
        if chart is None:
            return ()
        scale = span(self.view.shown_window(chart).scale)
        return (Span(f"1 cell = {scale}", Role.MUTED), Span("", Role.MUTED))

    # -- keys

    def action_move(self, where: str) -> None:
        """Go to another seat."""
        view = self.view
        seats = len(view.timeline.seats) if view.timeline is not None else 0
        to = {
            "up": view.place - 1,
            "down": view.place + 1,
            "first": 0,
            "last": seats - 1,
            "page_up": view.place - view.room,
            "page_down": view.place + view.room,
        }
        view.go_to(to.get(where, view.place))
        self.redraw()

    def action_attempt(self, way: str) -> None:
        """Go to the attempt before or after, of the same seat."""
        self.view.go_beside(1 if way == "next" else -1)
        self.redraw()

    def action_next_need(self) -> None:
        """Go to the last attempt of the next that needs the person; one without is on the board."""
        needs, selected = list(self.host.picture.needs), self.selected
        place = needs.index(selected) + 1 if selected in needs else 0
        if needs and self.view.go_to_task(needs[place % len(needs)]):
            self.redraw()
        else:
            super().action_next_need()

    def action_open(self) -> None:
        """Open the selected attempt on the board."""
        self._open_attempt()

    def action_tab(self, name: str) -> None:
        """Open one of its tabs: log or diff."""
        self._open_attempt(name)

    def _open_attempt(self, tab: str = "") -> None:
        current, task = self.view.current, self.selected
        if task is None or current is None or current[1] is None:
            self.host.show_toast("this seat has not begun anything")
        else:
            self.host.open_card(task, tab=tab, epoch=current[1].epoch)

    @on(TimelineView.Moved)
    def show_moved(self) -> None:
        """Show what the mouse has put the cursor on."""
        self.redraw()

    @on(TimelineView.Opened)
    def open_clicked(self) -> None:
        """Open the attempt that was clicked twice."""
        self._open_attempt()

    @on(TimelineView.MenuAsked)
    def show_menu(self) -> None:
        """Show all that can be done with its task."""
        self.host.perform("view.menu")

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
