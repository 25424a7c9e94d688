"""The picture of a run that a view keeps: sorted columns, counts, header, filter, marks.

It starts from one read of the run and then takes what changed; the same events give the same
picture, however they are cut into batches. A change costs what changed: nothing here walks over all
cards but a new filter, and a card is made when it is first looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.words import RunState, TaskState
from wf_tui.picture import allowed
from wf_tui.picture.batch import Batch, Changes, Tally
from wf_tui.picture.card import COLUMNS, order
from wf_tui.picture.columns import Column
from wf_tui.picture.filter import QUICK, Filter, parse
from wf_tui.picture.header import NO_HEADER, Header, make_header, stalled
from wf_tui.picture.looks import TIMED, Cards, Looks, Reach
from wf_tui.picture.seats import SeatView, seat_view
from wf_tui.picture.sequence import Sequences
from wf_tui.picture.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wf_tui.ledger.reasons import Reason
    from wf_tui.ledger.rows import RunRow, TaskRow, WorkerRow
    from wf_tui.picture.card import Card, Order

__all__ = ["Batch", "Changes", "Picture"]

_FEW: Final = 50
_BULK: Final = 8
"""A batch of more than one in so many cards is sorted in one go."""
_STANDS_STILL: Final = frozenset({RunState.STALLED, RunState.PARTIAL})


class Picture:
    """A run as a view shows it, at event `seq`. Ids are those of the ledger, not safe to draw."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.seq = 0
        self.run: RunRow | None = None
        """The run, once the first batch is in."""
        self.marks: set[str] = set()
        self._batch: Batch | None = None
        self._looks = Looks()
        self.cards: Mapping[str, Card] = Cards(self._looks)
        """All cards by id, also those that the filter keeps out."""
        self._totals = Totals()
        self._sequences = Sequences()
        self._tally = Tally()
        self._filter = Filter()
        self._all = _no_columns()
        self._shown = self._all
        self._moved: set[str] = set()
        self._timed: set[str] = set()
        """Cards that the filter looked at while their reason was one that passes by itself."""

    # -- taking what changed

    def apply(self, batch: Batch) -> Changes:
        """Take what changed; return what to draw again."""
        before, old = self.header, self._batch
        self._batch, self.run, self.seq = batch, batch.run, batch.seq
        self._moved = set()
        if batch.whole:
            self._forget()
        self._tally += batch.tally
        self.now = max(self.now, batch.reasons.now)
        self._looks.tick(self.now)
        reach = self._looks.observe(batch.reasons)
        changed = self._take(batch)
        changed |= {str(e.task) for e in batch.events if self._looks.prove(e)}
        self._look_again(self._doubtful(reach))
        return Changes(
            cards=frozenset(changed),
            columns=frozenset(self._moved),
            header=self.header != before,
            reasons=reach is not Reach.NONE,
            seats=old is None or bool(changed) or old.workers != batch.workers,
        )

    def tick(self, now: float) -> frozenset[str]:
        """Let time pass; return the columns that a filter by reasons now shows differently."""
        self.now = now
        self._moved = set()
        self._looks.tick(now)
        self._look_again(list(self._timed))
        return frozenset(self._moved)

    def _forget(self) -> None:
        self._looks.forget()
        self._totals, self._sequences, self._tally = Totals(), Sequences(), Tally()
        self._all = _no_columns()
        self._shown = _no_columns() if self._filter.active else self._all
        self._timed.clear()

    def _take(self, batch: Batch) -> set[str]:
        rows, changed = self._looks.rows, set()
        bulk = batch.whole or len(batch.tasks) > max(_FEW, len(rows) // _BULK)
        for row in batch.tasks:
            old = rows.get(row.id)
            shown = self._is_shown(old)
            if not self._looks.put(row, batch.reasons.unmet_needs.get(row.id, ())):
                continue
            changed.add(row.id)
            self._totals.change(old, row)
            if old is None:
                self._sequences.add(row)
            if not bulk:
                self._move(old, row, shown=shown)
        if bulk and changed:
            self._sort()
        return changed

    # -- columns

    @property
    def columns(self) -> Mapping[str, Sequence[str]]:
        """The ids of each column that the filter lets through, in the column's order."""
        return self._shown

    @property
    def counts(self) -> dict[str, int]:
        """How many tasks each column has, whatever the filter."""
        return {state: len(column) for state, column in self._all.items()}

    def index(self, task: str) -> tuple[str, int] | None:
        """Return the column of a card and its place there; None where the filter keeps it out."""
        row = self._looks.rows.get(task)
        if row is None or not self._is_shown(row):
            return None
        return row.state.value, self._shown[row.state.value].place(order(row))

    def _is_shown(self, row: TaskRow | None) -> bool:
        return row is not None and self._shown[row.state.value].has(order(row))

    def _move(self, old: TaskRow | None, new: TaskRow, *, shown: bool) -> None:
        """Move a card to where it belongs now, in the columns and in those that are shown."""
        show = self._lets_through(new)
        same = old is not None and (old.state, order(old)) == (new.state, order(new))
        if old is not None and not same:
            self._all[old.state.value].remove(order(old))
        if not same:
            self._all[new.state.value].add(order(new))
        if self._shown is not self._all:
            if old is not None and shown and not (same and show):
                self._shown[old.state.value].remove(order(old))
            if show and not (same and shown):
                self._shown[new.state.value].add(order(new))
        if not (same and shown == show):
            self._moved |= {new.state.value} if show else set()
            self._moved |= {old.state.value} if old is not None and shown else set()

    def _sort(self) -> None:
        """Sort all columns at once."""
        rows = self._looks.rows.values()
        self._all = _sorted(rows)
        self._show(row for row in rows if self._lets_through(row))

    def _show(self, rows: Iterable[TaskRow]) -> None:
        self._shown = _sorted(rows) if self._filter.active else self._all
        self._moved |= set(COLUMNS)

    # -- filter and marks

    def filter(self, text: str) -> str:
        """Show only what a text asks for; return what is wrong with the text, or ""."""
        self._filter = parse(text, self._filter.quick)
        self._sort()
        return self._filter.problem

    def quick(self, mark: str) -> None:
        """Switch one of the quick filters `!`, `@`, `#` on, in place of another one, or off."""
        quick = "" if self._filter.quick == mark or mark not in QUICK else mark
        self._filter = Filter(self._filter.words, self._filter.terms, quick, self._filter.problem)
        self._sort()

    @property
    def filtered(self) -> Filter:
        """The filter as it is."""
        return self._filter

    def _lets_through(self, row: TaskRow) -> bool:
        if not self._filter.active:
            return True
        self._timed.discard(row.id)
        return self._filter.matches(row, lambda: self._reason_asked(row.id))

    def _reason_asked(self, task: str) -> Reason:
        reason = self._looks.reason(task)
        if reason.kind in TIMED:
            self._timed.add(task)
        return reason

    def _doubtful(self, reach: Reach) -> list[str]:
        """Return the pending cards whose reason may be another, where the filter asks for it."""
        if not self._filter.by_reason:
            return []
        if reach is Reach.NONE:
            return list(self._timed)
        every, rows = self._all[TaskState.PENDING.value], self._looks.rows
        return [name for name in every if reach is Reach.ALL or not rows[name].unmet]

    def _look_again(self, names: Iterable[str]) -> None:
        for name in names:
            row = self._looks.rows[name]
            shown = self._is_shown(row)
            if shown != self._lets_through(row):
                self._move(row, row, shown=shown)

    def toggle_mark(self, task: str) -> bool:
        """Mark a card, or no longer; return whether it is marked now."""
        self.marks ^= {task}
        return task in self.marks

    def targets(self, selected: str | None) -> tuple[str, ...]:
        """Return what an action works on: the marked cards in view, else the selected one."""
        places = {task: self.index(task) for task in self.marks}
        seen = [(COLUMNS.index(at[0]), at[1], task) for task, at in places.items() if at]
        if seen:
            return tuple(task for *_, task in sorted(seen))
        return (selected,) if selected is not None else ()

    # -- looking

    def card(self, task: str) -> Card:
        """Return a card."""
        return self._looks.card(task)

    def row(self, task: str) -> TaskRow:
        """Return the row behind a card."""
        return self._looks.rows[task]

    def rev(self, task: str) -> int:
        """Return a number that grows when the card looks different."""
        return self._looks.rev(task)

    def why(self, task: str) -> str:
        """Return why a card is where it is, now."""
        return self._looks.card(task).why

    @property
    def header(self) -> Header:
        """The line above the columns, now."""
        if self._batch is None:
            return NO_HEADER
        return make_header(
            self._batch, self._totals, self._tally, now=self.now, why=self._stalled()
        )

    @property
    def workers(self) -> list[SeatView]:
        """Each seat with what it does."""
        rows = self._looks.rows
        return [seat_view(seat, rows.get(seat.task or "")) for seat in self.seats]

    @property
    def seats(self) -> tuple[WorkerRow, ...]:
        """The rows of the seats."""
        return self._batch.workers if self._batch else ()

    def why_not(self, move: str, task: str = "") -> str | None:
        """Return why a move (`allowed.MOVES`, `RUN_MOVES`) is not possible, or None if it is."""
        if self.run is None:
            return "the run has not been read yet"
        if move in allowed.RUN_MOVES:
            return allowed.why_not_run(move, self.run)
        row = self._looks.rows[task]
        return allowed.why_not(move, row, self.run, self.now, used=self._is_used(row))

    def _is_used(self, row: TaskRow) -> bool:
        """Whether a task that waited for this one was claimed."""
        assert self._batch is not None, "a card comes with a batch"  # noqa: S101 - for the type
        if self._totals.begun[row.id]:
            return True
        after = [name for name, many in self._batch.phase_order.items() if row.phase in many]
        if any(self._totals.begun_phases[name] for name in after):
            return True
        following = self._sequences.after(row)
        in_turn = not self._batch.reasons.phases[row.phase].parallel
        return in_turn and following is not None and self._looks.rows[following].attempts > 0

    def _stalled(self) -> str:
        run = self.run
        if run is None or RunState(run.state) not in _STANDS_STILL:
            return ""
        held_up = +self._totals.held_up
        blocked = self._all[TaskState.BLOCKED.value]
        if held_up:
            root, waiting = min(held_up.items(), key=lambda one: (-one[1], one[0]))
        else:
            root, waiting = next(iter(blocked), ""), 0
        others = len(blocked) - held_up.total() - 1
        return stalled(self._looks.rows.get(root), others, waiting)


def _no_columns() -> dict[str, Column]:
    return {state: Column() for state in COLUMNS}


def _sorted(rows: Iterable[TaskRow]) -> dict[str, Column]:
    orders: dict[str, list[Order]] = {state: [] for state in COLUMNS}
    for row in rows:
        orders[row.state.value].append(order(row))
    return {state: Column(many) for state, many in orders.items()}
