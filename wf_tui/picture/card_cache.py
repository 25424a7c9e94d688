"""How each card looks: made when it is first looked at, and again only when it looks different.

The reason of a pending task depends on what is open and free anywhere in the run. To compute it for
10,000 of them at each claim would cost more than all the rest, so it is computed for the cards that
somebody looks at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import RunState, TaskState
from wf_tui.picture.card import Card, Evidence, card, evidence_of

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow, TaskRow
    from wf_tui.ledger.queries.reasons import Reason, Reasons

__all__ = ["TIMED", "CardCache", "Cards", "Reach"]

TIMED: Final = frozenset({"backoff", "lane_limited", "profile_paused"})
"""Reasons that change as time goes by."""


class Reach(IntEnum):
    """Whose reasons may have changed."""

    NONE = 0
    FREE = 1
    """Pending tasks that wait for no other task."""
    ALL = 2
    """All pending tasks."""


class Cards(Mapping[str, Card]):
    """The cards by id; each is made when it is asked for."""

    def __init__(self, looks: CardCache) -> None:
        self._looks = looks

    def __getitem__(self, task: str) -> Card:
        return self._looks.card(task)

    def __iter__(self) -> Iterator[str]:
        return iter(self._looks.rows)

    def __len__(self) -> int:
        return len(self._looks.rows)

    def __contains__(self, task: object) -> bool:
        return task in self._looks.rows


class CardCache:
    """The rows of a run with what is known besides: evidence, needs, what is open."""

    def __init__(self) -> None:
        self.rows: dict[str, TaskRow] = {}
        self._evidence: dict[str, Evidence] = {}
        self._needs: dict[str, tuple[str, ...]] = {}
        self._context: Reasons | None = None
        self._wide: object = None
        self._narrow: object = None
        self._reasons: dict[str, tuple[float, Reason]] = {}
        self._revs: dict[str, int] = {}
        self._drawn: dict[str, tuple[int, Card]] = {}
        self._looked: dict[str, Reason] = {}
        self._revision = 0

    def forget(self) -> None:
        """Forget all cards; their revisions go on growing."""
        self.rows.clear()
        self._evidence.clear()
        self._needs.clear()

    def put(self, row: TaskRow, needs: tuple[str, ...]) -> bool:
        """Take a row as it is now; whether that changed anything."""
        if self.rows.get(row.id) == row and self._needs.get(row.id, ()) == needs:
            return False
        self.rows[row.id] = row
        self._needs[row.id] = needs
        if not row.claimed:
            self._evidence.pop(row.id, None)
        self._changed(row.id)
        return True

    def prove(self, event: EventRow) -> bool:
        """Take what an event proves; whether it is about a live claim."""
        row = self.rows.get(event.task or "")
        proof = evidence_of(event)
        if row is None or proof is None or not row.claimed or row.epoch != event.epoch:
            return False
        self._evidence[row.id] = proof
        self._changed(row.id)
        return True

    def _changed(self, task: str) -> None:
        self._revision += 1
        self._revs[task] = self._revision
        self._reasons.pop(task, None)
        self._looked.pop(task, None)

    def observe(self, context: Reasons) -> Reach:
        """Take what the reasons depend on as it is now; return whose reasons may be others."""
        self._context = replace(context, unmet_needs=self._needs)
        wide, narrow = _wide(context), _narrow(context)
        reach = Reach.ALL if wide != self._wide else Reach(int(narrow != self._narrow))
        self._wide, self._narrow = wide, narrow
        if reach:
            self._reasons.clear()
        return reach

    def tick(self, now: float) -> None:
        """Let time pass."""
        if self._context is not None:
            self._context = replace(self._context, now=now)

    def reason(self, task: str) -> Reason:
        """Return why a task is where it is, now."""
        context = self._context
        assert context is not None, "a card comes with its context"  # noqa: S101 - for the type
        row = self.rows[task]
        if row.state is not TaskState.PENDING:
            return context.of(row)
        known = self._reasons.get(task)
        if known and (known[0] == context.now or known[1].kind not in TIMED):
            return known[1]
        reason = context.of(row)
        self._reasons[task] = (context.now, reason)
        return reason

    def rev(self, task: str) -> int:
        """Return a number that grows when the card looks different."""
        if self.rows[task].state is TaskState.PENDING:
            reason = self.reason(task)
            if self._looked.get(task) != reason:
                self._revision += 1
                self._revs[task] = self._revision
                self._looked[task] = reason
        return self._revs[task]

    def card(self, task: str) -> Card:
        """Return the card of a task."""
        rev = self.rev(task)
        drawn = self._drawn.get(task)
        if drawn is None or drawn[0] != rev:
            made = card(self.rows[task], self.reason(task), self._evidence.get(task))
            drawn = self._drawn[task] = (rev, made)
        return drawn[1]


def _wide(context: Reasons) -> object:
    return (context.run.state == RunState.PAUSED, context.phase_waits)


def _narrow(context: Reasons) -> object:
    full = {
        phase.name
        for phase in context.phases.values()
        if phase.wip is not None and phase.open_attempts >= phase.wip
    }
    holders = {(attempt.task, attempt.epoch) for attempt in context.holders}
    seats = [
        (seat.name, seat.profile, seat.kind, seat.roles, seat.lane, seat.lane_until)
        for seat in context.workers
    ]
    run = context.run
    return (full, holders, seats, context.breakers, run.shared_merges, run.scopes)
