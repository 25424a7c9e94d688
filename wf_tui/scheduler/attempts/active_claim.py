"""A claim that is being worked on: what its steps, the scheduler and the heartbeat share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from wf_tui.ledger.model.events.attempt_events import ProcessesEnded
from wf_tui.ledger.model.states import Outcome
from wf_tui.scheduler.session.mailbox import Mailbox
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from contextlib import AbstractContextManager
    from typing import Any

    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.scheduler.attempts.vitals import Vitals
    from wf_tui.scheduler.claim_record import ClaimRecord
    from wf_tui.scheduler.run_log import RunLog
    from wf_tui.workers.protocol import ProgramExit

__all__ = ["ActiveClaim", "StoppedError"]

_T = TypeVar("_T")
_LONGEST_NAME: Final = 200


class StoppedError(Exception):
    """The attempt was stopped while it worked: `ActiveClaim.stopped` says how it is to end.

    Raised by `stoppable`, or by a step that finds its claim taken back; the attempt catches it.
    """


@dataclass
class ActiveClaim:
    """One claim from its first step to its last; used on the event loop alone."""

    record: ClaimRecord
    vitals: Vitals
    began: bool = False
    """Whether a program has been in its tree."""
    merging: bool = False
    """Whether its work is being merged: from then on nothing stops it, for a merge is whole."""
    mailbox: Mailbox = field(default_factory=Mailbox)
    """What persons say to it while its worker runs."""
    session: str | None = None
    """The session of its agent, once that has told it."""
    tools: int = 0
    """How many tools its agent has used."""
    left_running: str = ""
    """The sentence on what its last program left running; "" where that was nothing."""
    stopped: Ending | None = None
    """How it is to end, since somebody has stopped it."""
    shared_turn: int = 0
    """Whose turn the shared tree was when it was claimed."""
    snapshot: Tree | None = None
    """What it reads, to be recorded with the start of its program."""
    passes_on: bool = False
    """Whether it reads a snapshot that whoever waits for its end may join."""
    look: Callable[[], asyncio.Event] | None = None
    """Asks the scheduler for a look; the event comes when that is over. The scheduler sets it."""
    looked: asyncio.Event | None = None
    """That of the look which sees its end, once it was asked for."""
    handed_over: bool = False
    """Whether it has awaited that, so that nobody has to be woken when it is gone."""
    _work: asyncio.Task[object] | None = None

    @property
    def claim(self) -> Claim:
        """The task as it was claimed, by whom, and when."""
        return self.record.claim

    @property
    def log(self) -> RunLog:
        """What logs with the run, the task and the epoch on each line."""
        return self.record.log

    @property
    def key(self) -> tuple[str, int]:
        """Its task and its epoch."""
        return self.claim.task.id, self.claim.epoch

    @property
    def awaited(self) -> bool:
        """Whether a program has still to start: its own, its setup, or its gate.

        The heartbeat then holds it to the start deadline. Once the program has run, only what is
        being awaited counts: harvests and merges start none, nor does one that waits for others.
        """
        if self.vitals.running or self.vitals.waiting:
            return False
        return not self.began or self._work is not None

    def stop(self, ending: Ending) -> None:
        """Stop its program; the attempt then harvests and ends by itself, as `ending` says.

        Called by the scheduler for what a person took back, and by the heartbeat for what is
        silent. Returns at once; the first call decides, and during the merge none has any effect.
        """
        if self.stopped is None and not self.merging:
            self.stopped = ending
            if self._work is not None:
                self._work.cancel()

    async def stoppable(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Await something that `stop` cancels; it returns only when that has really ended.

        Raises `StoppedError`, also where it was stopped before, and then never begins. Cancelling
        the caller itself, as the end of the scheduler does, stays a `CancelledError`.
        """
        if self.stopped is not None:
            work.close()  # or Python would warn that it was never awaited
            raise StoppedError
        self.vitals.no_program()
        # A task of its own: `stop` cancels what is awaited, and not the attempt that has to end it.
        task = asyncio.ensure_future(work)
        self._work = task
        try:
            return await task
        except asyncio.CancelledError:
            if self.stopped is None:
                raise
            raise StoppedError from None
        finally:
            self._work = None
            self.vitals.no_program()

    async def wait_for_others(self, others: Coroutine[Any, Any, object]) -> None:
        """Await what other attempts have to do first, for as long as that takes.

        Their own signs of life count meanwhile. Raises `StoppedError` as `stoppable` does.
        """
        self.vitals.waiting = True
        try:
            await self.stoppable(others)
        finally:
            self.vitals.waiting = False

    def ask_for_look(self) -> None:
        """Let the scheduler look for what its end makes ready: its end is with the writer by now.

        Asked at once, the claims of that look come into the commit that records the end. Not for
        one whose tree goes to another attempt only when it was given back.
        """
        if self.passes_on and self.look is not None:
            self.looked = self.look()

    async def hand_over(self) -> None:
        """Return when what its end has made ready has begun, and read the same snapshot perhaps."""
        if self.looked is not None:
            await self.looked.wait()
            self.handed_over = True

    def continue_after_stop(self) -> Ending | None:
        """Go on where the heartbeat has stopped a gate; return why. None where a person stopped it.

        The gate has then failed, and what that means for the task is another question.
        """
        ending = self.stopped
        if ending is None or ending.outcome is Outcome.CANCELLED:
            return None
        self.stopped = None
        return ending

    async def tell_left_running(self, ended: ProgramExit | None, program: str) -> None:
        """Tell of processes that a program of it left running; wf has ended them."""
        if ended is None or not ended.left_running:
            return
        names = tuple(clean(name, limit=_LONGEST_NAME) for name in ended.left_names)
        event = ProcessesEnded(count=ended.left_running, processes=names, program=program)
        self.left_running = event.sentence()
        self.log.info("%s", self.left_running)
        await self.record.tell(event)

    def timed(self, step: str) -> AbstractContextManager[None]:
        """Log how long a step of it takes."""
        return self.log.timed(self.vitals.clock, step)
