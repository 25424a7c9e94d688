"""Group commit (RULES 4.1): one thread takes what has arrived into one transaction.

Each caller is answered after the COMMIT, so an answer means that it is on the disk. With
`synchronous=FULL` and 8 workers this measured 12 times the rate of 8 processes that commit alone.

While the ledger cannot be written - the disk is full, another program has it locked - nobody is
answered: the writer tries again until it can, and what waits for it waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from wf_tui.errors import LedgerError, LedgerLostError, WfError
from wf_tui.ledger.deferred_writes import deferring
from wf_tui.ledger.store.write_retry import WriteRetry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.store.database import Database

__all__ = ["Writer"]

_Answer = TypeVar("_Answer")
_BATCH: Final = 256
"""The most rules in one transaction: nobody waits for more than these to run."""


@dataclass
class _Request:
    """A rule, with who waits for its answer."""

    rule: Callable[[Ledger], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    value: object = None
    error: BaseException | None = None

    def apply(self, ledger: Ledger) -> None:
        """Run the rule in the transaction that is open; what it refuses goes up."""
        self.error = None
        self.value = self.rule(ledger)

    def apply_apart(self, ledger: Ledger, db: Database, run: str) -> None:
        """Run the rule in a savepoint of the transaction that is open.

        What it refuses undoes only itself. An error of the ledger goes up: the whole transaction
        is tried again or fails, and with it every answer.
        """
        self.value = self.error = None  # it is the second time, or after a full disk a later one
        try:
            with db.transaction(run):
                self.value = self.rule(ledger)
        except LedgerError:
            raise
        except WfError as error:
            self.error = error

    def settle(self) -> None:
        """Give the result to who waits for it; called on their loop."""
        # Who waited may be gone; what it wanted is committed all the same.
        if self.future.cancelled():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.value)


@dataclass
class Writer:
    """Owns a ledger and its connection; all its use happens on one thread, named `ledger`.

    The scheduler makes one and closes it as the last thing it does. `post` and `submit` belong to
    the event loop of the caller; a rule must not wait for the loop, which may wait for its answer.
    """

    run: str
    """The run whose changes it makes; each batch is one transaction of it."""
    open_ledger: Callable[[], tuple[Ledger, Database]]
    """Called on the thread with the first rule, and again where the connection was lost."""
    after_pause: Callable[[Ledger, str, float], object] = lambda _ledger, _why, _seconds: None
    """Writes down why nothing could be written, and for how long, once that is over."""
    _write_retry: WriteRetry = field(default_factory=WriteRetry)
    _queue: queue.SimpleQueue[_Request | None] = field(default_factory=queue.SimpleQueue)
    _thread: threading.Thread | None = None
    _ended: bool = False
    _accepting: threading.Lock = field(default_factory=threading.Lock)
    """Held to put a rule in and to end: no rule gets in behind the last one that is answered."""
    _opened: tuple[Ledger, Database] | None = None

    def start(self) -> None:
        """Start the thread; the ledger is opened by it, with the first rule.

        A daemon, so that a process that dies of a fault does not wait for it.
        """
        self._thread = threading.Thread(target=self._work, name="ledger", daemon=True)
        self._thread.start()

    def post(self, rule: Callable[[Ledger], _Answer]) -> asyncio.Future[_Answer]:
        """Put a rule into the next transaction; the future has its answer after the commit.

        Called on the event loop. The rule runs on the writer's thread, perhaps more than once: a
        transaction that could not be committed is made again. Raises `LedgerError` after the end.
        """
        loop = asyncio.get_running_loop()
        request = _Request(rule, loop.create_future(), loop)
        with self._accepting:
            if self._thread is None or self._ended:
                raise LedgerError("the ledger's writer has ended")
            self._queue.put(request)
        return request.future

    async def submit(self, rule: Callable[[Ledger], _Answer]) -> _Answer:
        """Run a rule in the next transaction; return its answer once that is committed.

        Raises what the rule has refused, or the `LedgerError` that kept it from being written.
        """
        return await self.post(rule)

    @property
    def paused(self) -> float:
        """For how many seconds, in all, nothing could be written."""
        return self._write_retry.seconds

    def hurry(self, seconds: float) -> None:
        """Wait no longer than this for a ledger that cannot be written; then that is the answer.

        In seconds from now on. Called from any thread, as the scheduler is told to stop.
        """
        self._write_retry.limit(seconds)

    def close(self) -> None:
        """Answer what has arrived, then end the thread; blocks until it has ended."""
        self.hurry(0)
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(self._refuse_rest)  # the last, behind the closing of the connection
            stack.callback(self._disconnect)
            last = False
            while not last:
                batch, last = self._next_batch()
                if not batch:
                    continue
                # Answered only when this ends, which is after the commit: an answer is a promise.
                with _answering(batch):
                    self._write_retry.retry(partial(self._commit, batch))
                    self._write_retry.over()

    def _commit(self, batch: list[_Request]) -> None:
        """Commit all rules at once; where one is refused, again with each as a part of its own.

        So what is refused undoes only itself, and the many batches in which nothing is need no
        savepoints, which cost two statements and a copy of each page that a rule changes.
        """
        if self._opened is None:
            self._opened = self.open_ledger()
        ledger, db = self._opened
        try:
            try:
                with deferring(db, self.run) as shared:
                    sharing = replace(ledger, db=shared)
                    self._note_pause(sharing)
                    for request in batch:
                        request.apply(sharing)
            except LedgerError:
                raise
            except WfError:
                with db.transaction(self.run):
                    self._note_pause(ledger)
                    for request in batch:
                        request.apply_apart(ledger, db, self.run)
        except LedgerLostError:
            # Nothing of the batch was committed: all of it is made again on a new connection.
            self._disconnect()
            raise

    def _note_pause(self, ledger: Ledger) -> None:
        if self._write_retry.why:
            self.after_pause(ledger, self._write_retry.why, self._write_retry.lasts)

    def _disconnect(self) -> None:
        if self._opened is not None:
            _, db = self._opened
            self._opened = None
            db.close()

    def _next_batch(self) -> tuple[list[_Request], bool]:
        """Wait for a rule; return it with all that have come by then, and whether that is all."""
        batch: list[_Request] = []
        item = self._queue.get()
        while item is not None:
            batch.append(item)
            if len(batch) == _BATCH or self._queue.empty():
                return batch, False
            item = self._queue.get()
        return batch, True

    def _refuse_rest(self) -> None:
        """Answer those that came too late; nobody may wait for a thread that is gone."""
        late: list[_Request] = []
        with self._accepting:
            self._ended = True
            while not self._queue.empty():
                request = self._queue.get()
                if request is not None:
                    request.error = LedgerError("the ledger's writer has ended")
                    late.append(request)
        _answer(late)


def _answer(batch: list[_Request]) -> None:
    """Hand the results to the loops that wait for them; each is woken once."""
    loops: dict[asyncio.AbstractEventLoop, list[_Request]] = {}
    for request in batch:
        loops.setdefault(request.loop, []).append(request)
    for loop, requests in loops.items():
        loop.call_soon_threadsafe(_settle, requests)


def _settle(requests: list[_Request]) -> None:
    for request in requests:
        request.settle()


@contextlib.contextmanager
def _answering(batch: list[_Request]) -> Iterator[None]:
    """Answer a whole batch, whatever comes of it; a fault of the ledger is everyone's answer."""
    fault: LedgerError | None = LedgerError("the ledger's writer failed; see the scheduler's log")
    try:
        yield
        fault = None
    except LedgerError as error:
        fault = error
    finally:
        if fault is not None:
            for request in batch:
                request.error = fault
        _answer(batch)
