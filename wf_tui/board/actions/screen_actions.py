"""The table of screens, and the actions that lead to them and out of the application.

A new screen is its own module and one entry in `_ENTRIES`: key, palette, help, footer and
`[keys]` of the configuration follow from that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.action import Action, Group, Where
from wf_tui.board.screens.board_screen import BoardScreen
from wf_tui.board.screens.inbox_screen import InboxScreen
from wf_tui.board.screens.workers_screen import WorkersScreen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.board.screens.run_screen import RunScreen

__all__ = ["SCREENS", "SCREEN_ACTIONS"]


@dataclass(frozen=True)
class _Entry:
    """A screen: its name, its class, its key, its words, and the command that shows the same."""

    name: str
    screen: type[RunScreen]
    key: str
    text: str
    twin: str
    footer: bool = False

    def action(self) -> Action:
        """Return the action that shows the screen."""
        return Action(
            f"go.{self.name}",
            (self.key,),
            self.name.capitalize(),
            self.text,
            Group.LOOK,
            Where.APP,
            twins=(self.twin,),
            calls=f"app.go('{self.name}')",
            footer=self.footer,
        )


_ENTRIES: Final = (
    _Entry("board", BoardScreen, "1", "The four columns", "wf status"),
    _Entry("inbox", InboxScreen, "2", "Only what needs you", "wf status", footer=True),
    _Entry("workers", WorkersScreen, "4", "The seats and what they hold", "wf workers"),
)
SCREENS: Final[Mapping[str, type[RunScreen]]] = {entry.name: entry.screen for entry in _ENTRIES}
"""The screens by their names; the board lies below all others.

Textual makes a screen when it is shown for the first time, and keeps it.
"""
SCREEN_ACTIONS: Final = (
    *(entry.action() for entry in _ENTRIES),
    Action(
        "app.palette",
        ("ctrl+p",),
        "Palette",
        "Every action and every task by name",
        Group.APP,
        Where.APP,
        calls="app.command_palette",
    ),
    Action(
        "app.help",
        ("?",),
        "Help",
        "The keys of this screen",
        Group.APP,
        Where.APP,
        twins=("wf --help",),
        calls="app.help",
        footer=True,
    ),
    Action(
        "app.quit",
        ("q",),
        "Quit",
        "Leave the swarm running, or stop it",
        Group.APP,
        Where.APP,
        calls="app.quit",
        footer=True,
    ),
)
