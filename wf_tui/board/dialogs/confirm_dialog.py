"""The question before something is thrown away: what that is, `n` no, `y` yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label

from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult

__all__ = ["ConfirmDialog", "Stake"]


@dataclass(frozen=True)
class Stake:
    """What is at stake: a title, and in figures how much it is."""

    title: str
    figures: str = ""


class _Answer(Label):
    """One of the two answers; a click gives it."""

    def __init__(self, key: str, words: str) -> None:
        content = Content.assemble((f" {key} ", "bold $primary"), f"{clean(words, limit=60)} ")
        super().__init__(content, id=f"answer-{key}")
        self.key = key

    async def on_click(self, event: events.Click) -> None:
        """Answer."""
        event.stop()
        await self.run_action(f"screen.answer('{self.key}')")


class ConfirmDialog(ModalScreen[bool]):
    """Asks whether to do something; gives back True only where that was chosen on purpose.

    No is first: Enter takes it, and Escape does.
    """

    BINDINGS: ClassVar = [
        Binding("n,escape", "answer('n')", "No"),
        Binding("y", "answer('y')", "Yes"),
        Binding("left,right,up,down,h,j,k,l,tab,shift+tab", "other", "The other answer"),
        Binding("enter", "answer", "What is highlighted"),
        Binding("ctrl+c", "app.help_quit", show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | n, escape | Leave it as it is. |
    | y | Do it. |
    | arrows, h, j, k, l, tab | Highlight the other answer. |
    | enter | Give the highlighted answer, which is no at first. |
    | ctrl+c | Leave the application, as everywhere. |
    """
    DEFAULT_CSS = """
    ConfirmDialog {
        align: center middle;
        #dialog {
            width: auto; min-width: 44; max-width: 94%; height: auto; max-height: 90%;
            padding: 0 1; background: $panel; border: round $warning;
        }
        #dialog Label { width: auto; max-width: 100%; }
        .note { color: $wf-muted; }
        #answers { height: 1; width: auto; margin-top: 1; }
        #answers Label.-chosen { background: $wf-cursor; text-style: bold; }
    }
    """

    def __init__(
        self, title: str, yes: str, stakes: Sequence[Stake] = (), note: str = "", no: str = "no"
    ) -> None:
        super().__init__()
        self._title = clean(title, limit=200)
        self._yes, self._no = yes, no
        self._stakes = stakes
        self._note = clean(note, limit=500)
        self._chosen = "n"

    def compose(self) -> ComposeResult:
        """Draw what is at stake, and the answers."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(self._title)
            for stake in self._stakes:
                figures = f" {clean(stake.figures, limit=60)}" if stake.figures else ""
                line = Content.assemble(clean(stake.title, limit=200), (figures, "$wf-muted"))
                yield Label(line, classes="stake")
            if self._note:
                yield Label(Content(self._note), classes="note")
            with Horizontal(id="answers"):
                yield _Answer("n", self._no)
                yield _Answer("y", self._yes)

    def on_mount(self) -> None:
        """Highlight the harmless answer."""
        self.show_chosen()

    def show_chosen(self) -> None:
        """Show which answer Enter gives."""
        for answer in self.query(_Answer):
            answer.set_class(answer.key == self._chosen, "-chosen")

    def action_other(self) -> None:
        """Highlight the other answer."""
        self._chosen = "y" if self._chosen == "n" else "n"
        self.show_chosen()

    def action_answer(self, key: str = "") -> None:
        """Give an answer, the highlighted one where none is named."""
        self.dismiss((key or self._chosen) == "y")
