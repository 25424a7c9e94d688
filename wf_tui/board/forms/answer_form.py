"""The dialog in which a person answers what a worker asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option as ListOption

from wf_tui.ledger.model.rows.options import ALLOW_ONCE, REJECT_ONCE
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from wf_tui.ledger.model.rows import QuestionRow

__all__ = ["AnswerForm", "Given"]

_NUMBERS: Final = "123456789"
_ALWAYS_TASK: Final = "task"
_ALWAYS_PROFILE: Final = "profile"


@dataclass(frozen=True)
class Given:
    """What a person has answered; of `option` and `text` one is given."""

    question: str
    option: str | None = None
    text: str | None = None
    always: str | None = None
    """`task` or `profile`, where the same is allowed for the rest of the run."""


class AnswerForm(ModalScreen[Given | None]):
    """Asks one question of a worker, with its options; gives back the answer, or None.

    Nothing that allows something is highlighted at first: Enter may have been typed ahead.
    """

    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+c", "app.help_quit", show=False),
        Binding("y", "allow", "Allow", show=False),
        Binding("Y", "allow('task')", "Allow always", show=False),
        Binding("n", "reject", "Deny", show=False),
        Binding("down,j", "next(1)", "Next", show=False),
        Binding("up,k", "next(-1)", "Previous", show=False),
        *(Binding(key, f"number({key})", show=False) for key in _NUMBERS),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Give back None. |
    | ctrl+c | Leave the application, as everywhere. |
    | y | Allow it this once. |
    | Y | Allow it now, and for the rest of the run to this task. |
    | n | Deny it this once. |
    | 1 to 9 | Give the answer with that number. |
    | down, j | Highlight the next answer. |
    | up, k | Highlight the answer before. |
    | enter | Give the highlighted answer, or what was typed. |
    """
    DEFAULT_CSS = """
    AnswerForm {
        align: center middle;
        #dialog {
            width: 86; max-width: 96%; height: auto; max-height: 90%;
            padding: 0 1; background: $surface; border: round $accent;
        }
        #question { height: auto; max-height: 14; margin-bottom: 1; }
        .note { color: $text-muted; width: 1fr; }
        OptionList { height: auto; max-height: 14; border: none; background: $surface; }
    }
    """

    def __init__(self, question: QuestionRow, *, profile: str, more: int = 0) -> None:
        """Ask `question` of a worker of `profile`; `more` questions of the task wait behind it."""
        super().__init__()
        self._question = question
        self._profile = profile
        self._more = more
        self._answers = list(answers(question, profile))

    def compose(self) -> ComposeResult:
        """Draw the question, the answers, and the line for one's own words."""
        asked = self._question
        with Vertical(id="dialog") as box:
            more = f", {self._more} more behind it" if self._more else ""
            kind = f" · {asked.kind}" if asked.kind else ""
            box.border_title = Content(clean(f"{asked.task} asks{kind}{more}", limit=200))
            with VerticalScroll(id="question", can_focus=False):
                yield Label(Content(clean(asked.text, limit=4000, multiline=True)))
            yield OptionList(
                *(ListOption(Content(label)) for label, _ in self._answers), compact=True
            )
            yield Input(placeholder=self._placeholder, compact=True)

    @property
    def _placeholder(self) -> str:
        if self._question.options:
            return "Tab: no, and tell it what to do instead"
        return "your answer"

    def on_mount(self) -> None:
        """Highlight what allows nothing; without options, give the line the focus."""
        listed = self.query_one(OptionList)
        if not self._answers:
            listed.display = False
            self.query_one(Input).focus()
            return
        listed.focus()
        harmless = [
            place
            for place, (_, given) in enumerate(self._answers)
            if given.option == self._once(REJECT_ONCE)
        ]
        listed.highlighted = harmless[0] if harmless else None

    def _once(self, kind: str) -> str | None:
        """Return the id of the option of this kind, where there is one."""
        option = self._question.once(kind)
        return option.id if option else None

    def action_next(self, step: int) -> None:
        """Move the highlight."""
        listed = self.query_one(OptionList)
        if step > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()

    def action_number(self, number: int) -> None:
        """Give the answer with a number."""
        if number <= len(self._answers):
            self.dismiss(self._answers[number - 1][1])

    def action_allow(self, always: str | None = None) -> None:
        """Allow it, where that is what is asked."""
        if option := self._once(ALLOW_ONCE):
            self.dismiss(Given(self._question.id, option, always=always))

    def action_reject(self) -> None:
        """Deny it, where that is what is asked."""
        if option := self._once(REJECT_ONCE):
            self.dismiss(Given(self._question.id, option))

    @on(OptionList.OptionSelected)
    def give_option(self, event: OptionList.OptionSelected) -> None:
        """Give the chosen answer."""
        self.dismiss(self._answers[event.option_index][1])

    @on(Input.Submitted)
    def give_text(self, event: Input.Submitted) -> None:
        """Give one's own words."""
        if event.value.strip():
            self.dismiss(Given(self._question.id, text=event.value))


def answers(question: QuestionRow, profile: str) -> Iterator[tuple[str, Given]]:
    """Yield the answers to choose from, each as it reads, and what it gives.

    Behind the worker's own options stand the two that allow the same for the rest of the run, where
    it takes a yes for this one time: wf never says always to a worker, which would keep that.
    """
    number = 0
    for number, option in enumerate(question.options, 1):
        label = clean(option.name or option.id, limit=200)
        yield f"{number}  {label}", Given(question.id, option.id)
    once = question.once(ALLOW_ONCE)
    if once is None:
        return
    whom = {_ALWAYS_TASK: "this task", _ALWAYS_PROFILE: f"all of {clean(profile, limit=60)}"}
    for extent, who in whom.items():
        number += 1
        given = Given(question.id, once.id, always=extent)
        yield f"{number}  Allow exactly this for {who}, for the rest of the run", given
