"""The answer box as a dialog over the board: an answer or Escape closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content

from wf_tui.board.dialogs.following_dialog import FollowingDialog
from wf_tui.board.inbox.answer_box import AnswerBox
from wf_tui.text import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from wf_tui.board.inbox.item import Item
    from wf_tui.picture.batch import Changes

__all__ = ["AnswerDialog"]


class AnswerDialog(FollowingDialog):
    """Shows one task in the answer box; the selection of the board stays as it is."""

    BINDINGS: ClassVar = [Binding("ctrl+c", "app.help_quit", show=False)]
    """
    | Key(s) | Description |
    | :- | :- |
    | ctrl+c | Leave the application, as everywhere. |
    """
    DEFAULT_CSS = """
    AnswerDialog {
        align: center middle;
        #dialog {
            width: 90; max-width: 94%; height: 24; max-height: 90%;
            padding: 0 1; background: $panel; border: round $primary;
        }
        LineWidget { background: $panel; }
    }
    """

    def __init__(self, item: Item, title: str) -> None:
        super().__init__()
        self._item, self._title = item, title

    def compose(self) -> ComposeResult:
        """Draw the box."""
        with Vertical(id="dialog") as frame:
            frame.border_title = Content(clean(self._title, limit=200))
            frame.border_subtitle = Content("Esc goes back")
            yield AnswerBox()

    def on_mount(self) -> None:
        """Show the task, and give the box the keys."""
        box = self.query_one(AnswerBox)
        box.show(self._item.task, self._item)
        box.focus()

    def refresh_from(self, changes: Changes) -> None:
        """Show what has become of the question."""
        self.query_one(AnswerBox).refresh_from(changes)

    def action_answer_box(self, what: str) -> None:
        """Do what a key of the box does."""
        self.query_one(AnswerBox).answer(what)

    @on(AnswerBox.Answered)
    def close_after_answer(self, event: AnswerBox.Answered) -> None:
        """Close it, unless its worker asks something else."""
        event.stop()
        if not event.more:
            self.dismiss(None)

    @on(AnswerBox.Left)
    def close(self, event: AnswerBox.Left) -> None:
        """Close it without an answer."""
        event.stop()
        self.dismiss(None)
