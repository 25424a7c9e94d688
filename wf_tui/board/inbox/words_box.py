"""The box in which words to a worker are written: Enter sends them, Escape keeps a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding
from textual.message import Message

from wf_tui.board.inbox.editing import edited
from wf_tui.board.text_view.words_area import WordsArea
from wf_tui.errors import WfError

if TYPE_CHECKING:
    from textual.binding import BindingType

    from wf_tui.board.host import ActionHost

__all__ = ["WordsBox"]


class WordsBox(WordsArea):
    """Takes the words for a worker; hidden until it is opened.

    A paste never sends them, whatever line ends it has.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", priority=True, show=False),
        Binding("ctrl+j", "new_line", "New line", priority=True, show=False),
        Binding("f2", "edit", "Editor", priority=True, show=False),
        Binding("escape,tab", "keep", "Keep", priority=True, show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | enter | Send it. |
    | ctrl+j | Begin a new line. |
    | f2 | Go on in $EDITOR. |
    | escape, tab | Keep it as a draft. |
    """
    DEFAULT_CSS = """
    WordsBox {
        display: none; dock: bottom; height: 6; border: round $primary; background: $panel;
        border-title-color: $wf-muted;
    }
    WordsBox:focus { border: round $primary; }
    WordsBox.-open { display: block; }
    """

    @dataclass
    class Sent(Message):
        """Enter was pressed by somebody."""

        text: str

    @dataclass
    class Kept(Message):
        """It is put away; what was written is a draft."""

        text: str

    def __init__(self) -> None:
        super().__init__()
        self.border_title = "Enter sends · F2 $EDITOR · Esc keeps it as a draft"

    def open(self, text: str) -> None:
        """Go on writing what was begun."""
        self.reveal(text)

    def close(self) -> None:
        """Hide it."""
        self.remove_class("-open")

    def action_send(self) -> None:
        """Ask for it to be sent."""
        self.when_typed(self._send)

    def _send(self) -> None:
        self.post_message(self.Sent(self.text))

    def action_edit(self) -> None:
        """Go on in the person's own editor; what they leave there is in the box."""
        host = cast("ActionHost", self.app)
        try:
            text = edited(host, self.text)
        except WfError as error:
            host.show_toast(error.message, error.hint, severity="error")
        else:
            self.open(text)

    def action_keep(self) -> None:
        """Put it away."""
        self.close()
        self.post_message(self.Kept(self.text))
