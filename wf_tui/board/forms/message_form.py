"""The dialog in which a person writes to the worker of a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, TextArea

from wf_tui.text import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["MessageForm"]


class MessageForm(ModalScreen[str | None]):
    """Takes a message of several lines; gives it back, or None."""

    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+c", "app.help_quit", show=False),
        Binding("ctrl+s", "send", "Send"),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Give back None. |
    | ctrl+c | Leave the application, as everywhere. |
    | ctrl+s | Give back what was written. |
    """
    DEFAULT_CSS = """
    MessageForm {
        align: center middle;
        #dialog {
            width: 86; max-width: 96%; height: auto; max-height: 90%;
            padding: 0 1; background: $surface; border: round $primary;
        }
        .note { color: $text-muted; width: 1fr; }
        TextArea { height: 8; border: none; }
    }
    """

    def __init__(self, title: str, note: str) -> None:
        """Ask for a message; `note` says when it will be read."""
        super().__init__()
        self._title = clean(title, limit=200)
        self._note = note

    def compose(self) -> ComposeResult:
        """Draw the note, and the lines to write in."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(self._title)
            box.border_subtitle = Content("Ctrl+S sends it, Esc goes back")
            yield Label(Content(clean(self._note, limit=300)), classes="note")
            yield TextArea()

    def action_send(self) -> None:
        """Give back what was written, where there is anything."""
        text = self.query_one(TextArea).text
        if text.strip():
            self.dismiss(text)
