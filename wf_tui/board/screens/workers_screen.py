"""The workers: each seat with what it holds; a task dropped on a seat is given to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, cast

from rich.text import Text
from textual import on
from textual.widgets import DataTable, Label

from wf_tui.board.actions.registry import Context, bindings
from wf_tui.board.messages import TaskDropped
from wf_tui.board.screens.run_screen import RunScreen
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.picture.age import span
from wf_tui.text import cut, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.widget import Widget

    from wf_tui.picture.batch import Changes
    from wf_tui.picture.seats import SeatView

__all__ = ["WorkersScreen"]

_COLUMNS: Final = (
    ("seat", 14),
    ("task", 20),
    ("step", 11),
    ("since", 5),
    ("beat", 5),
    ("model", 14),
    ("tokens", 6),
    ("cost", 8),
    ("lane", 14),
    ("profile", 10),
    ("writes", 26),
)
_LATE: Final = 30.0
"""Seconds without a heartbeat that are worth a warning: three of them."""

Cell = tuple[str, str]
"""A text and its style."""


class WorkersScreen(RunScreen):
    """A table of seats; its keys work on the task of the selected seat."""

    ALLOW_SELECT = False
    context: ClassVar = Context.WORKERS
    BINDINGS: ClassVar = bindings(Context.WORKERS)
    go = "go.workers"
    DEFAULT_CSS = """
    WorkersScreen {
        #workers-title { height: 1; width: 1fr; background: $panel; padding: 0 1; }
        DataTable { height: 1fr; background: $background; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._seats: list[SeatView] = []
        self._cells: dict[tuple[str, str], Cell] = {}
        """What each cell reads now, by seat and column."""
        self._dragged: str | None = None
        """The task on which the mouse button is down."""

    @property
    def _table(self) -> DataTable[Text]:
        return cast("DataTable[Text]", self.query_one(DataTable))

    def selected_task(self) -> str | None:
        """Return the task of the selected seat."""
        return self.task_in(self._table.cursor_row)

    @property
    def listed(self) -> tuple[str, ...]:
        """The tasks whose marks count here: none, a key is for the selected seat."""
        return ()

    def task_in(self, row: int) -> str | None:
        """Return the task of a row; None where the seat is free, or there is no such row."""
        # The picture may have fewer seats than are drawn, or more, until the next refresh.
        seats = self.host.picture.seats
        if 0 <= row < min(len(seats), len(self._seats)):
            return seats[row].task
        return None

    def compose_body(self) -> Iterable[Widget]:
        """Draw the table."""
        yield Label("", id="workers-title", markup=False)
        yield DataTable(cursor_type="row", zebra_stripes=False, show_row_labels=False)

    def on_mount(self) -> None:
        """Show what there is."""
        for name, width in _COLUMNS:
            self._table.add_column(Text(name), width=width, key=name)
        self._table.focus()
        self.refresh_seats()

    def show_changes(self, changes: Changes) -> None:
        """Show what changed."""
        if changes.seats or changes.cards:
            self.refresh_seats()

    def show_time(self, now: float) -> None:
        """Let the ages grow."""
        self.fill_cells(now)

    def refresh_seats(self) -> None:
        """Bring the table up to date; it is made anew only where there are other seats."""
        if not self._table.columns:
            return  # resumed before it is mounted
        seats = list(self.host.picture.workers)
        names = [seat.name for seat in seats]
        # Emptying the table moves its cursor to the top, so only where the rows are others.
        if names != [seat.name for seat in self._seats]:
            self._table.clear()
            self._cells.clear()
            for name in names:
                self._table.add_row(*(Text("") for _ in _COLUMNS), key=name)
        self._seats = seats
        self.fill_cells(self.host.now())

    def fill_cells(self, now: float) -> None:
        """Change only the cells that read differently; the table draws all of itself for each."""
        for seat in self._seats:
            for (column, width), cell in zip(_COLUMNS, cells_of(seat, now), strict=True):
                if self._cells.get((seat.name, column)) != cell:
                    self._cells[seat.name, column] = cell
                    text = Text(cut(cell[0], width), style=cell[1], no_wrap=True)
                    self._table.update_cell(seat.name, column, text)
        busy = sum(bool(seat.task) for seat in self._seats)
        title = f"Workers: {plural(len(self._seats), 'seat')}, {busy} at work"
        self.query_one("#workers-title", Label).update(title)
        self.show_frame()

    # -- by hand

    @on(DataTable.RowHighlighted)
    def show_footer_keys(self) -> None:
        """Show what can be done with the task of the seat that the cursor has moved to."""
        self.show_frame()

    @on(DataTable.RowSelected)
    def open_chosen(self) -> None:
        """Open the task of the seat on the board."""
        self.action_open()

    def action_move(self, where: str) -> None:
        """Move the cursor: up, down, first or last."""
        last = self._table.row_count - 1
        row = self._table.cursor_row
        rows = {"up": row - 1, "down": row + 1, "first": 0, "last": last}
        self._table.move_cursor(row=min(max(0, rows.get(where, row)), max(0, last)))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take the task of a seat, to be dropped on another one."""
        self._dragged = self.task_in(row_at(event))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Give it to the seat it is dropped on."""
        task, self._dragged = self._dragged, None
        # A button that is let go where it was pressed was a click, and the row has the same task.
        row = row_at(event)
        if task is not None and 0 <= row < len(self._seats) and self.task_in(row) != task:
            self.app.post_message(TaskDropped(task, self._seats[row].name))


def row_at(event: events.MouseEvent) -> int:
    """Return the row under the pointer, or -1."""
    row = event.style.meta.get("row", -1)
    return row if isinstance(row, int) else -1


def cells_of(seat: SeatView, now: float) -> tuple[Cell, ...]:
    """Return the cells of a seat at a time in UTC seconds, in the order of `_COLUMNS`.

    Its texts were cleaned by the picture.
    """
    lane, lane_style = seat.lane, ""
    if seat.lane_state is not LaneStatus.OPEN:
        # One whose time has come is opened with the next look of the scheduler.
        left = seat.lane_state.value if seat.lane_until is None else span(seat.lane_until - now)
        lane, lane_style = f"{seat.lane} {left}", "bold"
    beat, beat_style = "", ""
    if seat.task and seat.heartbeat_at is not None:
        silent = now - seat.heartbeat_at
        beat, beat_style = span(silent), "bold" if silent > _LATE else ""
    step = seat.step
    if not step and not seat.task:
        step = seat.state
    return (
        (seat.name, "bold"),
        (seat.task or "free", "" if seat.task else "dim"),
        (step, ""),
        ("" if seat.since is None else span(now - seat.since), ""),
        (beat, beat_style),
        (seat.model, ""),
        (seat.tokens, ""),
        (seat.cost, ""),
        (lane, lane_style),
        (seat.profile, ""),
        (" ".join(seat.writes), ""),
    )
