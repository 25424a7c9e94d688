"""The fence around the writes of an attempt, and the transaction that each method is."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final, Self

from wf_tui.ledger.rules import attempts
from wf_tui.ledger.rules.change import change
from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from wf_tui.clock import Clock
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.ledger.rules.change import Change
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.ledger.store.database import Database
    from wf_tui.ledger.store.store import Lead

__all__ = ["Fence", "FencedLedger"]

_SCHEDULER: Final = "scheduler"


@frozen
class Fence:
    """What every write of a worker must carry: it counts only while this claim is the live one."""

    run: str
    task: str
    epoch: int
    worker: str

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """Return the fence of a claim: its task, epoch and worker as they were claimed."""
        return cls(claim.run, claim.task.id, claim.epoch, claim.worker)


@dataclass
class FencedLedger:
    """What all methods of a `Ledger` are made of: each makes its whole change, or none.

    `actor` is who acts: `scheduler`, `user:<name>` or a worker. Times come from the store, so that
    all who write go by one clock, or from `clock`, if one is given; the jitter of the back-off
    comes from `random`. `lead` is the lead of a scheduler, which each of its changes asks first.
    """

    db: Database
    clock: Clock | None = None
    actor: str = _SCHEDULER
    random: Random = field(default_factory=Random)
    lead: Lead | None = None

    def now(self) -> float:
        """Return the time of a change, in UTC seconds."""
        return self.db.now() if self.clock is None else self.clock.now()

    def acting(self, actor: str) -> Self:
        """Return the same ledger with another actor."""
        return replace(self, actor=actor)

    def _change(self, run: str) -> AbstractContextManager[Change]:
        return change(self.db, run, now=self.now, actor=self.actor, lead=self.lead)

    def _fenced(self, fence: Fence, rule: Callable[[Change, TaskRow], object]) -> bool:
        """Apply a rule if the claim is the live one; else nothing, and False."""
        with self._change(fence.run) as tx:
            task = attempts.task_if_live(tx, fence.task, fence.epoch, fence.worker)
            if task is None:
                return False
            # The rule may take the claim from the task; what it tells is still of this worker.
            tx.reporter = (fence.task, fence.worker, fence.epoch)
            rule(tx, task)
            return True

    def _result(
        self, fence: Fence, ending: Ending, rule: Callable[[Change, TaskRow], object]
    ) -> bool:
        """Apply a result if it is of the live claim; else keep it, rejected, and close."""
        with self._change(fence.run) as tx:
            task = attempts.task_if_live(tx, fence.task, fence.epoch, fence.worker)
            if task is not None:
                tx.reporter = (fence.task, fence.worker, fence.epoch)
                rule(tx, task)
                return True
            attempts.reject(tx, tx.task(fence.task), fence.epoch, fence.worker, ending)
            return False
