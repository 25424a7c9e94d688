"""What the parts of the board tell each other; widgets send these up, never sideways.

A message goes from the widget to its screen and from there to the application. The two of the feed
are the only ones that come from another thread; Textual queues them for the event loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from textual.geometry import Offset

    from wf_tui.ledger.model.states import TaskState
    from wf_tui.picture.batch import Batch

__all__ = [
    "ActionChosen",
    "CardDragged",
    "CardDropped",
    "ColumnChosen",
    "FeedFailed",
    "LedgerChanged",
    "PhaseChosen",
    "TaskDropped",
]


@dataclass
class LedgerChanged(Message):
    """The ledger has news for the picture; from the feed to the application.

    The next one comes only after `LedgerFeed.taken`.
    """

    batch: Batch


@dataclass
class FeedFailed(Message):
    """The ledger could not be read; from the feed to the application. It is tried again."""

    reason: str


@dataclass
class CardDragged(Message):
    """A card is held over a place on the screen, or, at the `end`, let go there.

    From the view that has captured the mouse; its screen knows what lies under the place.
    """

    card: str
    at: Offset
    end: bool = False


@dataclass
class CardDropped(Message):
    """A card was dragged from one column to another, `onto` a card of it or beside them.

    From the board to the application, which knows what that does to the run.
    """

    card: str
    from_state: TaskState
    to_state: TaskState
    onto: str | None = None


@dataclass
class TaskDropped(Message):
    """The task of one seat was dragged onto another; from the workers to the application."""

    task: str
    worker: str


@dataclass
class ColumnChosen(Message):
    """A tab of the narrow board was clicked; from the tabs to the board."""

    state: TaskState


@dataclass
class PhaseChosen(Message):
    """A phase of the strip was clicked; from the strip to its screen."""

    phase: str


@dataclass
class ActionChosen(Message):
    """An action in the footer was clicked; from the footer of any screen to the application."""

    action: str
