"""What the parts of the board tell each other; widgets send these up, never sideways."""

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
    "CardOpened",
    "CardSelected",
    "ColumnChosen",
    "FeedFailed",
    "LedgerChanged",
    "TaskDropped",
]


@dataclass
class LedgerChanged(Message):
    """The ledger has news for the picture."""

    batch: Batch


@dataclass
class FeedFailed(Message):
    """The ledger could not be read; it is tried again."""

    reason: str


@dataclass
class CardSelected(Message):
    """Another card is the selected one of a column; None where the column is empty."""

    state: TaskState
    card: str | None
    left: str | None = None
    """The card that was selected, when it left the column by itself."""


@dataclass
class CardOpened(Message):
    """A card was opened with the mouse."""

    card: str


@dataclass
class CardDragged(Message):
    """A card of a column is held over a place on the screen, or, at the `end`, let go there."""

    card: str
    from_state: TaskState
    at: Offset
    end: bool = False


@dataclass
class CardDropped(Message):
    """A card was dragged from one column to another, `onto` a card of it or beside them."""

    card: str
    from_state: TaskState
    to_state: TaskState
    onto: str | None = None


@dataclass
class TaskDropped(Message):
    """The task of one seat was dragged onto another."""

    task: str
    worker: str


@dataclass
class ColumnChosen(Message):
    """A tab of the narrow board was clicked."""

    state: TaskState


@dataclass
class ActionChosen(Message):
    """An action in the footer was clicked."""

    action: str
