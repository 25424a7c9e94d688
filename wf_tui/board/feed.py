"""The ledger's news, read on a thread of their own and handed over one batch at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from wf_tui.board.messages import FeedFailed, LedgerChanged
from wf_tui.errors import LedgerError, WfError
from wf_tui.picture import reading
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from wf_tui.clock import Clock
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.batch import Batch
    from wf_tui.project import Project

__all__ = ["LedgerFeed"]

_POLL_EVERY: Final = 0.05
"""Seconds between two readings of the change counter, which costs 3 microseconds."""
_QUIET_EVERY: Final = 0.1
"""The same once nothing has changed for a while: waking up costs more than the reading."""
_LEADER_EVERY: Final = 1.0
"""Seconds after which it is asked again who leads: a scheduler that is killed commits nothing."""
_AGAIN_AFTER: Final = 1.0
"""Seconds after which a ledger that could not be read is tried again."""


class LedgerFeed:
    """Reads a run and then what changes in it; at most one batch is under way.

    A thread of the process and not of Textual, which would wait for it when the board is left. It
    owns its connection to the ledger, and only posts: `LedgerChanged` with what is new, and
    `FeedFailed` where it could not read. `post` is called on this thread, all else on the loop.
    """

    def __init__(
        self, project: Project, run_id: str, clock: Clock, post: Callable[[Message], object]
    ) -> None:
        self._project = project
        self._run_id = run_id
        self._folder = project.paths.run(run_id).root
        self._clock = clock
        self._post = post
        self._stopped = threading.Event()
        self._taken = threading.Event()
        self._seen = 0
        self._thread = threading.Thread(target=self._run, name="ledger feed", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def taken(self) -> None:
        """Say that the last batch is in the picture, so that the next one may come.

        The application calls it on the event loop, once for each batch.
        """
        self._taken.set()

    def stop(self) -> None:
        """End, and wait until the ledger is closed; called on the event loop.

        The thread may just be waiting for `taken`, which nobody will call any more, or may post to
        a loop that no longer reads: posting does not wait, so joining it here cannot hang.
        """
        # In this order: a thread that is let go by the second has to see the first.
        self._stopped.set()
        self._taken.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with open_reads(self._project) as db:
                    self._follow(db)
            except WfError as error:
                # The connection is given up as well: the file may have been replaced.
                self._post(FeedFailed(error.message))
                self._stopped.wait(_AGAIN_AFTER)

    def _follow(self, db: Database) -> None:
        if not self._seen:
            part = reading.read_first(db, self._run_id, self._clock.now(), self._folder)
            if part is not None:
                self._hand_over(part)
        last = reading.read_all(db, self._run_id, self._clock.now(), self._folder)
        # The feed may have been here before: it comes back after each failure to read.
        if last.seq < self._seen:
            raise LedgerError("the ledger was replaced by an older one")
        self._hand_over(last)
        asked, pause = self._clock.monotonic(), _POLL_EVERY
        while not self._stopped.wait(pause):
            # Before the read: a commit between the two is then seen twice, and never missed.
            changed = db.changed()
            if not changed and self._clock.monotonic() - asked < _LEADER_EVERY:
                continue
            asked, pause = self._clock.monotonic(), _POLL_EVERY if changed else _QUIET_EVERY
            now = self._clock.now()
            batch = reading.read_since(db, self._run_id, last.seq, now, self._folder, last)
            if batch is not None:
                last = batch
                self._hand_over(batch)

    def _hand_over(self, batch: Batch) -> None:
        self._seen = batch.seq
        # Before posting: the loop may take the batch before this thread goes on.
        self._taken.clear()
        if not self._stopped.is_set():
            self._post(LedgerChanged(batch))
            self._taken.wait()
