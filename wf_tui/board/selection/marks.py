"""The marked tasks: one, from the last mark to here, or all of a column or group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.picture.entries import EntryKind
from wf_tui.picture.orders import LIST

if TYPE_CHECKING:
    from wf_tui.board.selection.selection import Selection

__all__ = ["Marks"]


class Marks:
    """Marks tasks of the picture as keys ask for it; the acts then work on the marked ones."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._last: str | None = None
        """The task that was marked last."""

    def toggle(self) -> bool:
        """Mark the selected task, or no longer; False where no task is selected."""
        task = self._selection.task
        if task is None:
            return False
        self._selection.picture.marks ^= {task}
        self._last = task
        return True

    def extend(self) -> bool:
        """Mark all that is shown from the last mark to the selected task.

        Without a mark there, the selected one alone. What is folded away is not shown.
        """
        selection = self._selection
        task, here, marks = selection.task, selection.at, selection.picture.marks
        if task is None or here is None:
            return False
        spot = None
        if self._last is not None and self._last in marks:
            spot = selection.picture.spot(self._last, in_list=selection.in_list)
        if spot is None or (not selection.in_list and spot.column != selection.column):
            marks.add(task)
        else:
            low, high = sorted((spot.at, here))
            entries = selection.entries(selection.column)
            one = entries.at(low)
            while one is not None and one.at <= high:
                if one.kind is EntryKind.CARD:
                    marks.add(one.name)
                one = entries.after(one)
        self._last = task
        return True

    def toggle_all(self) -> None:
        """Mark all of the column, or of the group of the list, folded or not; or again none."""
        selection = self._selection
        group = selection.at[0] if selection.in_list and selection.at else None
        names = set(selection.picture.tasks(selection.column, group))
        marks = selection.picture.marks
        if names <= marks:
            marks -= names
        else:
            marks |= names

    def out_of_view(self) -> int:
        """Return how many marked tasks are in no frame: folded, filtered, or of a similar card."""
        selection = self._selection
        count = 0
        for task in selection.picture.marks:
            spot = selection.picture.spot(task, in_list=selection.in_list)
            if spot is None or spot.at[-1] != task:
                count += 1
            else:
                column = LIST if selection.in_list else spot.column
                count += spot.at[0] in selection.folds.folded(column)
        return count
