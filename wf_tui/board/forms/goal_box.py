"""The box of the start screen in which a goal is written; all keys type in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.message import Message
from textual.widgets import TextArea

if TYPE_CHECKING:
    from textual.binding import BindingType

__all__ = ["GoalBox"]


class GoalBox(TextArea):
    """Takes a goal. Enter sends it; a paste never does, whatever line ends it has."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Plan it", priority=True, show=False),
        Binding("ctrl+j", "new_line", "New line", priority=True, show=False),
        Binding("escape", "leave", "Leave", priority=True, show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | enter | Have it planned. |
    | ctrl+j | Begin a new line. |
    | escape | Go to the menu; what was written stays. |
    """
    DEFAULT_CSS = """
    GoalBox {
        height: 4; border: round $wf-rule; background: $background; padding: 0 1;
        border-title-color: $wf-muted; border-subtitle-color: $wf-muted;
        &:focus { border: round $primary; }
    }
    """

    @dataclass
    class Written(Message):
        """A goal was sent."""

        text: str

    @dataclass
    class Left(Message):
        """The keys are no more for the box."""

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, show_line_numbers=False, tab_behavior="focus")

    def action_send(self) -> None:
        """Send what is written, if anything is."""
        if self.text.strip():
            self.post_message(self.Written(self.text.strip()))

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    def action_leave(self) -> None:
        """Give the keys back."""
        self.post_message(self.Left())
