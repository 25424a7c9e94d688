"""After the death of a scheduler: what was in flight is lost, its work is not (RULES 3.1, G5).

Looks at the ledger, the refs and the trees alone, so doing it twice does no harm.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerError
from wf_tui.fault_injection import Point
from wf_tui.git.stale_locks import break_stale_locks
from wf_tui.ledger.model.states import Outcome, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.claims import Claim
from wf_tui.paths import attempt_mark
from wf_tui.plan.choices import Isolation
from wf_tui.scheduler.attempts.endings import CANCELLED, LOST, machine_fault
from wf_tui.scheduler.attempts.harvest import NOTHING, Harvested
from wf_tui.scheduler.attempts.workspace import Workspace
from wf_tui.scheduler.integrator import FinishedWork
from wf_tui.values import frozen
from wf_tui.workers.model.host_link import HOST_FILE, end_left_host
from wf_tui.workers.shim.sweep import sweep_left

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.writer import Writer
    from wf_tui.paths import RunPaths
    from wf_tui.scheduler.attempts.attempt import Steps
    from wf_tui.scheduler.attempts.factory import AttemptFactory
    from wf_tui.scheduler.claim_record import ClaimRecord
    from wf_tui.scheduler.threads import Threads

    _Left = tuple[AttemptRow, TaskRow]

__all__ = ["Recovery"]

_DONE_WORKING: Final = frozenset({Step.CHECKING, Step.INTEGRATING})
"""Steps at which the worker has done its work."""


def _merging_rival(task: TaskRow) -> bool:
    return bool(task.spec.rival) and task.step == Step.INTEGRATING


@frozen
class Recovery:
    """Makes a run that was left behind ready to go on; runs before any claim is made.

    Each attempt is settled for itself: killed half way, the next scheduler does the rest.
    """

    run: str
    paths: RunPaths
    writer: Writer
    threads: Threads
    attempts: AttemptFactory

    @property
    def steps(self) -> Steps:
        """The steps of an attempt, of which recovery takes the last ones."""
        return self.attempts.steps

    async def recover(self) -> int:
        """End what a dead scheduler left running, and settle its attempts; return how many.

        Called on the event loop by whoever has taken the lead, also after a clean end, when there
        is nothing to be done. Raises a `LedgerError`, or what kept a finished merge from being
        recorded; then the run needs another start.
        """

        def read_open(ledger: Ledger) -> list[_Left]:
            every = reads.attempts(ledger.db, self.run)
            rows = [(one, reads.task(ledger.db, self.run, one.task)) for one in every if one.open]
            # What a person has accepted is no worker's: the scheduler takes it up where it was. But
            # of a rival that was merged the others have to hear before one of them goes on.
            left = [(row, task) for row, task in rows if not row.by_hand or _merging_rival(task)]
            return sorted(left, key=lambda pair: not _merging_rival(pair[1]))

        await self.threads.run(self._clear)
        await self.threads.reach(Point.RECOVERY_SWEPT)
        left = await self.writer.submit(read_open)
        # What may have been merged is settled first, one after the other: the branch is one.
        await self._settle_each([pair for pair in left if pair[1].step == Step.INTEGRATING])
        await self._settle_by_tree([pair for pair in left if pair[1].step != Step.INTEGRATING])
        wanted = await self.writer.submit(
            lambda ledger: reads.pulse(ledger.db, self.run, ledger.now()).wanted_trees
        )
        await self.threads.run(self.steps.prepare.trees.pool.reclaim, wanted)
        await self.threads.reach(Point.RECOVERY_DONE)
        return len(left)

    def _clear(self) -> None:
        """End what runs, and remove what it can have left in the way; in a thread."""
        # First of all nothing may be at work in the trees any more: what is harvested then is all.
        sweep_left(attempt_mark(self.run, ""), self.steps.harvest.control.git_dir)
        end_left_host(self.paths.root / HOST_FILE)
        # Behind the sweep of git: a lock is stale when no git of ours is left that could hold it.
        break_stale_locks(self.paths)
        self.steps.prepare.trees.pool.empty_trash()

    async def _settle_by_tree(self, left: Sequence[_Left]) -> None:
        """Settle attempts side by side, those that have one tree in common one after the other.

        All have come to an end when it returns, or raises what the first of them has raised.
        """
        by_tree: dict[str, list[_Left]] = {}
        for attempt, task in left:
            by_tree.setdefault(attempt.tree or f"none of {task.id}", []).append((attempt, task))
        settling = map(self._settle_each, by_tree.values())
        for end in await asyncio.gather(*settling, return_exceptions=True):
            if end is not None:
                raise end

    async def _settle_each(self, left: Sequence[_Left]) -> None:
        """Settle attempts one after the other."""
        for attempt, task in left:
            await self._recover_one(attempt, task)
            await self.threads.reach(Point.RECOVERY_SETTLED)

    async def _recover_one(self, attempt: AttemptRow, task: TaskRow) -> None:
        if task.spec.rival:
            # Read again: one that was found to be merged has fenced the others.
            name = attempt.task
            *_, attempt = await self.writer.submit(
                lambda ledger: reads.attempts(ledger.db, self.run, name)
            )
            task = await self.writer.submit(lambda ledger: reads.task(ledger.db, self.run, name))
        record = self.attempts.record(Claim.of(attempt, task))
        record.log.info("left by a dead scheduler in the step %s", task.step or "none")
        try:
            await self._settle(record, attempt, task)
        except LedgerError:
            raise
        except Exception as error:  # the border of an attempt: one that fails stops no run
            record.log.exception("the attempt could not be recovered")
            # But what is merged is not to be done again: the next scheduler may record it.
            if task.step == Step.INTEGRATING and attempt.commit_id is not None:
                control = self.steps.harvest.control
                if await self.threads.run(control.contains, attempt.commit_id):
                    raise
            await record.failed(machine_fault(error))

    async def _settle(self, record: ClaimRecord, attempt: AttemptRow, task: TaskRow) -> None:
        # First, whatever is to become of it: once the attempt is closed nobody looks at its tree.
        found = await self._harvest(record, attempt)
        await self.threads.reach(Point.RECOVERY_HARVESTED)
        if attempt.fenced:
            await record.closed(found.onto(CANCELLED))
        elif task.step in _DONE_WORKING and attempt.commit_id and attempt.base:
            await self._settle_work(record, attempt, task)
        else:
            await record.failed(found.onto(LOST))

    async def _settle_work(self, record: ClaimRecord, attempt: AttemptRow, task: TaskRow) -> None:
        """Record a merge that was made; else leave the attempt open, for the loop to see through.

        Its worker has done its work. The checks may take as long as a program, and in the loop they
        can be stopped.
        """
        work = FinishedWork(
            base=attempt.base or "",
            commit=attempt.commit_id,
            tree=None,
            ending=Ending(Outcome.SUCCEEDED, exit_code=0, ref=attempt.ref),
            result=task.result,
        )
        merging = task.step == Step.INTEGRATING
        if merging and await self.steps.integrator.record_found(record, work):
            return
        if merging and task.spec.rival:
            # No two rivals merge at a time, and who comes first now is open again.
            await record.step(Step.CHECKING, result=task.result)
        record.log.info("its work is judged again")

    async def _harvest(self, record: ClaimRecord, attempt: AttemptRow) -> Harvested:
        """Take what a dead scheduler's attempt left; one without a tree has left nothing.

        One that has a commit was harvested before the crash.
        """
        if attempt.commit_id or not attempt.writes or not attempt.tree or not attempt.base:
            return Harvested(commit=attempt.commit_id, ref=attempt.ref)
        trees = self.steps.prepare.trees
        workspace = Workspace(
            trees, record.claim, trees.pool.reopen(int(attempt.tree), attempt.base)
        )
        # Counted in, as it was before the crash: leaving counts it out.
        if attempt.isolation is Isolation.SHARED:
            trees.shared.resume(workspace.tree)
        found = NOTHING
        try:
            found = await self.steps.harvest.commit(workspace)
        except Exception:  # the border of an attempt: one bad tree stops no run
            record.log.exception("the work of the attempt stays in %s", workspace.tree.path)
            return NOTHING
        finally:
            leave = partial(workspace.leave, unsaved=found.why_kept)
            left = await self.threads.run(leave, keep=False, untouched=False)
            if left.kept:
                await record.tree_kept(str(workspace.tree.path), left.kept)
        await self.steps.harvest.record(record, found)
        return found
