"""Dialogs: a title, what is at stake, and a short list to choose from, by keys, mouse or typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from wf_tui.board.name_search import find, find_scattered
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

__all__ = ["Choice", "ChoiceDialog", "FindingDialog", "best", "highlight_first", "options_of"]

_Answer = TypeVar("_Answer")

_MOST: Final = 200
"""Choices that are shown; typing finds the others."""


@dataclass(frozen=True)
class Choice:
    """One line of a dialog: what it gives back, what it says, and what follows from it."""

    id: str
    label: str
    note: str = ""
    disabled: bool = False
    style: str = ""
    """The colour of the note, as Textual has it; a quiet one where it is ""."""


class FindingDialog(ModalScreen[_Answer]):
    """A list of choices, and a line `#search` in which one types to find among them.

    A subclass lays both out, and takes what is chosen with `OptionList.OptionSelected`.
    """

    def __init__(self, title: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = clean(title, limit=200)
        self._choices = choices

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    def action_next(self, step: int) -> None:
        """Move the highlight, also while typing."""
        if step > 0:
            self._list.action_cursor_down()
        else:
            self._list.action_cursor_up()

    @on(Input.Changed, "#search")
    def find_typed(self, event: Input.Changed) -> None:
        """List what may be meant by what is typed."""
        self._list.set_options(options_of(best(event.value, self._choices)))
        highlight_first(self._list)

    @on(Input.Submitted)
    def take_highlighted(self) -> None:
        """Take the highlighted choice, as Enter in the list does."""
        self._list.action_select()


class ChoiceDialog(FindingDialog[str | None]):
    """Asks for one of several; gives back the id of the chosen one, or None.

    The first choice that can be taken is highlighted, so it has to be the harmless one: Enter may
    have been typed ahead. With `typing` there is a line above the choices that finds among them.
    """

    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+c", "app.help_quit", show=False),
        Binding("down,ctrl+n", "next(1)", "Next", show=False),
        Binding("up,ctrl+p", "next(-1)", "Previous", show=False),
        Binding("j", "next(1)", "Next", show=False),
        Binding("k", "next(-1)", "Previous", show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Give back None. |
    | ctrl+c | Leave the application, as everywhere. |
    | down, j, ctrl+n | Highlight the next choice. |
    | up, k, ctrl+p | Highlight the choice before. |
    | enter | Give back the highlighted choice. |
    """
    DEFAULT_CSS = """
    ChoiceDialog {
        align: center middle;
        #dialog {
            width: 76; max-width: 94%; height: auto; max-height: 90%;
            padding: 0 1; background: $panel; border: round $primary;
        }
        .note { color: $wf-muted; margin-bottom: 1; width: 1fr; }
        OptionList { height: auto; max-height: 16; border: none; background: $panel; }
    }
    """

    def __init__(
        self, title: str, choices: Sequence[Choice], *, note: str = "", typing: bool = False
    ) -> None:
        super().__init__(title, choices)
        self._note = clean(note, limit=1000, multiline=True)
        self._typing = typing

    def compose(self) -> ComposeResult:
        """Draw the note, the line to type in, and the list."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(self._title)
            if self._note:
                yield Label(Content(self._note), classes="note")
            if self._typing:
                yield Input(placeholder="type to find", compact=True, id="search")
            yield OptionList(*options_of(self._choices), compact=True)

    def on_mount(self) -> None:
        """Highlight the first choice that can be taken."""
        highlight_first(self._list)

    @on(OptionList.OptionSelected)
    def give_back(self, event: OptionList.OptionSelected) -> None:
        """Give back the id of the choice."""
        self.dismiss(event.option.id)


def best(typed: str, choices: Sequence[Choice]) -> list[Choice]:
    """Return the choices whose ids may be meant by what was typed, best first.

    The ids and not the labels are searched: they are the names that a person knows.
    """
    if not typed.strip():
        return list(choices)
    by_id = {choice.id: choice for choice in choices}
    names = [(name.casefold(), name) for name in by_id]
    found = find(typed, names, len(names)) or find_scattered(typed, names, len(names))
    return [by_id[name] for _, name in found]


def highlight_first(listed: OptionList) -> None:
    """Highlight the first that can be taken."""
    listed.highlighted = None
    for place, option in enumerate(listed.options):
        if not option.disabled:
            listed.highlighted = place
            return


def options_of(choices: Sequence[Choice]) -> list[Option]:
    """Return the lines of a list of choices."""
    options = []
    for choice in choices[:_MOST]:
        # Content and no plain text: a name from a plan must not be read as markup.
        prompt = Content(clean(choice.label, limit=200))
        if choice.note:
            style = choice.style or "$wf-muted"
            prompt = Content.assemble(prompt, "  ", (clean(choice.note, limit=200), style))
        options.append(Option(prompt, id=choice.id, disabled=choice.disabled))
    return options
