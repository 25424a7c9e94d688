"""The actions that lead to the screens of a run, and out of the application.

A new screen is its own module, its class in `board.screen_table` and one entry in `_ENTRIES`: key,
palette, help, footer and `[keys]` of the configuration follow from that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from wf_tui.board.actions.action import EVERY_SCREEN, RUN_VIEWS, Action, Context, Group, Target

__all__ = ["SCREEN_ACTIONS"]


_SHOWN_FROM: Final = RUN_VIEWS | {Context.RUNS}
"""Where digits are the screens; the answer box and a plan have other digits and keys."""


@dataclass(frozen=True)
class _Entry:
    """A screen: its name, its key, its words, and the command that shows the same."""

    name: str
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
            Target.VIEW,
            _SHOWN_FROM,
            twins=(self.twin,),
            calls=f"app.go('{self.name}')",
            footer=self.footer,
        )


_ENTRIES: Final = (
    _Entry("board", "1", "The four columns", "wf status"),
    _Entry("inbox", "2", "Only what needs you", "wf inbox", footer=True),
    _Entry("graph", "3", "What waits for what, and the critical path", "wf graph"),
    _Entry("workers", "4", "The seats and what they hold", "wf workers"),
    _Entry("timeline", "5", "When each seat worked on what", "wf timeline"),
    _Entry("runs", "6", "The runs of all repositories", "wf runs --all"),
)
_TIMELINE: Final = tuple(
    Action(
        f"timeline.{name}",
        keys,
        title,
        text,
        Group.LOOK,
        Target.VIEW,
        frozenset({Context.TIMELINE}),
        calls=f"screen.window('{act}')",
    )
    for name, keys, title, text, act in (
        ("zoom_in", ("+",), "Zoom in", "Fewer seconds a cell", "in"),
        ("zoom_out", ("-",), "Zoom out", "More seconds a cell", "out"),
        ("now", ("0",), "Now", "Back to now", "now"),
        ("left", ("h", "left"), "Earlier", "To what was earlier", "left"),
        ("right", ("l", "right"), "Later", "To what was later", "right"),
    )
)
SCREEN_ACTIONS: Final = (
    *(entry.action() for entry in _ENTRIES),
    *_TIMELINE,
    Action(
        "graph.path",
        ("C",),
        "Critical path",
        "The next task of the critical path",
        Group.LOOK,
        Target.VIEW,
        frozenset({Context.GRAPH}),
        calls="screen.path",
        footer=True,
    ),
    Action(
        "app.palette",
        ("ctrl+p",),
        "Palette",
        "Every action and every task by name",
        Group.APP,
        Target.VIEW,
        EVERY_SCREEN,
        calls="app.command_palette",
    ),
    Action(
        "app.help",
        ("?",),
        "Help",
        "The keys of this screen",
        Group.APP,
        Target.VIEW,
        EVERY_SCREEN,
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
        Target.VIEW,
        EVERY_SCREEN,
        calls="app.quit",
        footer=True,
    ),
    Action(
        "app.suspend",
        ("ctrl+z",),
        "Suspend",
        "Stop the board as a job of your shell; fg brings it back",
        Group.APP,
        Target.VIEW,
        EVERY_SCREEN,
        calls="app.suspend_process",
    ),
)
