"""One change of a run: what must never drift apart is changed together.

Every rule works on a `Change`: the state of a task, the counts of its run, the counters of whoever
waits for it, and the event that tells of it are written in one transaction, or none of them.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from wf_tui.errors import UnknownNameError
from wf_tui.ledger.deferred_writes import deferring
from wf_tui.ledger.model.rows import Detail, RunRow, TaskRow, evolve
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.model.task_moves import unclaimed
from wf_tui.ledger.rules.attention.wake import wake_changed
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
        new = self.note_ready(old, new)
        self.write(old, new)
        wake_changed(self, old, new)
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
        attempt has to know of the last, and are gone if none is given. The claim is taken from it;
        an attempt that is still open keeps it in the queue until that is closed (`unmet`).
        """
        new = evolve(unclaimed(new or old), note=note, detail=detail)
        if new.unmet_blocked:
            # A result that it needs was blocked while it ran, which did not concern it until now.
            return self.update_task(old, blocked_by_result(self, new))
        return self.update_task(old, evolve(new, state=TaskState.PENDING, kind=None))


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

    Called by `Ledger` alone, for each of its methods, on the thread that owns the connection;
    nested in a transaction that is open, it is a part of that one. `now` gives UTC seconds; `actor`
    is who the events say it was; `lead` is that of a scheduler, which must still be the only one.
    What is raised within undoes all of it. Raises `UnknownNameError` for a run that does not exist.
    """
    with deferring(db, run) as deferred:
        if lead is not None:
            # Asked under the writers' lock: before it, the lead could be lost while one waits.
            lead.require()
        before = deferred.row(RunRow, run)
        if before is None:
            known = db.execute("SELECT id FROM run ORDER BY number DESC")
            raise UnknownNameError("run", run, [str(row[0]) for row in known])
        # The time is asked inside the transaction too, so that later changes never have earlier
        # times because they waited longer.
        tx = Change(deferred, before, now(), actor, command=before.seq + 1)
        yield tx
        if tx.events:
            tx.update_run(evolve(tx.run, seq=before.seq + len(tx.events)))
            deferred.append("event", NEW_EVENT, tx.events)
        # The run is written once, at the end: each move of a task changes its counts in memory.
        tx.write(before, tx.run)
