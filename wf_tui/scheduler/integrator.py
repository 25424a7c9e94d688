"""Merging finished work, one at a time per run, and showing the result to the user's repository."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerError
from wf_tui.fault_injection import Point
from wf_tui.git.control.attempt_commits import Message
from wf_tui.git.control.show import changed_lines
from wf_tui.git.merge.integrate import AlreadyIn, Conflict, Merged, integrate
from wf_tui.git.refs import short_branch
from wf_tui.git.user.export import Exported, Pending, export
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Outcome, Step, TaskState
from wf_tui.ledger.queries import reads
from wf_tui.scheduler.workspace import lay_out_conflict
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.ledger import Fence, Ledger
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.scheduler.attempt import Attempt
    from wf_tui.scheduler.context import RunContext
    from wf_tui.scheduler.harvesting import Harvested
    from wf_tui.scheduler.workspace import Workspace

__all__ = ["Integrator"]

_EXPORT_EVERY: Final = 0.5
_NAMED: Final = 5
_log = logging.getLogger(__name__)


@dataclass
class Integrator:
    """The queue to the integration branch."""

    site: RunContext
    head: str
    """Where the branch is; new attempts start here."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _unrecorded: LedgerError | None = None
    """Why the ledger lacks the last merge: nothing may be merged onto it before it is recovered."""
    _exporting: asyncio.Task[None] | None = None
    _unexported: bool = False
    _hurry: asyncio.Event = field(default_factory=asyncio.Event)

    async def settle(
        self,
        attempt: Attempt,
        workspace: Workspace,
        harvested: Harvested,
        ending: Ending,
        result: str | None,
    ) -> tuple[bool, bool]:
        """Finish a good attempt: merge its commit, or note that there is nothing to merge.

        Returns whether it was merged, and whether its tree is kept for a person.
        """
        fence, claim = attempt.fence, attempt.claim
        if harvested.commit is None:
            kind = DoneKind.NO_CHANGES if claim.task.writes else DoneKind.ANSWERED
            await self.site.ledger(lambda ledger: ledger.done(fence, kind, ending, result))
            return False, False
        base, commit, tree = harvested.base, harvested.commit, workspace.tree
        merged = await self.merge(fence, claim, base, commit, ending, result, tree=tree)
        if isinstance(merged, Conflict):
            return False, await self._is_blocked(fence)
        return merged, False

    async def merge(
        self,
        fence: Fence,
        claim: Claim,
        base: str,
        commit: str,
        ending: Ending,
        result: str | None,
        *,
        tree: Tree | None,
    ) -> bool | Conflict:
        """Merge one commit; return whether it is in, or the conflict that keeps it out.

        For a person to resolve, that is laid out in `tree`, before the ledger tells of it.
        """
        lines = await self.site.thread(changed_lines, self.site.control, base, commit)
        async with self._turn:
            if self._unrecorded is not None:
                raise self._unrecorded
            if not await self.site.ledger(
                lambda ledger: ledger.step(fence, Step.INTEGRATING, result=result)
            ):
                await self.site.ledger(lambda ledger: ledger.reject(fence, ending))
                return False
            await self.site.reach(Point.INTEGRATE_BEGUN)
            loop = asyncio.get_running_loop()
            done = await self.site.thread(self._integrate, loop, fence, claim, base, commit)
            if isinstance(done, Conflict):
                await self.site.reach(Point.INTEGRATE_CONFLICT)
                await self._in_conflict(fence, base, commit, ending, done, tree)
                return done
            await self._merged(fence, done, ending, result, lines)
            await self.site.reach(Point.INTEGRATE_RECORDED)
        self.export_soon()
        return True

    def _integrate(
        self,
        loop: asyncio.AbstractEventLoop,
        fence: Fence,
        claim: Claim,
        base: str,
        commit: str,
    ) -> Merged | AlreadyIn | Conflict:
        message = Message(f"Merge {claim.task.title}", claim.run, claim.task.id, claim.epoch)

        def intent(old: str, new: str) -> None:
            told = self.site.ledger(lambda ledger: ledger.intend(fence, old, new))
            asyncio.run_coroutine_threadsafe(told, loop).result()
            self.site.faults.reach(Point.INTEGRATE_INTENT)

        return integrate(
            self.site.control,
            known=self.head,
            base=base,
            commit=commit,
            message=message,
            when=self.site.clock.now(),
            intent=intent,
        )

    async def _in_conflict(
        self,
        fence: Fence,
        base: str,
        commit: str,
        ending: Ending,
        found: Conflict,
        tree: Tree | None,
    ) -> None:
        task = await self.site.ledger(lambda ledger: reads.task(ledger.db, fence.run, fence.task))
        laid = await self.site.thread(lay_out_conflict, self.site.pool, task, tree, commit, found)
        text = f"it does not merge: {_named(found)}"
        if laid is tree and task.by_hand:
            text += "; its worktree was changed meanwhile and is left as it is"
        head = base if laid is tree else found.head
        number = str(laid.number) if laid else None
        bad = replace(ending, outcome=Outcome.FAILED, cause="conflict", text=text)
        await self.site.ledger(
            lambda ledger: ledger.conflict(
                fence, bad, found.paths[:200], text, head=head, tree=number
            )
        )

    async def _merged(
        self,
        fence: Fence,
        done: Merged | AlreadyIn,
        ending: Ending,
        result: str | None,
        lines: str,
    ) -> None:
        new = done.new if isinstance(done, Merged) else done.head
        good = replace(ending, commit=new)

        def record(ledger: Ledger) -> None:
            self.site.faults.reach(Point.INTEGRATE_MOVED)
            # What was merged before a crash went on from where the ledger had last seen the branch.
            old = done.old if isinstance(done, Merged) else reads.run_row(ledger.db, fence.run).head
            ledger.integrated(fence, old, new)
            ledger.done(fence, DoneKind.MERGED, good, result, lines)

        try:
            await self.site.ledger(record)
        except LedgerError as error:
            self._unrecorded = error
            raise
        self.head = new

    async def _is_blocked(self, fence: Fence) -> bool:
        """Whether a conflict was the second one, so that a person may want the tree."""
        task = await self.site.ledger(lambda ledger: reads.task(ledger.db, fence.run, fence.task))
        return task.state is TaskState.BLOCKED and task.kind == BlockedKind.CONFLICT

    # -- export

    def export_soon(self) -> None:
        """Export what is merged, together with what is merged in the next half second."""
        self._unexported = True
        if self._exporting is None or self._exporting.done():
            self._exporting = asyncio.create_task(self._export_later())
            self._exporting.add_done_callback(_log_failure)

    async def export_now(self) -> None:
        """Export what is merged by now; a branch that may not be moved is reported."""
        self._hurry.set()
        if self._exporting is not None:
            await asyncio.wait([self._exporting])
        self._hurry.clear()
        await self._export()

    async def _export_later(self) -> None:
        while self._unexported:
            await self._export()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_EXPORT_EVERY):
                    await self._hurry.wait()

    async def _export(self) -> None:
        self._unexported = False
        row = await self.site.ledger(lambda ledger: reads.run_row(ledger.db, self.site.run))
        branch = short_branch(row.ref)
        done = await self.site.thread(self._show, branch, row.exported)
        commit, reason = (done.commit, "") if isinstance(done, Exported) else (None, done.reason)
        await self.site.ledger(lambda ledger: ledger.exported(self.site.run, commit, reason))
        await self.site.reach(Point.EXPORT_RECORDED)

    def _show(self, branch: str, expected: str | None) -> Exported | Pending:
        """Export; what the machine refuses waits, as what the user's repository refuses does."""
        site = self.site
        try:
            done = export(
                site.repository,
                site.control,
                branch,
                expected=expected,
                fetched=lambda: site.faults.reach(Point.EXPORT_BEGUN),
            )
            site.faults.reach(Point.EXPORT_MOVED)
        except OSError as error:
            return Pending(clean(str(error), limit=400))
        return done


def _log_failure(exporting: asyncio.Task[None]) -> None:
    if not exporting.cancelled() and (error := exporting.exception()) is not None:
        _log.error("the branch could not be exported: %s", error)


def _named(conflict: Conflict) -> str:
    return listed(conflict.paths, _NAMED, limit=200) or clean(conflict.text)
