"""The questions of one attempt to persons, and their messages to it (RULES 5, Persons).

A question keeps the claim, and all clocks stand still. An answer is `delivered` when the line took
it: what a crash leaves between the two stands in the next prompt, and allows nothing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import QuestionState
from wf_tui.scheduler.attempts.endings import UNANSWERED
from wf_tui.workers.line.grammar import Answer, PersonMessage

if TYPE_CHECKING:
    from wf_tui.clock import Clock
    from wf_tui.ledger.model.rows import QuestionRow
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.session.mailbox import Mailbox
    from wf_tui.workers.line.grammar import Question

__all__ = ["Questions"]


@dataclass
class Questions:
    """Asks persons for one attempt, and gives it what they say; used on the event loop alone."""

    active: ActiveClaim
    mailbox: Mailbox
    clock: Clock
    timeout: float | None
    """Seconds that a person is waited for; None is for ever, 0 not at all."""
    rejects: bool
    """Whether a question that nobody answers is rejected; else its worker is stopped."""
    left_open: bool = False
    """Whether the program ended while a question of it was open."""
    _open: int = 0

    async def ask(self, question: Question) -> Answer | None:
        """Ask, and wait for the answer; None where nobody will give one any more.

        Cancelled when the program has ended; the ledger may then have the question, or get it yet.
        """
        try:
            return await self._ask(question)
        except asyncio.CancelledError:
            self.left_open = True
            raise

    async def _ask(self, question: Question) -> Answer | None:
        expires = None if self.timeout is None else self.clock.now() + self.timeout
        with self.mailbox.expecting(question.id) as waiting:
            asked = await self.active.record.ask(question, expires)
            if asked is None:
                return None
            # What was allowed before is answered at once.
            answered: QuestionRow | None = asked
            if asked.state is not QuestionState.ANSWERED:
                self._asking(+1)
                try:
                    answered = await self._wait(question, waiting)
                finally:
                    self._asking(-1)
        return None if answered is None else _answer(answered)

    async def _wait(
        self, question: Question, waiting: asyncio.Future[QuestionRow | None]
    ) -> QuestionRow | None:
        try:
            async with asyncio.timeout(self.timeout):
                return await asyncio.shield(waiting)
        except TimeoutError:
            self.active.log.info("nobody answered the question %s", question.id)
            # Either way the ledger says what becomes of it: an answer, or the end of the claim.
            expired = await self.active.record.question_expired(question.id, reject=self.rejects)
            if expired and not self.rejects:
                self.active.stop(UNANSWERED)
            return await waiting

    def _asking(self, by: int) -> None:
        """Let the clocks stand still as long as any question is open."""
        self._open += by
        self.active.vitals.asking(asks=self._open > 0)

    async def message(self) -> PersonMessage:
        """Wait for the next message of a person."""
        row = await self.mailbox.message()
        return PersonMessage(str(row.id), row.actor, row.text)

    async def heard(self, number: str) -> None:
        """Record that a message reached its worker; a number that nobody gave it is nothing."""
        if number.isascii() and number.isdigit():
            await self.active.record.message_heard(int(number))


def _answer(row: QuestionRow) -> Answer:
    """Return an answer as the line has it."""
    kind = next((option.kind for option in row.options if option.id == row.option), None)
    return Answer(row.id, row.option, kind or None, row.answer)
