"""The menu of `.`: all that can be done with a task, then what cannot, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from wf_tui.board.dialogs.choice_dialog import highlight_first
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual import events
    from textual.app import ComposeResult

__all__ = ["MenuDialog", "MenuLine"]

_KEY: Final = 7
_TITLE: Final = 17
_OWN: Final = frozenset(
    {"escape", "full_stop", "down", "j", "up", "k", "enter", "ctrl+c", "home", "end"}
)
"""Keys of the menu itself."""


@dataclass(frozen=True)
class MenuLine:
    """One action: its key, its name, what it would do, or why it cannot."""

    action: str
    key: str
    title: str
    note: str = ""
    possible: bool = True


class MenuDialog(ModalScreen[str | None]):
    """Gives back the id of the action that was chosen, by Enter, by a click or by its own key."""

    BINDINGS: ClassVar = [
        Binding("escape,full_stop", "dismiss(None)", "Back"),
        Binding("ctrl+c", "app.help_quit", show=False),
        Binding("down,j", "next(1)", "Next", show=False),
        Binding("up,k", "next(-1)", "Previous", show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape, full_stop | Give back None. |
    | ctrl+c | Leave the application, as everywhere. |
    | down, j | Highlight the next line. |
    | up, k | Highlight the line before. |
    | enter | Do the highlighted line. |
    | the key of an action | Do that. |
    """
    DEFAULT_CSS = """
    MenuDialog {
        align: center middle;
        #dialog {
            width: 84; max-width: 94%; height: auto; max-height: 94%;
            padding: 0 1; background: $panel; border: round $primary;
        }
        .keys { color: $wf-muted; }
        OptionList {
            height: auto; max-height: 100%; border: none; background: $panel;
            text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
        }
    }
    """

    def __init__(self, title: str, lines: Sequence[MenuLine], keys: Mapping[str, str]) -> None:
        """Offer `lines`; `keys` are those of all actions here, by what Textual calls the key."""
        super().__init__()
        self._title = clean(title, limit=200)
        self._lines = lines
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Draw the lines: first what is possible, as they are given."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(self._title)
            yield OptionList(*map(_option, self._lines), compact=True)
            yield Label("Enter does it · every other key works as on the board", classes="keys")

    def on_mount(self) -> None:
        """Highlight the first that can be done."""
        highlight_first(self.query_one(OptionList))

    def action_next(self, step: int) -> None:
        """Move the highlight."""
        listed = self.query_one(OptionList)
        if step > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()

    def on_key(self, event: events.Key) -> None:
        """Do what a key does on the screen below."""
        action = None if event.key in _OWN else self._keys.get(event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            self.dismiss(action)

    @on(OptionList.OptionSelected)
    def give_back(self, event: OptionList.OptionSelected) -> None:
        """Give back the action of the line."""
        self.dismiss(event.option.id)


def _option(line: MenuLine) -> Option:
    prompt = Content.assemble(
        (f"{line.key:<{_KEY}}", "bold" if line.possible else ""),
        f"{clean(line.title, limit=60):<{_TITLE}} ",
        (clean(line.note, limit=200), "$wf-muted" if line.possible else ""),
    )
    return Option(prompt, id=line.action, disabled=not line.possible)
