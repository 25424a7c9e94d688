"""The line in which a filter is typed; it says how much it shows, or what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from wf_tui.text import clean

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["FilterBar", "FilterChanged", "FilterClosed"]

_WORDS: Final = "worker: phase: kind: lane: model: age:"
"""What can be asked for beside words; `state:` is the column that one looks at."""


@dataclass
class FilterChanged(Message):
    """The filter reads differently."""

    text: str


@dataclass
class FilterClosed(Message):
    """The person is done typing; the filter stays unless it was `cleared`."""

    cleared: bool


class FilterBar(Horizontal):
    """A line to type in, in the place of the status line, with a live count or an error."""

    BINDINGS: ClassVar = [Binding("escape", "close(True)", "Clear", show=False)]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Put the line away and show all cards again. |
    | enter | Put the line away; the filter stays. |
    """
    DEFAULT_CSS = """
    FilterBar {
        display: none; height: 1; width: 100%; background: $surface;
        &.-open { display: block; }
        Input { width: 1fr; background: $surface; }
        Label { width: auto; padding: 0 1; color: $wf-muted; }
        .sign { padding: 0 0 0 1; color: $text-primary; }
        .count { max-width: 75%; text-wrap: nowrap; text-overflow: ellipsis; }
        .words { color: $wf-faint; }
        &.-wrong .count { color: $text-error; max-width: 90%; }
        &.-wrong .words, &.-wrong .keys { display: none; }
    }
    """

    def __init__(
        self,
        enter: str,
        *,
        words: str = _WORDS,
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._words = words
        self._enter = enter
        """How the key is shown that keeps the filter."""

    def compose(self) -> ComposeResult:
        """Draw the line, the count, what can be asked for, and the keys that end it."""
        yield Label("/", classes="sign", markup=False)
        yield Input(compact=True)
        yield Label("", classes="count", markup=False)
        yield Label(self._words, classes="words", markup=False)
        yield Label(f"{self._enter} keeps  Esc all", classes="keys", markup=False)

    def open(self, text: str = "") -> None:
        """Show the line with the filter that is set, and type in it."""
        self.add_class("-open")
        box = self.query_one(Input)
        # It reads as before, so nothing has to be filtered anew.
        with box.prevent(Input.Changed):
            box.value = text
        # At once: keys typed ahead belong to the filter, not to the cards.
        self.screen.set_focus(box)

    def say(self, shown: int, total: int, wrong: str = "") -> None:
        """Show how many cards pass of how many, or what is wrong with the filter.

        What is wrong may repeat what was typed, which is cleaned here and is never markup.
        """
        self.set_class(bool(wrong), "-wrong")
        text = clean(wrong, limit=160) if wrong else f"{shown} of {total}"
        self.query_one(".count", Label).update(Content(text))

    @property
    def is_open(self) -> bool:
        """Whether somebody types in it."""
        return self.has_class("-open")

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(Input).value

    @on(Input.Changed)
    def send_typed(self, event: Input.Changed) -> None:
        """Say to the screen what the filter reads now."""
        event.stop()
        self.post_message(FilterChanged(event.value))

    @on(Input.Submitted)
    def close_entered(self, event: Input.Submitted) -> None:
        """Put the line away; an empty one is no filter."""
        event.stop()
        self.action_close(cleared=not event.value.strip())

    def action_close(self, cleared: bool) -> None:  # noqa: FBT001 - Textual gives it by place
        """Put the line away, with `cleared` without a filter.

        The screen gets the cleared filter before the news that the line is closed.
        """
        self.remove_class("-open")
        if cleared:
            with self.query_one(Input).prevent(Input.Changed):
                self.query_one(Input).value = ""
            self.post_message(FilterChanged(""))
        self.post_message(FilterClosed(cleared))
