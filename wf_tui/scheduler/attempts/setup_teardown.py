"""What is run around the work (RULES 6.2): the plan's `setup` before it, its `teardown` after it.

Both as the worker would run, each with a log of its own in the attempt's folder, and a time limit.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from wf_tui.errors import LedgerError
from wf_tui.ledger.model.states import BlockedKind, Cause
from wf_tui.scheduler.attempts.endings import Fault
from wf_tui.values import frozen, replace
from wf_tui.workers.script import SHELL
from wf_tui.workers.shell import failure_text, result_text, run_command

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from wf_tui.ledger.model.worktree_setup import WorktreeSetup
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.workers.protocol import Job, ProgramExit
    from wf_tui.workers.shim.launcher import Launcher

__all__ = ["SetupTeardown"]


@frozen
class SetupTeardown:
    """Surrounds the program of an attempt with the plan's own commands.

    Used by attempts and by what a person has accepted, where a gate is to run. Both limits are in
    seconds; a command that exceeds its own is stopped as a program is.
    """

    launcher: Launcher
    plan: WorktreeSetup
    setup_seconds: float
    teardown_seconds: float

    @contextlib.asynccontextmanager
    async def around(
        self, active: ActiveClaim, job: Job, *, own_tree: bool
    ) -> AsyncIterator[Fault | None]:
        """Run `setup` before the block, and `teardown` after it, whatever happens in between.

        The block gets what kept the setup from succeeding, and then runs no program. There is
        neither in a tree with others (`own_tree`), whose work they could change.
        """
        leaving = False
        try:
            # A setup that failed or was stopped half way has something to be torn down, too.
            yield await self._set_up(active, job) if own_tree else None
        except (LedgerError, asyncio.CancelledError):
            # The scheduler is about to end, with the harvest perhaps not made: the tree has to be
            # as the program left it when the next one harvests it.
            leaving = True
            raise
        finally:
            # Not `stoppable`: it has to run where the attempt was stopped, above all there.
            if own_tree and not leaving:
                await self._tear_down(active, job)

    async def _set_up(self, active: ActiveClaim, job: Job) -> Fault | None:
        """Run the `setup`, watched as the program is; the start deadline comes after it."""
        command, seconds = self.plan.setup, self.setup_seconds
        if command is None:
            return None
        with active.timed("setup"):
            ended = await active.stoppable(self._run(active, job, "setup", command, seconds))
        if ended.succeeded:
            return None
        tail = result_text(ended.tail)
        last = tail.rpartition("\n")[2]
        text = f"the setup failed: {failure_text(ended, seconds)}" + (f": {last}" if last else "")
        return Fault(BlockedKind.FAILED, Cause.SETUP, text, {"tail": tail})

    async def _tear_down(self, active: ActiveClaim, job: Job) -> None:
        """Run the `teardown`; that it fails is only noted."""
        command, seconds = self.plan.teardown, self.teardown_seconds
        if command is None:
            return
        with active.timed("teardown"):
            ended = await self._run(active, job, "teardown", command, seconds)
        active.vitals.no_program()
        if not ended.succeeded:
            text = f"the teardown failed: {failure_text(ended, seconds)}"
            active.log.warning("%s", text)
            await active.record.progress(text)

    async def _run(
        self, active: ActiveClaim, job: Job, name: str, command: str, seconds: float
    ) -> ProgramExit:
        limited = replace(job, limits=replace(job.limits, seconds=seconds))
        shell = self.plan.shell or SHELL
        return await run_command(self.launcher, limited, name, command, shell, active.vitals.note)
