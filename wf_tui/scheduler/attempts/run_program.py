"""The step `run`: the worker does the work, and what it says goes to the ledger in samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.fault_injection import Point
from wf_tui.scheduler.attempts.active_claim import StoppedError
from wf_tui.scheduler.attempts.progress import Progress, last_line
from wf_tui.workers.protocol import Lost, Output, Started

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from wf_tui.clock import Clock
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.threads import Threads
    from wf_tui.workers.line.grammar import Answer, LineEvent, PersonMessage, Question
    from wf_tui.workers.protocol import Job, Outcome, WorkerEvent
    from wf_tui.workers.worker import Worker

__all__ = ["RunProgram"]


@dataclass(frozen=True)
class NotingSession:
    """A `Session` that takes signs of life, and has nobody who answers or writes."""

    report: Callable[[WorkerEvent], None]

    def note(self, event: WorkerEvent) -> None:
        """Take what the shim reports."""
        self.report(event)

    async def take(self, event: LineEvent) -> None:
        """Take what came up the line, and leave it."""

    async def ask(self, _: Question) -> Answer | None:
        """Nobody answers."""
        return None

    async def delivered(self, answer: Answer) -> None:
        """Take note that an answer was taken."""

    async def messages(self) -> AsyncIterator[PersonMessage]:
        """Nobody writes."""
        nothing: tuple[PersonMessage, ...] = ()
        for message in nothing:
            yield message


@dataclass(frozen=True)
class RunProgram:
    """Gives a job to the worker of the seat that claimed it."""

    workers: Mapping[str, Worker]
    """A worker for each kind of seat."""
    threads: Threads
    clock: Clock

    async def run(self, active: ActiveClaim, job: Job) -> Outcome:
        """Run the worker to its end; being stopped is an outcome like others.

        When it returns, every process of the work is gone, so that the tree can be harvested. The
        worker's events arrive on the event loop, and nothing in them may wait.
        """
        # Before the start: from here on something may have been written into the tree.
        active.began = True
        log = job.folder / "log.jsonl"
        progress = Progress(lambda: self.threads.run(last_line, log), active.record.progress)

        def on_event(event: WorkerEvent) -> None:
            active.vitals.note(event)
            if isinstance(event, Output):
                progress.output_came()
            elif isinstance(event, Started):
                seconds = active.claim.task.spec.timeout_secs
                by = self.clock.now() + seconds if seconds else None
                active.record.started(event.pid, by)

        worker = self.workers[active.claim.kind]
        try:
            outcome = await active.stoppable(worker.run(job, NotingSession(on_event)))
        except StoppedError:
            # Stands for no ending: the attempt records the one that it was stopped with.
            outcome = Lost("stopped")
        finally:
            progress.stop()
        await active.tell_left_running(outcome.program, "command")
        await self.threads.reach(Point.RUN_ENDED)
        return outcome
