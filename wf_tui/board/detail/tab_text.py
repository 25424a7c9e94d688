"""What the open tab of the pane shows: the answers of its feed, drawn into its view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.detail.attempts import Table
from wf_tui.board.detail.diff import DiffDocument
from wf_tui.board.detail.diff_text import FILE, DiffText
from wf_tui.board.detail.document import AttemptChoice
from wf_tui.board.detail.log.reader import LogNews, LogSoFar
from wf_tui.board.detail.log.text import LogText, place_that_matters
from wf_tui.board.text_view.text_line import plain
from wf_tui.board.widgets.line import Role

if TYPE_CHECKING:
    from wf_tui.board.detail.document import Document
    from wf_tui.board.diff.diff_view import DiffView

__all__ = ["TabText"]

_TWO = 2


class TabText:
    """Belongs to the event loop; the pane hands it what was read, and the keys for what is shown.

    What a person has chosen of a task is kept while it is shown: attempt, file, marks.
    """

    def __init__(self, view: DiffView) -> None:
        self.view = view
        self.choice = AttemptChoice()
        self.marked: frozenset[int] = frozenset()
        """The attempts whose difference is asked for."""
        self.between: tuple[int, int] | None = None
        """The attempts whose difference is shown."""
        self.diff = DiffText()
        self.log = LogSoFar()
        self.note, self.live = "", False
        self._log_text = LogText()
        self._document: Document | None = None

    def forget_task(self) -> None:
        """Forget what was chosen, as for another task."""
        self.choice = AttemptChoice()
        self.marked, self.between = frozenset(), None
        self.diff.forget()
        self.view.look_for("")

    def forget(self) -> None:
        """Forget what was read, as for another tab or attempt."""
        self.log, self._log_text, self._document = LogSoFar(), LogText(), None
        self.note, self.live = "", False

    def say(self, words: str, role: Role = Role.MUTED) -> None:
        """Show a sentence in the place of the text."""
        self.view.show_text((plain(words, role),))

    # -- what was read

    def take(self, answer: Document | LogNews, task: str, *, keep: bool, to_the_end: bool) -> None:
        """Show an answer; with `keep` from where one is, since the same was read again.

        `to_the_end` is for a log whose end says why the task failed.
        """
        self.choice.epochs, self.choice.shown = answer.epochs, answer.epoch
        # The log alone comes in pieces that are added; all else is a whole document.
        if isinstance(answer, LogNews):
            self._take_log(answer, task, to_the_end=to_the_end)
        else:
            self._take_document(answer, keep=keep)

    def _take_log(self, news: LogNews, task: str, *, to_the_end: bool) -> None:
        view = self.view
        self.log = self.log.after(news)
        self.note = news.outcome
        if news.fresh:
            self._log_text = LogText()
            view.file_view = None
            view.start_following(has_cursor=True)
        lines, changed = self._log_text.add(news.entries)
        view.add(lines, self._log_text.unfinished(news.unfinished))
        for mark, again in changed.items():
            view.put(mark, again)
        # After the lines are added: only then is it known how many of them did not fit.
        view.head(self.log.head(view.left_out, task))
        place = place_that_matters(view.lines) if to_the_end else None
        if news.fresh and not news.running and place is not None:
            view.go_to(view.left_out + place)

    def _take_document(self, document: Document, *, keep: bool) -> None:
        self._document, self.note, self.live = document, document.note, document.live
        if isinstance(document, DiffDocument):
            self.diff.show(document, self.view, keep=keep)
        elif isinstance(document, Table):
            self.lay_out_table(keep=keep)
        else:
            self.view.file_view = None
            lines = document.laid_out(self.view.room)
            self.view.show_lines(lines, keep=keep, at_end=document.at_end)

    def lay_out_table(self, *, keep: bool = True) -> None:
        """Draw the attempts for the width that there is, with the chosen and the marked ones."""
        if isinstance(self._document, Table):
            table = self._document.choosing(self.choice.shown, self.marked)
            self.view.file_view = None
            lines = table.laid_out(self.view.room)
            self.view.show_lines(lines, keep=keep, wrapping=False)

    # -- what is chosen of it

    def choose_attempt(self, step: int) -> bool | None:
        """Go to the attempt beside; True where it has to be read, None where there is none."""
        if not self.choice.move(step):
            return None
        if isinstance(self._document, Table):
            self.choice.shown = self.choice.epoch or self.choice.epochs[-1]
            self.lay_out_table()
            return False
        self.between = None
        return True

    def mark_attempt(self) -> None:
        """Mark the attempt under the cursor for a difference; the third one lets the first go."""
        shown = self.choice.shown
        if shown is not None:
            kept = sorted(self.marked - {shown})[-1:]
            self.marked = (self.marked ^ {shown}) & {*kept, shown}
            self.lay_out_table()

    def compare(self) -> bool:
        """Choose the two marked attempts, or the one under the cursor and the one before it.

        False where there are no two.
        """
        pair = tuple(sorted(self.marked))
        before, shown = self.choice.beside(-1), self.choice.shown
        if len(pair) != _TWO and before is not None and shown is not None:
            pair = (before, shown)
        if len(pair) != _TWO:
            return False
        self.between = (pair[0], pair[1])
        self.diff.forget()
        return True

    def open(self, mark: str) -> bool:
        """Open what a mark is of: a tool call, a file; False where it has to be read first."""
        if mark.startswith(FILE):
            return self.diff.open(mark.removeprefix(FILE), self.view)
        lines = self._log_text.toggle(mark)
        if lines is not None:
            self.view.put(mark, lines)
        return True

    def open_file_beside(self, step: int) -> bool:
        """Open the file after the open one, or before; False where it has to be read first."""
        path = self.diff.beside(step)
        return path is None or self.diff.open(path, self.view)
