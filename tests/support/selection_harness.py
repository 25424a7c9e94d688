"""A picture as the selection knows it, in which a test puts each task where it wants it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wf_tui.picture.columns import Column
from wf_tui.picture.orders import COLUMNS, SIMILAR

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wf_tui.picture.orders import Order
from wf_tui.board.selection.selection import Selection
from wf_tui.board.viewport.source import next_stop
from wf_tui.picture.entries import Entry, EntryKind

__all__ = [
    "FakePicture",
    "FakeSpot",
    "FakeTask",
    "FakeWindow",
    "StopWindow",
    "begin",
    "haunts",
    "kind_at",
    "some",
    "step",
]


@dataclass(frozen=True)
class FakeTask:
    """Where a task is: its column, its group there, and since when."""

    column: str
    group: int = 0
    since: int = 0
    similar: str = ""


@dataclass(frozen=True)
class FakeSpot:
    """A spot."""

    column: str
    at: Order


@dataclass(frozen=True)
class FakeTitle:
    """A title."""

    finished: bool


@dataclass
class FakePicture:
    """Tasks by name; all else follows from them."""

    at: dict[str, FakeTask] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    finished: set[int] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    protected: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)

    def section(self, task: FakeTask) -> int:
        """Return the group of the list."""
        waits = {"pending": 2 + (task.group > 0), "in_progress": 1, "done": 4}
        return waits.get(task.column, 3 if task.group else 0)

    def _order(self, name: str, *, in_list: bool) -> Order:
        task = self.at[name]
        group = float(self.section(task) if in_list else task.group)
        key = f"{SIMILAR}{task.similar}"
        same = [n for n, t in self.at.items() if t.similar == task.similar]
        alone = task.similar == "" or key in self.opened or self.protected & set(same)
        if not alone and task.column == "blocked":
            return (group, min(self.at[n].since for n in same), 0.0, 0.0, key)
        return (group, float(task.since), 0.0, 0.0, name)

    def _shown(self) -> list[str]:
        return [name for name in self.at if name not in self.hidden]

    @property
    def columns(self) -> Mapping[str, Column]:
        """The columns."""
        return {
            column: Column(
                {
                    self._order(name, in_list=False)
                    for name in self._shown()
                    if self.at[name].column == column
                }
            )
            for column in COLUMNS
        }

    @property
    def sections(self) -> Column:
        """The list."""
        return Column({self._order(name, in_list=True) for name in self._shown()})

    @property
    def needs(self) -> Column:
        """Blocked ones of group 0, oldest first."""
        found = {n: t for n, t in self.at.items() if t.column == "blocked" and not t.group}
        return Column({(0.0, float(t.since), 0.0, 0.0, name) for name, t in found.items()})

    def spot(self, task: str, *, in_list: bool) -> FakeSpot | None:
        """Return where it is."""
        if task not in self.at or task in self.hidden:
            return None
        return FakeSpot(self.at[task].column, self._order(task, in_list=in_list))

    def place(self, task: str, *, in_list: bool) -> FakeSpot | None:
        """Return where it would be without the filter."""
        if task not in self.at:
            return None
        return FakeSpot(self.at[task].column, self._order(task, in_list=in_list))

    def similar(self, name: str) -> list[str]:
        """Return the tasks of a similar card."""
        return [one for one, task in self.at.items() if f"{SIMILAR}{task.similar}" == name]

    def group_title(self, column: str, group: float) -> FakeTitle:
        """Return whether it is finished."""
        return FakeTitle(column == "done" and group in self.finished)

    def tasks(self, column: str, group: float | None = None) -> list[str]:
        """Return all of a column or group that is not hidden."""
        found = []
        for name in self._shown():
            task = self.at[name]
            where = self.section(task) if column == "list" else task.group
            if column in {"list", task.column} and group in {None, where}:
                found.append(name)
        return found

    def open_similar(self, name: str) -> None:
        """Open it."""
        self.opened.add(name)

    def protect(self, tasks: Collection[str]) -> None:
        """Keep them."""
        self.protected = set(tasks)


@dataclass
class FakeWindow:
    """A screen on which stands what a test says."""

    rows: dict[Order, int] = field(default_factory=dict)
    picture: FakePicture | None = None

    def row_of(self, column: str, at: Order) -> int | None:  # noqa: ARG002 - the protocol's
        """Return the row."""
        return self.rows.get(at)

    def stop_on(self, column: str, row: int) -> None:
        """Nothing is seen."""


class StopWindow(FakeWindow):
    """A screen of one-line entries, all of them in view."""

    def __init__(self, selection: Selection) -> None:
        super().__init__()
        self._selection = selection

    def _stops(self, column: str) -> list[Entry]:
        entries = self._selection.entries(column)
        found, one = [], entries.first()
        while one is not None:
            found += [one] if one.is_stop else []
            one = entries.after(one)
        return found

    def row_of(self, column: str, at: Order) -> int | None:
        """Return its place."""
        orders = [one.at for one in self._stops(column)]
        return orders.index(at) if at in orders else None

    def stop_on(self, column: str, row: int) -> Entry | None:  # type: ignore[override]
        """Return the one in that place, else the last."""
        stops = self._stops(column)
        return stops[min(row, len(stops) - 1)] if stops else None


def begin(picture: FakePicture, task: str = "", *, in_list: bool = False) -> Selection:
    """Return a selection, on a task."""
    selection = Selection(picture)
    selection.show_list(on=in_list)
    selection.follow()
    if task:
        assert selection.go_to(task)
    return selection


def step(selection: Selection, by: int) -> None:
    """Move down or up, as `j` and `k` do."""
    entries = selection.entries(selection.column)
    if selection.at is None:
        return
    here = entries.at(selection.at) or Entry(EntryKind.CARD, selection.at)
    entry = next_stop(entries, here, by)
    if entry is not None:
        selection.go(selection.column, entry)


def haunts(selection: Selection) -> bool:
    """Return whether only the ghost of the selected task is there."""
    return selection.is_ghost


def kind_at(selection: Selection) -> EntryKind | None:
    """Return what the cursor is on."""
    assert selection.at is not None
    entry = selection.entries(selection.column).at(selection.at)
    return None if entry is None else entry.kind


def some() -> FakePicture:
    """Return a few tasks in each column."""
    return FakePicture(
        {
            **{f"p{n}": FakeTask("pending", n // 2, n) for n in range(4)},
            **{f"r{n}": FakeTask("in_progress", 0, n) for n in range(3)},
            **{f"d{n}": FakeTask("done", n // 2, n) for n in range(4)},
            **{f"b{n}": FakeTask("blocked", n // 2, n) for n in range(4)},
        }
    )


# -- rule 2: until the first key
