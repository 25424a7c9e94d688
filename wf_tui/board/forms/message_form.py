"""The dialog in which a person writes to the worker of a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from wf_tui.board.inbox.words_box import WordsBox
from wf_tui.text import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["MessageForm", "Written"]


@dataclass(frozen=True)
class Written:
    """What was written, and whether it is to be sent or kept as a draft."""

    text: str
    is_sent: bool


class MessageForm(ModalScreen[Written]):
    """Takes words of several lines, in the box that answers are written in."""

    BINDINGS: ClassVar = [Binding("ctrl+c", "app.help_quit", show=False)]
    """
    | Key(s) | Description |
    | :- | :- |
    | ctrl+c | Leave the application, as everywhere. |
    """
    DEFAULT_CSS = """
    MessageForm {
        align: center middle;
        #dialog {
            width: 86; max-width: 96%; height: auto; max-height: 90%;
            padding: 0 1; background: $panel; border: round $primary;
        }
        .note { color: $wf-muted; width: 1fr; }
        WordsBox { dock: none; height: 8; border: none; margin: 1 0 0 0; }
        WordsBox:focus { border: none; }
    }
    """

    def __init__(self, title: str, note: str, draft: str = "") -> None:
        """Ask for words; `note` says when they will be read, `draft` is what was begun."""
        super().__init__()
        self._title = clean(title, limit=200)
        self._note = note
        self._draft = draft

    def compose(self) -> ComposeResult:
        """Draw the note, and the box to write in."""
        with Vertical(id="dialog") as frame:
            frame.border_title = Content(self._title)
            yield Label(Content(clean(self._note, limit=300)), classes="note")
            box = WordsBox()
            frame.border_subtitle = Content(str(box.border_title))
            yield box

    def on_mount(self) -> None:
        """Let them type."""
        self.query_one(WordsBox).open(self._draft)

    @on(WordsBox.Sent)
    def send(self, event: WordsBox.Sent) -> None:
        """Give back what was written, where there is anything."""
        event.stop()
        if event.text.strip():
            self.dismiss(Written(event.text.strip(), is_sent=True))

    @on(WordsBox.Kept)
    def keep(self, event: WordsBox.Kept) -> None:
        """Give back what is to be kept."""
        event.stop()
        self.dismiss(Written(event.text, is_sent=False))
