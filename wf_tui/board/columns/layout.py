"""What stands beside what: the columns, one of them, or the list, and the pane."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from wf_tui.board.columns.widths import (
    AROUND,
    BETWEEN,
    RAIL,
    SIDE_BY_SIDE,
    column_widths,
    stand_side_by_side,
)
from wf_tui.picture.orders import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BROAD", "BoardLayout", "Kind", "board_layout"]

BROAD: Final = 180
"""Cells from which on the pane stands beside four columns."""
_BESIDE: Final = 42
"""Cells of the list, or of the one column, that stands beside the pane, with its cursor's."""


class Kind(Enum):
    """What is shown of the tasks."""

    NOTHING = "nothing"
    """The pane has all of the body."""
    LIST = "list"
    COLUMNS = "columns"
    """All four, of which some may be rails."""
    TABS = "tabs"
    """One column, with tabs above it."""
    BESIDE = "beside"
    """One column beside the pane."""


@dataclass(frozen=True)
class BoardLayout:
    """A layout; two that are equal need no pass of Textual's."""

    kind: Kind
    width: int = 0
    """Cells of the list."""
    widths: Mapping[str, int] = field(default_factory=dict)
    """Cells of each column that is shown, all in."""
    rails: frozenset[str] = frozenset()
    pane: bool = False
    ruled: bool = False
    """Whether the last column, or the list, has a rule at its right."""


def board_layout(
    width: int, *, current: str, rails: frozenset[str], in_list: bool, pane: bool
) -> BoardLayout:
    """Return the layout on so many cells; `current` is the column with the cursor."""
    if width < SIDE_BY_SIDE and pane:
        return BoardLayout(Kind.NOTHING, pane=True)
    if in_list:
        beside = _BESIDE + BETWEEN if pane else width
        return BoardLayout(Kind.LIST, beside, pane=pane, ruled=pane)
    if pane and width < BROAD:
        widths = {current: _BESIDE + BETWEEN}
        return BoardLayout(Kind.BESIDE, widths=widths, pane=True, ruled=True)
    if not stand_side_by_side(width, rails):
        return BoardLayout(Kind.TABS, widths={current: width})
    # The rule between the last column and the pane takes a cell of the columns.
    room = width - width * 2 // 5 - 1 if pane else width
    cells = column_widths(room, rails)
    widths = {one: AROUND + cells[one] + BETWEEN for one in COLUMNS}
    if not pane:
        widths[COLUMNS[-1]] -= 1
    rails = frozenset(one for one in rails if cells[one] == RAIL)
    return BoardLayout(Kind.COLUMNS, widths=widths, rails=rails, pane=pane, ruled=pane)
