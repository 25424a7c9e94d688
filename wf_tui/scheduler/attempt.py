"""One attempt, step by step: prepare, run, harvest, check, integrate (RULES 3 and 6.3).

It can be stopped at any step before the merge. Its work is harvested and its tree given back,
whatever happens; where the machine does not let that happen, the tree is kept. Where the ledger
fails, or the scheduler ends, it is left as it is: recovery needs it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from wf_tui.errors import GitDeadlineError, GitError, LedgerError
from wf_tui.fault_injection import Point
from wf_tui.git.worktrees.local_files import LocalFileError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.events.attempt_events import WorkHarvested
from wf_tui.ledger.model.states import BlockedKind, Outcome, Step
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.scheduler.checks import Fault, check
from wf_tui.scheduler.harvesting import NOTHING, Harvested, harvest_attempt, record_harvest
from wf_tui.scheduler.heartbeat import log_failure
from wf_tui.scheduler.job_inputs import JobInputs, given, make_job
from wf_tui.scheduler.progress import Progress, last_line
from wf_tui.scheduler.setup_teardown import set_up, tear_down
from wf_tui.scheduler.workspace import Left, Workspace
from wf_tui.text import clean
from wf_tui.workers.protocol import Alive, Failure, Lost, Output, Started, Success, WorkerEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from typing import Any

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.scheduler.context import RunContext
    from wf_tui.scheduler.integrator import Integrator
    from wf_tui.workers.protocol import Job
    from wf_tui.workers.protocol import Outcome as WorkOutcome

__all__ = ["CANCELLED", "Attempt", "StoppedError", "machine_fault"]

CANCELLED: Final = Ending(Outcome.CANCELLED, "stopped", "stopped by a person")

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class StoppedError(Exception):
    """The attempt was stopped while it worked."""


@dataclass
class Attempt:
    """Sees one claim through, from its tree to its end in the ledger."""

    site: RunContext
    integrator: Integrator
    claim: Claim
    running: bool = False
    """Whether its program runs, so that signs of life are to be expected."""
    evidence: float = 0.0
    """When there was a sign of life, by the monotonic clock."""
    output: float = 0.0
    """When its program last wrote something."""
    own_since: float = 0.0
    """Since when the scheduler itself is at work on it."""
    overdue: bool = False
    """Whether it was told that the scheduler itself takes too long."""
    began: bool = False
    """Whether a program has been in its tree."""
    merging: bool = False
    found: Harvested = NOTHING
    """What it has left so far."""
    _stop: Ending | None = None
    _work: asyncio.Task[object] | None = None
    _progress: Progress | None = None

    @property
    def fence(self) -> Fence:
        """What its writes carry."""
        return Fence(self.claim.run, self.claim.task.id, self.claim.epoch, self.claim.worker)

    @property
    def awaited(self) -> bool:
        """Whether a program has still to start: its own, its setup, or its gate."""
        return not self.running and (not self.began or self._work is not None)

    def stop(self, ending: Ending) -> None:
        """Stop the program; the attempt then harvests and ends by itself, as `ending` says."""
        if self._stop is None and not self.merging:
            self._stop = ending
            if self._work is not None:
                self._work.cancel()

    def spare(self, away: float, now: float) -> None:
        """Do not count seconds in which the scheduler could not have heard anything."""
        self.evidence = min(now, self.evidence + away)
        self.output = min(now, self.output + away)
        self.own_since = min(now, self.own_since + away)

    async def run(self) -> None:
        """See the attempt through; a fault of the machine is a failure of the attempt."""
        workspace: Workspace | None = None
        kept = merged = False
        self.own_since = self.site.clock.monotonic()
        try:
            has = await self._given()
            workspace = await self.site.thread(
                Workspace.enter, self.site, self.claim, self.integrator.head, has.checkpoint
            )
            merged, kept = await self._see_through(workspace, has)
        except StoppedError:
            await self._end_stopped()
        except (LedgerError, asyncio.CancelledError):
            workspace = None  # what it has recorded, and left, the next scheduler finds out
            raise
        except Exception as error:  # noqa: BLE001 - the border of an attempt: it has to have an end
            _log.exception("attempt %s of %r failed", self.claim.epoch, self.claim.task.id)
            await self._fail(machine_fault(error))
        finally:
            if workspace is not None:
                await self._leave(workspace, merged=merged, kept=kept)

    async def _given(self) -> JobInputs:
        deadline = self.site.clock.now() + self.site.timing.start_deadline
        fence, claim = self.fence, self.claim
        has = await self.site.ledger(
            lambda ledger: (ledger.step(fence, Step.PREPARING, deadline), given(ledger, claim))[1]
        )
        if self._stop:
            raise StoppedError
        await self.site.reach(Point.PREPARE_BEGUN)
        return has

    async def _see_through(self, workspace: Workspace, has: JobInputs) -> tuple[bool, bool]:
        """Run, harvest, check and merge; return whether it merged, and whether to keep the tree."""
        tree, fence = workspace.tree, self.fence
        await self.site.reach(Point.PREPARE_TREE)
        job = await self.site.thread(make_job, self.site, self.claim, tree.path, has)
        if not await self.site.ledger(
            lambda ledger: ledger.prepared(fence, base=tree.base, tree=str(tree.number))
        ):
            raise StoppedError
        await self.site.reach(Point.PREPARE_RECORDED)
        async with self._around(job) as unready:
            fault = unready
            if unready is None:
                outcome = await self._work_on(job)
                await self.site.reach(Point.RUN_ENDED)
                self.found = await self._harvest(workspace)
                if isinstance(outcome, Success):
                    fault = await self._check_result(job, outcome)
        if fault is not None:
            return False, await self._hold_back(fault)
        if isinstance(outcome, Success):
            self.merging = True
            good = self.found.onto(Ending(Outcome.SUCCEEDED, exit_code=0))
            return await self.integrator.settle(self, workspace, self.found, good, outcome.result)
        if self._stop is not None:
            raise StoppedError
        await self._fail(self.found.onto(_ending(outcome)))
        return False, False

    # -- around the program

    @property
    def own_tree(self) -> bool:
        """Whether nobody else works in its tree."""
        return self.claim.task.isolation == "worktree"

    @contextlib.asynccontextmanager
    async def _around(self, job: Job) -> AsyncIterator[Fault | None]:
        """Run the plan's `setup` before, and its `teardown` after, whatever happens in between."""
        leaving = False
        try:
            yield await self._set_up(job)
        except (LedgerError, asyncio.CancelledError):
            leaving = True  # the next scheduler harvests the tree, as its program left it
            raise
        finally:
            if not leaving:
                await self._tear_down(job)

    async def _set_up(self, job: Job) -> Fault | None:
        """Run the plan's `setup`, watched as the program is; the start deadline comes after it."""
        command = self.site.worktree.setup if self.own_tree else None
        if command is None:
            return None
        try:
            return await self._stoppable(set_up(self.site, job, command, self._hear_gate))
        finally:
            self._rest()

    async def _tear_down(self, job: Job) -> None:
        """Run the plan's `teardown`; that it fails is only noted."""
        command, fence = self.site.worktree.teardown, self.fence
        if command is None or not self.own_tree:
            return
        text = await tear_down(self.site, job, command, self._hear_gate)
        self._rest()
        if text:
            _log.warning("%s: attempt %s of %r", text, fence.epoch, fence.task)
            await self.site.ledger(lambda ledger: ledger.progress(fence, text))

    # -- running

    async def _work_on(self, job: Job) -> WorkOutcome:
        """Run the worker; being stopped is an outcome like others."""
        worker = self.site.workers[self.claim.kind]
        self.began = True
        self._progress = self._follow(job)
        try:
            return await self._stoppable(worker.run(job, self._hear))
        except StoppedError:
            return Lost("stopped")
        finally:
            self._progress.stop()
            self._rest()

    def _follow(self, job: Job) -> Progress:
        """Return what tells the ledger what the program says."""
        fence, log = self.fence, job.folder / "log.jsonl"
        return Progress(
            read=lambda: self.site.thread(last_line, log),
            tell=lambda text: self.site.ledger(lambda ledger: ledger.progress(fence, text)),
        )

    async def _stoppable(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Await something that `stop` cancels; it returns only when that has really ended."""
        if self._stop is not None:
            work.close()
            raise StoppedError
        self._rest()
        task = asyncio.ensure_future(work)
        self._work = task
        try:
            return await task
        except asyncio.CancelledError:
            if self._stop is None:
                raise
            raise StoppedError from None
        finally:
            self._work = None

    def _hear(self, event: WorkerEvent) -> None:
        self.evidence = self.site.clock.monotonic()
        if not isinstance(event, Alive):
            self.output = self.evidence
        if isinstance(event, Output) and self._progress is not None:
            self._progress.heard()
        elif isinstance(event, Started):
            self.running = True
            self._tell_started(event.pid)

    def _hear_gate(self, event: WorkerEvent) -> None:
        """Take signs of life of a gate, which is watched as the program was."""
        self.running = True
        self.evidence = self.site.clock.monotonic()
        if not isinstance(event, Alive):
            self.output = self.evidence

    def _rest(self) -> None:
        """Take note that no program runs: what comes next is the scheduler's own work."""
        self.running, self.own_since = False, self.site.clock.monotonic()

    def _tell_started(self, pid: int) -> None:
        limit = self.claim.task.spec.timeout_secs
        deadline = self.site.clock.now() + limit if limit else None
        fence = self.fence

        def tell(ledger: Ledger) -> bool:
            self.site.faults.reach(Point.RUN_STARTED)
            return ledger.started(fence, pid=pid) and ledger.step(fence, Step.RUNNING, deadline)

        self.site.writer.post(tell).add_done_callback(log_failure)

    # -- after the program

    async def _harvest(self, workspace: Workspace) -> Harvested:
        """Take what the attempt left; also of one that failed or was stopped."""
        if not self.claim.task.writes:
            return NOTHING
        fence = self.fence
        if self._stop is None:
            by = self.site.clock.now() + self.site.timing.step_deadline
            await self.site.ledger(lambda ledger: ledger.step(fence, Step.HARVESTING, by))
        await self.site.reach(Point.HARVEST_BEGUN)
        found = await self.site.thread(harvest_attempt, self.site, workspace)
        await record_harvest(self.site, fence, found)
        return found

    async def _check_result(self, job: Job, outcome: Success) -> Fault | None:
        fence = self.fence
        # Its result is kept from here on: a person may accept the work without its worker.
        await self.site.ledger(
            lambda ledger: ledger.step(fence, Step.CHECKING, result=outcome.result)
        )
        await self.site.reach(Point.CHECK_BEGUN)
        fault = await self._judge(job)
        await self.site.reach(Point.CHECK_ENDED)
        return fault

    async def _judge(self, job: Job) -> Fault | None:
        """Return what keeps its work from being merged; a gate is watched as the program was."""
        try:
            return await self._stoppable(
                check(self.site, self.claim, job, self.found, self._hear_gate)
            )
        finally:
            self._rest()

    async def _hold_back(self, fault: Fault) -> bool:
        """End an attempt whose work did not pass; return whether its tree is to be kept."""
        code = 0 if self.began else None
        bad = self.found.onto(Ending(Outcome.FAILED, fault.cause, fault.text, exit_code=code))
        if fault.kind is not BlockedKind.SCOPE:
            await self._fail(bad, fault)
            return False
        fence = self.fence
        return await self.site.ledger(
            lambda ledger: ledger.block(fence, bad, fault.kind, fault.detail)
        )

    async def _fail(self, ending: Ending, fault: Fault | None = None) -> None:
        kind = fault.kind if fault else BlockedKind.FAILED
        detail = fault.detail if fault else {}
        fence = self.fence
        await self.site.ledger(lambda ledger: ledger.fail(fence, ending, kind=kind, detail=detail))

    async def _end_stopped(self) -> None:
        """End an attempt that was stopped: by a person it is not counted, else it is a failure."""
        ending = self.found.onto(self._stop or CANCELLED)
        fence = self.fence
        if ending.outcome is Outcome.CANCELLED:
            await self.site.ledger(lambda ledger: ledger.close(fence, ending))
        else:
            await self._fail(ending)

    async def _leave(self, workspace: Workspace, *, merged: bool, kept: bool) -> None:
        try:
            await self.site.reach(Point.FINISH_RECORDED)
            left = await self.site.thread(
                workspace.leave, merged=merged, keep=kept, untouched=not self.began
            )
            await self.site.reach(Point.FINISH_LEFT)
        except (OSError, GitError) as error:
            left = Left(kept=f"it could not be given back: {clean(str(error), limit=400)}")
        run, tree = self.claim.run, str(workspace.tree.path)
        if left.changed:
            changed = WorkHarvested(files=0, snapshot_changed=tuple(left.changed[:20]))
            await self.site.ledger(lambda ledger: ledger.harvested(self.fence, changed))
        if left.kept:
            await self.site.ledger(lambda ledger: ledger.tree_gone(run, tree, kept=left.kept))


def machine_fault(error: Exception) -> Ending:
    """Return how an attempt ends that wf itself could not see through."""
    text = f"wf could not continue: {clean(str(error) or repr(error), limit=400)}"
    if isinstance(error, LocalFileError):
        text = f"its worktree cannot be set up: {error.message}"
        return Ending(Outcome.FAILED, "setup", text)
    if isinstance(error, GitDeadlineError):
        return Ending(Outcome.TIMED_OUT, "deadline", text)
    return Ending(Outcome.FAILED, "machine", text)


def _ending(outcome: Failure | Lost) -> Ending:
    """Return how a worker's end is recorded."""
    if isinstance(outcome, Lost):
        return Ending(Outcome.LOST, "lost", outcome.text)
    late = outcome.cause in {"time_limit", "stall"}
    return Ending(
        Outcome.TIMED_OUT if late else Outcome.FAILED,
        outcome.cause,
        outcome.text,
        outcome.exit_code,
        outcome.signal,
    )
