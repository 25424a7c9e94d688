"""The detail pane: everything of one task, in tabs, beside the board or in its place."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from textual import on, work
from textual.message import Message

from wf_tui.board.detail.attempts_below import HIGH, WIDE, AttemptsBelow
from wf_tui.board.detail.document import Source, Tab
from wf_tui.board.detail.feed import Answered, DetailFeed, Failed, Ticket
from wf_tui.board.detail.head_facts import HeadFacts
from wf_tui.board.detail.pane_head import LOW, PaneHead, ways_out
from wf_tui.board.detail.pane_keys import pane_bindings
from wf_tui.board.detail.tab_text import TabText
from wf_tui.board.detail.tabs import TO_THE_END, TabRow, first_tab
from wf_tui.board.diff.comment_box import CommentBox
from wf_tui.board.diff.commenting import Commenting
from wf_tui.board.diff.diff_view import DiffView
from wf_tui.board.text_view.find_bar import FindBar
from wf_tui.board.text_view.finding import Finding
from wf_tui.board.text_view.lines_view import LinesView
from wf_tui.board.text_view.text_line import safe
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.board.widgets.line import Role

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Resize

    from wf_tui.board.detail.log.reader import Cursor
    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.clock import Clock
    from wf_tui.picture.batch import Changes
    from wf_tui.picture.card import Card
    from wf_tui.project import Project

__all__ = ["DetailPane"]

_EVERY: Final = 0.25
"""Seconds between two looks at a log that grows."""
_LIVE_EVERY: Final = 1.0
"""Seconds between two looks at anything else of an open attempt."""
_OF_ATTEMPT: Final = frozenset({Tab.LOG, Tab.DIFF, Tab.ATTEMPTS})


class DetailPane(Commenting, Finding):
    """Shows a task's log as it grows, its diff, prompt, attempts and events, below its head.

    A screen says with `show` of which task, and passes on with `refresh_from` what has changed. The
    pane asks its feed, at most one thing at a time and only while it can be seen, and draws what
    comes back as a message. One that is `shut` has no parts until `open`: they are as many as all
    others of a board, and most boards are looked at without it.
    """

    BINDING_GROUP_TITLE = "Detail"
    BINDINGS: ClassVar = pane_bindings()
    """Those of `pane_keys`; each works only where it means something in the open tab."""
    DEFAULT_CSS = """
    DetailPane { layout: vertical; padding: 0 1; }
    DetailPane.-roomy PaneHead { height: 7; }
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
        shut: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._is_shut = shut
        self.tab = Tab.LOG
        self.task_id: str | None = None
        self._project = project
        self.run_id = run_id
        self._clock = clock
        self._feed = DetailFeed()
        self._head = PaneHead(ASCII if ascii else UNICODE)
        self._tabs = TabRow(ascii=ascii)
        self._view = DiffView(ascii=ascii)
        self._below = AttemptsBelow(ascii=ascii)
        self._box = CommentBox()
        self._until: float | None = None
        """The moment that is looked back at; None is now."""
        self._generation = 0
        """Grows with each task, tab or attempt, so that a late answer is known as one."""
        self._asked: Ticket | None = None
        """What is being read; one read at a time, so that a slow disk has no backlog."""
        self._due = False
        """Whether what is shown may no longer be true."""
        self._is_new = True
        """Whether the next answer is shown from its start or end, not from where one is."""
        self._text = TabText(self._view)
        self._facts = HeadFacts()

    def compose(self) -> ComposeResult:
        """Put head and tabs above the lines, and below them what one types in."""
        if not self._is_shut:
            yield from (self._head, self._tabs, self._view, self._below, FindBar(), self._box)

    def open(self) -> None:
        """Be there from now on; a screen calls it before it shows the pane."""
        was_shut, self._is_shut = self._is_shut, False
        # Before it is mounted, `compose` and `on_mount` are still to come.
        if was_shut and self.is_mounted:
            self.mount(*self.compose())
            self.on_mount()

    def on_mount(self) -> None:
        """Begin to look, if it is to be seen."""
        if self._is_shut:
            return
        self.set_interval(_EVERY, self._read_if_due)
        self.set_interval(_LIVE_EVERY, self.read_again_if_live)
        self._start_over()
        self.show_head()

    def on_show(self) -> None:
        """Look at once when one can see it again."""
        self._read_if_due()

    def on_resize(self, event: Resize) -> None:
        """Leave out the blank lines of the head where it is low."""
        self.set_class(event.size.height >= LOW, "-roomy")
        self._place_attempts()
        self.call_after_refresh(self._text.lay_out_table)

    def on_unmount(self) -> None:
        """Let the threads go; a read that is under way ends unheard."""
        self._feed.close()

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: FBT001, FBT002 - Textual's own
        """Give the focus to the lines."""
        self._view.focus(scroll_visible)
        return self

    @property
    def has_keys(self) -> bool:
        """Whether the keys are for the pane."""
        return self.has_focus or self.has_focus_within

    # -- what a screen says to it

    def show(self, task_id: str | None) -> None:
        """Show a task, or say that none is selected.

        Screens call it at each move of the cursor; the same task again costs nothing.
        """
        if task_id != self.task_id:
            self.task_id = task_id
            self._text.forget_task()
            self._below.forget()
            self._facts = HeadFacts()
            self._set_tab(first_tab(self._card()))
            self._start_over()

    def open_tab(self, name: str) -> None:
        """Open a tab by its name: one of `Tab`."""
        if self.tab is not Tab(name):
            self._text.between = None
            self._set_tab(Tab(name))
            self._start_over()

    def show_attempt(self, epoch: int | None) -> None:
        """Show one attempt of the task; None is the newest, and whatever comes after it."""
        self._text.choice.epoch = epoch
        self._start_over()

    def refresh_from(self, changes: Changes) -> None:
        """Look again, soon, when the task has changed; the timer does it, however much changes."""
        if self.task_id in changes.cards:
            self._due = True
            self.show_head()

    def show_head(self) -> None:
        """Draw the head anew, as when a second has passed."""
        card = self._card()
        task = "" if self.task_id is None else safe(self.task_id)
        self._head.show(task, card, self._ways(card), self._clock.now())
        self._say()

    def read_remarks_again(self) -> None:
        """Read the diff with its comments again."""
        self.read_now()

    def look_back(self, until: float) -> None:
        """Show what there was at a moment, in UTC seconds: logs are cut there."""
        if until != self._until:
            self._until = until
            self._start_over()

    def read_now(self) -> None:
        """Read again, now, as far as nothing is being read already."""
        self._due = True
        self._read_if_due()

    def _set_tab(self, tab: Tab) -> None:
        if tab is not self.tab:
            self.tab = tab
            self._place_attempts()
            self.post_message(self.TabOpened(tab.value))

    def _place_attempts(self) -> None:
        """Have the attempts below the log, where there is so much room."""
        is_large = self.is_mounted and self.app.size.width >= WIDE and self.size.height >= HIGH
        was_shown = self._below.is_shown
        self._below.set_class(is_large and self.tab is Tab.LOG, "-shown")
        self._due = self._due or self._below.is_shown > was_shown

    @property
    def searched(self) -> LinesView:
        """The lines of the open tab."""
        return self._view

    def show_found(self) -> None:
        """Say beside the tabs which hit one is at."""
        self._say()

    @property
    def commented(self) -> str | None:
        """The task whose work is commented on."""
        return self.task_id

    def _card(self) -> Card | None:
        if self.task_id is None or not self.is_attached:
            return None
        return self._host.picture.cards.get(self.task_id)

    def _ways(self, card: Card | None) -> list[FooterKey]:
        """Return the keys that end what the task is in, each with its word for it."""
        keys: list[FooterKey] = []
        for name, word in ways_out(card) if card is not None and self._until is None else ():
            with suppress(KeyError):
                (key,) = self._host.keys_for(name)
                keys.append(key._replace(title=word or key.title.lower()))
        return keys

    # -- keys and clicks

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave a key to the screen where it means nothing in the open tab.

        Textual asks it for each binding of the pane; False passes the key on.
        """
        is_diff = self._view.file_view is not None
        match action:
            case "attempt":
                step = parameters[0]
                beside = isinstance(step, int) and self._text.choice.beside(step) is not None
                return True if self.tab in _OF_ATTEMPT and beside else None
            case "hunk":
                return is_diff or bool(self._view.found.words)
            case "file" | "wrap":
                return is_diff
            case "comment" | "mark_range":
                return is_diff and self._text.between is None
            case "edit_comment" | "drop_comment":
                return self.tab is Tab.DIFF  # without a comment under the cursor they say so
            case "difference" | "mark_attempt":
                return self.tab is Tab.ATTEMPTS
            case "follow":
                return self.tab is Tab.LOG
            case "forget_words":
                return bool(self._view.found.words) or self._view.marked_from is not None
            case "open_line":
                return bool(self._view.marked)
            case _:
                return True

    def action_tab_beside(self, step: int) -> None:
        """Open the tab beside the open one."""
        tabs = list(Tab)
        self.open_tab(tabs[(tabs.index(self.tab) + step) % len(tabs)])

    def action_move(self, count: int) -> None:
        """Move by lines."""
        self._view.move(count)

    def action_move_page(self, count: int) -> None:
        """Move by pages."""
        self._view.move_pages(count)

    def action_move_to_end(self, last: bool) -> None:  # noqa: FBT001 - as a binding calls it
        """Go to the start or the end; the end of a log is followed again."""
        if last and self.tab is Tab.LOG:
            self._view.follow()
        else:
            self._view.move_to_end(last=last)

    def action_follow(self) -> None:
        """Go to the end of the log, and stay there as it grows."""
        self._view.follow()

    def action_attempt(self, step: int) -> None:
        """Show the attempt before or after; the newest one is followed by its successors."""
        is_to_be_read = self._text.choose_attempt(step)
        if is_to_be_read:
            self._start_over()
        self._say()

    def action_mark_attempt(self) -> None:
        """Mark the attempt under the cursor for a difference."""
        self._text.mark_attempt()

    def action_difference(self) -> None:
        """Show how the two marked attempts differ, or the one under the cursor and the one before.

        It opens in the Diff tab; another attempt or another tab ends it.
        """
        if self._text.compare():
            self._set_tab(Tab.DIFF)
            self._start_over()
        else:
            self._host.show_toast("there is one attempt only, so no difference")

    def action_hunk(self, step: int) -> None:
        """Go to the next hunk, or while words are looked for to the next line that has them."""
        if self._view.found.words:
            self._view.go_to_found(step)
        else:
            self._view.go_to_mark(step, "hunk:")
        self._say()

    def action_file(self, step: int) -> None:
        """Open the file after the open one, or the one before."""
        if not self._text.open_file_beside(step):
            self.read_now()

    def action_open_line(self) -> None:
        """Open what is under the cursor: the output of a tool call, a file of the list."""
        self._open_mark(self._view.marked)

    def action_wrap(self) -> None:
        """Break lines that are too long, or cut them at the edge."""
        self._view.toggle_wrap()

    def action_forget_words(self) -> None:
        """Let marked lines go, else look for nothing any more."""
        if self._view.marked_from is not None:
            self._view.mark_from_here(on=False)
        else:
            self._view.look_for("")
        self._say()

    @on(LinesView.Opened)
    def open_clicked_line(self, event: LinesView.Opened) -> None:
        """Open the line that was clicked twice."""
        event.stop()
        self._open_mark(event.mark)

    def _open_mark(self, mark: str) -> None:
        if not self._text.open(mark):
            self.read_now()

    @on(TabRow.Chosen)
    def open_chosen_tab(self, event: TabRow.Chosen) -> None:
        """Open the tab that was clicked."""
        event.stop()
        self.open_tab(event.tab)

    @on(LinesView.Scrolled)
    def note_scrolled(self, event: LinesView.Scrolled) -> None:
        """Say beside the tabs whether the end is followed."""
        event.stop()
        self._say()

    def on_descendant_focus(self) -> None:
        """Show that the keys are for the pane."""
        self._say()

    def on_descendant_blur(self) -> None:
        """Show that they are not."""
        self._say()

    # -- asking

    def _start_over(self) -> None:
        """Forget what is shown and ask for what is wanted now."""
        if self._is_shut:
            return
        self._box.put_away()
        self._generation += 1
        self._asked, self._is_new, self._due = None, True, True
        self._text.forget()
        self._tabs.mark(self.tab)
        self._text.say("" if self.task_id is None else "reading …")
        if self.is_mounted:
            self.show_head()
            self._read_if_due()

    def _read_if_due(self) -> None:
        """Ask, when there is something to ask for, nothing is asked already, and one can see it."""
        wanted = self._due or (self.tab is Tab.LOG and self._text.log.running)
        if self.task_id is None or not wanted or self._asked is not None or not self._is_visible:
            return
        # Before the read and not after it, so that a change during the read is read as well.
        with_head, self._due = self._due, False
        ticket = Ticket(self.task_id, self.tab, self._generation, self._text.choice.epoch)
        source = Source(
            self._project,
            self.run_id,
            ticket.task,
            ticket.epoch,
            self._clock,
            self._text.diff.path,
            self._text.between,
            self._until,
        )
        self._asked = ticket
        self.read_in_thread(ticket, source, self._text.log.cursor, with_head=with_head)

    @work(group="detail", exclusive=True)
    async def read_in_thread(
        self, ticket: Ticket, source: Source, cursor: Cursor | None, *, with_head: bool
    ) -> None:
        """Have the feed read what a ticket says, and forget what it was reading for another one."""
        below = with_head and self._below.is_shown
        read = self._feed.read
        await read(self, ticket, source, cursor, with_head=with_head, with_attempts=below)

    def read_again_if_live(self) -> None:
        """Have what is shown of an open attempt read again; a timer calls it.

        Some of it changes without a change of the task, such as who waits for its paths.
        """
        self._due = self._due or self._text.live
        if self.task_id is not None and self._is_visible:
            self.show_head()

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
        if event.facts is not None:
            self._facts = event.facts
            self._head.know(event.facts)
        if event.attempts is not None:
            self._below.take(event.attempts)
        card = self._card()
        self._text.take(
            event.answer,
            self.task_id or "",
            keep=not self._is_new,
            to_the_end=card is not None and card.kind in TO_THE_END,
        )
        self._is_new = False
        self._say()
        self.refresh_bindings()

    @on(Failed)
    def show_failure(self, event: Failed) -> None:
        """Show why it could not be read; the log is then read from its end again."""
        event.stop()
        if event.ticket == self._asked:
            self._asked = None
            self._is_new = True
            self._text.forget()
            self._text.say(event.reason, Role.WARNING)

    def _say(self) -> None:
        """Show counts at the tabs, and beside them what else there is to know."""
        facts, choice = self._facts, self._text.choice
        counts = {
            Tab.DIFF: "" if facts.files is None else str(facts.files),
            Tab.ATTEMPTS: str(facts.attempts) if facts.attempts else "",
        }
        notes = [self._text.note] if self._text.note else []
        if self.tab in _OF_ATTEMPT and choice.shown is not None and len(choice.epochs) > 1:
            notes.insert(0, f"[ ] attempt {choice.shown} of {choice.epochs[-1]}")
        if self._view.found.words:
            notes = [self._view.found.sentence(self._view.cursor or self._view.in_view.start)]
        elif self._view.file_view is not None and self._text.between is None:
            notes.append("c comment")
        elif self.tab is Tab.LOG and self._text.log.running:
            notes.insert(0, "following" if self._view.following else "F follows")
        self._tabs.say(counts, notes, has_keys=self.has_keys)
