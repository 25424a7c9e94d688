"""Where each task stands, in the columns and in the list, kept in step task by task."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.card_cache import TIMED, CardCache, Reach
from wf_tui.picture.columns import Column
from wf_tui.picture.filter import Filter
from wf_tui.picture.orders import (
    COLUMNS,
    LIST,
    PARKED,
    Half,
    Order,
    Section,
    Spot,
    column_order,
    list_order,
)
from wf_tui.picture.similar import SimilarCards, similar_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.queries.reasons import Reason
    from wf_tui.picture.first_part import Unread

__all__ = ["Arrangement"]

_BLOCKED = TaskState.BLOCKED.value


class _Place(NamedTuple):
    """Where a task stands, as it was last judged."""

    state: str
    at: Order
    in_list: Order
    shown: bool
    needs: bool
    similar: str
    """The name of the card that it may be part of."""


class Arrangement:
    """The sequences that are drawn: of what the filter lets through, and of all.

    `shown` has what is drawn in the columns; in Blocked, similar tasks are one entry. `sections` is
    the list, `needs` all that need a person, whatever the filter. Without a filter the sequences
    without similar cards are the same objects in `shown` and `every`, and so are the two of the
    list: a task is moved once then.
    """

    def __init__(self, cache: CardCache) -> None:
        self._cache = cache
        self._phases: Mapping[str, int] = {}
        self._places: dict[str, _Place] = {}
        self._changed_columns: set[str] = set()
        self._unread: Counter[tuple[str, float]] = Counter()
        """How many tasks of each group are not here yet."""
        self._judged: dict[str, object] = {}
        """By which reason the filter judged a pending task."""
        self.filter = Filter()
        self.similar = SimilarCards()
        self.every: dict[str, Column]
        self.shown: dict[str, Column]
        self.sections: Column
        self.every_section: Column
        self.needs: Column
        self.sort()

    def pop_changed_columns(self) -> frozenset[str]:
        """Return the columns that are shown with other cards or in another order than before.

        Asking clears the answer: whoever asks draws them. A change of the list is one of a column.
        """
        changed, self._changed_columns = frozenset(self._changed_columns), set()
        return changed

    def spot(self, task: str, *, in_list: bool) -> Spot | None:
        """Return where a task is seen; None where it is not there, or kept out by the filter."""
        place = self._places.get(task)
        if place is None or not place.shown:
            return None
        return self.place(task, in_list=in_list)

    def place(self, task: str, *, in_list: bool) -> Spot | None:
        """Return the same as `spot`, and of what the filter keeps out where it would be."""
        place = self._places.get(task)
        if place is None:
            return None
        if in_list:
            return Spot(LIST, place.in_list)
        if place.similar:
            return Spot(place.state, self.similar.entry(place.at, place.similar))
        return Spot(place.state, place.at)

    def count(self, column: str, group: float) -> tuple[int, int]:
        """Return how many tasks of a group are shown, and how many there are without the filter.

        Those of similar cards are counted one by one: the list has each of them.
        """
        unread = self._unread[column, group]
        seen = 0 if self.filter.active else unread
        if column == LIST:
            return self.sections.count(group) + seen, self.every_section.count(group) + unread
        every = self.every[column].count(group) + unread
        if column != _BLOCKED:
            return self.shown[column].count(group) + seen, every
        if group == Half.NEEDS_YOU:
            return self.sections.count(Section.NEEDS_YOU), every
        return self.sections.count(Section.WAITING, since=PARKED), every

    def count_all(self, column: str) -> tuple[int, int]:
        """Return the same of a whole column, or of the list."""
        unread = sum(count for (where, _), count in self._unread.items() if where == column)
        seen = 0 if self.filter.active else unread
        if column == LIST:
            return len(self.sections) + seen, len(self.every_section) + unread
        every = len(self.every[column]) + unread
        if column != _BLOCKED:
            return len(self.shown[column]) + seen, every
        return sum(self.count(column, half)[0] for half in Half), every

    def set_unread(self, unread: Iterable[Unread], phases: Mapping[str, int]) -> None:
        """Count tasks that are not here yet, by where they will stand; `phases` are the places."""
        self._unread.clear()
        for some in unread:
            place = phases.get(some.phase, 0)
            if some.state is TaskState.DONE:
                column, section = -place, Section.DONE
            else:
                column, section = place, Section.WAITING if some.waits else Section.READY
            self._unread[some.state.value, column] += some.count
            self._unread[LIST, section] += some.count

    def needs_you(self, task: str) -> bool:
        """Whether a task needs a person, and is not put off, as it was last placed."""
        return self._places[task].needs

    def set_filter(self, to: Filter) -> None:
        """Show only what a filter lets through; costs a walk over all tasks.

        For a filter by words, kind or lane it also costs the reason of each pending task.
        """
        self.filter = to
        self.sort()

    def set_phases(self, phases: Mapping[str, int]) -> bool:
        """Take the places of the phases in the plan; return whether one that there was moved."""
        before, self._phases = self._phases, phases
        return any(phases.get(name) != place for name, place in before.items())

    def sort(self, judged: Collection[str] | None = None) -> None:
        """Sort all at once: after a new filter, and after a batch that changed many.

        Only the tasks in `judged` are judged by the filter, all where it is None; but for those,
        time may have passed. All columns count as changed.
        """
        before = self._places
        self._places = {
            name: self._place(row)
            if judged is None or name in judged or name not in before
            else self._place(row, shown=before[name].shown)
            for name, row in self._cache.rows.items()
        }
        places = self._places.values()
        seen = [place for place in places if place.shown] if self.filter.active else places
        self.every = _columns(places)
        self.shown = _columns(seen) if self.filter.active else dict(self.every)
        self.similar.fill((one.at, one.similar) for one in seen if one.state == _BLOCKED)
        self.shown[_BLOCKED] = self.similar.column
        self.every_section = self.sections = Column(place.in_list for place in places)
        if self.filter.active:
            self.sections = Column(place.in_list for place in seen)
        self.needs = Column(place.at for place in places if place.needs)
        self._changed_columns |= set(COLUMNS)

    def move(self, row: TaskRow) -> None:
        """Move a task to where it belongs now, judged by the filter as it is now."""
        old, new = self._places.get(row.id), self._place(row)
        if old == new:
            return
        self._places[row.id] = new
        if old is not None:
            self._take_out(old)
            self._changed_columns |= {old.state} if old.shown else set()
        self._put_in(new)
        self._changed_columns |= {new.state} if new.shown else set()

    def reconsider(self, reach: Reach) -> None:
        """Judge again those pending tasks whose reason another one has changed.

        `reach` says whose may have. What only time has changed stays as it was judged.
        """
        if not self.filter.by_reason or reach is Reach.NONE:
            return
        rows = self._cache.rows
        # A list of its own, since moving a card changes the source.
        for name in list(self.every[TaskState.PENDING.value]):
            row = rows[name]
            if reach is Reach.UNBLOCKED and row.unmet:
                continue
            if self._judged.get(name) != _told(self._cache.reason(name)):
                self.move(row)

    def _take_out(self, place: _Place) -> None:
        self.every[place.state].remove(place.at)
        self.every_section.remove(place.in_list)
        if place.needs:
            self.needs.remove(place.at)
        if not place.shown:
            return
        if self.sections is not self.every_section:
            self.sections.remove(place.in_list)
        if place.state == _BLOCKED:
            self.similar.remove(place.at, place.similar)
        elif self.shown[place.state] is not self.every[place.state]:
            self.shown[place.state].remove(place.at)

    def _put_in(self, place: _Place) -> None:
        self.every[place.state].add(place.at)
        self.every_section.add(place.in_list)
        if place.needs:
            self.needs.add(place.at)
        if not place.shown:
            return
        if self.sections is not self.every_section:
            self.sections.add(place.in_list)
        if place.state == _BLOCKED:
            self.similar.add(place.at, place.similar)
        elif self.shown[place.state] is not self.every[place.state]:
            self.shown[place.state].add(place.at)

    def _place(self, row: TaskRow, *, shown: bool | None = None) -> _Place:
        needs = self._cache.needs_you(row)
        return _Place(
            row.state,
            column_order(row, self._phases.get(row.phase, 0), needs=needs),
            list_order(row, needs=needs),
            self._lets_through(row) if shown is None else shown,
            needs,
            similar_name(row.kind or "", self._cache.proof(row.id)) if needs else "",
        )

    def _lets_through(self, row: TaskRow) -> bool:
        if not self.filter.active:
            return True
        if self.filter.by_reason and row.state is TaskState.PENDING:
            self._judged[row.id] = _told(self._cache.reason(row.id))
        return self.filter.matches(row, self._cache)


def _told(reason: Reason) -> object:
    """Return what a reason says but for what time alone changes of it."""
    return (reason.kind, reason.detail) if reason.kind in TIMED else reason


def _columns(places: Iterable[_Place]) -> dict[str, Column]:
    orders: dict[str, list[Order]] = {state: [] for state in COLUMNS}
    for place in places:
        orders[place.state].append(place.at)
    return {state: Column(many) for state, many in orders.items()}
