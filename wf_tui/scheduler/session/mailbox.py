"""What persons say to an attempt that runs: answers to its questions, and messages.

The scheduler looks for both with each look at the ledger, and puts what it finds here; the session
of the attempt hands it on. All of it is on the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import QuestionState
from wf_tui.ledger.queries import conversation
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from wf_tui.ledger.model.rows import MessageRow, QuestionRow
    from wf_tui.ledger.store.database import Database

__all__ = ["Mail", "Mailbox", "Wanted", "read_mail"]


@frozen
class Wanted:
    """What one attempt is waiting for: the ids of its open questions, and newer messages."""

    task: str
    epoch: int
    questions: tuple[str, ...]
    hears: bool
    newest: int
    """The id of the newest message that it has been given."""


@frozen
class Mail:
    """What was found for an attempt: its questions as they are now, and new messages in order."""

    key: tuple[str, int]
    questions: tuple[QuestionRow, ...]
    messages: tuple[MessageRow, ...]


def read_mail(db: Database, run: str, wanted: Iterable[Wanted]) -> list[Mail]:
    """Look for what attempts are waiting for, on the connection's thread."""
    found = []
    for one in wanted:
        asked = conversation.questions(db, run, one.task) if one.questions else []
        waiting = conversation.waiting_messages(db, run, one.task) if one.hears else []
        mail = Mail(
            (one.task, one.epoch),
            tuple(q for q in asked if q.epoch == one.epoch and q.id in one.questions),
            tuple(message for message in waiting if message.id > one.newest),
        )
        found.append(mail)
    return found


@dataclass
class Mailbox:
    """Waits on behalf of one attempt; the scheduler fills it, the session empties it."""

    hears: bool = False
    """Whether messages reach its worker while it runs."""
    _answers: dict[str, asyncio.Future[QuestionRow | None]] = field(default_factory=dict)
    _messages: asyncio.Queue[MessageRow] = field(default_factory=asyncio.Queue)
    _newest: int = 0

    def wanted(self, task: str, epoch: int) -> Wanted | None:
        """Return what to look for in the ledger; None where there is nothing."""
        if not (self._answers or self.hears):
            return None
        return Wanted(task, epoch, tuple(self._answers), self.hears, self._newest)

    def fill(self, mail: Mail) -> None:
        """Put in what was found; what is there already is not put in twice."""
        for question in mail.questions:
            waiting = self._answers.get(question.id)
            if waiting is None or waiting.done() or question.state is QuestionState.OPEN:
                continue
            answered = question.state is QuestionState.ANSWERED
            waiting.set_result(question if answered else None)
        for message in mail.messages:
            if message.id > self._newest:
                self._newest = message.id
                self._messages.put_nowait(message)

    @contextlib.contextmanager
    def expecting(self, question: str) -> Iterator[asyncio.Future[QuestionRow | None]]:
        """Wait for the answer to a question within the block, which asks it.

        In this order, or an answer could come before anybody waits for it. The result is None where
        nobody will answer any more.
        """
        waiting: asyncio.Future[QuestionRow | None] = asyncio.get_running_loop().create_future()
        self._answers[question] = waiting
        try:
            yield waiting
        finally:
            del self._answers[question]

    async def message(self) -> MessageRow:
        """Wait for the next message."""
        return await self._messages.get()
