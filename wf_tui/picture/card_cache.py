"""How each card looks: made when it is first looked at, and again only when it looks different.

The reason of a pending task depends on what is open and free anywhere in the run. To compute it for
10,000 of them at each claim would cost more than all the rest, so it is computed for the cards that
somebody looks at.

All of it belongs to the thread that draws: a look fills the cache, so even reading changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, Final, TypeVar

from wf_tui.ledger.model.events.task_events import QuestionAnswered
from wf_tui.ledger.model.states import PendingReason, RunState, TaskState
from wf_tui.ledger.queries import budget_reads
from wf_tui.picture.card import (
    Around,
    Card,
    Evidence,
    answer_text,
    evidence_of,
    make_card,
    worker_name,
)
from wf_tui.picture.needs_you import needs_you
from wf_tui.picture.snoozes import Snoozes

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import (
        AttemptRow,
        EventRow,
        QuestionRow,
        SnoozeRow,
        TaskRow,
        WorkerRow,
    )
    from wf_tui.ledger.queries.reasons import Reason, Reasons
    from wf_tui.picture.last_attempt import LastAttempt

__all__ = ["TIMED", "CardCache", "Cards", "Reach"]

_T = TypeVar("_T")
TIMED: Final = frozenset(
    {PendingReason.BACKOFF, PendingReason.LANE_LIMITED, PendingReason.PROFILE_PAUSED}
)
"""Reasons that change as time goes by."""


class Reach(IntEnum):
    """Whose reasons may have changed, ordered: each value includes those below it."""

    NONE = 0
    UNBLOCKED = 1
    """Pending tasks that wait for no other task."""
    ALL = 2
    """All pending tasks."""


class Cards(Mapping[str, Card]):
    """The cards by id; each is made when it is asked for.

    A mapping over the cache and not a dict, as a dict would have to make all of them.
    """

    def __init__(self, cache: CardCache) -> None:
        self._cache = cache

    def __getitem__(self, task: str) -> Card:
        return self._cache.card(task)

    def __iter__(self) -> Iterator[str]:
        return iter(self._cache.rows)

    def __len__(self) -> int:
        return len(self._cache.rows)

    def __contains__(self, task: object) -> bool:
        # That of `Mapping` would make the card to see whether it is there.
        return task in self._cache.rows


class CardCache:
    """The rows of a run with what is known besides: evidence, needs, what is open."""

    def __init__(self) -> None:
        self.rows: dict[str, TaskRow] = {}
        self.snoozes = Snoozes()
        self._evidence: dict[str, Evidence] = {}
        self._answers: dict[str, str] = {}
        """What the last question of a task was answered, while its claim lasts."""
        self._asked: dict[str, QuestionRow] = {}
        """The question that it was."""
        self._needs: dict[str, tuple[str, ...]] = {}
        self._last: dict[str, LastAttempt] = {}
        self._questions: dict[str, QuestionRow] = {}
        self._context: Reasons | None = None
        self._open: dict[str, AttemptRow] = {}
        """The open attempts, by task."""
        self._seats: dict[str, WorkerRow] = {}
        self._shared_by_all: object = None
        """What the reason of every pending task depends on, as of the last context."""
        self._shared_by_unblocked: object = None
        """What the reasons of those depend on that wait for no other task."""
        self._reasons: dict[str, tuple[float, Reason]] = {}
        self._revisions: dict[str, int] = {}
        """Of the tasks that look different than when they were read; of all others `_as_read`."""
        self._as_read = 0
        self._made: dict[str, tuple[int, Card]] = {}
        self._last_reasons: dict[str, Reason] = {}
        self._last_revision = 0

    def forget(self) -> None:
        """Forget all cards; their revisions keep growing."""
        # A view compares revisions: counted from 0 again, a new card could look like an old one.
        self._last_revision += 1
        self._as_read = self._last_revision
        self._revisions.clear()
        self._reasons.clear()
        self._last_reasons.clear()
        self.rows.clear()
        self._evidence.clear()
        self._answers.clear()
        self._asked.clear()
        self._needs.clear()
        self._last.clear()
        self._questions.clear()

    def update(
        self,
        row: TaskRow,
        needs: tuple[str, ...],
        last: LastAttempt | None = None,
        question: QuestionRow | None = None,
    ) -> bool:
        """Take a row as it is now, with what is known besides; return whether anything changed."""
        # A batch names some rows that did not change: those must not be drawn again.
        before = (self.rows.get(row.id), self._needs.get(row.id, ()))
        known = (self._last.get(row.id), self._questions.get(row.id))
        if before == (row, needs) and known == (last, question):
            return False
        _put(self._last, row.id, last)
        _put(self._questions, row.id, question)
        self.rows[row.id] = row
        _put(self._needs, row.id, needs or None)
        # What an attempt showed is nothing to go by once its claim is gone.
        if not row.claimed:
            self._evidence.pop(row.id, None)
            self._answers.pop(row.id, None)
            self._asked.pop(row.id, None)
        elif question is not None:
            self._asked[row.id] = question
        if before[0] is not None:
            self._bump(row.id)
        return True

    def add_evidence(self, event: EventRow) -> bool:
        """Take what an event proves of an attempt; return whether it is about a live claim.

        Evidence of an earlier attempt says nothing of the one that runs now.
        """
        row = self.rows.get(event.task or "")
        proof = evidence_of(event)
        if row is None or proof is None or not row.claimed or row.epoch != event.epoch:
            return False
        self._evidence[row.id] = proof
        if event.kind == QuestionAnswered.event_kind:
            self._answers[row.id] = answer_text(event, self._asked.get(row.id))
        self._bump(row.id)
        return True

    def update_snoozes(self, snoozes: Mapping[str, SnoozeRow], now: float) -> set[str]:
        """Take what is put off as it is now; return the tasks that look different by it."""
        return self._woken(self.snoozes.update(snoozes, now))

    def _woken(self, tasks: Iterable[str]) -> set[str]:
        found = {task for task in tasks if task in self.rows}
        for task in found:
            self._bump(task)
        return found

    def _bump(self, task: str) -> None:
        self._last_revision += 1
        self._revisions[task] = self._last_revision
        self._reasons.pop(task, None)
        self._last_reasons.pop(task, None)

    def update_context(self, context: Reasons) -> Reach:
        """Take what the reasons depend on as it is now; return whose reasons may have changed.

        The needs of tasks outside the batch are not in it: the cache has them from earlier ones.
        """
        self._context = replace(context, unmet_needs=self._needs)
        self._open = {attempt.task: attempt for attempt in context.holders}
        self._seats = {seat.name: seat for seat in context.workers}
        stopped = (context.run.state == RunState.PAUSED, budget_reads.is_used_up(context.run))
        for_all = (stopped, context.phase_waits, context.stoppers)
        for_unblocked = _shared_by_unblocked(context)
        reach = Reach.NONE
        if for_all != self._shared_by_all:
            reach = Reach.ALL
        elif for_unblocked != self._shared_by_unblocked:
            reach = Reach.UNBLOCKED
        self._shared_by_all, self._shared_by_unblocked = for_all, for_unblocked
        # All of them, also of cards whose reason stays: the next look at a card costs one reason.
        if reach:
            self._reasons.clear()
        return reach

    def open_attempt(self, task: str) -> AttemptRow | None:
        """Return the attempt of a task that is open, as of the last context."""
        return self._open.get(task)

    def last_attempt(self, task: str) -> LastAttempt | None:
        """Return the last attempt of a task where it is over."""
        return self._last.get(task)

    def tick(self, now: float) -> set[str]:
        """Let time pass; return the tasks that are back from being put off.

        `now` in UTC seconds.
        """
        # Before the first batch there is nothing that could grow old.
        if self._context is not None:
            self._context = replace(self._context, now=now)
        return self._woken(self.snoozes.tick(now))

    # -- what the filter asks

    @property
    def now(self) -> float:
        """The time of the last tick."""
        return self._context.now if self._context is not None else 0.0

    def needs_you(self, row: TaskRow) -> bool:
        """Whether it needs a person now, and is not put off."""
        blocked = row.state is TaskState.BLOCKED
        return blocked and needs_you(row) and self.snoozes.of(row) is None

    def proof(self, task: str) -> str:
        """Return the line that matters of the end of its last attempt, as it was kept; or ""."""
        last = self._last.get(task)
        return last.proof if last is not None else ""

    def model(self, row: TaskRow) -> str:
        """Return the model that works or worked on it; "" where nobody knows."""
        live, last = self._open.get(row.id), self._last.get(row.id)
        seat = self._seats.get(worker_name(row))
        told = (live.model if live is not None else None) or (last.model if last else None)
        return told or (seat.model if seat is not None else "")

    def lane(self, row: TaskRow) -> str:
        """Return the lane of its seat; of a pending task, that which it waits for."""
        if row.state is TaskState.PENDING:
            return str(self.reason(row.id).detail.get("lane") or "")
        seat = self._seats.get(worker_name(row))
        return seat.lane if seat is not None else ""

    def reason(self, task: str) -> Reason:
        """Return why a task is where it is, now.

        Known reasons are kept until something they depend on changes; those with a countdown also
        grow old with the clock.
        """
        context = self._context
        assert context is not None, "a card comes with its context"  # noqa: S101 - for the type
        row = self.rows[task]
        if row.state is not TaskState.PENDING:
            return context.of(row)
        # Compared with the clock of the context, so that all cards of one look have the same time.
        known = self._reasons.get(task)
        if known and (known[0] == context.now or known[1].kind not in TIMED):
            return known[1]
        reason = context.of(row)
        self._reasons[task] = (context.now, reason)
        return reason

    def revision(self, task: str) -> int:
        """Return a number that grows when the card looks different.

        A view asks it of the cards on the screen, and draws those whose number it does not have.
        Numbers are of the whole run, so none is ever used twice.
        """
        # The row of a pending task may stay the same while its reason changes: compare that too.
        if self.rows[task].state is TaskState.PENDING:
            reason = self.reason(task)
            if self._last_reasons.get(task) != reason:
                self._last_revision += 1
                self._revisions[task] = self._last_revision
                self._last_reasons[task] = reason
        return self._revisions.get(task, self._as_read)

    def card(self, task: str) -> Card:
        """Return the card of a task, the same object as long as it looks the same.

        Raises KeyError where the run has no such task.
        """
        revision = self.revision(task)
        if task in self._made:
            made_at, card = self._made[task]
            if made_at == revision:
                return card
        row = self.rows[task]
        around = Around(
            evidence=self._evidence.get(task),
            attempt=self._open.get(task),
            last=self._last.get(task),
            question=self._questions.get(task),
            answer=self._answers.get(task, ""),
            snoozed_until=self.snoozes.until(row),
            rows=self.rows,
        )
        card = make_card(row, self.reason(task), around)
        self._made[task] = (revision, card)
        return card


def _put(kept: dict[str, _T], task: str, value: _T | None) -> None:
    if value is None:
        kept.pop(task, None)
    else:
        kept[task] = value


def _shared_by_unblocked(context: Reasons) -> object:
    # Only what a reason reads. A heartbeat of a seat, say, changes none: with it in here, each
    # heartbeat would make every reason anew.
    full = {
        phase.name
        for phase in context.phases.values()
        if phase.wip is not None and phase.open_attempts >= phase.wip
    }
    holders = {(attempt.task, attempt.epoch) for attempt in context.holders}
    seats = [
        (seat.name, seat.profile, seat.takes, seat.roles, seat.lane, seat.task is None)
        for seat in context.workers
    ]
    run = context.run
    limits = (context.breakers, context.lanes, run.jobs)
    return (full, holders, seats, limits, run.shared_merges, run.scopes)
