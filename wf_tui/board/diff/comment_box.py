"""The box that a comment on a line is written in: Enter keeps it, Escape drops it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message

from wf_tui.board.text_view.words_area import WordsArea

if TYPE_CHECKING:
    from textual.binding import BindingType

__all__ = ["CommentBox"]


class CommentBox(WordsArea):
    """Takes the text of one comment; hidden until it is opened, over the lines of its diff.

    A paste never keeps it, whatever line ends it has.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Keep", priority=True, show=False),
        Binding("ctrl+j", "new_line", "New line", priority=True, show=False),
        Binding("escape", "drop", "Drop", priority=True, show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | enter | Keep the comment as a draft. |
    | ctrl+j | Begin a new line. |
    | escape | Drop what was written. |
    """
    DEFAULT_CSS = """
    CommentBox {
        display: none; dock: bottom; height: 6; border: round $accent; background: $surface;
        border-title-color: $accent; margin: 0 1;
    }
    CommentBox.-open { display: block; }
    """

    @dataclass
    class Kept(Message):
        """A comment was written: a new one, or with `edits` other words for one."""

        path: str
        side: str
        line: int | None
        quote: str
        text: str
        edits: int | None

    def __init__(self) -> None:
        super().__init__()
        self._place: tuple[str, str, int | None, str] = ("", "new", None, "")
        self._edits: int | None = None

    def open(
        self,
        path: str,
        side: str,
        line: int | None,
        quote: str,
        *,
        text: str = "",
        edits: int | None = None,
    ) -> None:
        """Write a comment on a line, or with `edits` change the words of one."""
        self._place, self._edits = (path, side, line, quote), edits
        where = f"line {line}" if line else "the file"
        self.border_title = f"comment on {where}  Enter keeps · Ctrl+J new line · Esc drops"
        self.reveal(text)

    def action_keep(self) -> None:
        """Keep what was written; nothing where nothing was."""
        path, side, line, quote = self._place
        text = self.text.strip()
        self.action_drop()
        if text:
            self.post_message(self.Kept(path, side, line, quote, text, self._edits))

    def action_drop(self) -> None:
        """Close it, and give the keys back to the lines."""
        self.remove_class("-open")
        self.screen.set_focus(None)
        self.post_message(self.Closed())

    @dataclass
    class Closed(Message):
        """Nobody writes in it any more."""
