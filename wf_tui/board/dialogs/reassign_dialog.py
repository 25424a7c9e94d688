"""To whom a task is given: seats that typing searches, free ones first, a note, and from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, OptionList

from wf_tui.board.dialogs.choice_dialog import FindingDialog, highlight_first, options_of
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from wf_tui.board.dialogs.choice_dialog import Choice

__all__ = ["Given", "ReassignDialog"]

_FROM: Final = {False: "the work so far", True: "the clean head"}


@dataclass(frozen=True)
class Given:
    """Whom a task is given to, what that worker is told, "" for nothing, and from where it goes."""

    worker: str
    note: str = ""
    fresh: bool = False


class ReassignDialog(FindingDialog[Given | None]):
    """Asks for a seat or a profile, and for a note; gives back None where nobody is chosen.

    Where there is work that the next attempt would go on from, it can begin at the clean head.
    """

    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+c", "app.help_quit", show=False),
        Binding("down,ctrl+n", "next(1)", "Next", show=False),
        Binding("up,ctrl+p", "next(-1)", "Previous", show=False),
        Binding("f2", "edit", "Editor", show=False),
        # Before the line that is typed in, which has it for editing.
        Binding("ctrl+f", "fresh", "Fresh", show=False, priority=True),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Give back None. |
    | ctrl+c | Leave the application, as everywhere. |
    | down, ctrl+n | Highlight the next seat. |
    | up, ctrl+p | Highlight the seat before. |
    | tab | To the note, and back. |
    | f2 | Write the note in $EDITOR. |
    | ctrl+f | Let it begin at the clean head, or go on from the work so far. |
    | enter | Give the task to the highlighted seat, with the note. |
    """
    DEFAULT_CSS = """
    ReassignDialog {
        align: center middle;
        #dialog {
            width: 76; max-width: 94%; height: auto; max-height: 90%;
            padding: 0 1; background: $panel; border: round $primary;
        }
        .note { color: $warning; width: 1fr; }
        .keys { color: $wf-muted; }
        .line { height: 1; }
        .line Label { color: $wf-muted; width: 14; }
        .line #from { color: $foreground; width: 1fr; }
        #note-line { margin-top: 1; }
        Input { width: 1fr; background: $panel; }
        OptionList {
            height: auto; max-height: 12; border: none; background: $panel;
            text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
        }
    }
    """

    def __init__(
        self,
        title: str,
        choices: Callable[[], Sequence[Choice]],
        *,
        edit: Callable[[str], str],
        warning: str = "",
        has_work: bool = False,
    ) -> None:
        """Offer `choices`, asked for each second, since a lane may open meanwhile.

        `edit` has a text changed in the person's editor, `warning` says what giving it away
        interrupts, or is "". `has_work` says that there is work to go on from.
        """
        super().__init__(title, choices())
        self._choices_now = choices
        self._edit = edit
        self._warning = clean(warning, limit=500)
        self._has_work = has_work
        self._fresh = False
        self._written = ("", "")
        """A note of several lines: how the line shows it, and all of it."""

    def compose(self) -> ComposeResult:
        """Draw the line to search with, the seats, and the line for the note."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(self._title)
            yield Input(placeholder="type to find", compact=True, id="search")
            yield OptionList(*options_of(self._choices), compact=True)
            if self._warning:
                yield Label(Content(self._warning), classes="note")
            with Horizontal(id="note-line", classes="line"):
                yield Label("note to it")
                yield Input(placeholder="what it should know", compact=True, id="note")
            keys = "Enter gives it  Tab note  F2 editor"
            if self._has_work:
                with Horizontal(classes="line"):
                    yield Label("begins with")
                    yield Label(_FROM[False], id="from")
                keys += "  Ctrl+F fresh tree"
            yield Label(f"{keys}  Esc leaves it", classes="keys")

    def on_mount(self) -> None:
        """Highlight the first that can take it; the list never has the focus."""
        self._list.can_focus = False
        highlight_first(self._list)
        self.query_one("#search", Input).focus()
        self.set_interval(1, self.count_down)

    def count_down(self) -> None:
        """Say again when lanes open; whoever is listed stays where they are."""
        before = {choice.id: choice for choice in self._choices}
        self._choices = self._choices_now()
        shown = {option.id for option in self._list.options}
        changed = [one for one in self._choices if one != before.get(one.id) and one.id in shown]
        for option in options_of(changed):
            if option.id is not None:
                self._list.replace_option_prompt(option.id, option.prompt)

    def action_fresh(self) -> None:
        """Let the next attempt begin at the clean head, or from the work that there is."""
        if self._has_work:
            self._fresh = not self._fresh
            self.query_one("#from", Label).update(_FROM[self._fresh])

    def action_edit(self) -> None:
        """Have the note written in the person's editor; the line shows it in one."""
        text = self._edit(self.note)
        line = " ".join(text.split())
        self._written = line, text
        note = self.query_one("#note", Input)
        note.value = line
        note.focus()

    @property
    def note(self) -> str:
        """The note as it was written, with its lines where nothing was typed since."""
        typed = self.query_one("#note", Input).value
        line, text = self._written
        return (text if typed == line else typed).strip()

    @on(OptionList.OptionSelected)
    def give_back(self, event: OptionList.OptionSelected) -> None:
        """Give back who was chosen, with the note."""
        if event.option.id is not None:
            self.dismiss(Given(event.option.id, self.note, self._fresh))
