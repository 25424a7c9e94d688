"""What every kind of worker is to the scheduler."""

from typing import Protocol

from wf_tui.workers.protocol import Job, Outcome
from wf_tui.workers.session import Session

__all__ = ["Worker"]


class Worker(Protocol):
    """A seat that does one job at a time.

    One object stands for all seats of its kind, so that jobs overlap in it. It is made by the
    scheduler's process, and knows the job and nothing else of the run.
    """

    async def run(self, job: Job, session: Session) -> Outcome:
        """Do the job. Cancelling stops it, and returns only when every process is gone.

        Called on the event loop, which must not be blocked. `session.note` is called there for each
        sign of life; without any for a lease the attempt is lost (RULES 5). Work that fails is an
        outcome, never an exception; one that is raised counts as a fault of the machine.
        """
