"""The step `run`: the worker does the work, and its session takes what it says, asks and hears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.fault_injection import Point
from wf_tui.ledger.model.states import Step
from wf_tui.prompts.results import kept_result, short_result
from wf_tui.scheduler.attempts.active_claim import StoppedError
from wf_tui.scheduler.session.make import make_session
from wf_tui.values import frozen
from wf_tui.workers.protocol import Lost, Success

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.clock import Clock
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.lanes.run_lanes import RunLanes
    from wf_tui.scheduler.threads import Threads
    from wf_tui.workers.protocol import Job, Outcome
    from wf_tui.workers.registry import WorkerKind
    from wf_tui.workers.worker import Worker

__all__ = ["RunProgram"]


@frozen
class RunProgram:
    """Gives a job to the worker of the seat that claimed it."""

    kinds: Mapping[str, WorkerKind]
    workers: Mapping[str, Worker]
    """A worker for each kind of seat."""
    threads: Threads
    clock: Clock
    lanes: RunLanes | None = None
    """Those that what is used is added to; None where all seats are local."""

    async def run(self, active: ActiveClaim, job: Job) -> Outcome:
        """Run the worker to its end; being stopped is an outcome like others.

        When it returns, every process of the work is gone, so that the tree can be harvested. The
        worker's events arrive on the event loop, and nothing in them may wait.
        """
        # Before the start: from here on something may have been written into the tree.
        active.began = True
        kind = active.claim.kind
        session = make_session(active, job, self.kinds[kind], self.threads, self.clock, self.lanes)
        try:
            outcome = await active.stoppable(self.workers[kind].run(job, session))
        except StoppedError:
            # Stands for no ending: the attempt records the one that it was stopped with.
            outcome = Lost("stopped")
        finally:
            await session.close()
        active.tools, active.session = session.tools, session.session
        if outcome.program is not None and not self.kinds[kind].has_floor:
            active.record.proofs.printed = outcome.program.tail
        if session.questions.left_open and active.stopped is None:
            # It ended without the answer that it had asked for: nobody waits for that any more.
            await active.record.step(Step.HARVESTING)
        await active.tell_left_running(outcome.program, "command")
        await self.threads.reach(Point.RUN_ENDED)
        if isinstance(outcome, Success):
            short = short_result(job, outcome)
            if short is None:
                return await self.threads.run(kept_result, job, outcome)
            return short
        return outcome
