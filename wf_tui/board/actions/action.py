"""What an action of the board is: one thing that a key, a click, a drop or the palette can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from textual.binding import Binding

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.host import ActionHost

    Handler = Callable[[ActionHost, tuple[str, ...]], None]

__all__ = ["Action", "Group", "Where"]


class Where(Enum):
    """Where the key of an action works."""

    CARDS = "cards"
    """On every screen with a selected card; on all marked cards, where it can."""
    ONE = "one"
    """On every screen with a selected card; on that one only."""
    RUN = "run"
    """On every screen; on the run."""
    APP = "app"
    """On every screen; changes only what is looked at."""
    BOARD = "board"
    """On the board only; changes only what is looked at."""

    @property
    def needs_card(self) -> bool:
        """Whether it does something to a card."""
        return self in {Where.CARDS, Where.ONE}


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
    where: Where
    twins: tuple[str, ...] = ()
    """The commands that do the same, as they are typed, with their arguments."""
    moves: tuple[str, ...] = ()
    """The moves of RULES 3.1 that it may make; it is possible when one of them is."""
    handler: Handler | None = None
    calls: str = ""
    footer: bool = False

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
