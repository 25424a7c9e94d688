"""What a worker reports to in a test: it records, can be waited on, and answers as it is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from wf_tui.workers.line.grammar import Answer, LineEvent, PersonMessage, Question
    from wf_tui.workers.protocol import WorkerEvent

__all__ = ["Events", "SessionProbe"]

PATIENCE = 20.0


class Events(list[Any]):
    """What came, in its order; also a report of a launcher."""

    def __init__(self) -> None:
        super().__init__()
        self._came = asyncio.Event()

    def __call__(self, event: WorkerEvent | LineEvent | Question | Answer) -> None:
        """Take an event."""
        self.append(event)
        self._came.set()

    async def first(self, kind: type[Any], count: int = 1) -> Any:
        """Return the first event of this kind, or the `count`-th, as soon as it comes."""
        while len(found := [event for event in self if isinstance(event, kind)]) < count:
            self._came.clear()
            await asyncio.wait_for(self._came.wait(), PATIENCE)
        return found[count - 1]


class SessionProbe:
    """A `Session`: all events are in `said`, in their order; the shim's are in `noted`."""

    def __init__(self) -> None:
        self.noted = Events()
        self.said = Events()
        self.answers: asyncio.Queue[Answer | None] = asyncio.Queue()
        """What the next questions are answered; a test puts it there."""
        self.written: asyncio.Queue[PersonMessage | None] = asyncio.Queue()
        """What persons write; None for no more."""
        self.delivered_answers = Events()
        self.error: Exception | None = None
        """What the next event is answered with."""

    def note(self, event: WorkerEvent) -> None:
        """Take what the shim reports."""
        self.noted(event)

    async def take(self, event: LineEvent) -> None:
        """Take what came up the line."""
        if self.error is not None:
            raise self.error
        self.said(event)

    async def ask(self, question: Question) -> Answer | None:
        """Answer with what the test gives."""
        self.said(question)
        return await self.answers.get()

    async def delivered(self, answer: Answer) -> None:
        """Take note that an answer was taken."""
        self.delivered_answers(answer)

    async def messages(self) -> AsyncIterator[PersonMessage]:
        """Yield what the test writes."""
        while (message := await self.written.get()) is not None:
            yield message
