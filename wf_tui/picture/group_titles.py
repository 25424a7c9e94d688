"""What the headers of groups and of columns say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.orders import LIST, Half, Section
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.picture.arrangement import Arrangement
    from wf_tui.picture.phase_totals import PhaseTotals

__all__ = ["GroupTitle", "column_title", "group_title"]

_NAME: Final = 60
_SECTIONS: Final = {
    Section.NEEDS_YOU: "Needs you",
    Section.WORKING: "Working",
    Section.READY: "Ready",
    Section.WAITING: "Waiting",
    Section.DONE: "Done",
}
_COLUMNS: Final = {
    TaskState.PENDING: "Pending",
    TaskState.IN_PROGRESS: "In progress",
    TaskState.DONE: "Done",
    TaskState.BLOCKED: "Blocked",
}
_HALVES: Final = {Half.NEEDS_YOU: "needs you", Half.PARKED: "parked"}


@dataclass(frozen=True)
class GroupTitle:
    """A header; safe to draw. Counts are of tasks, also of those in similar cards."""

    name: str
    count: int
    """How many of it are shown."""
    of: int | None = None
    """Of how many, where the two differ in what they say: all of the phase, the seats, or all that
    there are without the filter."""
    finished: bool = False
    """Whether it is of a phase of which all is done."""
    took: float | None = None
    """How long such a phase took, in seconds."""
    cost_microusd: int | None = None
    """What such a phase cost; None where nobody told."""
    needs: int = 0
    """How many of all in it need a person, whatever the filter."""


def column_title(state: str, placed: Arrangement, jobs: int) -> GroupTitle:
    """Return the title of a column, or of the list."""
    count, every = placed.count_all(state)
    of = every if placed.filter.active else None
    if of is None and state == TaskState.IN_PROGRESS:
        of = jobs
    needs = len(placed.needs) if state in {TaskState.BLOCKED, LIST} else 0
    name = "" if state == LIST else _COLUMNS[TaskState(state)]
    return GroupTitle(name, count, of, needs=needs)


def group_title(
    column: str,
    group: float,
    placed: Arrangement,
    totals: PhaseTotals,
    phases: Mapping[int, str],
    jobs: int,
) -> GroupTitle:
    """Return the header of a group of a column; `phases` are the names by place in the plan."""
    count, every = placed.count(column, group)
    of = every if placed.filter.active else None
    if column in {TaskState.PENDING, TaskState.DONE}:
        return _of_phase(column, phases.get(abs(int(group)), ""), count, of, totals)
    if column == TaskState.IN_PROGRESS:
        return column_title(column, placed, jobs)
    needs = len(placed.needs) if group == 0 else 0
    if column == TaskState.BLOCKED:
        return GroupTitle(_HALVES[Half(int(group))], count, of, needs=needs)
    if of is None and group == Section.WORKING:
        of = jobs
    return GroupTitle(_SECTIONS[Section(int(group))], count, of, needs=needs)


def _of_phase(
    column: str, phase: str, count: int, of: int | None, totals: PhaseTotals
) -> GroupTitle:
    name, total = clean(phase, limit=_NAME), totals.by_name.get(phase)
    if total is None:
        return GroupTitle(name, count, of)
    if column == TaskState.PENDING:
        return GroupTitle(name, count, of, needs=total.needs)
    return GroupTitle(
        name,
        count,
        total.count,
        finished=total.finished,
        took=totals.took(phase),
        cost_microusd=totals.cost(phase),
        needs=total.needs,
    )
