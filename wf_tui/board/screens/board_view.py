"""What the board looks like: the columns or the list, the pane, and what is selected in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import events
from textual.containers import Horizontal

from wf_tui.board.columns.board_column import BoardColumn, Head
from wf_tui.board.columns.column_tabs import ColumnTabs
from wf_tui.board.columns.entry_lines import Scene
from wf_tui.board.columns.layout import BROAD, BoardLayout, Kind, board_layout
from wf_tui.board.columns.rails import Rails
from wf_tui.board.columns.task_list import TaskList
from wf_tui.board.columns.widths import SIDE_BY_SIDE
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.screens.run_screen import EVERYTHING, RunScreen
from wf_tui.board.selection.marks import Marks
from wf_tui.board.selection.selection import Selection
from wf_tui.board.widgets.card_lines import CardSize
from wf_tui.board.widgets.change_highlight import ChangeHighlight
from wf_tui.board.widgets.filter_bar import FilterBar
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.orders import LIST

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from textual.widget import Widget

    from wf_tui.board.columns.task_view import TaskView
    from wf_tui.picture.batch import Changes
    from wf_tui.picture.entries import Entry
    from wf_tui.picture.orders import Order

__all__ = ["BoardView"]

_OPENS: Final = "z opens it"
_MANY: Final = 50
"""Changed cards from which on drawing all columns costs less than asking each where it is."""


class BoardView(RunScreen):
    """Shows the picture; `BoardScreen` adds what keys and mouse do.

    Cards never change the layout. Only which columns are empty does, in a wide terminal by itself
    and in a narrow one at the next key, and whether list or pane are open.
    """

    tabs = False
    go = "go.board"
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.selection = Selection(self.host.picture)
        self.marks = Marks(self.selection)
        self.costs = False
        """Whether tokens and dollars are on all cards."""
        self._fresh = ChangeHighlight()
        self._begun = False
        self._rails = Rails()
        self._layout = BoardLayout(Kind.NOTHING)
        self._views: dict[str, TaskView] = {}
        self._lists: dict[bool, bool] = {}
        """Whether a person chose the list, in narrow terminals and in wide ones."""
        self._pane: bool | None = None
        """Whether a person has opened the pane, or closed it."""

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the columns, the list and the pane; all stay for as long as the board does."""
        host = self.host
        columns = [BoardColumn(state, host.glyphs) for state in TaskState]
        tasks = TaskList(host.glyphs)
        self._views = {view.column: view for view in (*columns, tasks)}
        yield ColumnTabs(host.glyphs)
        with Horizontal(id="parts"):
            yield from (*columns, tasks)
            yield DetailPane(
                host.project,
                host.run_id,
                host.clock,
                ascii=host.ascii,
                shut=not self.pane_is_open,
                id="detail",
            )

    def compose_prompt(self) -> Iterable[Widget]:
        """Lay out the line in which a filter is typed."""
        yield FilterBar("Enter" if self.host.ascii else "⏎", id="filter")

    def on_mount(self) -> None:
        """Show what was read before there was anything to show it on."""
        if self.host.picture.run is not None:
            self.refresh_from(EVERYTHING)

    def lay_out(self) -> None:
        """Choose list or columns by the width, and arrange them anew."""
        wish = self.host.config.board.list
        narrow = self.is_narrow
        in_list = self._lists.get(narrow, narrow if wish == "auto" else wish == "always")
        self.show_list(on=in_list)
        if self._begun:
            self.show_all()
        else:
            self._arrange()

    @property
    def in_list(self) -> bool:
        """Whether all tasks stand in one list."""
        return self.selection.in_list

    def show_list(self, *, on: bool) -> None:
        """Change between the list and the columns; what that selects was not chosen by a key."""
        before = self.selection.task
        self.selection.show_list(on=on)
        if self.selection.task not in {None, before}:
            self.host.guard_changed([str(self.selection.task)])

    # -- the layout

    @property
    def is_narrow(self) -> bool:
        """Whether not all four columns have room beside each other."""
        return self.size.width < SIDE_BY_SIDE

    @property
    def pane_is_open(self) -> bool:
        """Whether the pane is shown: as a person left it, else from the start where it is broad."""
        if self._pane is not None:
            return self._pane
        wish = self.host.config.board.pane
        return self.app.size.width >= BROAD if wish == "auto" else wish == "always"

    def open_pane(self, *, on: bool) -> None:
        """Open the pane, or close it."""
        self._pane = on
        self.show_all()

    def _arrange(self) -> bool:
        """Lay out what is shown; return False, and do nothing, where that is as it is."""
        layout = board_layout(
            self.size.width,
            current=self.current.value,
            rails=self._rails.closed,
            in_list=self.selection.in_list,
            pane=self.pane_is_open,
        )
        if layout == self._layout or not self._views:
            return False
        self._layout = layout
        heads = {Kind.BESIDE: Head.GLYPHS, Kind.TABS: Head.NONE}
        tabs = self.query_one(ColumnTabs)
        tabs.display = layout.kind is Kind.TABS
        for name, view in self._views.items():
            width = layout.width if name == LIST else layout.widths.get(name, 0)
            view.display = width > 0
            view.styles.width = width
            last = name in {LIST, TaskState.BLOCKED.value}
            view.ruled = layout.ruled or not (last or layout.kind is Kind.TABS)
            if isinstance(view, BoardColumn):
                head = heads.get(layout.kind, Head.TITLE)
                view.take_form(is_rail=name in layout.rails, head=head)
        pane = self.query_one(DetailPane)
        if layout.pane:
            pane.open()
        pane.display = layout.pane
        self.set_class(layout.pane, "-detail-open")
        self._focus_current()
        return True

    @property
    def _shown(self) -> list[TaskView]:
        """The views that are on the screen."""
        layout = self._layout
        return [
            view
            for name, view in self._views.items()
            if (layout.width if name == LIST else layout.widths.get(name, 0))
        ]

    @property
    def open_columns(self) -> Collection[str]:
        """The columns that one can go to."""
        columns = self.host.picture.columns
        if self._layout.kind is Kind.COLUMNS:
            return [one for one in columns if one not in self._layout.rails]
        return [one for one, cards in columns.items() if cards]

    # -- showing the picture

    def show_changes(self, changes: Changes) -> None:
        """Show what has changed."""
        now = self.host.now()
        # At the first reading everything is new, and nothing has changed.
        if self.host.motion and self._begun:
            self._fresh.add(changes.moved, now)
        self._begun = True
        self._follow()
        self._show(now, self._touched(changes))
        self.query_one(DetailPane).refresh_from(changes)

    def show_time(self, now: float) -> None:
        """Let a second pass: ages grow, and what changed a second ago is no longer marked."""
        self._fresh.expire(now)
        if not self._begun:
            return
        before = self.selection.at
        self._follow()
        if self._arrange() or self.selection.at != before:
            self._show(now)
        else:
            scene = self._scene(now)
            for view in self._shown:
                view.pass_time(scene)

    def show_all(self) -> None:
        """Show the whole picture, as after a change of filter or marks, which no batch tells of."""
        self._follow()
        self._show(self.host.now())
        self.show_frame()

    def _follow(self) -> None:
        """Find the selected task again, and the columns that have cards."""
        selection, picture = self.selection, self.host.picture
        selection.picture = picture
        before = selection.task
        selection.follow()
        if selection.task != before and selection.task is not None:
            self.host.guard_changed([selection.task])
        counts = {name: len(cards) for name, cards in picture.columns.items()}
        current = "" if selection.in_list else selection.column
        self._rails.update(counts, current, self.host.clock.now(), narrow=self.is_narrow)

    def _touched(self, changes: Changes) -> Collection[str] | None:
        """Return the columns that have to be drawn again, or None for all of them."""
        if len(changes.cards) > _MANY:
            return None
        touched = {*changes.columns, self.selection.column, LIST}
        for card in changes.cards:
            spot = self.host.picture.spot(card)
            if spot is not None:
                touched.add(spot.column)
        # Why a card waits can change with any other task, and only pending cards say it.
        if changes.reasons:
            touched.add(TaskState.PENDING.value)
        return touched

    def _show(self, now: float, columns: Collection[str] | None = None) -> None:
        """Draw these columns, or all, as far as they are on the screen; all in another layout."""
        if self._arrange():
            columns = None
        picture, selection, scene = self.host.picture, self.selection, self._scene(now)
        for view in self._shown:
            view.set_class(view.column == selection.column, "-current")
            if columns is None or view.column in columns or view.scene is None:
                cursor = selection.cursor_in(view.column)
                view.show(scene, selection.entries(view.column), cursor)
        if self._layout.kind is Kind.TABS:
            titles = {state: picture.column_title(state.value) for state in TaskState}
            self.query_one(ColumnTabs).show(titles, self.current)
        self._focus_current()
        pane = self.query_one(DetailPane)
        if self._layout.pane and pane.task_id != selection.task:
            pane.show(selection.task)

    def _scene(self, now: float) -> Scene:
        """Return what all views draw from at a time."""
        picture = self.host.picture
        return Scene(
            picture,
            now,
            self.keys_of,
            fresh=self._fresh.cards,
            size=CardSize.COMPACT if self.has_class("-compact") else CardSize.COMFORTABLE,
            costs=self.costs,
            figures=picture.has_figures,
            jobs=picture.run.jobs if picture.run else 1,
        )

    # -- where we are

    @property
    def current(self) -> TaskState:
        """The column that the keys are for; in the list, the one of the selected task."""
        column = self.selection.column
        if column != LIST:
            return TaskState(column)
        task = self.selection.task
        return TaskState.PENDING if task is None else self.host.picture.row(task).state

    @property
    def current_view(self) -> TaskView:
        """The view that the keys are for."""
        return self._views[self.selection.column]

    def keys_of(self, action: str) -> str:
        """Return the keys of an action, as they stand on the selected card."""
        return self.host.keys_of(action)

    def selected_task(self) -> str | None:
        """Return the task that the keys are for."""
        return self.selection.task

    @property
    def stop_sentence(self) -> str:
        """What helps where the cursor is on a folded group or a card of several tasks; else ""."""
        return _OPENS if self.selection.stop is not None else ""

    @property
    def similar_tasks(self) -> tuple[str, ...]:
        """The tasks of the similar card that the cursor is on; none elsewhere."""
        stop = self.selection.stop
        return () if stop is None else tuple(self.host.picture.similar(stop.name))

    @property
    def marks_out_of_view(self) -> int:
        """How many marked tasks are in no frame: folded, filtered, or of a similar card."""
        return self.marks.out_of_view()

    def column(self, state: TaskState) -> BoardColumn:
        """Return a column."""
        view = self._views[state.value]
        assert isinstance(view, BoardColumn), "each state has a column"  # noqa: S101 - for the type
        return view

    def row_of(self, column: str, at: Order) -> int | None:
        """Return the row of an entry on the screen; None where it is not in view."""
        view = self._views[column]
        return view.viewport.row_of(at) if view in self._shown else None

    def stop_on(self, column: str, row: int) -> Entry | None:
        """Return the stop on a row of a column that is on the screen, or the nearest in view."""
        view = self._views[column]
        return view.viewport.stop_on(row) if view in self._shown else None

    def select(self, card: str) -> bool:
        """Go to a card, whatever it is folded into; return whether the filter lets it be seen."""
        found = self.selection.go_to(card)
        if found:
            self.moved()
        return found

    def moved(self, within: str | None = None) -> None:
        """Show what depends on which task is selected; only one column where it stayed `within`."""
        # A tab may be clicked before anything was read.
        if not self._begun:
            return
        self._show(self.host.now(), None if within is None else {within})
        self.show_frame()

    def _focus_current(self) -> None:
        """Give the keys to the view with the cursor, unless the pane or a line to type in has them.

        Nothing else moves the focus among the views: a click selects, and this follows.
        """
        view, focused = self.current_view, self.focused
        if (focused is None or focused in self._views.values()) and view.display:
            self.set_focus(view, scroll_visible=False)

    # -- keys and the mouse, before anything else has them

    def on_key(self) -> None:
        """Note that there is a person; the layout of a narrow terminal changes at keys only.

        A key comes here before what it is bound to is done, and not where somebody types a text.
        """
        now = self.host.clock.now()
        self.selection.begun = True
        self._rails.note_input(now)
        current = "" if self.selection.in_list else self.selection.column
        if self.is_narrow and self._rails.at_key(current, now):
            self.show_all()

    def _forward_event(self, event: events.Event) -> None:
        """Note that the mouse is used, whatever it is over."""
        if isinstance(event, events.MouseEvent):
            self._rails.note_input(self.host.clock.now())
        super()._forward_event(event)
