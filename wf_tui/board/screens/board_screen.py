"""The board: what its keys and the mouse do to what is seen; the run is the application's."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on

from wf_tui.board.actions.view_actions import view_bindings
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.messages import (
    CardDragged,
    CardDropped,
    CardOpened,
    CardSelected,
    ColumnChosen,
)
from wf_tui.board.screens.board_view import BoardView
from wf_tui.board.widgets.column import BoardColumn
from wf_tui.board.widgets.column_tabs import ColumnTabs
from wf_tui.board.widgets.filter_bar import FilterBar, FilterChanged, FilterClosed
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from textual.geometry import Offset

__all__ = ["BoardScreen"]

_RIGHT_FROM: Final = 140
"""Columns of the terminal from which on the pane stands beside the board."""
_BELOW_FROM: Final = 30
"""Lines from which on it stands below the board, where it is narrower."""
_STEPS: Final = {"left": -1, "right": 1}
_QUICK: Final = {"blocked": "!", "mine": "@", "running": "#"}
_PLACES: Final = ("-detail-right", "-detail-below", "-detail-full")


class BoardScreen(BoardView):
    """Moves, opens, marks, filters and drags."""

    BINDINGS: ClassVar = view_bindings()
    """All of `actions.view_actions`; each calls an `action_` method of this screen."""

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        """The filter as it was typed."""

    def on_resize(self) -> None:
        """Put the pane where there is room for it."""
        self._place_detail()

    def _place_detail(self) -> None:
        if self.size.width >= _RIGHT_FROM:
            place = "-detail-right"
        else:
            place = "-detail-below" if self.size.height >= _BELOW_FROM else "-detail-full"
        for name in _PLACES:
            self.set_class(name == place, name)

    # -- moving

    @on(CardSelected)
    def _selected(self, message: CardSelected) -> None:
        if message.state is not self.current:
            return
        # Who watches a task goes with it, and does not find another one under the keys.
        watched = message.left is not None and self.has_class("-detail-open")
        if not (watched and self.select(str(message.left))):
            self.moved()

    @on(ColumnChosen)
    def _chosen(self, message: ColumnChosen) -> None:
        self.go_to(message.state)

    def on_descendant_focus(self) -> None:
        """Follow the focus, however it came to a column."""
        hidden = self.has_class("-detail-open") and self.has_class("-detail-full")
        column = self.focused if isinstance(self.focused, BoardColumn) else None
        if column is not None and column.state is not self.current and not hidden:
            self.go_to(column.state)

    def action_move(self, where: str) -> None:
        """Move the selection: left, down, up, right, first or last."""
        column = self.column(self.current)
        match where:
            case "left" | "right":
                states = list(TaskState)
                place = states.index(self.current) + _STEPS[where]
                self.go_to(states[min(max(0, place), len(states) - 1)])
            case "down" | "up":
                column.move(1 if where == "down" else -1)
            case "first" | "last":
                column.move(len(column.ids) if where == "last" else -len(column.ids))

    def action_open(self) -> None:
        """Open the pane of the selected card; where it is open, give it the keys."""
        if self.selected is None:
            return
        pane = self.query_one(DetailPane)
        if self.has_class("-detail-open") or self.has_class("-detail-full"):
            self.call_after_refresh(pane.focus)
        self.add_class("-detail-open")
        pane.show(self.selected)

    def action_tab(self, name: str) -> None:
        """Open the pane of the selected card on one of its tabs."""
        self.action_open()
        if self.selected is not None:
            self.query_one(DetailPane).open_tab(name)

    def action_back(self) -> None:
        """Close the pane; else forget the filter; else the marks."""
        picture = self.host.picture
        if self.has_class("-detail-open"):
            self.remove_class("-detail-open")
            self.query_one(DetailPane).show(None)
            self.column(self.current).focus()
        elif picture.filtered.active:
            self._clear_filter()
        else:
            for card in tuple(picture.marks):
                picture.toggle_mark(card)
            self.show_all()

    def action_mark(self) -> None:
        """Mark the selected card, or no longer, and go on to the next one."""
        if self.selected is not None:
            self.host.picture.toggle_mark(self.selected)
            self.column(self.current).move(1)
            self.show_all()

    # -- the filter

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open(self._text)

    def action_quick(self, word: str) -> None:
        """Show only what is blocked, mine or running; or all again."""
        self.host.picture.quick(_QUICK[word])
        self.show_all()
        self.seek(focus=True)

    @on(FilterChanged)
    def _filtered(self, message: FilterChanged) -> None:
        self._text = message.text
        wrong = self.host.picture.filter(message.text)
        self.show_all()
        self.seek(focus=False)
        self._say_filter(wrong)

    @on(FilterClosed)
    def _filter_closed(self) -> None:
        self.set_focus(self.column(self.current))
        self.show_all()

    def _say_filter(self, wrong: str) -> None:
        picture = self.host.picture
        shown = sum(len(column) for column in picture.columns.values())
        self.query_one(FilterBar).say(shown, sum(picture.counts.values()), wrong)

    def _clear_filter(self) -> None:
        self._text = ""
        self.host.picture.filter("")
        self.host.picture.quick("")
        self.show_all()

    # -- the mouse

    @on(CardOpened)
    def _opened(self, message: CardOpened) -> None:
        self.select(message.card)
        self.action_open()

    @on(CardDragged)
    def _dragged(self, message: CardDragged) -> None:
        target = self._column_at(message.at)
        for column in self.query(BoardColumn):
            here = column.state is target and target is not message.from_state
            column.target(on=here and not message.end)
        if message.end and target is not None and target is not message.from_state:
            onto = self._card_at(target, message.at)
            self.post_message(CardDropped(message.card, message.from_state, target, onto))

    def _column_at(self, at: Offset) -> TaskState | None:
        """Return the column under a place on the screen, by the column or by its tab."""
        tabs = self.query_one(ColumnTabs)
        if tabs.display and tabs.region.contains_point(at):
            return tabs.state_at(at.x - tabs.region.x)
        for column in self.query(BoardColumn):
            if column.display and column.region.contains_point(at):
                return column.state
        return None

    def _card_at(self, state: TaskState, at: Offset) -> str | None:
        column = self.column(state)
        inside = column.display and column.region.contains_point(at)
        return column.card_at(at.y - column.region.y) if inside else None
