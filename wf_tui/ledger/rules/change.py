"""One change of a run: what must never drift apart is changed together.

Every rule works on a `Change`: the state of a task, the counts of its run, the counters of whoever
waits for it, and the event that tells of it are written in one transaction, or none of them.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from wf_tui.errors import UnknownNameError
from wf_tui.ledger.model.rows import Detail, RunRow, TaskRow, decode, evolve, select
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.model.task_moves import unclaimed
from wf_tui.ledger.rules.propagate import Propagation, blocked_by_result
from wf_tui.ledger.rules.transaction import NEW_EVENT, RunTransaction
from wf_tui.ledger.store.database import Database
from wf_tui.ledger.store.store import Lead

__all__ = ["Change", "change"]

_NO_DETAIL: Final[Detail] = {}


@dataclass
class Change(RunTransaction):
    """The unit of work of every rule; made by `change`, gone with its transaction."""

    def update_task(self, old: TaskRow, new: TaskRow) -> TaskRow:
        """Change a task and, with it, all that is counted from it; return the row as written.

        The order matters. The run is counted; the phase is asked whether the task is settled now;
        a move stamps `since` and leaves the queue of waiting tasks; a task that became ready notes
        when. All of that is in the row before it is written, and it is written before anyone who
        waits for it is told: `follow` reads the ledger, and would find the task in its old state.
        """
        self.count(old, new)
        settled = self.settles(new)
        if new.state is not old.state or new.kind is not old.kind:
            new = evolve(new, since=self.now, wait_queue=None, settled=settled)
        elif new.settled is not settled:
            new = evolve(new, settled=settled)
        new = _timed(old, new, self)
        self.write(old, new)
        Propagation(self).follow(old, new)
        return new

    def to_pending(
        self,
        old: TaskRow,
        new: TaskRow | None = None,
        *,
        note: str = "",
        detail: Detail = _NO_DETAIL,
    ) -> TaskRow:
        """Move a task to P* of RULES 3.1: pending, or blocked by a result as its counters say.

        `new` is the task with what else changes of it; `note` and `detail` are what its next
        attempt has to know of the last.
        """
        new = evolve(unclaimed(new or old), note=note, detail=detail)
        if new.unmet_blocked:
            return self.update_task(old, blocked_by_result(self, new))
        return self.update_task(old, evolve(new, state=TaskState.PENDING, kind=None))


def _timed(old: TaskRow, new: TaskRow, tx: Change) -> TaskRow:
    """Note when a task became ready, and how many merges it may count on."""
    if new.state is not TaskState.PENDING or new.unmet:
        return new
    if old.state is TaskState.PENDING and not old.unmet:
        return new
    return evolve(new, ready_at=tx.now, ready_merges=tx.run.merges)


@contextlib.contextmanager
def change(
    db: Database,
    run: str,
    *,
    now: Callable[[], float],
    actor: str,
    lead: Lead | None = None,
) -> Iterator[Change]:
    """Open a change of one run; its events and counts are written as it ends.

    `now` is asked inside the transaction, so that later changes never have earlier times because
    they waited longer. `lead` is that of a scheduler, which must still be the only one.
    """
    with db.transaction(run):
        if lead is not None:
            lead.require()
        rows = db.execute(select(RunRow, "WHERE id = :run"), {"run": run})
        if not rows:
            known = db.execute("SELECT id FROM run ORDER BY number DESC")
            raise UnknownNameError("run", run, [str(row[0]) for row in known])
        before = decode(RunRow, rows[0])
        tx = Change(db, before, now(), actor, command=before.seq + 1)
        yield tx
        tx.update_run(evolve(tx.run, seq=before.seq + len(tx.events)))
        tx.write(before, tx.run)
        if tx.events:
            db.execute_many(NEW_EVENT, tx.events)
