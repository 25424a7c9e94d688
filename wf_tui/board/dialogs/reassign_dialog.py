"""To whom a task is given: seats that typing searches, free ones first, and a note."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, OptionList

from wf_tui.board.dialogs.choice_dialog import FindingDialog, highlight_first, options_of
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from wf_tui.board.dialogs.choice_dialog import Choice

__all__ = ["Given", "ReassignDialog"]


@dataclass(frozen=True)
class Given:
    """Whom a task is given to, and what that worker is told; "" for nothing."""

    worker: str
    note: str = ""


class ReassignDialog(FindingDialog[Given | None]):
    """Asks for a seat or a profile, and for a note; gives back None where nobody is chosen."""

    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+c", "app.help_quit", show=False),
        Binding("down,ctrl+n", "next(1)", "Next", show=False),
        Binding("up,ctrl+p", "next(-1)", "Previous", show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Give back None. |
    | ctrl+c | Leave the application, as everywhere. |
    | down, ctrl+n | Highlight the next seat. |
    | up, ctrl+p | Highlight the seat before. |
    | tab | To the note, and back. |
    | enter | Give the task to the highlighted seat, with the note. |
    """
    DEFAULT_CSS = """
    ReassignDialog {
        align: center middle;
        #dialog {
            width: 76; max-width: 94%; height: auto; max-height: 90%;
            padding: 0 1; background: $panel; border: round $primary;
        }
        .note { color: $warning; width: 1fr; }
        .keys { color: $wf-muted; }
        #note-line { height: 1; margin-top: 1; }
        #note-line Label { color: $wf-muted; width: 14; }
        Input { width: 1fr; background: $panel; }
        OptionList {
            height: auto; max-height: 12; border: none; background: $panel;
            text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
        }
    }
    """

    def __init__(self, title: str, choices: Sequence[Choice], warning: str = "") -> None:
        """Offer these; `warning` says what giving it away interrupts, or is ""."""
        super().__init__(title, choices)
        self._warning = clean(warning, limit=500)

    def compose(self) -> ComposeResult:
        """Draw the line to search with, the seats, and the line for the note."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(self._title)
            yield Input(placeholder="type to find", compact=True, id="search")
            yield OptionList(*options_of(self._choices), compact=True)
            if self._warning:
                yield Label(Content(self._warning), classes="note")
            with Horizontal(id="note-line"):
                yield Label("note to it")
                yield Input(placeholder="what it should know", compact=True, id="note")
            yield Label("Enter gives it  Tab note  Esc leaves it", classes="keys")

    def on_mount(self) -> None:
        """Highlight the first that can take it; the list never has the focus."""
        self._list.can_focus = False
        highlight_first(self._list)
        self.query_one("#search", Input).focus()

    @on(OptionList.OptionSelected)
    def give_back(self, event: OptionList.OptionSelected) -> None:
        """Give back who was chosen, with the note."""
        if event.option.id is not None:
            self.dismiss(Given(event.option.id, self.query_one("#note", Input).value.strip()))
