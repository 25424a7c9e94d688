"""The help: the keys of the screen it was opened on, with what they do and their commands."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from wf_tui.board.actions import ACTIONS, Where

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from wf_tui.board.action import Action

__all__ = ["HelpScreen", "help_text"]

_KEYS: Final = 9
_TITLE: Final = 26
_MOUSE: Final = (
    "Mouse: click selects, double click opens, the wheel scrolls. Drag a card: blocked to pending "
    "retries, pending to blocked holds, in progress to pending releases, onto a worker reassigns."
)


class HelpScreen(ModalScreen[None]):
    """All keys of a screen on one page."""

    BINDINGS: ClassVar = [Binding("escape,question_mark,q", "dismiss", "Back")]
    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        VerticalScroll {
            width: 92; max-width: 96%; height: auto; max-height: 94%;
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
            yield Static(help_text(self._keys))


def help_text(keys: Mapping[str, str]) -> Content:
    """Return the page; `keys` are those that work now, by the id of their action."""
    here = [a for a in ACTIONS if a.id in keys or (a.where is not Where.BOARD and not a.keys)]
    here.sort(key=lambda action: _GROUPS.index(action.group))
    parts: list[str | Content | tuple[str, str]] = []
    for group, actions in groupby(here, key=lambda action: action.group):
        parts += [(f"{group}\n", "bold $text-accent"), *_lines(list(actions), keys), "\n"]
    return Content.assemble(*parts, (_MOUSE, "$text-muted"))


_GROUPS: Final = list(dict.fromkeys(action.group for action in ACTIONS))


def _lines(actions: Sequence[Action], keys: Mapping[str, str]) -> list[Content]:
    return [_line(action, keys.get(action.id, "")) for action in actions]


def _line(action: Action, keys: str) -> Content:
    twin = f"  {action.twins[0].split(' --')[0]}" if action.twins else ""
    return Content.assemble(
        (f"  {keys or '-':<{_KEYS}}", "bold"),
        f"{action.title:<{_TITLE}}{action.help}",
        (f"{twin}\n", "$text-muted"),
    )
