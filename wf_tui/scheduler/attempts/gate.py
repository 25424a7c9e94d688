"""The gate of a task: a command that has to pass on its work, and on the merge of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, TypeVar

from wf_tui.fault_injection import Point
from wf_tui.ledger.model.events.attempt_events import GateEnded, GateStarted
from wf_tui.ledger.model.states import BlockedKind, Cause
from wf_tui.paths import private_folder
from wf_tui.plan.choices import GateOn
from wf_tui.scheduler.attempts.active_claim import StoppedError
from wf_tui.scheduler.attempts.endings import Fault
from wf_tui.values import frozen, replace
from wf_tui.workers.shell import failure_text, result_text, run_command

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Mapping
    from pathlib import Path
    from typing import Any

    from wf_tui.clock import Clock
    from wf_tui.git.merge.integrate import Merge
    from wf_tui.git.worktrees.pool import Pool
    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.model.rows import Detail
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.job import JobInputs, JobMaker
    from wf_tui.scheduler.attempts.setup_teardown import SetupTeardown
    from wf_tui.scheduler.threads import Threads
    from wf_tui.workers.protocol import Job
    from wf_tui.workers.shim.launcher import Launcher

__all__ = ["Gate", "GateQuestion", "JudgedMerge", "MergeGate"]

_T = TypeVar("_T")
_NAMES: Final[Mapping[GateOn, str]] = {
    GateOn.ATTEMPT: "the gate",
    GateOn.MERGE: "the gate on the merged tree",
}
_CAUSES: Final[Mapping[GateOn, Cause]] = {
    GateOn.ATTEMPT: Cause.GATE,
    GateOn.MERGE: Cause.MERGE_GATE,
}


@frozen
class GateQuestion:
    """What a gate is asked about: `commit`, made on `head`; None where there is no such."""

    on: GateOn
    head: str | None
    commit: str | None

    def started(self) -> GateStarted:
        """Return the event of its start."""
        return GateStarted(on=self.on, head=self.head, commit=self.commit)

    def ended(self, exit_code: int | None, fault: Fault | None) -> GateEnded:
        """Return the event of its end; the exit status is None where it did not end by itself."""
        text = fault.text if fault else None
        return GateEnded(
            on=self.on, head=self.head, commit=self.commit, exit_code=exit_code, text=text
        )


@frozen
class Gate:
    """Runs the gate of a task, watched as its program was; both is told in events."""

    launcher: Launcher

    async def run(self, active: ActiveClaim, job: Job, question: GateQuestion) -> Fault | None:
        """Return why the gate does not pass in the tree of `job`, or None.

        For work that has one. Cancelling stops it, and returns when all its processes are gone.
        """
        on, command = question.on, active.claim.task.spec.gate or ""
        await active.record.tell(question.started())
        # Its signs of life are those of the attempt.
        ended = await run_command(
            self.launcher, job, "gate", command, job.gate_shell, active.vitals.note
        )
        await active.tell_left_running(ended, "gate")
        fault = None
        if not ended.succeeded:
            text = f"{_NAMES[on]} failed: {failure_text(ended, job.limits.seconds)}"
            fault = Fault(BlockedKind.GATE, _CAUSES[on], text, {"tail": result_text(ended.tail)})
        by_itself = ended.cause is None and not ended.lost
        await active.record.tell(question.ended(ended.code if by_itself else None, fault))
        return fault


@frozen
class JudgedMerge:
    """What the gate said of a merge, and the worktree in which that lies.

    The worktree is the caller's, who gives it back or keeps it for a person.
    """

    fault: Fault | None
    """Why it did not pass."""
    tree: Tree


@frozen
class MergeGate:
    """Asks the gate of a task about a merge that the branch is to get, in a worktree of its own.

    That is filled and set up as the one of an attempt, with the merge as changes of the head that
    it is made on, and `WF_GATE=merge` in the environment. Whatever the gate leaves in it is litter.
    """

    gate: Gate
    jobs: JobMaker
    setup_teardown: SetupTeardown
    pool: Pool
    threads: Threads
    clock: Clock

    async def run(
        self, active: ActiveClaim, merge: Merge, result: str | None, dropped: Awaitable[object]
    ) -> JudgedMerge:
        """Ask the gate about `merge`, until `dropped` says that nobody wants to know any more.

        Raises `StoppedError` where a person has stopped the attempt. One that the heartbeat has
        stopped, since it is silent, has failed. Raises `GitError`, `OSError` or `LocalFileError`
        where there is no worktree for it; nothing is left to be given back then.
        """
        seconds = active.claim.task.spec.timeout_secs
        deadline = self.clock.now() + seconds if seconds else None
        inputs = await active.record.checking(result, deadline)
        await self.threads.reach(Point.GATE_BEGUN)
        tree = await self.threads.run(self.pool.check_out_work, merge.old, merge.new, for_gate=True)
        try:
            job = await self.threads.run(self._job, active.claim, tree.path, inputs)
            fault = await self._judge(active, job, merge, dropped)
            await self.threads.reach(Point.GATE_ENDED)
        except BaseException:
            await self.give_back(tree)
            raise
        return JudgedMerge(fault, tree)

    async def give_back(self, tree: Tree) -> None:
        """Let others have a worktree: the merge is in the repository."""
        await self.threads.run(self.pool.release, tree, saved=True)

    def _job(self, claim: Claim, tree: Path, inputs: JobInputs) -> Job:
        """Return the job of the gate: that of an attempt, with a folder of its own for its logs."""
        job = self.jobs.make(claim, tree, inputs)
        folder = private_folder(job.folder / GateOn.MERGE.value)
        environment = {**job.environment, "WF_GATE": GateOn.MERGE.value}
        return replace(job, folder=folder, environment=environment)

    async def _judge(
        self, active: ActiveClaim, job: Job, merge: Merge, dropped: Awaitable[object]
    ) -> Fault | None:
        question = GateQuestion(GateOn.MERGE, merge.old, merge.new)
        around = self.setup_teardown.around(active, job, own_tree=True)
        try:
            async with around as unprepared:
                if unprepared is None:
                    with active.timed("gate on the merged tree"):
                        asked = self.gate.run(active, job, question)
                        return await active.stoppable(_until(dropped, asked))
        except StoppedError:
            silent = active.continue_after_stop()
            if silent is None:
                raise
            fault = _merge_fault(f"{_NAMES[GateOn.MERGE]} failed: {silent.text}")
        else:
            fault = _merge_fault(f"on the merged tree {unprepared.text}", unprepared.detail)
            await active.record.tell(question.started())
        await active.record.tell(question.ended(None, fault))
        return fault


def _merge_fault(text: str, detail: Detail | None = None) -> Fault:
    return Fault(BlockedKind.GATE, Cause.MERGE_GATE, text, detail or {})


async def _until(dropped: Awaitable[object], work: Coroutine[Any, Any, _T]) -> _T | None:
    """Await `work`, or stop it where `dropped` comes first; then None.

    Returns, or raises, only when both have ended.
    """
    task, drop = asyncio.ensure_future(work), asyncio.ensure_future(dropped)
    try:
        await asyncio.wait([task, drop], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        return None
    finally:
        for one in (task, drop):
            one.cancel()
        # A program is gone only when its task has ended.
        await asyncio.wait([task, drop])
