"""The line in which a moment is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Label

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["MomentBar", "MomentTyped"]


@dataclass
class MomentTyped(Message):
    """The person is done typing; "" where nothing is asked for."""

    text: str


class MomentBar(Horizontal):
    """A line to type a moment in, in the place of the status line."""

    BINDINGS: ClassVar = [Binding("escape", "leave", "Back", show=False)]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Put the line away. |
    | enter | Go to the moment. |
    """
    DEFAULT_CSS = """
    MomentBar {
        display: none; height: 1; width: 100%; background: $surface;
        &.-open { display: block; }
        Input { width: 1fr; background: $surface; }
        Label { width: auto; padding: 0 1; color: $wf-muted; }
    }
    """

    def compose(self) -> ComposeResult:
        """Draw the line, and what can be typed."""
        yield Label("as of", markup=False)
        yield Input(compact=True)
        yield Label("12:56  -20m  2026-11-28T12:56  140", markup=False)

    def open(self) -> None:
        """Show the line, and type in it."""
        self.add_class("-open")
        box = self.query_one(Input)
        box.value = ""
        self.screen.set_focus(box)

    @property
    def is_open(self) -> bool:
        """Whether somebody types in it."""
        return self.has_class("-open")

    @on(Input.Submitted)
    def go(self, event: Input.Submitted) -> None:
        """Put the line away, and say what was typed."""
        event.stop()
        self.remove_class("-open")
        self.post_message(MomentTyped(event.value.strip()))

    def action_leave(self) -> None:
        """Put the line away."""
        self.remove_class("-open")
        self.post_message(MomentTyped(""))
