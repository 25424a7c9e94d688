"""What an attempt tells the ledger: a dozen calls by name, each under the fence of its claim.

This is all that an attempt and the merging of its work know of the ledger. Each call is one
transaction on the writer's thread, and is answered after its commit; the writer may put it into one
commit with others. Where a call returns a bool, it says whether the claim was still the live one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.fault_injection import Point
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.events.attempt_events import WorkHarvested
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.scheduler.attempts.job import read_inputs
from wf_tui.scheduler.run_log import RunLog

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from wf_tui.fault_injection import Faults
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import Detail, TaskRow
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.ledger.writer import Writer
    from wf_tui.scheduler.attempts.job import JobInputs

__all__ = ["ClaimRecord"]


@dataclass(frozen=True)
class ClaimRecord:
    """Writes for one claim; called on the event loop."""

    claim: Claim
    writer: Writer
    faults: Faults
    """Fault tests strike inside some of the transactions, on the writer's thread."""

    @functools.cached_property
    def fence(self) -> Fence:
        """What each write carries: it counts only while this claim is the live one."""
        claim = self.claim
        return Fence(claim.run, claim.task.id, claim.epoch, claim.worker)

    @functools.cached_property
    def log(self) -> RunLog:
        """What logs with the run, the task and the epoch on each line."""
        return RunLog(self.claim.run, self.claim.task.id, self.claim.epoch)

    # -- on its way

    async def preparing(self, deadline: float) -> JobInputs:
        """Take the claim up, until `deadline` (UTC seconds); return what the ledger has for it."""

        def record(ledger: Ledger) -> JobInputs:
            ledger.step(self.fence, Step.PREPARING, deadline)
            return read_inputs(ledger, self.claim)

        return await self.writer.submit(record)

    async def checking(self, result: str | None) -> JobInputs:
        """Begin to check what a person has accepted; return what its gate may need."""

        def record(ledger: Ledger) -> JobInputs:
            ledger.step(self.fence, Step.CHECKING, result=result)
            return read_inputs(ledger, self.claim)

        return await self.writer.submit(record)

    async def step(
        self, step: Step, deadline: float | None = None, *, result: str | None = None
    ) -> bool:
        """Go on to a step, to be over by `deadline` (UTC seconds); keep a result from then on."""
        return await self.writer.submit(
            lambda ledger: ledger.step(self.fence, step, deadline, result=result)
        )

    async def prepared(self, *, base: str, tree: int) -> bool:
        """Record the worktree and its commit, before anything can be written there."""
        return await self.writer.submit(
            lambda ledger: ledger.prepared(self.fence, base=base, tree=str(tree))
        )

    def started(self, pid: int, deadline: float | None) -> None:
        """Record that the program runs; nobody waits for the answer, least of all the program."""

        def record(ledger: Ledger) -> bool:
            self.faults.reach(Point.RUN_STARTED)
            live = ledger.started(self.fence, pid=pid)
            return live and ledger.step(self.fence, Step.RUNNING, deadline)

        self._post(record)

    async def progress(self, text: str) -> bool:
        """Record a sample of what its program says, or a note on it."""
        return await self.writer.submit(lambda ledger: ledger.progress(self.fence, text))

    def overdue(self, text: str) -> None:
        """Note that the scheduler itself takes too long; nobody waits for the answer."""
        self._post(lambda ledger: ledger.progress(self.fence, text))

    async def harvested(self, event: WorkHarvested) -> None:
        """Record what it left; never refused, also of an attempt that was stopped."""

        def record(ledger: Ledger) -> None:
            self.faults.reach(Point.HARVEST_REF)
            ledger.harvested(self.fence, event)

        await self.writer.submit(record)

    async def snapshot_changed(self, paths: tuple[str, ...]) -> None:
        """Record which files a task that only reads has changed; they are not its work."""
        event = WorkHarvested(files=0, snapshot_changed=paths)
        await self.writer.submit(lambda ledger: ledger.harvested(self.fence, event))

    async def tree_kept(self, path: str, reason: str) -> None:
        """Record that its worktree is not given back, and why."""
        await self.writer.submit(lambda ledger: ledger.tree_gone(self.fence.run, path, kept=reason))

    # -- its end

    async def done(self, kind: DoneKind, ending: Ending, result: str | None) -> None:
        """End the task, where there is nothing to merge."""
        await self.writer.submit(lambda ledger: ledger.done(self.fence, kind, ending, result))

    async def failed(
        self,
        ending: Ending,
        kind: BlockedKind = BlockedKind.FAILED,
        detail: Detail | None = None,
    ) -> None:
        """Count a failure; `kind` is what the task is blocked as when its tries are used up."""
        await self.writer.submit(
            lambda ledger: ledger.fail(self.fence, ending, kind=kind, detail=detail)
        )

    async def blocked(self, ending: Ending, kind: BlockedKind, detail: Detail) -> bool:
        """Block the task at once, without another try."""
        return await self.writer.submit(
            lambda ledger: ledger.block(self.fence, ending, kind, detail)
        )

    async def held_for_review(self, ending: Ending, detail: Detail, *, tree: str | None) -> bool:
        """Keep the work for a person, in the worktree `tree` where it has one of its own."""
        return await self.writer.submit(
            lambda ledger: ledger.hold_for_review(self.fence, ending, detail, tree=tree)
        )

    async def given_back(self, ending: Ending, detail: Detail) -> None:
        """Return to a person what they had accepted and did not pass."""
        await self.writer.submit(lambda ledger: ledger.give_back(self.fence, ending, detail))

    async def closed(self, ending: Ending) -> None:
        """Close an attempt that a person stopped; never refused."""
        await self.writer.submit(lambda ledger: ledger.close(self.fence, ending))

    async def rejected(self, ending: Ending) -> None:
        """Keep a result that came too late, and close the attempt."""
        await self.writer.submit(lambda ledger: ledger.reject(self.fence, ending))

    # -- its merge

    async def intended(self, old: str, new: str) -> None:
        """Record that the branch of the run is about to move."""
        await self.writer.submit(lambda ledger: ledger.intend(self.fence, old, new))

    async def merged(
        self, old: str | None, new: str, ending: Ending, result: str | None, lines: str
    ) -> None:
        """Record that the branch has moved to `new` and the task is done, in one transaction.

        `old` is None where it was moved before a crash: it went on from where the ledger had last
        seen it. `lines` says how much was changed, as `+3 -1`.
        """

        def record(ledger: Ledger) -> None:
            self.faults.reach(Point.INTEGRATE_MOVED)
            before = reads.run_row(ledger.db, self.fence.run).head if old is None else old
            ledger.integrated(self.fence, before, new)
            ledger.done(self.fence, DoneKind.MERGED, ending, result, lines)

        await self.writer.submit(record)

    async def conflict(
        self, ending: Ending, paths: tuple[str, ...], text: str, *, head: str, tree: str | None
    ) -> None:
        """Record what it does not merge with (`head`), and which tree holds the marked merge."""
        await self.writer.submit(
            lambda ledger: ledger.conflict(self.fence, ending, paths, text, head=head, tree=tree)
        )

    async def task(self) -> TaskRow:
        """Return the task as it is now."""
        return await self.writer.submit(
            lambda ledger: reads.task(ledger.db, self.fence.run, self.fence.task)
        )

    # -- the writer

    def _post(self, rule: Callable[[Ledger], bool]) -> None:
        self.writer.post(rule).add_done_callback(self._log_failure)

    def _log_failure(self, done: asyncio.Future[bool]) -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            self.log.error("the ledger did not take a report of an attempt: %s", error)
