"""The help: the keys of the screen it was opened on, with what they do and their commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from wf_tui.board.actions.registry import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from wf_tui.board.actions.action import Action

__all__ = ["HelpScreen", "help_text"]

_KEYS: Final = 7
_TITLE: Final = 14
_WIDE: Final = 100
_TWIN: Final = 20
_MOUSE: Final = (
    "Mouse: click selects, double click opens, the wheel scrolls. Drag a card: blocked to pending "
    "retries, pending to blocked holds, in progress to pending releases, onto a worker reassigns."
)


class HelpScreen(ModalScreen[None]):
    """All keys of a screen on one page."""

    BINDINGS: ClassVar = [
        Binding("escape,question_mark,q", "dismiss", "Back"),
        Binding("ctrl+c", "app.help_quit", show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape, question_mark, q | Go back. |
    | ctrl+c | Leave the application, as everywhere. |
    """
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        VerticalScroll {
            width: 116; max-width: 97%; height: auto; max-height: 94%;
            padding: 0 1; background: $surface; border: round $primary;
        }
        Static { width: 1fr; height: auto; }
    }
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        super().__init__()
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Draw the page."""
        with VerticalScroll() as page:
            page.border_title = "Help"
            yield Static(help_text(self._keys, twins=self.app.size.width >= _WIDE))


def help_text(keys: Mapping[str, str], *, twins: bool) -> Group:
    """Return the page; `keys` are those that work now, by the id of their action.

    With `twins` the command that does the same stands behind each action, where there is room.
    """
    # An action without any key is listed as well: it is in the palette of every screen.
    here = [a for a in ACTIONS if a.id in keys or not a.keys]
    parts: list[Table | Text] = []
    for group in dict.fromkeys(action.group for action in ACTIONS):
        actions = [action for action in here if action.group is group]
        if actions:
            parts += [Text(group, "bold underline"), _table(actions, keys, twins=twins), Text()]
    return Group(*parts, Text(_MOUSE))


def _table(actions: Sequence[Action], keys: Mapping[str, str], *, twins: bool) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True, min_width=_KEYS)
    table.add_column(no_wrap=True, min_width=_TITLE)
    table.add_column(ratio=1)
    for action in actions:
        twin = f"  ({short_command(action)})" if twins and action.twins else ""
        help_line = Text.assemble(action.help, (twin, "italic"))
        table.add_row(Text(keys.get(action.id, "")), Text(action.title), help_line)
    return table


def short_command(action: Action) -> str:
    """Return the command that does the same, without what is said in the place of names."""
    twin = action.twins[0]
    if len(twin) > _TWIN:
        twin = twin.partition(" --")[0]
    return " ".join(word for word in twin.split() if not word.rstrip(".").isupper())
