"""What the board looks like: four columns, or one and tabs where it is narrow, and a pane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.containers import Container, Horizontal
from textual.screen import Screen
from textual.widgets import Static

from wf_tui.board.actions.registry import ACTIONS
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.widgets.change_highlight import ChangeHighlight
from wf_tui.board.widgets.column import BoardColumn
from wf_tui.board.widgets.column_tabs import ColumnTabs
from wf_tui.board.widgets.filter_bar import FilterBar
from wf_tui.board.widgets.footer import BoardFooter
from wf_tui.board.widgets.header import BoardHeader, Notice, looking
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.batch import Changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from wf_tui.board.actions.action import Action
    from wf_tui.board.app import BoardApp
    from wf_tui.picture.picture import Picture

__all__ = ["EVERYTHING", "BoardView"]

_TOO_SMALL: Final = "wf needs 60 columns and 18 lines.\nMake the terminal larger, or see: wf status"
EVERYTHING: Final = Changes(
    cards=frozenset(),
    columns=frozenset(state.value for state in TaskState),
    header=True,
    reasons=True,
    seats=True,
)


class BoardView(Screen[None]):
    """Shows the picture; `BoardScreen` adds what keys and mouse do."""

    app: BoardApp
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Textual has it
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (18, "-high")]  # noqa: RUF012 - same
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.current = TaskState.PENDING
        """The column that the keys are for."""
        self._fresh = ChangeHighlight()
        self._begun = False

    def compose(self) -> ComposeResult:
        """Lay out the parts; all of them stay for as long as the board does."""
        signs = self.app.signs
        yield BoardHeader(signs)
        yield Notice(signs)
        yield FilterBar(id="filter")
        yield ColumnTabs(signs)
        with Container(id="body"):
            with Horizontal(id="columns"):
                for state in TaskState:
                    yield BoardColumn(state, signs)
            yield DetailPane(self.app.project, self.app.run_id, id="detail")
        yield BoardFooter(signs)
        yield Static(_TOO_SMALL, id="too-small", markup=False)

    def on_mount(self) -> None:
        """Show what was read before there was anything to show it on."""
        if self.app.picture.run is not None:
            self.refresh_from(self.app.picture, EVERYTHING)

    # -- showing the picture

    def refresh_from(self, picture: Picture, changes: Changes) -> None:
        """Show what has changed."""
        now = self.app.clock.now()
        if self.app.motion and self._begun:
            self._fresh.add(changes.cards, now)
        self._show(picture, self._touched(picture, changes), now)
        self.query_one(DetailPane).refresh_from(picture, changes)
        if not self._begun:
            self._begin(picture)

    def tick(self, now: float) -> None:
        """Let a second pass: ages grow, and what changed a second ago is no longer marked."""
        self._fresh.expire(now)
        if self._begun:
            self._show(self.app.picture, frozenset(TaskState), now)

    def on_screen_resume(self) -> None:
        """Show all of it again after another screen."""
        if self._begun:
            self.refresh_from(self.app.picture, EVERYTHING)

    def show_all(self) -> None:
        """Show the whole picture."""
        self._show(self.app.picture, frozenset(TaskState), self.app.clock.now())

    def _begin(self, picture: Picture) -> None:
        """Start in the first column that has cards."""
        self._begun = True
        self.go_to(_first_with_cards(picture))

    def seek(self, *, focus: bool) -> None:
        """Go to a column with cards, where the one that the keys are for has none."""
        picture = self.app.picture
        if not picture.columns[self.current]:
            self.go_to(_first_with_cards(picture), focus=focus)

    def _touched(self, picture: Picture, changes: Changes) -> frozenset[TaskState]:
        touched = {TaskState(column) for column in changes.columns}
        for card in changes.cards:
            place = picture.index(card)
            if place is not None:
                touched.add(TaskState(place[0]))
        if changes.reasons:
            touched.add(TaskState.PENDING)
        return frozenset(touched)

    def _show(self, picture: Picture, columns: frozenset[TaskState], now: float) -> None:
        counts = self._counts(picture)
        for column in self.query(BoardColumn):
            if column.state in columns:
                fresh, count = self._fresh.cards, counts[column.state]
                column.show(picture, count=count, fresh=fresh, now=now)
        header = picture.header
        self.query_one(BoardHeader).show(header)
        self.query_one(Notice).show(header, self._looking(picture))
        self.query_one(ColumnTabs).show(counts, self.current)
        self._show_keys()

    def _looking(self, picture: Picture) -> str:
        """Return what keeps cards from being seen; the line that is typed in says so itself."""
        return "" if self.query_one(FilterBar).is_open else looking(picture)

    def _counts(self, picture: Picture) -> dict[TaskState, str]:
        counts = {}
        for state in TaskState:
            shown, every = len(picture.columns[state]), picture.counts[state]
            words = str(every) if shown == every else f"{shown} of {every}"
            if state is TaskState.IN_PROGRESS and shown == every:
                words = f"{every}/{picture.header.jobs}"
            counts[state] = words
        return counts

    def _show_keys(self) -> None:
        if not self.is_active:
            return  # the keys of a dialog above are not those of the board
        shown = self.app.active_keys()
        self.query_one(BoardFooter).show(
            [
                (action.id, self._key(action, shown), action.title, self.app.why_not(action) or "")
                for action in ACTIONS
                if action.footer and action.id in shown
            ]
        )

    def _key(self, action: Action, shown: Mapping[str, str]) -> str:
        key = shown[action.id].split(" ")[0]
        return key if key.isascii() or not self.app.ascii else action.keys[0]

    # -- where we are

    @property
    def selected(self) -> str | None:
        """The card that the keys are for."""
        return self.column(self.current).selected

    def column(self, state: TaskState) -> BoardColumn:
        """Return a column."""
        return self.query_one(f"#column-{state.value.replace('_', '-')}", BoardColumn)

    def go_to(self, state: TaskState, *, focus: bool = True) -> None:
        """Make a column the one that the keys are for."""
        self.current = state
        for column in self.query(BoardColumn):
            column.set_class(column.state is state, "-current")
            column.repaint()
        self.column(state).enter()
        if focus:
            self.column(state).focus()
        self.moved()

    def select(self, card: str) -> bool:
        """Go to a card; whether the filter lets it be seen."""
        place = self.app.picture.index(card)
        if place is None:
            return False
        self.go_to(TaskState(place[0]))
        return self.column(self.current).select(card)

    def moved(self) -> None:
        """Show what depends on which card is selected."""
        if not self._begun:
            return
        self.query_one(ColumnTabs).show(self._counts(self.app.picture), self.current)
        self._show_keys()
        if self.has_class("-detail-open"):
            self.query_one(DetailPane).show(self.selected)

    def on_descendant_focus(self) -> None:
        """Follow the focus, however it came to a column."""
        if isinstance(self.focused, BoardColumn) and self.focused.state is not self.current:
            self.go_to(self.focused.state)


def _first_with_cards(picture: Picture) -> TaskState:
    return next((state for state in TaskState if picture.columns[state]), TaskState.PENDING)
