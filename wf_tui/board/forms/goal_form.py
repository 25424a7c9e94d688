"""The form for a goal that a model is to plan: what is to be done, who plans, and from what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

__all__ = ["Goal", "GoalForm"]


@dataclass(frozen=True)
class Goal:
    """What a person wants planned; of `text` and `source` one is given."""

    text: str
    profile: str = ""
    """Who plans; "" leaves it to the settings."""
    source: str = ""
    """A file that the plan is to be made of."""


class GoalForm(ModalScreen[Goal | None]):
    """Asks for a goal; gives back None where the person leaves it."""

    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+c", "app.help_quit", show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Give back None. |
    | ctrl+c | Leave the application, as everywhere. |
    | tab | Go to the next field. |
    | enter | Have it planned. |
    """
    DEFAULT_CSS = """
    GoalForm {
        align: center middle;
        #dialog {
            width: 86; max-width: 96%; height: auto; max-height: 90%;
            padding: 0 1; background: $surface; border: round $accent;
        }
        .note { color: $text-muted; width: 1fr; }
    }
    """

    def __init__(self, planners: Sequence[str]) -> None:
        """Ask; `planners` are the profiles that can plan here."""
        super().__init__()
        self._planners = planners

    def compose(self) -> ComposeResult:
        """Draw the fields, and what they are for."""
        with Vertical(id="dialog") as box:
            box.border_title = "Plan a goal"
            yield Input(placeholder="what is to be done", id="goal", compact=True)
            yield Input(placeholder=self._who, id="profile", compact=True)
            yield Input(
                placeholder="from a file: notes, an issue, a workflow (or nothing)",
                id="source",
                compact=True,
            )
            yield Label(
                "A model reads the repository and writes a plan. Nothing runs before you agree. "
                "Enter begins, Esc goes back.",
                classes="note",
                markup=False,
            )

    @property
    def _who(self) -> str:
        if not self._planners:
            return "planner: no agent or model is ready here (wf profiles says why)"
        if len(self._planners) == 1:
            return f"planner: {clean(self._planners[0], limit=40)}"
        return f"planner, one of: {clean(', '.join(self._planners), limit=60)}"

    def on_mount(self) -> None:
        """Begin with the goal."""
        self.query_one("#goal", Input).focus()

    @on(Input.Submitted)
    def finish(self) -> None:
        """Give back what was typed; without a goal and a file there is nothing to plan."""
        goal, profile, source = (
            self.query_one(f"#{name}", Input).value.strip()
            for name in ("goal", "profile", "source")
        )
        if goal or source:
            self.dismiss(Goal(goal, profile, source))
        else:
            note = self.query_one(".note", Label)
            note.update(Content("Say what is to be done, or name a file."))
