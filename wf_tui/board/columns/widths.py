"""How wide each column is: by which of them are empty, and never by how many cards they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.orders import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["AROUND", "BETWEEN", "RAIL", "SIDE_BY_SIDE", "column_widths", "stand_side_by_side"]

RAIL: Final = 3
"""Cells of a column that has no card."""
AROUND: Final = 1
"""Cells at the left of a column, for its cursor."""
BETWEEN: Final = 2
"""Cells at the right of a column but the last: a space and the rule. The last has only one."""
SIDE_BY_SIDE: Final = 107
"""Cells from which on all four columns have their minimum beside each other."""
_PENDING, _RUNNING, _DONE, _BLOCKED = (state.value for state in TaskState)
_LEAST: Final = {_PENDING: 18, _RUNNING: 28, _DONE: 16, _BLOCKED: 34}
_IDEAL: Final = {_PENDING: 34, _RUNNING: 44, _DONE: 34, _BLOCKED: 56}
_REST: Final = {_PENDING: 1, _RUNNING: 2, _DONE: 1, _BLOCKED: 2}
"""How what is left beyond the ideals is shared."""
_CHROME: Final = len(COLUMNS) * (AROUND + BETWEEN) - 1


def stand_side_by_side(width: int, rails: Collection[str]) -> bool:
    """Return whether the columns have their minimum beside these rails."""
    least = sum(RAIL if one in rails else _LEAST[one] for one in COLUMNS)
    return least + _CHROME <= width


def column_widths(width: int, rails: Collection[str]) -> dict[str, int]:
    """Return the cells of each column's text on so many cells; those in `rails` have no card.

    Each gets its minimum, then up to its ideal in proportion to what it lacks, then its part of the
    rest. From left to right each takes its share of what is still left, rounded down.
    """
    widths = {one: RAIL if one in rails else _LEAST[one] for one in COLUMNS}
    wide = [one for one in COLUMNS if one not in rails]
    left = max(0, width - _CHROME - sum(widths.values()))
    lacking = [_IDEAL[one] - _LEAST[one] for one in wide]
    to_ideal = min(left, sum(lacking))
    _share(widths, wide, lacking, to_ideal)
    _share(widths, wide, [_REST[one] for one in wide], left - to_ideal)
    return widths


def _share(widths: dict[str, int], names: Sequence[str], parts: Sequence[int], cells: int) -> None:
    whole = sum(parts)
    for name, part in zip(names, parts, strict=True):
        given = cells * part // whole
        widths[name] += given
        cells, whole = cells - given, whole - part
