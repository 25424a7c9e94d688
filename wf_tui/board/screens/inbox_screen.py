"""The inbox: what needs a person, asked in full, and answered in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical

from wf_tui.board.actions.registry import Context, bindings
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.inbox.answer_box import AnswerBox
from wf_tui.board.inbox.inbox_list import InboxList, task_named
from wf_tui.board.inbox.item import Decided, read_decided
from wf_tui.board.screens.with_pane import WithPane
from wf_tui.board.widgets.entry_view import EntryView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.batch import Changes

__all__ = ["InboxScreen"]


class InboxScreen(WithPane):
    """What waits for a person on the left; on the right the selected one, its answers, its pane.

    The selection is a task: it changes by a key or the mouse, and by an answer, which goes on to
    the next one. No filter of the board keeps anything out.
    """

    context: ClassVar = Context.INBOX
    BINDINGS: ClassVar = bindings(Context.INBOX)
    go = "go.inbox"
    DEFAULT_CSS = """
    InboxScreen {
        #inbox-body { height: 1fr; }
        #inbox-list { width: 2fr; height: 1fr; }
        #inbox-side { width: 3fr; height: 1fr; padding: 0 1; }
        #inbox-box { height: 3fr; }
        #inbox-detail { width: 1fr; height: 2fr; padding: 0; }
        #inbox-detail PaneHead { display: none; }
        &.-short, &.-narrow {
            #inbox-body { layout: vertical; }
            #inbox-list { width: 1fr; height: 1fr; }
            #inbox-side { width: 1fr; height: 2fr; }
            WordsBox { height: 5; }
        }
        &.-short, &.-narrow, &.-compact {
            #inbox-detail { display: none; height: 1fr; }
            &.-pane { #inbox-box { display: none; } #inbox-detail { display: block; } }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._entry: str | None = None
        """The name of the entry that the cursor is on."""
        self._acts_read = -1
        """The number of the last act of the person that the list has."""
        self._decided: list[Decided] = []
        self._was_left = False

    # -- parts

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the list, the box and the pane."""
        host = self.host
        with Horizontal(id="inbox-body"):
            yield InboxList(host.glyphs, id="inbox-list")
            with Vertical(id="inbox-side"):
                yield AnswerBox(id="inbox-box")
                yield DetailPane(
                    host.project, host.run_id, host.clock, ascii=host.ascii, id="inbox-detail"
                )

    @property
    def view(self) -> InboxList:
        """The list."""
        return self.query_one(InboxList)

    @property
    def box(self) -> AnswerBox:
        """The answer box."""
        return self.query_one(AnswerBox)

    @property
    def pane(self) -> DetailPane:
        """The pane."""
        return self.query_one(DetailPane)

    def on_mount(self) -> None:
        """Show the first that needs the person."""
        self.view.focus()
        self.choose(next(iter(self.host.picture.needs), None))
        self.read_decided()

    def on_screen_suspend(self) -> None:
        """Note whether it was left; below a dialog it stays as it is."""
        self._was_left = self not in self.app.screen_stack

    def on_screen_resume(self) -> None:
        """Show what was decided while another screen was on top.

        Entered again it has no ghost: what its cursor stood on has left, and the next one has come.
        """
        self.read_decided()
        was_left, self._was_left = self._was_left, False
        if was_left and self.host.picture.run is not None:
            self.draw_list()
            if self.view.ghost:
                task = self.view.next_need(self._entry)
                self.choose(task)
                if task is not None:
                    self.host.guard_changed([task])

    def read_decided(self) -> None:
        """Read what this person has decided, in a thread, where they acted since."""
        last = self.host.acts_done.last
        number = 0 if last is None else last.number
        if self.is_mounted and number != self._acts_read:
            self._acts_read = number
            self.run_worker(self._read_decided(), group="actions", exit_on_error=False)

    async def _read_decided(self) -> None:
        run = self.host.run_id

        def read(db: Database) -> list[Decided]:
            return read_decided(db, run)

        found = await self.host.read(read)
        if found != self._decided and self.is_attached:
            self._decided = found
            self.draw_list()

    # -- what is shown

    def selected_task(self) -> str | None:
        """Return the selected task."""
        task = None if self._entry is None else task_named(self._entry)
        return task if task in self.host.picture.cards else None

    @property
    def listed(self) -> tuple[str, ...]:
        """The tasks whose marks count here: no key may act on a card that is not in view."""
        return tuple(self.host.picture.needs)

    def choose(self, entry: str | None) -> None:
        """Select the task of an entry, and show it."""
        self._entry = entry
        task = self.selected_task()
        self.draw_list()
        self.box.show(task)
        if self.pane.task_id != task:
            self.pane.show(task)
        self.show_frame()

    def draw_list(self) -> None:
        """Bring the list up to date."""
        self.view.now = self.host.now()
        self.view.fill(self.host.picture, self._decided, self._entry)

    def show_changes(self, changes: Changes) -> None:
        """Show what changed; the selected task stays selected, whatever became of it."""
        self.pane.refresh_from(changes)
        self.box.refresh_from(changes)
        if changes.cards or changes.columns:
            if self._entry is None:
                # Where nothing needed the person, what comes is selected, and no key is for it yet.
                self.choose(next(iter(self.host.picture.needs), None))
            self.read_decided()
        self.draw_list()
        self.box.redraw()

    def show_time(self, now: float) -> None:
        """Let the ages grow."""
        self.view.now = now
        self.view.repaint()
        self.box.redraw()

    # -- the list

    @on(EntryView.Selected)
    def show_selected(self, message: EntryView.Selected) -> None:
        """Show the task that the cursor was moved to."""
        if message.view is self.view:
            self.choose(message.entry.name)

    @on(EntryView.Opened)
    def enter_by_click(self) -> None:
        """Give the box the keys."""
        self.enter_box()

    @on(EntryView.HeaderClicked)
    def fold_clicked(self, message: EntryView.HeaderClicked) -> None:
        """Fold the group, or open it."""
        self.view.toggle([self.view.group_of(message.entry)], self._entry)

    @on(EntryView.MenuAsked)
    def show_menu(self) -> None:
        """Show all that can be done with the task under the pointer."""
        self.host.action_menu()

    def action_move(self, where: str) -> None:
        """Move the cursor; sideways there is nothing."""
        if where not in {"left", "right"}:
            self.view.move(where)

    def action_next_card(self) -> None:
        """Go to the one below."""
        self.view.move("down")

    def action_previous_card(self) -> None:
        """Go to the one above."""
        self.view.move("up")

    def action_next_need(self) -> None:
        """Go to the next that needs the person."""
        task = self.view.next_need(self._entry)
        if task is None:
            self.host.show_toast("nothing else needs you now", severity="information")
        else:
            self.choose(task)

    def action_fold(self) -> None:
        """Fold what was put off and answered, or open it."""
        self.view.toggle_all(self._entry)

    def action_fold_all(self) -> None:
        """Fold or open the same: the group of what waits stays open."""
        self.view.toggle_all(self._entry)

    def action_mark(self) -> None:
        """Mark the selected task, or take the mark away, and go on to the next one."""
        if self.selected is not None:
            self.host.picture.toggle_mark(self.selected)
            self.view.move("down")
            self.draw_list()
            self.show_frame()

    def action_mark_range(self) -> None:
        """Mark all from the nearest mark above or below to the selected task."""
        marks, waits = self.host.picture.marks, list(self.listed)
        marked = [place for place, task in enumerate(waits) if task in marks]
        if self.selected in waits:
            here = waits.index(self.selected)
            start = min(marked, key=lambda place: abs(place - here), default=here)
            marks.update(waits[min(start, here) : max(start, here) + 1])
            self.draw_list()
            self.show_frame()

    def action_mark_all(self) -> None:
        """Mark all that wait, or none again."""
        marks, waits = self.host.picture.marks, set(self.listed)
        if waits <= marks:
            marks.difference_update(waits)
        else:
            marks.update(waits)
        self.draw_list()
        self.show_frame()

    # -- the box and the pane

    @property
    def in_box(self) -> bool:
        """Whether the keys are for the answer box."""
        return self.is_mounted and self.box.has_keys

    def enter_box(self) -> bool:
        """Give the answer box the keys."""
        self.remove_class("-pane")
        self.box.focus()
        return True

    def action_open(self) -> None:
        """Give the answer box the keys."""
        self.enter_box()

    def action_answer_box(self, what: str) -> None:
        """Do what a key of the box does."""
        if self.in_box:
            self.box.answer(what)
        else:
            self.host.show_toast("y enters the question first")

    @on(AnswerBox.Left)
    def leave_box(self) -> None:
        """Give the list the keys."""
        self.view.focus()

    @on(AnswerBox.Answered)
    def go_on(self, message: AnswerBox.Answered) -> None:
        """Show the next that needs the person; the box keeps the keys."""
        if message.more:
            return
        task = self.view.next_need(message.task)
        self.choose(task)
        if task is None:
            self.view.focus()
        else:
            self.host.guard_changed([task])

    def action_other_side(self) -> None:
        """Give the pane the keys, or the list again."""
        if self.in_pane:
            self._close_pane()
        else:
            self._open_pane()

    def action_tab(self, name: str) -> None:
        """Show another side of the selected task."""
        self.pane.open_tab(name)
        self.add_class("-pane")

    def action_filter(self) -> None:
        """Look for words in what the pane shows."""
        self._open_pane()
        self.call_after_refresh(self.pane.action_find)

    def action_back(self) -> None:
        """Give the keys back to the list, forget the marks, or go back to the board."""
        if self.in_pane or self.has_class("-pane"):
            self._close_pane()
        elif self.host.picture.marks:
            self.host.picture.marks.clear()
            self.draw_list()
            self.show_frame()
        else:
            super().action_back()

    def _open_pane(self) -> None:
        self.add_class("-pane")
        # Only once it is laid out: what is not displayed yet cannot be focused.
        self.call_after_refresh(self.pane.focus)

    def _close_pane(self) -> None:
        self.remove_class("-pane")
        self.view.focus()
