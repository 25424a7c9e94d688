"""What an action of the board is: one thing that a key, a click, a drop or the palette can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Final

from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.host import ActionHost

    Handler = Callable[[ActionHost, tuple[str, ...]], None]

__all__ = ["EVERY_SCREEN", "RUN_VIEWS", "Action", "Context", "Group", "Handler", "Target"]


class Context(StrEnum):
    """Where a key is pressed; a key is only one action's in each of them (RULES 7.1)."""

    BOARD = "board"
    """The board with its list and its pane."""
    INBOX = "inbox"
    BOX = "box"
    """The answer box, while it has the focus."""
    GRAPH = "graph"
    WORKERS = "workers"
    TIMELINE = "timeline"
    RUNS = "runs"
    REVIEW = "review"
    LAND = "land"
    PLAN = "plan"
    START = "start"
    DIALOG = "dialog"
    TEXT = "text"
    """A line or a field that is typed in."""


RUN_VIEWS: Final = frozenset(
    {Context.BOARD, Context.INBOX, Context.GRAPH, Context.WORKERS, Context.TIMELINE}
)
"""The screens that show the run and select a task in it: the keys of tasks work there."""
EVERY_SCREEN: Final = RUN_VIEWS | {
    *(Context.RUNS, Context.REVIEW, Context.LAND, Context.PLAN, Context.START)
}
"""All that fill the terminal."""


class Target(Enum):
    """What an action works on."""

    TASKS = "tasks"
    """All marked tasks, where it can; the selected one where none is marked."""
    ONE = "one"
    """The selected task alone."""
    RUN = "run"
    """The run."""
    VIEW = "view"
    """Nothing of the run: it changes only what is looked at."""

    @property
    def needs_task(self) -> bool:
        """Whether it does something to a task."""
        return self in {Target.TASKS, Target.ONE}

    @property
    def changes_run(self) -> bool:
        """Whether it may change something of the run, or hand the terminal to a program in it."""
        return self is not Target.VIEW


class Group(StrEnum):
    """Under which word the help lists an action; the groups stand in the order of `ACTIONS`."""

    MOVE = "Move"
    LOOK = "Look"
    TASK = "Task"
    RUN = "Run"
    APP = "App"


@dataclass(frozen=True)
class Action:
    """One action: its keys, its words, its twin on the command line, and what it does.

    It has either a `handler`, which gets the application and the ids of the cards, or it `calls` an
    action of the application or the screen, in Textual's notation. A handler runs on the event loop
    and must not wait: it hands its work to `ActionHost.do` or `ActionHost.start_dialog`.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    group: Group
    target: Target
    contexts: frozenset[Context] = RUN_VIEWS
    """Where its keys work, and where help and palette list it."""
    twins: tuple[str, ...] = ()
    """The commands that do the same, as they are typed, with their arguments."""
    moves: tuple[str, ...] = ()
    """The moves of RULES 3.1 that it may make; it is possible when one of them is."""
    handler: Handler | None = None
    calls: str = ""
    title_now: Callable[[ActionHost, tuple[str, ...]], str] | None = None
    """What it is called for the tasks that it would work on now; "" for its own title."""
    widest: str = ""
    """The longest of its titles, where they differ: the footer keeps the place of what follows."""
    footer: bool = False

    def title_for(self, app: ActionHost, ids: tuple[str, ...]) -> str:
        """Return what it is called for these tasks."""
        now = self.title_now(app, ids) if self.title_now is not None else ""
        return now or self.title

    @property
    def call(self) -> str:
        """The Textual action that a binding or a click runs."""
        return self.calls or f"app.perform('{self.id}')"

    @property
    def binding(self) -> Binding:
        """The binding of its keys; its id is what the user's own keys refer to.

        Textual replaces the keys of a binding by that id, once `set_keymap` was called.
        """
        return Binding(
            ",".join(self.keys),
            self.call,
            self.title,
            show=self.footer,
            tooltip=self.help,
            id=self.id,
        )
