"""The step `integrate`: finished work is merged into the branch of the run, one at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerError
from wf_tui.fault_injection import Point
from wf_tui.git.control.attempt_commits import Message
from wf_tui.git.control.diffs import changed_lines
from wf_tui.git.merge.conflict import Conflict
from wf_tui.git.merge.integrate import AlreadyIn, Merged, integrate
from wf_tui.git.merge.layout import lay_out
from wf_tui.git.refs import short_branch
from wf_tui.ledger.model.found_conflict import FoundConflict
from wf_tui.ledger.model.states import BlockedKind, Cause, DoneKind, Outcome, Step, TaskState
from wf_tui.plan.choices import Isolation
from wf_tui.scheduler.chosen_sides import decided
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from wf_tui.clock import Clock
    from wf_tui.git.control.control import Control
    from wf_tui.git.worktrees.pool import Pool
    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.scheduler.claim_record import ClaimRecord
    from wf_tui.scheduler.exporter import Exporter
    from wf_tui.scheduler.threads import Threads

__all__ = ["FinishedWork", "Integrator"]

_NAMED: Final = 5
_MOST_PATHS: Final = 200
_MOST_WORDS: Final = 20
"""So many paths and sentences of a conflict are stored: enough to read."""


@dataclass(frozen=True)
class FinishedWork:
    """What an attempt has made, and how it is to be recorded."""

    base: str
    """The commit that the work started from."""
    commit: str | None
    """The work; None where there is nothing to merge."""
    tree: Tree | None
    """Where a conflict can be laid out for a person."""
    ending: Ending
    result: str | None
    aside: str = ""
    """What its task says beside how much was changed: what was left, what is kept."""


@dataclass
class Integrator:
    """The queue to the integration branch; used on the event loop, its git runs in threads.

    One for each scheduler. Attempts, what a person has accepted, and recovery all merge through it.
    """

    head: str
    """Where the branch is; new attempts start here."""
    control: Control
    pool: Pool
    threads: Threads
    clock: Clock
    exporter: Exporter
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _unrecorded: LedgerError | None = None
    """Why the ledger lacks the last merge: nothing may be merged onto it before it is recovered."""

    async def settle(self, record: ClaimRecord, work: FinishedWork) -> bool:
        """Finish a good attempt: merge its commit, or note that there is nothing to merge.

        Return whether its tree is kept, since a person has to resolve a conflict in it. The caller
        has harvested the work and waits here for its turn; it cannot be stopped any more. Raises a
        `GitError`, or the `LedgerError` of this merge or of an earlier one.
        """
        commit = work.commit
        if commit is None:
            kind = DoneKind.NO_CHANGES if record.claim.task.writes else DoneKind.ANSWERED
            await record.done(kind, work.ending, work.result, work.aside)
            record.log.info("done: %s", kind.value)
            return False
        # Outside the turn: it compares two fixed commits, and the branch need not wait for it.
        lines = await self.threads.run(changed_lines, self.control, work.base, commit)
        async with self._turn:
            if self._unrecorded is not None:
                raise self._unrecorded
            # The last look at the fence (RULES 4.4, G2): from this step on nobody takes it back.
            if not await record.step(Step.INTEGRATING, result=work.result):
                await record.rejected(work.ending)
                record.log.info("rejected: its claim is not the live one")
                return False
            await self.threads.reach(Point.INTEGRATE_BEGUN)
            loop = asyncio.get_running_loop()
            done = await self.threads.run(self._integrate, loop, record, work.base, commit)
            if not isinstance(done, Conflict):
                await self._record_merge(record, work, done, lines)
                await self.threads.reach(Point.INTEGRATE_RECORDED)
                self.exporter.export_soon()
                return False
            await self.threads.reach(Point.INTEGRATE_CONFLICT)
            await self._record_conflict(record, work, done)
        task = await record.task()
        # The first conflict only sends it back, to begin anew; the second one is a person's.
        return task.state is TaskState.BLOCKED and task.kind == BlockedKind.CONFLICT

    def _integrate(
        self, loop: asyncio.AbstractEventLoop, record: ClaimRecord, base: str, commit: str
    ) -> Merged | AlreadyIn | Conflict:
        """Merge in a thread; the ledger knows of each move of the branch before it is made.

        There may be several: somebody else may move the branch between the merge and its move.
        """
        claim = record.claim

        def intent(old: str, new: str) -> None:
            # The ledger is the loop's: this thread waits for it there.
            recorded = asyncio.run_coroutine_threadsafe(record.intended(old, new), loop)
            recorded.result()
            self.threads.faults.reach(Point.INTEGRATE_INTENT)

        return integrate(
            self.control,
            known=self.head,
            base=base,
            commit=commit,
            message=Message(f"Merge {claim.task.title}", claim.run, claim.task.id, claim.epoch),
            when=self.clock.now(),
            intent=intent,
            decide=lambda conflict: decided(claim.task, conflict),
        )

    async def _record_merge(
        self, record: ClaimRecord, work: FinishedWork, done: Merged | AlreadyIn, lines: str
    ) -> None:
        old = done.old if isinstance(done, Merged) else None
        new = done.new if isinstance(done, Merged) else done.head
        try:
            # An ending is recorded with the commit that the branch has of it, the merge.
            note = "; ".join(filter(None, [lines, work.aside]))
            await record.merged(old, new, replace(work.ending, commit=new), work.result, note)
        except LedgerError as error:
            self._unrecorded = error
            raise
        # Only now: no attempt may start from a head that the ledger does not know.
        self.head = new
        record.log.info("merged as %s", new)

    async def _record_conflict(
        self, record: ClaimRecord, work: FinishedWork, found: Conflict
    ) -> None:
        """Tell the ledger of a conflict, after it was laid out: who reads of it finds it there.

        Whether the task is tried once more or waits for a person is decided in the transaction
        (`ledger.rules.failures.conflict`).
        """
        task = await record.task()
        laid_out = await self.threads.run(lay_out_conflict, self.pool, task, work.tree, found)
        names = listed(found.named(), _NAMED, limit=200)
        text = f"it does not merge: {names or clean(found.text)}"
        if found.by_case:
            text = f"names that differ only by case, the same file on other machines: {names}"
        # The very tree back means that nothing was laid out in it, see `lay_out_conflict`.
        same = laid_out.tree is work.tree
        if same and task.by_hand:
            text += "; its worktree was changed meanwhile and is left as it is"
        ending = replace(work.ending, outcome=Outcome.FAILED, cause=Cause.CONFLICT, text=text)
        tree = str(laid_out.tree.number) if laid_out.tree else None
        await record.conflict(
            ending,
            found.paths[:_MOST_PATHS],
            text,
            head=work.base if same else found.head,
            found=described(self.control, task, found, laid_out.content),
            tree=tree,
        )
        record.log.info("does not merge with %s", found.head)


@dataclass(frozen=True)
class LaidOut:
    """The tree that is kept for a conflict, and the git tree that it was filled with, if any."""

    tree: Tree | None
    content: str = ""


def lay_out_conflict(pool: Pool, task: TaskRow, tree: Tree | None, conflict: Conflict) -> LaidOut:
    """Lay a conflict out for a person, where it is one's turn; return the tree that is kept.

    That is the very `tree` where nothing was laid out: a worker tries once more, or a person has
    changed what would be overwritten. The shared tree is not one person's: they get a new one.
    Blocks, and belongs into a thread; `task` is as it is before this conflict.
    """
    if not (task.by_hand or task.conflicts):
        return LaidOut(tree)
    content = lay_out(pool.control, conflict, task.id)
    if task.by_hand:
        updated = pool.update_conflict(tree, conflict, content) if tree else None
        return LaidOut(updated, content) if updated else LaidOut(tree)
    own_tree = tree if task.isolation is Isolation.WORKTREE else None
    return LaidOut(pool.check_out_conflict(own_tree, conflict, content), content)


def described(control: Control, task: TaskRow, conflict: Conflict, laid_out: str) -> FoundConflict:
    """Return what the ledger keeps of a conflict; `laid_out` is the tree that a person got."""
    kinds = [", ".join(one.kinds) for one in conflict.conflicted[:_MOST_PATHS]]
    words = conflict.sentences(short_branch(control.ref), task.id)
    return FoundConflict(
        base=conflict.base,
        head=conflict.head,
        commit=conflict.commit,
        laid_out=laid_out,
        kinds=tuple(kinds),
        words=tuple(clean(word, limit=400) for word in words[:_MOST_WORDS]),
    )
