"""The board: what its keys and the mouse do to what is seen; the run is the application's."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on

from wf_tui.board.actions.registry import Context, bindings
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

    context: ClassVar = Context.BOARD
    BINDINGS: ClassVar = bindings(Context.BOARD)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        """The filter as it was typed."""

    def on_resize(self) -> None:
        """Put the pane where there is room for it."""
        super().on_resize()
        if self.size.width >= _RIGHT_FROM:
            place = "-detail-right"
        elif self.size.height >= _BELOW_FROM:
            place = "-detail-below"
        else:
            place = "-detail-full"
        for name in _PLACES:
            self.set_class(name == place, name)

    # -- moving

    @on(CardSelected)
    def follow_selection(self, message: CardSelected) -> None:
        """Show in pane and footer what is selected now; other columns are not looked at."""
        if message.state is not self.current:
            return
        # Who watches a task goes with it, and does not find another one under the keys.
        watched = message.left is not None and self.has_class("-detail-open")
        if not (watched and self.select(str(message.left))):
            self.moved()

    @on(ColumnChosen)
    def show_chosen_column(self, message: ColumnChosen) -> None:
        """Go to the column whose tab was clicked."""
        self.go_to(message.state)

    def on_descendant_focus(self) -> None:
        """Follow the focus, however it came to a column."""
        # Behind a full pane there are only hidden columns; the card it shows must not change.
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
                # Farther than there are cards; the column stops at its end.
                column.move(len(column.ids) if where == "last" else -len(column.ids))

    def action_open(self) -> None:
        """Open the pane of the selected card; where it is open, give it the keys."""
        if self.selected is None:
            return
        pane = self.query_one(DetailPane)
        if self.has_class("-detail-open") or self.has_class("-detail-full"):
            # Only once it is laid out: what is not displayed yet cannot be focused.
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
            self._text = ""
            picture.filter("")
            picture.quick("")
            self.show_all()
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
    def apply_filter(self, message: FilterChanged) -> None:
        """Show at each key what passes the filter, or what is wrong with it."""
        picture = self.host.picture
        self._text = message.text
        wrong = picture.filter(message.text)
        self.show_all()
        # The focus stays in the line: the person is still typing.
        self.seek(focus=False)
        shown = sum(len(column) for column in picture.columns.values())
        self.query_one(FilterBar).say(shown, sum(picture.counts.values()), wrong)

    @on(FilterClosed)
    def return_to_cards(self) -> None:
        """Give the keys back to the cards when the person is done typing."""
        self.set_focus(self.column(self.current))
        self.show_all()

    # -- the mouse

    @on(CardOpened)
    def open_clicked(self, message: CardOpened) -> None:
        """Open the card that was clicked twice."""
        self.select(message.card)
        self.action_open()

    @on(CardDragged)
    def follow_drag(self, message: CardDragged) -> None:
        """Show where a card that is held would fall; at the end, say onto what it fell.

        Within its own column a card cannot be dragged: the plan and the ledger order the cards.
        """
        target = self.column_at(message.at)
        if target is message.from_state:
            target = None
        for column in self.query(BoardColumn):
            column.target(on=column.state is target and not message.end)
        if message.end and target is not None:
            column = self.column(target)
            onto = None
            # It may have been dropped on the tab of a column that is not shown.
            if column.display and column.region.contains_point(message.at):
                onto = column.card_at(message.at.y - column.region.y)
            self.post_message(CardDropped(message.card, message.from_state, target, onto))

    def column_at(self, at: Offset) -> TaskState | None:
        """Return the column under a place on the screen, by the column or by its tab."""
        tabs = self.query_one(ColumnTabs)
        if tabs.display and tabs.region.contains_point(at):
            return tabs.state_at(at.x - tabs.region.x)
        for column in self.query(BoardColumn):
            if column.display and column.region.contains_point(at):
                return column.state
        return None
