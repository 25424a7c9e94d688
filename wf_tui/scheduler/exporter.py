"""Showing what is merged to the user's repository, as one branch there (RULES 6.1)."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.fault_injection import Point
from wf_tui.git.refs import short_branch
from wf_tui.git.user.export import Exported, Pending, export
from wf_tui.ledger.queries import reads
from wf_tui.scheduler.run_log import current_log
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.git.control.control import Control
    from wf_tui.git.repository import Repository
    from wf_tui.ledger.writer import Writer
    from wf_tui.scheduler.run_log import RunLog
    from wf_tui.scheduler.threads import Threads

__all__ = ["Exporter", "pause_after"]

_EXPORT_EVERY: Final = 0.5
"""Seconds from one export to the next, so that many merges are one."""
_PAUSE: Final = 4
"""How many times as long as an export: on a busy machine attempts need it more."""
_LONGEST_PAUSE: Final = 5.0
"""Seconds that a merge waits at most to be shown, where an export takes long."""


def pause_after(took: float) -> float:
    """Return the seconds from an export that took so many to the next one."""
    return max(_EXPORT_EVERY, min(_PAUSE * took, _LONGEST_PAUSE))


@dataclass
class Exporter:
    """Exports the branch of a run; used on the event loop, its git runs in threads.

    The integrator asks for an export after each merge, the process for the last one. One export at
    a time: two would compare with the same old value of the user's branch, and one would lose.
    """

    run: str
    control: Control
    repository: Repository
    writer: Writer
    threads: Threads
    log: RunLog
    _exporting: asyncio.Task[None] | None = None
    _unexported: bool = False
    _hurry: asyncio.Event = field(default_factory=asyncio.Event)

    def export_soon(self) -> None:
        """Export what is merged; what is merged soon after an export waits for the next one.

        Returns at once. What fails is logged: the next merge or the end of the run tries again.
        """

        def log_failure(exporting: asyncio.Task[None]) -> None:
            if not exporting.cancelled() and (error := exporting.exception()) is not None:
                self.log.error("the branch could not be exported: %s", error)

        self._unexported = True
        if self._exporting is None or self._exporting.done():
            self._exporting = asyncio.create_task(self._export_in_turn())
            self._exporting.add_done_callback(log_failure)

    async def export_now(self) -> None:
        """Export what is merged by now; a branch that may not be moved is reported.

        Called at the end of the run, before the scheduler signs off. Raises a `GitError` or a
        `LedgerError`; an `OSError` is a reason to wait, recorded like any other.
        """
        # One that is under way is hurried and waited for, never cancelled: its move of the branch
        # would go unrecorded.
        self._hurry.set()
        if self._exporting is not None:
            await asyncio.wait([self._exporting])
        self._hurry.clear()
        await self._export()

    async def _export_in_turn(self) -> None:
        current_log.set(self.log)  # not that of the attempt whose merge happened to start it
        clock = asyncio.get_running_loop().time
        while self._unexported:
            began = clock()
            await self._export()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_after(clock() - began)):
                    await self._hurry.wait()

    async def _export(self) -> None:
        # Before the head is read: what is merged from here on is for the next export.
        self._unexported = False
        row = await self.writer.submit(lambda ledger: reads.run_row(ledger.db, self.run))
        if row.purpose:  # it changes nothing, so that a branch of it would only be in the way
            return
        branch = short_branch(row.ref)
        done = await self.threads.run(self._move_branch, branch, row.exported)
        if isinstance(done, Exported):
            commit, reason = done.commit, ""
            self.log.info("exported %s to %s", commit, clean(branch))
        else:
            commit, reason = None, done.reason
            self.log.info("the export waits: %s", clean(reason))
        await self.writer.submit(lambda ledger: ledger.exported(self.run, commit, reason))
        await self.threads.reach(Point.EXPORT_RECORDED)

    def _move_branch(self, branch: str, expected: str | None) -> Exported | Pending:
        """Export; what the machine refuses waits, as what the user's repository refuses does."""
        faults = self.threads.faults
        try:
            done = export(
                self.repository,
                self.control,
                branch,
                expected=expected,
                fetched=lambda: faults.reach(Point.EXPORT_BEGUN),
            )
            faults.reach(Point.EXPORT_MOVED)
        except OSError as error:
            return Pending(clean(str(error), limit=400))
        return done
