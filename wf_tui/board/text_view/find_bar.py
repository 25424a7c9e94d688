"""The line in which one types what to find in a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

__all__ = ["FindBar"]


class FindBar(Horizontal):
    """Hidden until it is opened; each key is told at once, so that the hits are seen as one types.

    Enter keeps the words, and the hits are then walked with the keys for hunks; Escape forgets
    them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close(False)", "Clear", priority=True, show=False)
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Forget what was looked for. |
    """
    DEFAULT_CSS = """
    FindBar {
        display: none; height: 1; background: $surface;
        Input { border: none; height: 1; width: 1fr; padding: 0; background: $surface; }
        Label { width: auto; padding: 0 1; color: $text-muted; }
    }
    FindBar.-open { display: block; }
    """

    @dataclass
    class Typed(Message):
        """Other words are looked for; "" is nothing."""

        words: str

    @dataclass
    class Closed(Message):
        """Nobody types any more; without `kept` nothing is looked for either."""

        kept: bool

    def compose(self) -> ComposeResult:
        """Put the words between what they are for and how many hits there are."""
        yield Label("find", markup=False)
        yield Input(compact=True)
        yield Label("", id="hits", markup=False)

    def open(self, words: str) -> None:
        """Take the keys, with the words of before to begin from."""
        self.add_class("-open")
        field = self.query_one(Input)
        field.value = words
        field.focus()

    def say(self, sentence: str) -> None:
        """Say how many hits there are."""
        self.query_one("#hits", Label).update(sentence)

    def action_close(self, kept: bool) -> None:  # noqa: FBT001 - as a binding calls it
        """Give the keys back."""
        self.remove_class("-open")
        self.post_message(self.Closed(kept))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what has been typed so far."""
        event.stop()
        if self.has_class("-open"):
            self.post_message(self.Typed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the words."""
        event.stop()
        self.action_close(kept=True)
