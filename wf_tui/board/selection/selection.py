"""The selected task: it changes by a key or the mouse only, and leaves a ghost where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.selection.folds import Folds, groups_of
from wf_tui.board.selection.places import NEEDS, PLAIN, place_of
from wf_tui.board.viewport.source import next_stop
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.entries import Entries, Entry, EntryKind, header_order
from wf_tui.picture.orders import COLUMNS, LIST, SIMILAR

if TYPE_CHECKING:
    from collections.abc import Collection

    from wf_tui.board.selection.places import SelectablePicture, Window
    from wf_tui.picture.orders import Order

__all__ = ["Selection"]

_FIRST: Final = (TaskState.IN_PROGRESS, TaskState.PENDING, TaskState.BLOCKED, TaskState.DONE)
"""Where the first selection is looked for when nothing needs a person."""


class Selection:
    """What is selected, in the columns or in the list.

    `follow` is called after each change of the picture, the filter or the marks, all else when a
    person moves. The cursor stands at `at` in `column`; `task` is what the keys work on, None where
    the cursor is on a folded group or on a card that stands for several tasks.
    """

    def __init__(self, picture: SelectablePicture) -> None:
        self.picture = picture
        self.folds = Folds()
        self.begun = False
        """Whether a person has pressed a key; until then the selection is the first there is."""
        self.task: str | None = None
        self.column: str = TaskState.PENDING.value
        self.at: Order | None = None
        self.is_ghost = False
        """Whether what the cursor was on has left, and only its ghost stands at `at`."""
        self._remembered: dict[str, str] = {}

    # -- what there is

    @property
    def in_list(self) -> bool:
        """Whether the list is shown and not the columns."""
        return self.column == LIST

    def entries(self, column: str) -> Entries:
        """Return the entries of a column, or of the list, as they are now."""
        ghost = self.at if self.is_ghost and column == self.column else None
        cards = self.picture.sections if column == LIST else self.picture.columns[column]
        folded = self.folds.folded(column)
        if ghost is not None and ghost == header_order(ghost[0]) and ghost[0] not in folded:
            ghost = None  # The header of an open group is nothing that the cursor stays on.
        return Entries(cards, folded=folded, plain=PLAIN[column], ghost=ghost)

    def cursor_in(self, column: str) -> Order | None:
        """Return where the cursor of a column stands: the one of the keys, or what it remembers."""
        if column == self.column:
            return self.at
        task = self._remembered.get(column)
        spot = None if task is None else self.picture.spot(task, in_list=column == LIST)
        if spot is None or column not in {LIST, spot.column} or spot.at[-1] != task:
            return None
        return spot.at

    @property
    def stop(self) -> Entry | None:
        """What the cursor is on when no task is selected; None where that has left."""
        if self.task is not None or self.at is None or self.is_ghost:
            return None
        return self.entries(self.column).at(self.at)

    # -- following the picture

    def follow(self) -> None:
        """Find the selected task again; where it has left its place, its ghost stays there."""
        if not self.begun or self.at is None:
            self._select_first()
        elif self.task is not None:
            spot = self.picture.spot(self.task, in_list=self.in_list)
            self.is_ghost = True
            if spot is not None and spot.at[-1] == self.task:
                column = LIST if self.in_list else spot.column
                if place_of(column, spot.at) == place_of(self.column, self.at):
                    self.at, self.is_ghost = spot.at, False
        else:
            if self.at[-1].startswith(SIMILAR):
                # Its place is that of the oldest of its tasks, which may have left it.
                oldest = self.picture.similar(self.at[-1])[:1]
                spot = self.picture.spot(oldest[0], in_list=False) if oldest else None
                self.at = self.at if spot is None else spot.at
            # Of a fold or of a card for several tasks: the cursor stays to be seen, too.
            self.is_ghost = False
            self.is_ghost = self.entries(self.column).at(self.at) is None
        self._keep()

    def _select_first(self) -> None:
        """Select the first that needs a person, else what is in progress, else what is pending."""
        picture = self.picture
        columns = (picture.columns[state.value] for state in _FIRST)
        firsts = [*picture.needs[:1], *(name for column in columns for name in column[:1])]
        self.task = self.at = None
        self.is_ghost = False
        for task in firsts:
            spot = picture.spot(task, in_list=self.in_list)
            if spot is not None:
                self.column = LIST if self.in_list else spot.column
                folded = spot.at[0] in self.folds.folded(self.column)
                self.at = header_order(spot.at[0]) if folded else spot.at
                self.task = task if self.at[-1] == task else None
                return

    def _keep(self) -> None:
        """Hold open what the selected and the marked tasks are in, and where the cursor stands."""
        kept = self.picture.marks | ({self.task} if self.task is not None else set())
        held = {(self.column, self.at[0])} if self.task is not None and self.at else set()
        for task in kept:
            spot = self.picture.spot(task, in_list=self.in_list)
            if spot is not None:
                held.add((LIST if self.in_list else spot.column, spot.at[0]))
        self.folds.update(self.picture, held)
        self.picture.protect(kept)

    # -- moving

    def go(self, column: str, entry: Entry) -> None:
        """Select an entry, as a key or a click does; a header that is open is no place to go."""
        self.begun = True
        if entry.kind is EntryKind.GHOST and column == self.column:
            return
        if self.task is not None and not self.is_ghost:
            self._remembered[self.column] = self.task
        self.column, self.at, self.is_ghost = column, entry.at, False
        self.task = entry.name if entry.kind is EntryKind.CARD else None
        if self.task is not None:
            self._remembered[column] = self.task
        self._keep()

    def go_to(self, task: str) -> bool:
        """Select a task, whatever it is folded into; return False where the filter hides it."""
        spot = self.picture.spot(task, in_list=self.in_list)
        if spot is not None and spot.at[-1].startswith(SIMILAR):
            self.picture.open_similar(spot.at[-1])
            spot = self.picture.spot(task, in_list=self.in_list)
        if spot is None:
            return False
        column = LIST if self.in_list else spot.column
        if spot.at[0] in self.folds.folded(column):
            self.folds.open(column, spot.at[0])
        self.go(column, Entry(EntryKind.CARD, spot.at))
        return True

    def sideways(self, by: int, columns: Collection[str], window: Window) -> bool:
        """Go to the next column on a side, or in the list to the next group.

        `columns` are those that one can go to; the others are passed over. In a column it is the
        card that it remembers if that is in view, else the one on the same row. Returns whether
        there was anywhere to go.
        """
        if self.in_list:
            return self._to_group(by)
        places = [one for one in COLUMNS if one in columns or one == self.column]
        place = places.index(self.column) + by
        if not 0 <= place < len(places):
            return False
        return self.enter(places[place], window)

    def enter(self, column: str, window: Window) -> bool:
        """Go to a column; return whether there was anything to select in it."""
        row = None if self.at is None else window.row_of(self.column, self.at)
        remembered = self.cursor_in(column)
        entries = self.entries(column)
        entry = None
        if remembered is None or window.row_of(column, remembered) is None:
            entry = window.stop_on(column, row or 0)
        if entry is None and remembered is not None:
            entry = entries.at(remembered)
        entry = entry or first_stop(entries)
        if entry is not None:
            self.go(column, entry)
        return entry is not None

    def _to_group(self, by: int) -> bool:
        entries = self.entries(self.column)
        groups = entries.groups()
        here = self.at[0] if self.at is not None else -1.0
        beside = [one for one in groups if (one > here if by > 0 else one < here)]
        if not beside:
            return False
        header = entries.header(beside[0] if by > 0 else beside[-1])
        entry = header if header.folded else entries.after(header)
        assert entry is not None, "a group has cards"  # noqa: S101 - for the type
        self.go(self.column, entry)
        return True

    def beside(self, by: int) -> bool:
        """Go to the next card below or above, over all that stands for several tasks."""
        entries = self.entries(self.column)
        here = None if self.at is None else entries.at(self.at) or Entry(EntryKind.CARD, self.at)
        while here is not None:
            here = next_stop(entries, here, by)
            if here is not None and here.kind is EntryKind.CARD:
                self.go(self.column, here)
                return True
        return False

    def next_need(self) -> str | None:
        """Return the task that needs a person next, after the selected one or its ghost."""
        needs = self.picture.needs
        if not needs:
            return None
        if self.task in needs and not self.is_ghost:
            return needs[(needs.index(self.task) + 1) % len(needs)]
        if self.at is not None and self.column in {LIST, TaskState.BLOCKED.value}:
            for task in needs if self.at[0] == NEEDS else ():
                spot = self.picture.spot(task, in_list=self.in_list)
                if spot is not None and spot.at > self.at:
                    return task
        return needs[0]

    # -- folding, and the list

    def toggle_fold(self) -> bool:
        """Fold the group under the cursor, or open what the cursor is on; False: nothing folds."""
        if self.at is None or (self.is_ghost and self.task is None):
            return False
        column, at, group = self.column, self.at, self.at[0]
        self.begun = True
        if at[-1].startswith(SIMILAR):
            self.picture.open_similar(at[-1])
            entry = self.entries(column).nearest(at)
        elif at == header_order(group):
            self.folds.open(column, group)
            entry = self.entries(column).after(self.entries(column).header(group))
        elif group in PLAIN[column]:
            return False
        else:
            self.folds.close(column, group)
            self.is_ghost = False
            entry = self.entries(column).header(group)
        if entry is not None and not entry.is_stop:
            # The group has emptied since the cursor came to it.
            entry = next_stop(self.entries(column), entry, 1)
        if entry is not None:
            self.go(column, entry)
        return True

    def toggle_all_folds(self) -> None:
        """Fold all groups, or open all where all are folded."""
        columns = (LIST,) if self.in_list else COLUMNS
        groups = [(one, group) for one in columns for group in groups_of(self.picture, one)]
        groups = [(one, group) for one, group in groups if group not in PLAIN[one]]
        some_open = any(group not in self.folds.folded(one) for one, group in groups)
        change = self.folds.close if some_open else self.folds.open
        for column, group in groups:
            change(column, group)
        if self.at is None or self.at[0] in PLAIN[self.column]:
            return
        header = self.entries(self.column).header(self.at[0])
        entry = header if header.folded else self.entries(self.column).after(header)
        if entry is not None and (header.folded or self.task is None):
            self.go(self.column, entry)

    def show_list(self, *, on: bool) -> None:
        """Change between the list and the columns; the selected task stays the selected one."""
        if on == self.in_list:
            return
        task, self.is_ghost = self.task, False
        self.column = LIST if on else TaskState.PENDING.value
        place = None if task is None else self.picture.place(task, in_list=on)
        if task is None or place is None:
            self._select_first()
        elif not self.go_to(task):
            # The filter hides it; it is selected all the same, and its ghost says so.
            self.column, self.at = LIST if on else place.column, place.at
            self.is_ghost = True
        self._keep()


def first_stop(entries: Entries) -> Entry | None:
    """Return the first entry that the cursor stops at."""
    first = entries.first()
    return first if first is None or first.is_stop else next_stop(entries, first, 1)
