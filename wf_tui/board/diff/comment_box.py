"""The box that a comment is written in: Enter keeps it, Escape leaves it half written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message

from wf_tui.board.text_view.words_area import WordsArea

if TYPE_CHECKING:
    from textual.binding import BindingType

    from wf_tui.board.diff.comment_place import CommentPlace

__all__ = ["CommentBox"]


class CommentBox(WordsArea):
    """Takes the text of one comment; hidden until it is opened, over the lines of its diff.

    A paste never keeps it, whatever line ends it has.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Keep", priority=True, show=False),
        Binding("ctrl+j", "new_line", "New line", priority=True, show=False),
        Binding("escape", "leave", "Leave", priority=True, show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | enter | Keep the comment as a draft. |
    | ctrl+j | Begin a new line. |
    | escape | Leave it half written. |
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
        """A comment was written, or other words for one."""

        task: str
        place: CommentPlace
        text: str
        was_begun: bool
        """Whether it was half written before, so that a draft is to be forgotten."""

    @dataclass
    class Left(Message):
        """It was put away half written; an empty text is that nothing is."""

        task: str
        place: CommentPlace
        text: str

    class Closed(Message):
        """Nobody writes in it any more."""

    def __init__(self) -> None:
        super().__init__()
        self._task_id = ""
        self._place: CommentPlace | None = None
        self._was = ""
        """What it held when it was opened."""
        self._was_begun = False

    def open(self, task: str, place: CommentPlace, text: str = "", *, was_begun: bool) -> None:
        """Write on a place of the work of a task, behind what is there already."""
        self._task_id, self._place = task, place
        self._was, self._was_begun = text, was_begun
        keys = "Enter keeps · Ctrl+J new line · Esc puts it aside"
        self.border_title = f"comment on {place.words}  {keys}"
        self.reveal(text)

    def action_keep(self) -> None:
        """Keep what was written; nothing where nothing was."""
        self.when_typed(self._keep)

    def _keep(self) -> None:
        text = self.text.strip()
        if text and self.is_open and self._place is not None:
            self.post_message(self.Kept(self._task_id, self._place, text, self._was_begun))
            self._close()
        else:
            self.put_away()

    def action_leave(self) -> None:
        """Leave it as it is, to go on later."""
        self.put_away()

    def put_away(self) -> None:
        """Close it, and have what is half written kept; also where another task is shown."""
        if not self.is_open or self._place is None:
            return
        if self.text != self._was:
            self.post_message(self.Left(self._task_id, self._place, self.text.strip()))
        self._close()

    def _close(self) -> None:
        self.remove_class("-open")
        # Somebody may have clicked elsewhere, and has the keys there.
        if self.has_focus:
            self.screen.set_focus(None)
            self.post_message(self.Closed())
