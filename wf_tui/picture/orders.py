"""Where a task stands: its place in its column of the board, and in the list."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

__all__ = [
    "COLUMNS",
    "LIST",
    "PARKED",
    "SIMILAR",
    "Half",
    "Order",
    "Section",
    "Spot",
    "column_order",
    "list_order",
]

COLUMNS: Final = tuple(state.value for state in TaskState)
"""The four columns, from left to right."""
LIST: Final = "list"
"""The column of a `Spot` in the list, where tasks of all states stand below each other."""
PARKED: Final = 1
"""The second number of the order of what is parked in the list: it stands behind what waits."""
SIMILAR: Final = "\0"
"""How the name of a card that stands for several similar tasks begins; no task is called so."""

Order = tuple[float, float, float, float, str]
"""A place in a column; the id at its end makes it unlike any other.

Compared as a tuple, by the one sort of `Column`. The first number is the group, by which `Entries`
draws headers and folds; what the others are is up to `column_order` and `list_order`.
"""


class Half(IntEnum):
    """The two groups of the column Blocked."""

    NEEDS_YOU = 0
    PARKED = 1
    """It goes on by itself, behind another task, or when a person lets it; or it is snoozed."""


class Section(IntEnum):
    """The groups of the list, from top to bottom."""

    NEEDS_YOU = 0
    WORKING = 1
    READY = 2
    """Pending, and nothing is left that it waits for; whatever else keeps it."""
    WAITING = 3
    DONE = 4


class Spot(NamedTuple):
    """A place: the column, by its state or `LIST`, and the order there."""

    column: str
    at: Order


def column_order(row: TaskRow, phase: float = 0, *, needs: bool) -> Order:
    """Return the place of a task in its column.

    Pending by phase, then by order of dispatch; in progress by start; done the last phase first,
    the newest first; blocked with what needs a person first, the oldest first. `phase` is the place
    of its phase in the plan, `needs` whether it needs a person, and is not snoozed.
    """
    if row.state is TaskState.PENDING:
        return (phase, row.rank, row.ordinal, 0, row.id)
    if row.state is TaskState.DONE:
        return (-phase, -row.since, row.ordinal, 0, row.id)
    if row.state is TaskState.BLOCKED:
        half = Half.NEEDS_YOU if needs else Half.PARKED
        return (half, row.since, row.ordinal, 0, row.id)
    return (0, row.since, row.ordinal, 0, row.id)


def list_order(row: TaskRow, *, needs: bool) -> Order:
    """Return the place of a task in the list; told by its row alone, never by a reason."""
    if row.state is TaskState.PENDING and not row.unmet:
        return (Section.READY, row.rank, row.ordinal, 0, row.id)
    if row.state is TaskState.PENDING:
        return (Section.WAITING, 0, row.rank, row.ordinal, row.id)
    if row.state is TaskState.BLOCKED and not needs:
        return (Section.WAITING, PARKED, row.since, row.ordinal, row.id)
    if row.state is TaskState.DONE:
        return (Section.DONE, -row.since, row.ordinal, 0, row.id)
    section = Section.NEEDS_YOU if row.state is TaskState.BLOCKED else Section.WORKING
    return (section, row.since, row.ordinal, 0, row.id)
