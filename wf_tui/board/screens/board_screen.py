"""The board: what its keys and the mouse do to what is seen; the run is the application's."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on

from wf_tui.board.actions.registry import Context, bindings
from wf_tui.board.columns.task_view import TaskView
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.messages import ColumnChosen
from wf_tui.board.screens.board_drag import BoardDrag
from wf_tui.board.screens.with_pane import WithPane
from wf_tui.board.widgets.entry_view import EntryView
from wf_tui.board.widgets.filter_bar import FilterBar, FilterChanged, FilterClosed
from wf_tui.picture.entries import Entry, EntryKind

if TYPE_CHECKING:
    from textual.widget import Widget

__all__ = ["BoardScreen"]

_STEPS: Final = {"left": -1, "right": 1}
_QUICK: Final = {"blocked": "!", "mine": "@", "running": "#"}


class BoardScreen(BoardDrag, WithPane):
    """Moves, opens, folds, marks and filters."""

    context: ClassVar = Context.BOARD
    BINDINGS: ClassVar = bindings(Context.BOARD)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        """The filter as it was typed."""

    # -- moving

    def action_move(self, where: str) -> None:
        """Move: left, down, up, right, first, last, or by a page."""
        selection = self.selection
        if where in _STEPS:
            selection.sideways(_STEPS[where], self.open_columns, self)
            self.moved()
            return
        view = self.current_view
        entry = view.viewport.target(where)
        if entry is not None:
            selection.go(view.column, entry)
        self.moved(within=view.column)

    def action_next_need(self) -> None:
        """Go to the next that needs the person, whatever it is folded into or filtered out by."""
        task = self.selection.next_need()
        if task is None:
            self.host.show_toast("nothing needs you now", severity="information")
        elif not self.select(task):
            self.clear_filter()
            self.select(task)
            self.host.show_toast("the filter hid it, and is off", severity="information")

    def action_next_card(self) -> None:
        """Go to the card below."""
        self.selection.beside(1)
        self.moved()

    def action_previous_card(self) -> None:
        """Go to the card above."""
        self.selection.beside(-1)
        self.moved()

    @on(EntryView.Selected)
    def follow_selection(self, message: EntryView.Selected) -> None:
        """Select what was clicked; the keys come back from the pane."""
        if isinstance(message.view, TaskView):
            self.selection.go(message.view.column, message.entry)
            self.set_focus(message.view, scroll_visible=False)
            self.moved()

    @on(EntryView.HeaderClicked)
    def fold_clicked(self, message: EntryView.HeaderClicked) -> None:
        """Fold the group whose header was clicked."""
        if isinstance(message.view, TaskView):
            self.selection.folds.close(message.view.column, message.entry.group)
            self.selection.go(message.view.column, _folded(message.entry))
            self.moved()

    @on(ColumnChosen)
    def show_chosen_column(self, message: ColumnChosen) -> None:
        """Go to the column whose tab or sign was clicked."""
        self.selection.enter(message.state.value, self)
        self.moved()

    # -- the pane

    def action_open(self) -> None:
        """Open the pane of the selected task; where it is open, give it the keys."""
        if self.selected is None:
            # A folded group or a card of several tasks: opening it shows what is in it.
            self.action_fold()
            return
        pane = self.query_one(DetailPane)
        was_open = self.pane_is_open
        self.open_pane(on=True)
        if was_open or not self._shown:
            # Only once it is laid out: what is not displayed yet cannot be focused.
            self.call_after_refresh(pane.focus)

    def action_tab(self, name: str) -> None:
        """Open the pane of the selected task on one of its tabs."""
        if self.selected is not None:
            pane = self.query_one(DetailPane)
            self.open_pane(on=True)
            pane.open_tab(name)
            if not self._shown:
                # Where nothing but the pane can be seen, the keys are for it.
                self.call_after_refresh(pane.focus)

    def open_attempt(self, tab: str, epoch: int | None) -> None:
        """Open the pane of the selected task, on a tab where one is named, and of an attempt."""
        if tab:
            self.action_tab(tab)
        else:
            self.action_open()
        picture, task = self.host.picture, self.selected
        if epoch is not None and task is not None:
            is_newest = picture.row(task).epoch == epoch
            self.query_one(DetailPane).show_attempt(None if is_newest else epoch)

    def action_other_side(self) -> None:
        """Give the keys to the pane, or back to the tasks."""
        pane = self.query_one(DetailPane)
        if pane.has_focus_within and self._shown:
            self.set_focus(self.current_view, scroll_visible=False)
        elif self.pane_is_open:
            pane.focus()
        else:
            self.action_open()

    def action_back(self) -> None:
        """Close the pane; else forget the filter; else the marks. A card that is held is let go."""
        picture = self.host.picture
        if self.cancel_drag():
            return
        if self.pane_is_open:
            self.set_focus(None)
            self.open_pane(on=False)
            self.query_one(DetailPane).show(None)
            self.moved()
        elif picture.filtered.active:
            self.clear_filter()
        else:
            picture.marks.clear()
            self.show_all()

    # -- the list, folds, costs and marks

    def action_list(self) -> None:
        """Change between columns and list; the choice is kept for this kind of width."""
        self._lists[self.is_narrow] = not self.selection.in_list
        self.show_list(on=not self.selection.in_list)
        self.moved()

    def action_fold(self) -> None:
        """Fold the group under the cursor, or open what the cursor is on."""
        if self.selection.toggle_fold():
            self.moved()
        else:
            self.host.show_toast("there is nothing to fold here", severity="information")

    def action_fold_all(self) -> None:
        """Fold all groups, or open all."""
        self.selection.toggle_all_folds()
        self.moved()

    def action_cost(self) -> None:
        """Show tokens and dollars on all cards, or not."""
        self.costs = not self.costs
        self.show_all()

    def action_mark(self) -> None:
        """Mark the selected task, or no longer, and go on to the next one."""
        if self.marks.toggle():
            self.action_move("down")
            self.show_all()
        else:
            self._say_what_opens()

    def action_mark_range(self) -> None:
        """Mark from the last mark to here."""
        if self.marks.extend():
            self.show_all()
        else:
            self._say_what_opens()

    def action_mark_all(self) -> None:
        """Mark all of the column, or of the group of the list; or again none."""
        self.marks.toggle_all()
        self.show_all()

    def _say_what_opens(self) -> None:
        self.host.show_toast(self.stop_sentence or "no task is selected")

    # -- the filter

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open(self._text)

    def action_quick(self, word: str) -> None:
        """Show only what is blocked, mine or running; or all again."""
        self.host.picture.quick(_QUICK[word])
        self._filtered()

    def clear_filter(self) -> None:
        """Show all again."""
        self._text = ""
        self.host.picture.filter("")
        self.host.picture.quick("")
        self._filtered()

    def _filtered(self) -> None:
        """Show what another filter lets through; marks of before are no longer to be seen."""
        self.host.picture.marks.clear()
        self.show_all()

    @on(FilterChanged)
    def apply_filter(self, message: FilterChanged) -> None:
        """Show at each key what passes the filter, or what is wrong with it."""
        picture = self.host.picture
        if message.text != self._text:
            self._text = message.text
        wrong = picture.filter(message.text)
        self._filtered()
        self.query_one(FilterBar).say(picture.shown, sum(picture.counts.values()), wrong)

    @on(FilterClosed)
    def return_to_cards(self) -> None:
        """Give the keys back to the cards when the person is done typing; all is judged again."""
        self.host.picture.judge_again()
        target: Widget = self.current_view if self._shown else self.query_one(DetailPane)
        self.set_focus(target, scroll_visible=False)
        self.show_all()

    # -- the mouse

    @on(EntryView.Opened)
    def open_clicked(self, message: EntryView.Opened) -> None:
        """Open the task that was clicked twice."""
        if isinstance(message.view, TaskView):
            self.selection.go(message.view.column, message.entry)
            self.moved()
            self.action_open()

    @on(EntryView.MenuAsked)
    async def show_menu(self, message: EntryView.MenuAsked) -> None:
        """Show what can be done with the task that was clicked with the right button."""
        if isinstance(message.view, TaskView):
            self.selection.go(message.view.column, message.entry)
            self.moved()
            self.host.perform("view.menu")


def _folded(header: Entry) -> Entry:
    return Entry(EntryKind.HEADER, header.at, folded=True)
