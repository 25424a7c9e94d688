"""The step `prepare`: an attempt gets its tree and its job, and the ledger knows which they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.fault_injection import Point
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.states import Step
from wf_tui.scheduler.attempts.active_claim import StoppedError
from wf_tui.scheduler.attempts.job import JobInputs, read_inputs
from wf_tui.scheduler.attempts.workspace import RefilledWorkspace, Workspace
from wf_tui.values import frozen, replace
from wf_tui.workers.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.job import JobMaker
    from wf_tui.scheduler.attempts.workspace import Trees
    from wf_tui.scheduler.threads import Threads
    from wf_tui.workers.protocol import Job

__all__ = ["NewClaim", "Prepare", "take_up"]


@frozen
class NewClaim:
    """A claim just made, with what the ledger has for it."""

    claim: Claim
    inputs: JobInputs


def take_up(ledger: Ledger, claim: Claim, start_deadline: float) -> NewClaim:
    """Bring a claim to its step `preparing`, and read what it needs.

    A rule for the writer, in the transaction that claims: so that no attempt has to wait for a
    commit before it can begin. `start_deadline` is in seconds from now.
    """
    ledger.step(Fence.of(claim), Step.PREPARING, ledger.now() + start_deadline)
    return NewClaim(claim, read_inputs(ledger, claim))


@frozen
class Prepare:
    """Makes what an attempt works with, in one visit to a thread: each one costs a tenth of a ms.

    A tree that was entered has to be left, whatever fails afterwards: it is handed out at once.
    """

    trees: Trees
    jobs: JobMaker
    threads: Threads

    async def run(
        self,
        active: ActiveClaim,
        inputs: JobInputs,
        head: str,
        entered: Callable[[Workspace], object],
    ) -> tuple[Workspace, Job]:
        """Enter a tree at `head`, where the branch of the run is now; a critic at what it judges.

        `entered` is called in the thread with the tree, which the caller has to leave, whatever
        comes. Raises `GitError`, `OSError`, or `LocalFileError` where the plan's local files cannot
        be laid out; `StoppedError` where a person has taken the task back.
        """
        # Before a tree is entered: one that was taken back already needs none.
        if active.stopped is not None:
            raise StoppedError
        await self.threads.reach(Point.PREPARE_BEGUN)
        claim = active.claim
        at = claim.task.spec.reads or head
        # On the loop: whoever ends now and has the snapshot waits for the next to come in.
        joined = Workspace.join(self.trees, claim, at)

        def enter() -> tuple[Workspace, Job]:
            workspace = joined or Workspace.enter(
                self.trees, claim, at, inputs.checkpoint, active.shared_turn
            )
            entered(workspace)
            return workspace, self._make_job(claim, workspace, inputs)

        workspace, job = await self.threads.run(enter)
        await self._record(active, workspace)
        return workspace, job

    async def lay_out(self, active: ActiveClaim, base: str, commit: str) -> Workspace:
        """Enter a tree of its own that holds what was harvested before; raises as `run` does."""
        return await self.threads.run(
            RefilledWorkspace.lay_out, self.trees, active.claim, base, commit
        )

    async def job(self, active: ActiveClaim, workspace: Workspace, inputs: JobInputs) -> Job:
        """Make the job of work that was laid out, and record its tree; raises as `run` does."""
        job = await self.threads.run(self._make_job, active.claim, workspace, inputs)
        await self._record(active, workspace)
        return job

    async def put_back(self, claim: Claim) -> None:
        """Take back what the seat of an attempt was lent, when its program has ended."""
        if self.jobs.profiles.lends(claim.profile):
            await self.threads.run(self.jobs.put_back, claim)

    def _make_job(self, claim: Claim, workspace: Workspace, inputs: JobInputs) -> Job:
        self.threads.faults.reach(Point.PREPARE_TREE)
        tree = workspace.tree
        inputs = replace(
            inputs,
            checkpoint_applied=workspace.checkpoint_applied,
            in_session=workspace.in_session or _goes_on_anywhere(claim),
            base=tree.base,
        )
        return self.jobs.make(claim, tree.path, inputs)

    async def _record(self, active: ActiveClaim, workspace: Workspace) -> None:
        """Record the tree before any program can write in it: recovery harvests only those.

        Raises `StoppedError` where the claim is no longer the live one. Of a snapshot nothing is
        harvested: it is recorded with the start of the program, which waits for no commit then.
        """
        tree = workspace.tree
        if workspace.is_snapshot:
            active.snapshot = tree
            return
        if not await active.record.prepared(base=tree.base, tree=tree.number):
            raise StoppedError
        await self.threads.reach(Point.PREPARE_RECORDED)


def _goes_on_anywhere(claim: Claim) -> bool:
    """Whether a claim goes on in a session that wf keeps itself: it belongs to no worktree."""
    kind = KINDS.get(claim.kind)
    return claim.session is not None and kind is not None and kind.keeps_history
