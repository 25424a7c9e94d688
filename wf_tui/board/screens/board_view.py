"""What the board looks like: four columns, or one and tabs where it is narrow, and a pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Container, Horizontal

from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.screens.run_screen import EVERYTHING, RunScreen
from wf_tui.board.widgets.change_highlight import ChangeHighlight
from wf_tui.board.widgets.column import BoardColumn
from wf_tui.board.widgets.column_tabs import ColumnTabs
from wf_tui.board.widgets.filter_bar import FilterBar
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from wf_tui.picture.batch import Changes
    from wf_tui.picture.picture import Picture

__all__ = ["BoardView"]


class BoardView(RunScreen):
    """Shows the picture; `BoardScreen` adds what keys and mouse do."""

    tabs = False
    go = "go.board"
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.current = TaskState.PENDING
        """The column that the keys are for."""
        self._fresh = ChangeHighlight()
        self._begun = False

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the columns and the pane; all of them stay for as long as the board does."""
        host = self.host
        yield ColumnTabs(host.glyphs)
        with Container(id="parts"):
            with Horizontal(id="columns"):
                for state in TaskState:
                    yield BoardColumn(state, host.glyphs)
            yield DetailPane(host.project, host.run_id, host.clock, ascii=host.ascii, id="detail")

    def compose_prompt(self) -> Iterable[Widget]:
        """Lay out the line in which a filter is typed."""
        yield FilterBar(id="filter")

    def on_mount(self) -> None:
        """Show what was read before there was anything to show it on."""
        if self.host.picture.run is not None:
            self.refresh_from(EVERYTHING)

    # -- showing the picture

    def show_changes(self, changes: Changes) -> None:
        """Show what has changed; the first time, start in the first column that has cards."""
        picture = self.host.picture
        now = self.host.now()
        # At the first reading everything is new, and nothing has changed.
        if self.host.motion and self._begun:
            self._fresh.add(changes.cards, now)
        self._show(picture, self.touched_columns(changes), now)
        self.query_one(DetailPane).refresh_from(changes)
        if not self._begun:
            self._begun = True
            self.go_to(_first_with_cards(picture))

    def show_time(self, now: float) -> None:
        """Let a second pass: ages grow, and what changed a second ago is no longer marked."""
        self._fresh.expire(now)
        if self._begun:
            self._show(self.host.picture, frozenset(TaskState), now)

    def show_all(self) -> None:
        """Show the whole picture, as after a change of filter or marks, which no batch tells of."""
        self._show(self.host.picture, frozenset(TaskState), self.host.now())
        self.show_frame()

    def seek(self, *, focus: bool) -> None:
        """Go to a column with cards, where the one that the keys are for has none.

        Without `focus` the keys stay where they are, as while a filter is typed.
        """
        picture = self.host.picture
        if not picture.columns[self.current]:
            self.go_to(_first_with_cards(picture), focus=focus)

    def touched_columns(self, changes: Changes) -> frozenset[TaskState]:
        """Return the columns that have to be drawn again; drawing is what a change costs."""
        touched = {TaskState(column) for column in changes.columns}
        for card in changes.cards:
            place = self.host.picture.index(card)
            if place is not None:
                touched.add(TaskState(place[0]))
        # Why a card waits can change with any other task, and only pending cards say it.
        if changes.reasons:
            touched.add(TaskState.PENDING)
        return frozenset(touched)

    def _show(self, picture: Picture, columns: frozenset[TaskState], now: float) -> None:
        counts = self.count_words()
        for column in self.query(BoardColumn):
            if column.state in columns:
                fresh, count = self._fresh.cards, counts[column.state]
                column.show(picture, count=count, fresh=fresh, now=now)
        self.query_one(ColumnTabs).show(counts, self.current)

    def count_words(self) -> dict[TaskState, str]:
        """Return how many cards each column has, as its title says it.

        It is `3`, with a filter `1 of 3`, and for what is in progress `3/8`, of so many at once.
        """
        picture = self.host.picture
        counts = {}
        for state in TaskState:
            shown, every = len(picture.columns[state]), picture.counts[state]
            words = str(every) if shown == every else f"{shown} of {every}"
            if state is TaskState.IN_PROGRESS and shown == every:
                words = f"{every}/{picture.header.jobs}"
            counts[state] = words
        return counts

    # -- where we are

    def selected_task(self) -> str | None:
        """Return the card that the keys are for."""
        return self.column(self.current).selected

    def column(self, state: TaskState) -> BoardColumn:
        """Return a column."""
        return self.query_one(f"#column-{state.value.replace('_', '-')}", BoardColumn)

    def go_to(self, state: TaskState, *, focus: bool = True) -> None:
        """Make a column the one that the keys are for."""
        # First: the focus, which moves below, comes back as an event that asks for it.
        self.current = state
        for column in self.query(BoardColumn):
            column.set_class(column.state is state, "-current")
            column.repaint()
        self.column(state).enter()
        if focus:
            self.column(state).focus()
        self.moved()

    def select(self, card: str) -> bool:
        """Go to a card; return whether the filter lets it be seen."""
        place = self.host.picture.index(card)
        if place is None:
            return False
        self.go_to(TaskState(place[0]))
        return self.column(self.current).select(card)

    def moved(self) -> None:
        """Show what depends on which card is selected."""
        # A tab may be clicked before anything was read.
        if not self._begun:
            return
        self.query_one(ColumnTabs).show(self.count_words(), self.current)
        self.show_frame()
        if self.has_class("-detail-open"):
            self.query_one(DetailPane).show(self.selected)


def _first_with_cards(picture: Picture) -> TaskState:
    return next((state for state in TaskState if picture.columns[state]), TaskState.PENDING)
