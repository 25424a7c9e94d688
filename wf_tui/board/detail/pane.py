"""The detail pane: everything of one task, in tabs, beside or below the board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from textual import on, work
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from wf_tui.board.detail.document import AttemptChoice, Document, Source, Tab, safe
from wf_tui.board.detail.feed import Answered, DetailFeed, Failed, Ticket
from wf_tui.board.detail.lines_view import LinesView
from wf_tui.board.detail.log import LogNews, LogSoFar
from wf_tui.board.detail.tabs import TabRow
from wf_tui.board.widgets.line import Role, Span

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from wf_tui.board.detail.log import Cursor
    from wf_tui.clock import Clock
    from wf_tui.picture.batch import Changes
    from wf_tui.project import Project

__all__ = ["DetailPane"]

_EVERY: Final = 0.25
"""Seconds between two looks at a log that grows."""
_LIVE_EVERY: Final = 1.0
"""Seconds between two looks at anything else of an open attempt."""
_OF_ATTEMPT: Final = frozenset({Tab.LOG, Tab.DIFF, Tab.PLAN})


class DetailPane(Widget):
    """Shows a task's log as it grows, its diff, plan, prompt, attempts, usage and events.

    A screen says with `show` of which task, and passes on with `refresh_from` what has changed. The
    pane asks its feed, at most one thing at a time and only while it can be seen, and draws what
    comes back as a message.
    """

    BINDING_GROUP_TITLE = "Detail"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "turn(1)", "Next tab", show=False, id="detail.next_tab"),
        Binding("shift+tab", "turn(-1)", "Previous tab", show=False, id="detail.previous_tab"),
        Binding("left_square_bracket", "attempt(-1)", "Older", show=False, id="detail.older"),
        Binding("right_square_bracket", "attempt(1)", "Newer", show=False, id="detail.newer"),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | tab | Open the next tab. |
    | shift+tab | Open the tab before. |
    | left_square_bracket | Show the attempt before. |
    | right_square_bracket | Show the attempt after. |
    """
    DEFAULT_CSS = """
    DetailPane {
        layout: vertical; border: round $primary;
        border-title-color: $text; border-subtitle-color: $text-muted;
        &:focus-within { border: round $accent; }
    }
    """

    @dataclass
    class TabOpened(Message):
        """Another tab is open."""

        tab: str

    def __init__(
        self,
        project: Project,
        run_id: str,
        clock: Clock,
        *,
        ascii: bool = False,  # noqa: A002 - the option's name
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.tab = Tab.LOG
        self.task_id: str | None = None
        self._project = project
        self._run_id = run_id
        self._clock = clock
        self._feed = DetailFeed()
        self._tabs = TabRow()
        self._view = LinesView(ascii=ascii)
        self._generation = 0
        """Grows with each task, tab or attempt, so that a late answer is known as one."""
        self._asked: Ticket | None = None
        """What is being read; one read at a time, so that a slow disk has no backlog."""
        self._due = False
        """Whether what is shown may no longer be true."""
        self._is_new = True
        """Whether the next answer is shown from its start or end, not from where one is."""
        self._choice = AttemptChoice()
        self._log = LogSoFar()
        self._note, self._live = "", False

    def compose(self) -> ComposeResult:
        """Put the tabs above the lines."""
        yield self._tabs
        yield self._view

    def on_mount(self) -> None:
        """Begin to look."""
        self.set_interval(_EVERY, self._read_if_due)
        self.set_interval(_LIVE_EVERY, self.read_again_if_live)
        self._start_over()

    def on_show(self) -> None:
        """Look at once when one can see it again."""
        self._read_if_due()

    def on_unmount(self) -> None:
        """Let the threads go; a read that is under way ends unheard."""
        self._feed.close()

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: FBT001, FBT002 - Textual's own
        """Give the focus to the lines."""
        self._view.focus(scroll_visible)
        return self

    # -- what a screen says to it

    def show(self, task_id: str | None) -> None:
        """Show a task, or say that none is selected.

        Screens call it at each move of the cursor; the same task again costs nothing.
        """
        if task_id != self.task_id:
            self.task_id = task_id
            self._choice = AttemptChoice()
            self._start_over()

    def open_tab(self, name: str) -> None:
        """Open a tab by its name: one of `Tab`."""
        if self.tab is not Tab(name):
            self.tab = Tab(name)
            self.post_message(self.TabOpened(self.tab.value))
            self._start_over()

    def refresh_from(self, changes: Changes) -> None:
        """Look again, soon, when the task has changed; the timer does it, however much changes."""
        self._due = self._due or self.task_id in changes.cards

    def read_now(self) -> None:
        """Read again, now, as far as nothing is being read already."""
        self._due = True
        self._read_if_due()

    # -- keys and clicks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey the keys of attempts where there is no other one.

        Textual asks it for each binding of the pane; None greys the key, False would hide it.
        """
        if action != "attempt" or not isinstance(parameters[0], int):
            return True
        if self.tab in _OF_ATTEMPT and self._choice.beside(parameters[0]):
            return True
        return None

    def action_turn(self, step: int) -> None:
        """Open the tab beside the open one."""
        tabs = list(Tab)
        self.open_tab(tabs[(tabs.index(self.tab) + step) % len(tabs)])

    def action_attempt(self, step: int) -> None:
        """Show the attempt before or after; the newest one is followed by its successors."""
        if self._choice.move(step):
            self._start_over()

    @on(TabRow.Chosen)
    def open_chosen_tab(self, event: TabRow.Chosen) -> None:
        """Open the tab that was clicked."""
        event.stop()
        self.open_tab(event.tab)

    @on(LinesView.Scrolled)
    def note_scrolled(self, event: LinesView.Scrolled) -> None:
        """Say in the frame whether the end is followed."""
        event.stop()
        self._retitle()

    # -- asking

    def _start_over(self) -> None:
        """Forget what is shown and ask for what is wanted now."""
        self._generation += 1
        self._asked, self._is_new, self._due = None, True, True
        self._log, self._note, self._live = LogSoFar(), "", False
        self._tabs.mark(self.tab)
        if self.task_id is None:
            self._show_message("select a card to see it here")
        else:
            self._show_message("reading …")
        self._retitle()
        if self.is_mounted:
            self._read_if_due()

    def _read_if_due(self) -> None:
        """Ask, when there is something to ask for, nothing is asked already, and one can see it."""
        wanted = self._due or (self.tab is Tab.LOG and self._log.running)
        if self.task_id is None or not wanted or self._asked is not None or not self._is_visible:
            return
        # Before the read and not after it, so that a change during the read is read as well.
        self._due = False
        ticket = Ticket(self.task_id, self.tab, self._generation, self._choice.epoch)
        source = Source(self._project, self._run_id, ticket.task, ticket.epoch, self._clock)
        self._asked = ticket
        self.read_in_thread(ticket, source, self._log.cursor)

    @work(group="detail", exclusive=True)
    async def read_in_thread(self, ticket: Ticket, source: Source, cursor: Cursor | None) -> None:
        """Have the feed read what a ticket says, and forget what it was reading for another one."""
        await self._feed.read(self, ticket, source, cursor)

    def read_again_if_live(self) -> None:
        """Have what is shown of an open attempt read again; a timer calls it.

        Some of it changes without a change of the task, such as who waits for its paths.
        """
        self._due = self._due or self._live

    @property
    def _is_visible(self) -> bool:
        return self.display and self.screen.is_current

    # -- being answered

    @on(Answered)
    def take_answer(self, event: Answered) -> None:
        """Show what was read, if it is still what is wanted."""
        event.stop()
        # The cursor may have moved on while this was read: another task, tab or attempt.
        if event.ticket != self._asked:
            return
        self._asked = None
        answer = event.answer
        # The log alone comes in pieces that are added; all else is a whole document.
        if isinstance(answer, LogNews):
            self._log = self._log.after(answer)
            self._note = answer.outcome
            if answer.fresh:
                self._view.start_following()
            self._view.add(answer.lines, answer.unfinished)
            # After the lines are added: only then is it known how many of them did not fit.
            self._view.head(self._log.head(self._view.left_out, self.task_id or ""))
        else:
            self._view.display_document(answer, keep=not self._is_new)
            self._note, self._live = answer.note, answer.live
        self._is_new = False
        self._choice.epochs, self._choice.shown = answer.epochs, answer.epoch
        self._retitle()
        self.refresh_bindings()

    @on(Failed)
    def show_failure(self, event: Failed) -> None:
        """Show why it could not be read; the log is then read from its end again."""
        event.stop()
        if event.ticket == self._asked:
            self._asked = None
            self._is_new = True
            self._log = LogSoFar()
            self._show_message(event.reason, Role.WARNING)

    def _show_message(self, words: str, role: Role = Role.QUIET) -> None:
        self._view.display_document(Document((Span(words, role),)))

    def _retitle(self) -> None:
        """Say above the lines whose they are, and below them what else there is to know."""
        title = safe(self.task_id) if self.task_id is not None else "Detail"
        notes = [self._note] if self._note else []
        if self.tab is Tab.LOG and self._log.running:
            notes.append("following" if self._view.following else "End follows")
        self.border_title = Content(title + self._choice.title())
        self.border_subtitle = Content(" · ".join(notes))
