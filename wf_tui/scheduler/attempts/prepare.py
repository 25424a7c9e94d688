"""The step `prepare`: an attempt gets its tree and its job, and the ledger knows which they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wf_tui.fault_injection import Point
from wf_tui.scheduler.attempts.active_claim import StoppedError
from wf_tui.scheduler.attempts.workspace import RefilledWorkspace, Workspace
from wf_tui.workers.registry import KINDS

if TYPE_CHECKING:
    from wf_tui.clock import Clock
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.job import JobInputs, JobMaker
    from wf_tui.scheduler.attempts.workspace import Trees
    from wf_tui.scheduler.threads import Threads
    from wf_tui.workers.protocol import Job

__all__ = ["Prepare"]


@dataclass(frozen=True)
class Prepare:
    """Three parts, because a tree that was entered has to be left, whatever fails afterwards."""

    trees: Trees
    jobs: JobMaker
    threads: Threads
    clock: Clock
    start_deadline: float
    """Seconds from here to the start of the program, after which the ledger calls it late."""

    async def begin(self, active: ActiveClaim) -> JobInputs:
        """Take the claim up; return what the ledger knows for it.

        Raises `StoppedError` where a person took the task back between its claim and here.
        """
        by = self.clock.now() + self.start_deadline
        inputs = await active.record.preparing(by)
        # Before a tree is entered: one that was taken back already needs none.
        if active.stopped is not None:
            raise StoppedError
        await self.threads.reach(Point.PREPARE_BEGUN)
        return inputs

    async def enter(self, active: ActiveClaim, inputs: JobInputs, head: str) -> Workspace:
        """Enter a tree at `head`, where the branch of the run is now; a critic at what it judges.

        The caller has to leave it, whatever comes. Raises `GitError`, `OSError`, or
        `LocalFileError` where the plan's local files cannot be laid out.
        """
        return await self.threads.run(
            Workspace.enter,
            self.trees,
            active.claim,
            active.claim.task.spec.reads or head,
            inputs.checkpoint,
        )

    async def lay_out(self, active: ActiveClaim, base: str, commit: str) -> Workspace:
        """Enter a tree of its own that holds what was harvested before; as `enter` otherwise."""
        return await self.threads.run(
            RefilledWorkspace.lay_out, self.trees, active.claim, base, commit
        )

    async def job(self, active: ActiveClaim, workspace: Workspace, inputs: JobInputs) -> Job:
        """Make the job, and record the tree before any program can write in it.

        In this order, for recovery harvests only trees that are recorded. Raises `StoppedError`
        where the claim is no longer the live one.
        """
        tree = workspace.tree
        await self.threads.reach(Point.PREPARE_TREE)
        inputs = replace(
            inputs,
            checkpoint_applied=workspace.checkpoint_applied,
            in_session=workspace.in_session or _goes_on_anywhere(active.claim),
            base=tree.base,
        )
        job = await self.threads.run(self.jobs.make, active.claim, tree.path, inputs)
        if not await active.record.prepared(base=tree.base, tree=tree.number):
            raise StoppedError
        await self.threads.reach(Point.PREPARE_RECORDED)
        return job


def _goes_on_anywhere(claim: Claim) -> bool:
    """Whether a claim goes on in a session that wf keeps itself: it belongs to no worktree."""
    kind = KINDS.get(claim.kind)
    return claim.session is not None and kind is not None and kind.keeps_history
