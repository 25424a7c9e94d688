"""What the selection asks of a picture, and the names of the places that a task may be in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.orders import LIST

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wf_tui.picture.columns import Column
    from wf_tui.picture.entries import Entry
    from wf_tui.picture.orders import Order

__all__ = ["LIST", "NEEDS", "PLAIN", "SelectablePicture", "Spot", "Window", "place_of"]

NEEDS: Final = 0.0
"""The group of what needs a person, among the blocked ones and in the list."""
_BLOCKED: Final = TaskState.BLOCKED.value
PLAIN: Final[Mapping[str, frozenset[float]]] = {
    TaskState.PENDING.value: frozenset(),
    TaskState.IN_PROGRESS.value: frozenset({0.0}),
    TaskState.DONE.value: frozenset(),
    _BLOCKED: frozenset({NEEDS}),
    LIST: frozenset(),
}
"""The groups without a header, by column; they never fold."""


class Spot(Protocol):
    """Where a task stands: a column, and the order of its card or of the card it is part of."""

    @property
    def column(self) -> str:
        """The state of the column; of the list anything."""

    @property
    def at(self) -> Order:
        """The order there."""


class Title(Protocol):
    """What the header of a group says."""

    @property
    def finished(self) -> bool:
        """Whether nothing of the group is left to do."""


class SelectablePicture(Protocol):
    """The part of `picture.Picture` that the selection knows."""

    marks: set[str]

    @property
    def columns(self) -> Mapping[str, Column]:
        """The four columns, as the filter has them."""

    @property
    def sections(self) -> Column:
        """The list, as the filter has it."""

    @property
    def needs(self) -> Column:
        """The tasks that need a person, oldest first, whatever the filter."""

    def spot(self, task: str, *, in_list: bool) -> Spot | None:
        """Return where a task stands; None where the filter keeps it out."""

    def place(self, task: str, *, in_list: bool) -> Spot | None:
        """Return where a task stands, or would stand if the filter let it through."""

    def group_title(self, column: str, group: float) -> Title:
        """Return what the header of a group says."""

    def tasks(self, column: str, group: float | None = None) -> list[str]:
        """Return all tasks that are shown in a column or in a group of it, each by itself."""

    def similar(self, name: str) -> Sequence[str]:
        """Return the tasks of a similar card, the oldest first; none where there is no such."""

    def open_similar(self, name: str) -> None:
        """Show each task of a similar card as a card of its own."""

    def protect(self, tasks: Collection[str]) -> None:
        """Say which tasks must not become part of a similar card."""


class Window(Protocol):
    """What is on the screen now, as far as a move to the side depends on it."""

    def row_of(self, column: str, at: Order) -> int | None:
        """Return the row of an entry; None where it is not in view."""

    def stop_on(self, column: str, row: int) -> Entry | None:
        """Return the stop on a row, or the nearest one in view."""


def place_of(column: str, at: Order) -> tuple[str, float]:
    """Return the place that a task is in; it leaves a ghost behind only where it goes to another.

    It is the column, among the blocked ones also the half, and in the list the group.
    """
    return column, at[0] if column in {_BLOCKED, LIST} else 0.0
