"""The scheduler's end of one attempt: what a worker reports to, asks, and hears from."""

from collections.abc import AsyncIterator
from typing import Protocol

from wf_tui.workers.line.grammar import Answer, LineEvent, PersonMessage, Question
from wf_tui.workers.protocol import WorkerEvent

__all__ = ["Session"]


class Session(Protocol):
    """Written once in the scheduler, used by every kind of worker, on the event loop.

    No method raises for what a worker said. `run_on_line` calls all of them; a worker without a
    line calls `note` alone.
    """

    def note(self, event: WorkerEvent) -> None:
        """Take what the shim reports; must not wait."""

    async def take(self, event: LineEvent) -> None:
        """Take what came up the line, all but questions; awaiting it is the back-pressure.

        The verdict comes here, too: the first one, and nothing after it.
        """

    async def ask(self, question: Question) -> Answer | None:
        """Ask a person, and wait for the answer; None where nobody will answer.

        Several may be open at a time, each awaited in a task of its own. Cancelled when the
        program ends before its answer came.
        """

    async def delivered(self, answer: Answer) -> None:
        """Take note that the line took an answer, so that the program can read it."""

    def messages(self) -> AsyncIterator[PersonMessage]:
        """Yield what persons send to the task while it runs, without end; iterated once."""
