"""A dialog for one line of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from wf_tui.text import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["LineDialog"]


class LineDialog(ModalScreen[str | None]):
    """Takes a line; gives it back, or None."""

    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+c", "app.help_quit", show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Give back None. |
    | ctrl+c | Leave the application, as everywhere. |
    | enter | Give back the line. |
    """
    DEFAULT_CSS = """
    LineDialog {
        align: center middle;
        #dialog {
            width: 64; max-width: 94%; height: auto;
            padding: 0 1; background: $panel; border: round $primary;
        }
        .keys { color: $wf-muted; }
        Input { background: $panel; }
    }
    """

    def __init__(self, title: str, hint: str, text: str = "") -> None:
        """Ask for what `title` says; `hint` stands in the line while it is empty, `text` in it."""
        super().__init__()
        self._text = clean(text, limit=1000)
        self._title = clean(title, limit=200)
        self._hint = clean(hint, limit=200)

    def compose(self) -> ComposeResult:
        """Draw the line."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(self._title)
            yield Input(self._text, placeholder=self._hint, compact=True, select_on_focus=False)
            yield Label("Enter takes it  Esc leaves it", classes="keys")

    @on(Input.Submitted)
    def give_back(self, event: Input.Submitted) -> None:
        """Give back what was typed."""
        self.dismiss(event.value.strip())
