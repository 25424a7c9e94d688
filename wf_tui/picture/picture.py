"""The picture of a run that a view keeps: sorted columns, counts, header, filter, marks.

It starts from one read of the run and then takes what changed; the same events give the same
picture, however they are cut into batches. A change costs what changed: nothing here walks over all
cards but a new filter, and a card is made when it is first looked at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.git.refs import short_branch
from wf_tui.ledger.model.states import RunState, TaskState
from wf_tui.ledger.queries.breaker_reads import explained
from wf_tui.picture.arrangement import Arrangement
from wf_tui.picture.batch import Batch, Changes
from wf_tui.picture.card_cache import CardCache, Cards, Reach
from wf_tui.picture.filter import QUICK, Filter, parse
from wf_tui.picture.group_titles import GroupTitle, column_title, group_title
from wf_tui.picture.header import NO_HEADER, Header, make_header
from wf_tui.picture.notices import Notice, Standstill, notices
from wf_tui.picture.orders import COLUMNS, LIST, SIMILAR, Spot
from wf_tui.picture.pace import NO_PACE, share_done
from wf_tui.picture.phase_counts import current_line, in_swarm
from wf_tui.picture.phase_totals import PhaseTotals
from wf_tui.picture.possible_moves import ENTER, MoveFacts
from wf_tui.picture.remaining import Remaining
from wf_tui.picture.seats.idle import Idle, why_idle
from wf_tui.picture.seats.lane import LaneView, lane_views
from wf_tui.picture.seats.seat import SeatView, seat_view
from wf_tui.picture.sequence import Sequences
from wf_tui.picture.totals import Totals
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from wf_tui.ledger.model.rows import RunRow, SnoozeRow, TaskRow, WorkerRow
    from wf_tui.picture.card import Card
    from wf_tui.picture.columns import Column
    from wf_tui.picture.last_attempt import LastAttempt
    from wf_tui.picture.pace import Pace
    from wf_tui.picture.strip import StripPhase

__all__ = ["ENTER", "Batch", "Changes", "Picture"]

_FEW: Final = 50
_BULK: Final = 8
"""A batch of more than one in so many cards is sorted in one go."""


class Picture:
    """A run as a view shows it, at event `seq`. Ids are those of the ledger, not safe to draw.

    All of it belongs to the thread that draws. A view calls `apply` for each batch of the feed and
    `tick` once a second, and draws what these return; all the rest it asks as it needs it. A task
    that the run does not have is a KeyError everywhere but in `index`, `spot` and `in_order`.
    """

    def __init__(self, now: float) -> None:
        self.now = now
        self.seq = 0
        self.run: RunRow | None = None
        """The run, once the first batch is in."""
        self.marks: set[str] = set()
        self._batch: Batch | None = None
        self._moved: set[str] = set()
        """The tasks of the batch whose state or kind is another."""
        self._cache = CardCache()
        self.cards: Mapping[str, Card] = Cards(self._cache)
        """All cards by id, also those that the filter keeps out."""
        self._totals = Totals()
        self._sequences = Sequences()
        self._remaining = Remaining(self._sequences)
        self._paces: dict[str, Pace] = {}
        self._phase_totals = PhaseTotals()
        self._phases: dict[str, int] = {}
        """The place of each phase in the plan."""
        self._arrangement = Arrangement(self._cache)

    # -- taking what changed

    def apply(self, batch: Batch) -> Changes:
        """Take what changed; return what to draw again.

        Called on the thread that draws, with the batches in the order in which they were read. The
        order of the steps matters: reasons are looked at with the new context, evidence needs the
        new rows, and the filter sees both.
        """
        # The header is made anew when asked, so the old one is taken before anything changes.
        before, old = self.header, self._batch
        self._batch, self.run, self.seq = batch, batch.run, batch.seq
        if batch.whole:
            # Not the filter and the marks: those are the person's, and outlast whatever is read.
            self._cache.forget()
            self._totals, self._sequences = Totals(), Sequences()
            self._remaining = Remaining(self._sequences)
            self._phase_totals = PhaseTotals()
            self._paces.clear()
            self._arrangement.sort()
            self._phase_totals.add_unread(batch.unread)
            places = {phase.name: phase.ordinal for phase in batch.reasons.phases.values()}
            self._arrangement.set_unread(batch.unread, places)
        for phase, pace in batch.paces.items():
            self._paces[phase] = self._paces.get(phase, NO_PACE) + pace
        # A batch was read a moment ago, and the screen may have ticked since: time never goes back.
        self.now = max(self.now, batch.reasons.now)
        woken = self._cache.tick(self.now)
        reach = self._cache.update_context(batch.reasons)
        self._phase_totals.begin(batch.begun)
        changed = self._update_tasks(batch, woken)
        # After the rows, since evidence counts only for the claim that they show.
        changed |= {str(e.task) for e in batch.events if self._cache.add_evidence(e)}
        self._arrangement.reconsider(reach)
        moved, self._moved = frozenset(self._moved), set()
        return Changes(
            cards=frozenset(changed),
            moved=moved,
            columns=self._arrangement.pop_changed_columns(),
            header=self.header != before,
            reasons=reach is not Reach.NONE,
            seats=old is None or bool(changed) or old.workers != batch.workers,
        )

    def tick(self, now: float) -> frozenset[str]:
        """Let time pass; return the columns that are others by it.

        Called by the view's timer, with UTC seconds. Ages are computed where they are drawn, so a
        tick changes no column but where a snooze is over.
        """
        self.now = now
        for task in self._cache.tick(now):
            self._place(task)
        self._remaining.prepare(self._cache.rows)
        return self._arrangement.pop_changed_columns()

    def _update_tasks(self, batch: Batch, woken: Collection[str]) -> set[str]:
        rows, changed = self._cache.rows, set(woken)
        added: list[TaskRow] = []
        for row in batch.tasks:
            old = rows.get(row.id)
            if not self._cache.update(
                row,
                batch.reasons.unmet_needs.get(row.id, ()),
                batch.last.get(row.id),
                batch.questions.get(row.id),
            ):
                continue
            changed.add(row.id)
            # All that is read at once is new, and nothing of it has changed.
            moved = old is None or (old.state, old.kind) != (row.state, row.kind)
            if moved and not batch.whole:
                self._moved.add(row.id)
            self._totals.replace(old, row)
            if old is None:
                self._sequences.add(row)
                added.append(row)
        self._remaining.update(batch, rows, added, changed)
        changed |= self._cache.update_snoozes(batch.snoozes, self.now)
        self._arrange(batch, changed)
        return changed

    def _arrange(self, batch: Batch, changed: Collection[str]) -> None:
        """Put each changed task where it belongs now."""
        self._phases = {phase.name: phase.ordinal for phase in batch.reasons.phases.values()}
        moved = self._arrangement.set_phases(self._phases)
        # Each move costs a search and a shift of a list; from some number on one sort is cheaper.
        many = len(changed) > max(_FEW, len(self._cache.rows) // _BULK)
        if moved or (changed and (many or batch.whole)):
            self._arrangement.sort(changed)
            for task in changed:
                self._count(task)
        else:
            for task in changed:
                self._place(task)

    def _place(self, task: str) -> None:
        self._arrangement.move(self._cache.rows[task])
        self._count(task)

    def _count(self, task: str) -> None:
        self._phase_totals.put(self._cache.rows[task], needs=self._arrangement.needs_you(task))

    # -- columns

    @property
    def columns(self) -> Mapping[str, Column]:
        """What each column draws of what the filter lets through, in the column's order.

        In Blocked an entry may be a card for several similar tasks: see `similar`.
        """
        return self._arrangement.shown

    @property
    def every(self) -> Mapping[str, Column]:
        """The ids of each column, whatever the filter, each task by itself."""
        return self._arrangement.every

    @property
    def sections(self) -> Column:
        """What the list draws: all that the filter lets through, in five groups."""
        return self._arrangement.sections

    @property
    def needs(self) -> Column:
        """All that needs a person, the oldest first; never filtered, nothing that is snoozed."""
        return self._arrangement.needs

    @property
    def counts(self) -> dict[str, int]:
        """How many tasks each column has, whatever the filter."""
        return {state: self._arrangement.count_all(state)[1] for state in self._arrangement.every}

    @property
    def is_part(self) -> bool:
        """Whether it has but the tops of the columns yet, with the counts of all."""
        return self._batch is not None and bool(self._batch.unread)

    @property
    def shown(self) -> int:
        """How many tasks the filter lets through."""
        return len(self._arrangement.sections)

    def index(self, task: str) -> tuple[str, int] | None:
        """Return the column of a card and its place there; None where the filter keeps it out.

        Of a task in a similar card it is that of the card.
        """
        spot = self.spot(task)
        if spot is None:
            return None
        return spot.column, self._arrangement.shown[spot.column].place(spot.at)

    def spot(self, task: str, *, in_list: bool = False) -> Spot | None:
        """Return where a task is seen, in the columns or in the list.

        None where the filter keeps it out, or there is no such task. Of a task in a similar card it
        is the place of that card.
        """
        return self._arrangement.spot(task, in_list=in_list)

    def place(self, task: str, *, in_list: bool = False) -> Spot | None:
        """Return where a task is seen, or would be if the filter let it through."""
        return self._arrangement.place(task, in_list=in_list)

    def column_title(self, column: str) -> GroupTitle:
        """Return what stands above a column, or what is counted of the whole list."""
        return column_title(column, self._arrangement, self.run.jobs if self.run else 0)

    def group_title(self, column: str, group: float) -> GroupTitle:
        """Return what the header of a group says; `column` is a state, or `LIST`."""
        names = {place: name for name, place in self._phases.items()}
        jobs = self.run.jobs if self.run else 0
        return group_title(column, group, self._arrangement, self._phase_totals, names, jobs)

    def tasks(self, column: str, group: float | None = None) -> list[str]:
        """Return all tasks that are shown in a column or one of its groups, in their order.

        Those of similar cards as well. Costs the column; for a key that marks all of it.
        """
        drawn = self._arrangement.sections if column == LIST else self._arrangement.shown[column]
        orders = (one for one in drawn.orders() if group is None or one[0] == group)
        return [task for *_, name in orders for task in self._members(name)]

    def _members(self, name: str) -> Sequence[str]:
        return self.similar(name) if name.startswith(SIMILAR) else (name,)

    # -- similar cards

    def similar(self, name: str) -> Sequence[str]:
        """Return the tasks that a similar card stands for, the oldest first."""
        return self._arrangement.similar.members(name)

    def open_similar(self, name: str) -> None:
        """Show the tasks of a similar card each by itself, from now on; who asks draws Blocked."""
        self._arrangement.similar.open(name)

    def protect(self, tasks: Collection[str]) -> None:
        """Say which tasks are selected, marked or opened: no similar card is formed around them.

        It changes nothing that is drawn now.
        """
        self._arrangement.similar.protected = frozenset(tasks)

    # -- phases and snoozes

    @property
    def strip(self) -> tuple[StripPhase, ...]:
        """What the strip shows, in the order of the plan, whatever the filter."""
        return self._phase_totals.strip(self._phases)

    @property
    def snoozes(self) -> Mapping[str, SnoozeRow]:
        """What is put off, by task; also what is back already by its time or a change."""
        return self._cache.snoozes.by_task

    def last_attempt(self, task: str) -> LastAttempt | None:
        """Return the last attempt of a task where it is over; else None."""
        return self._cache.last_attempt(task)

    # -- filter and marks

    def filter(self, text: str) -> str:
        """Show only what a text asks for; return what is wrong with the text, or "".

        All columns may be others then, as after `quick`: who calls either draws all of them again.
        """
        self._set_filter(parse(text, self.filtered.quick))
        return self.filtered.problem

    def quick(self, mark: str) -> None:
        """Switch one of the quick filters `!`, `@`, `#` on, in place of another one, or off.

        What is typed filters on beside it. Any other mark switches the quick filter off.
        """
        quick = "" if self.filtered.quick == mark or mark not in QUICK else mark
        self._set_filter(replace(self.filtered, quick=quick))

    def _set_filter(self, to: Filter) -> None:
        self._arrangement.set_filter(to)
        # Forgotten, since who filters draws all columns: the next batch is not to name them again.
        self._arrangement.pop_changed_columns()

    def judge_again(self) -> None:
        """Judge all tasks by the filter as they are now, as when it was set."""
        self._set_filter(self.filtered)

    @property
    def filtered(self) -> Filter:
        """The filter as it is."""
        return self._arrangement.filter

    def toggle_mark(self, task: str) -> bool:
        """Mark a card, or no longer; return whether it is marked now."""
        self.marks ^= {task}
        return task in self.marks

    def in_order(self, tasks: Iterable[str]) -> tuple[str, ...]:
        """Return tasks in the order of the columns, as the acts on them are told."""
        rows = [self._cache.rows[task] for task in tasks if task in self._cache.rows]
        rows.sort(key=lambda row: (COLUMNS.index(row.state.value), row.ordinal))
        return tuple(row.id for row in rows)

    # -- looking

    def card(self, task: str) -> Card:
        """Return a card."""
        return self._cache.card(task)

    def row(self, task: str) -> TaskRow:
        """Return the row behind a card."""
        return self._cache.rows[task]

    def revision(self, task: str) -> int:
        """Return a number that grows when the card looks different."""
        return self._cache.revision(task)

    def why(self, task: str) -> str:
        """Return why a card is where it is, now."""
        return self._cache.card(task).why

    def progress(self, task: str, now: float) -> float | None:
        """Return how far a card of a swarm is, from 0 to 1; None of any other.

        Asked of what is drawn, with the time of the drawing: it is the same for no two seconds.
        """
        row = self._cache.rows[task]
        if not in_swarm(row):
            return None
        pace = self._paces.get(row.phase, NO_PACE)
        return share_done(row, self._cache.open_attempt(task), pace, now)

    @property
    def header(self) -> Header:
        """The line above the columns, now.

        Made anew at each call, from counts that are kept, so it costs the attempts that are open.
        """
        if self._batch is None:
            return NO_HEADER
        rows = self._cache.rows
        header = make_header(
            self._batch,
            len(self.needs),
            now=self.now,
            left=None if self.is_part else self._remaining.left(self._batch, rows, self.now),
        )
        return replace(header, phase="" if self.is_part else current_line(self._totals.swarms))

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What keeps the run from going on and what helps, what matters most first."""
        if self._batch is None:
            return ()
        branch = clean(short_branch(self._batch.run.ref))
        return notices(self._batch, self._standstill(), branch)

    @property
    def has_figures(self) -> bool:
        """Whether any task has a model, tokens or a cost, as far as the run and its seats tell."""
        if self._batch is None:
            return False
        used = self._batch.run.usage
        told = (used.input_tokens, used.output_tokens, used.cost_microusd)
        return any(one is not None for one in told) or any(
            seat.model for seat in self._batch.workers
        )

    @property
    def workers(self) -> list[SeatView]:
        """Each seat with what it does, in the order of the seats."""
        if self._batch is None:
            return []
        rows = self._cache.rows
        holders = {one.task: one for one in self._batch.reasons.holders}
        return [
            seat_view(seat, rows.get(seat.task or ""), holders.get(seat.task or ""))
            for seat in self._batch.workers
        ]

    @property
    def lanes(self) -> list[LaneView]:
        """The seats by the limit of a provider that they share, in the order of the first seats."""
        if self._batch is None:
            return []
        return lane_views(self.workers, self._batch.reasons.lanes, self.now)

    @property
    def idle(self) -> dict[str, Idle]:
        """Why each seat without a task has none now, by the name it is shown by.

        Costs what is pending, so it is asked only by who shows it, when something has changed.
        """
        batch, rows = self._batch, self._cache.rows
        free = [] if batch is None else [seat for seat in batch.workers if seat.task is None]
        if batch is None or not free:
            return {}
        pending = self._arrangement.every[TaskState.PENDING.value]
        ready = [rows[task] for task in pending if not rows[task].unmet]
        ready.sort(key=lambda row: (row.rank, row.ordinal))
        names = (clean(seat.name) for seat in free)
        return dict(zip(names, why_idle(free, batch, ready, self.now), strict=True))

    @property
    def seats(self) -> tuple[WorkerRow, ...]:
        """The rows of the seats, in the order of the ledger; none before the first batch."""
        return self._batch.workers if self._batch else ()

    def why_not(self, name: str, task: str = "") -> str | None:
        """Return why a move on a task, or on the run, is not possible now, or None where it is.

        `name` is one of `MOVES`, of `RUN_MOVES`, or `ENTER`. Asked for each key in the footer
        whenever the selection changes, so it reads nothing but what is in memory.
        """
        if self._batch is None:
            return "the run has not been read yet"
        facts = MoveFacts(self._batch, self._cache.rows, self._totals, self._sequences, self.now)
        return facts.why_not(name, task)

    def _standstill(self) -> Standstill | None:
        run, batch = self.run, self._batch
        if run is None or batch is None or run.state is not RunState.STALLED:
            return None
        rows = self._cache.rows
        # A profile that waits for a person stops more than any one blocked task.
        forever = [row for row in batch.reasons.breakers.values() if row.until is None]
        # Unary plus drops the counts that are 0: roots that hold nobody up any more.
        held_up = +self._totals.held_up
        blocked = self._arrangement.every[TaskState.BLOCKED.value]
        # The first by name of those that hold up as many, so that the line does not flicker.
        root = min(
            held_up, key=lambda name: (-held_up[name], name), default=next(iter(blocked), "")
        )
        return Standstill(
            needs=[rows[task] for task in self.needs[:1]],
            count=len(self.needs),
            snoozed=sum(1 for task in self.snoozes if self.is_snoozed(task)),
            root=rows.get(root),
            behind=held_up[root],
            paused=clean(explained(forever[0], self.now)) if forever else "",
        )

    def is_snoozed(self, task: str) -> bool:
        """Whether a task is put off now: its snooze is not over, and was not ended by a change."""
        row = self._cache.rows.get(task)
        return row is not None and self._cache.snoozes.of(row) is not None
