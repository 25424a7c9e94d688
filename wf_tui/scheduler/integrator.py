"""The step `integrate`: finished work is merged into the branch of the run, one at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.errors import GitError, LedgerError
from wf_tui.fault_injection import Point
from wf_tui.git.control.attempt_commits import Message
from wf_tui.git.control.diffs import changed_lines
from wf_tui.git.merge.conflict import Conflict
from wf_tui.git.merge.integrate import (
    AlreadyIn,
    Merge,
    current_head,
    make_merge,
    move_branch,
)
from wf_tui.git.merge.layout import brought_by, lay_out
from wf_tui.git.refs import short_branch
from wf_tui.ledger.model.found_conflict import FoundConflict
from wf_tui.ledger.model.states import BlockedKind, Cause, DoneKind, Outcome, Step, TaskState
from wf_tui.ledger.queries.trees import waits_in_tree
from wf_tui.plan.choices import Isolation
from wf_tui.scheduler.attempts.active_claim import StoppedError
from wf_tui.scheduler.chosen_sides import decided
from wf_tui.scheduler.merge_queue import Act, MergeQueue, turns
from wf_tui.text import clean, listed, plural
from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.clock import Clock
    from wf_tui.git.control.control import Control
    from wf_tui.git.merge.integrate import Integration
    from wf_tui.git.worktrees.pool import Pool
    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.endings import Fault
    from wf_tui.scheduler.attempts.gate import JudgedMerge, MergeGate
    from wf_tui.scheduler.claim_record import ClaimRecord
    from wf_tui.scheduler.exporter import Exporter
    from wf_tui.scheduler.merge_queue import Key, Turn
    from wf_tui.scheduler.threads import Threads

__all__ = ["MOST_PATHS", "FinishedWork", "Integrator", "described"]

_NAMED: Final = 5
MOST_PATHS: Final = 200
_TITLE: Final = 80
_MOST_WORDS: Final = 20
"""So many paths and sentences of a conflict are stored: enough to read."""
_MOST_GATED: Final = 10
"""How often somebody may move the branch under one merge, where each costs a gate."""
_MOST_MOVES: Final = 200
"""The same where there is none; only somebody with a loop of their own gets there."""


@frozen
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
    unresolved: Conflict | None = None
    """The conflict that it was to settle, and has left open: then there is nothing to merge."""
    checked: bool = True
    """Whether the ledger knows its step `checking`, and its result with that."""


@dataclass
class _Passage:
    """One attempt on its way through the queue, and what has been made of its merge so far."""

    active: ActiveClaim
    work: FinishedWork
    commit: str
    lines: str
    """How much the work has changed, as `+3 -1`."""
    merge: Integration | None = None
    """The last merge that was made of it."""
    failed: JudgedMerge | None = None
    """What its gate did not pass on; its worktree is held until that is settled."""
    waits: bool = False
    """Whether its card says that it waits."""

    @property
    def key(self) -> Key:
        """Its task and its epoch."""
        return self.active.key

    @property
    def gated(self) -> bool:
        """Whether its gate has to pass on a merge with others, too."""
        return self.active.claim.task.spec.merge_gate is not None


@dataclass
class Integrator:
    """The queue to the integration branch; used on the event loop, its git runs in threads.

    One for each scheduler. Attempts and what a person has accepted all merge through it, in the
    order in which they come; each takes its own steps, when the queue says that it may.
    """

    head: str
    """Where the branch is, as the ledger knows it; new attempts start here."""
    control: Control
    pool: Pool
    threads: Threads
    clock: Clock
    exporter: Exporter
    gate: MergeGate
    jobs: int = 1
    """How many gates may run side by side."""
    _queue: MergeQueue = field(init=False)
    _turns: Mapping[Key, Turn] = field(default_factory=dict)
    """What each in the queue may do now."""
    _news: dict[Key, asyncio.Event] = field(default_factory=dict)
    """Set where something has changed for one in the queue."""
    _unrecorded: LedgerError | None = None
    """Why the ledger lacks the last merge: nothing may be merged onto it before it is recovered."""

    def __post_init__(self) -> None:
        """Begin with an empty queue."""
        self._queue = MergeQueue(self.head)

    def allow(self, jobs: int) -> None:
        """Let so many gates run side by side from now on; none is interrupted."""
        if jobs != self.jobs:
            self.jobs = jobs
            self._set(self._queue)

    async def settle(self, active: ActiveClaim, work: FinishedWork) -> bool:
        """Finish a good attempt: merge its commit, or note that there is nothing to merge.

        Return whether its tree is kept, since a person has to resolve a conflict in it. The caller
        has harvested the work and waits here for its turn. It can be stopped until its merge
        begins; then this raises `StoppedError`. Raises a `GitError`, or the `LedgerError` of this
        merge or of an earlier one.
        """
        record, commit = active.record, work.commit
        if commit is None:
            active.merging = True
            kind = DoneKind.NO_CHANGES if record.claim.task.writes else DoneKind.ANSWERED
            await record.done(
                kind,
                work.ending,
                work.result,
                work.aside,
                checked=work.checked,
                posted=active.ask_for_look,
            )
            record.log.info("done: %s", kind.value)
            return False
        if work.unresolved is not None:
            return await self._end_in_conflict(active, work, work.unresolved)
        # Outside the queue: it compares two fixed commits, and the branch need not wait for it.
        lines = await self.threads.run(changed_lines, self.control, work.base, commit)
        passage = _Passage(active, work, commit, lines)
        self._news[active.key] = asyncio.Event()
        self._set(self._queue.join(active.key, wants_gate=passage.gated))
        try:
            while True:
                turn = await self._next_turn(passage)
                if turn.act is Act.BUILD:
                    await self._build(passage, turn.on or self.head)
                elif turn.act is Act.GATE and isinstance(passage.merge, Merge):
                    await self._ask_gate(passage, passage.merge)
                elif passage.merge is not None:
                    kept = await self._end(passage, passage.merge)
                    if kept is not None:
                        return kept
        finally:
            self._set(self._queue.leave(active.key))
            del self._news[active.key]
            await self._forget_failure(passage)

    async def record_found(self, record: ClaimRecord, work: FinishedWork) -> bool:
        """Record a merge that a dead scheduler has made; False where the branch does not have it.

        Called by recovery, before anything is merged.
        """
        head = await self.threads.run(current_head, self.control, self.head)
        commit = work.commit or ""
        if not await self.threads.run(self.control.contains, commit, head=head):
            return False
        lines = await self.threads.run(changed_lines, self.control, work.base, commit)
        if not await record.step(Step.INTEGRATING, result=work.result):
            await record.rejected(work.ending)
            return True
        await self._record_merge(record, work, AlreadyIn(head), lines)
        self._set(replace(self._queue, head=head))
        self.exporter.export_soon()
        return True

    # -- the queue

    def _set(self, queue: MergeQueue) -> None:
        """Take over a new queue, and wake whoever it concerns."""
        before = {one.key: one for one in self._queue.candidates}
        self._queue, self._turns = queue, turns(queue, self.jobs)
        for one in queue.candidates:
            if before.get(one.key) is not one or self._turns[one.key].act is not Act.WAIT:
                self._news[one.key].set()

    async def _next_turn(self, passage: _Passage) -> Turn:
        """Wait until there is something to do for it; raises `StoppedError` where it is stopped."""
        active, news = passage.active, self._news[passage.key]
        while True:
            if self._unrecorded is not None:
                raise self._unrecorded
            if active.stopped is not None:
                raise StoppedError
            turn = self._turns[passage.key]
            if turn.act is not Act.WAIT:
                return turn
            before = [one.key for one in self._queue.candidates].index(passage.key)
            if before and passage.gated and not passage.waits:
                passage.waits = True
                active.record.note(f"waits for {plural(before, 'merge')} before it")
            news.clear()
            await active.wait_for_others(news.wait())

    async def _build(self, passage: _Passage, on: str) -> None:
        """Make its merge on `on`; where it is the first, on the branch as that really is."""
        await self._forget_failure(passage)
        first = self._queue.candidates[0].key == passage.key
        merge = await self.threads.run(self._make, passage, None if first else on)
        passage.merge = merge
        made = merge.new if isinstance(merge, Merge) else None
        made_on = merge.old if isinstance(merge, Merge) else merge.head
        if isinstance(merge, AlreadyIn):
            made = merge.head
        # A merge that is the work itself is on its own base: its gate has passed on that.
        gate = passage.gated and made not in {None, passage.commit} and isinstance(merge, Merge)
        self._set(
            self._queue.built(passage.key, on=made_on, commit=made, gate=gate, on_branch=first)
        )

    def _make(self, passage: _Passage, on: str | None) -> Integration:
        """Make a merge, in a thread."""
        claim = passage.active.claim
        return make_merge(
            self.control,
            head=on or current_head(self.control, self.head),
            base=passage.work.base,
            commit=passage.commit,
            message=Message(f"Merge {claim.task.title}", claim.run, claim.task.id, claim.epoch),
            when=self.clock.now(),
            decide=lambda conflict: decided(claim.task, conflict),
        )

    async def _ask_gate(self, passage: _Passage, merge: Merge) -> None:
        """Ask its gate about its merge, unless that is not wanted any more before it has ended."""
        active = passage.active
        self._set(self._queue.gate_began(passage.key))
        passage.waits = False
        judged = await self.gate.run(active, merge, passage.work.result, self._dropped(passage))
        passage.failed = judged
        if self._is_dropped(passage):
            active.log.info("its gate is asked again: what it was merged with has changed")
            await self._forget_failure(passage)
            return
        passed = judged.fault is None
        if passed:
            await self._forget_failure(passage)
        self._set(self._queue.gate_ended(passage.key, passed=passed))

    def _is_dropped(self, passage: _Passage) -> bool:
        """Whether the merge that its gate is asked about will never be on the branch."""
        merge = passage.merge
        return not isinstance(merge, Merge) or self._queue.find(passage.key).commit != merge.new

    async def _dropped(self, passage: _Passage) -> None:
        """Return once its merge is not wanted any more."""
        news = self._news[passage.key]
        while not self._is_dropped(passage):
            news.clear()
            await news.wait()

    async def _forget_failure(self, passage: _Passage) -> None:
        """Give back the worktree in which its gate was asked; that is over."""
        failed, passage.failed = passage.failed, None
        if failed is not None:
            await self.gate.give_back(failed.tree)

    # -- the end of the queue

    async def _end(self, passage: _Passage, merge: Integration) -> bool | None:
        """Bring the first of the queue to its end; return whether its tree is kept for a person.

        None where the branch was elsewhere, so that it has to be built again.
        """
        active, work, failed = passage.active, passage.work, passage.failed
        record = active.record
        if isinstance(merge, Merge) and failed is not None and failed.fault is not None:
            await self._record_failed_gate(passage, failed.fault, failed.tree, merge.old)
            return False
        if isinstance(merge, Conflict):
            return await self._end_in_conflict(active, work, merge)
        if not await self._begin(active, work):
            return False
        if isinstance(merge, Merge):
            loop = asyncio.get_running_loop()
            if not await self.threads.run(self._move, loop, record, merge):
                await self._branch_moved(passage)
                return None
        await self._record_merge(record, work, merge, passage.lines)
        self._set(self._queue.landed(passage.key, self.head))
        await self.threads.reach(Point.INTEGRATE_RECORDED)
        self.exporter.export_soon()
        return False

    async def _begin(self, active: ActiveClaim, work: FinishedWork) -> bool:
        """Begin to merge; False where its claim is no longer the live one, which is recorded."""
        # From here on nothing stops the attempt, for a merge is whole.
        active.merging = True
        record = active.record
        # The last look at the fence (RULES 4.4, G2): from this step on nobody takes it back.
        if not await record.step(Step.INTEGRATING, result=work.result):
            await record.rejected(work.ending)
            record.log.info("rejected: its claim is not the live one")
            return False
        await self.threads.reach(Point.INTEGRATE_BEGUN)
        return True

    async def _end_in_conflict(
        self, active: ActiveClaim, work: FinishedWork, found: Conflict
    ) -> bool:
        """Bring work to its end that does not merge; return whether its tree is kept."""
        if not await self._begin(active, work):
            return False
        record = active.record
        await self.threads.reach(Point.INTEGRATE_CONFLICT)
        await self._record_conflict(record, work, found)
        task = await record.task()
        # The first conflict only sends it back, to begin anew; the second one is a person's.
        return task.state is TaskState.BLOCKED and task.kind == BlockedKind.CONFLICT

    def _move(self, loop: asyncio.AbstractEventLoop, record: ClaimRecord, merge: Merge) -> bool:
        """Move the branch in a thread; the ledger knows of each move before it is made."""

        def intent(old: str, new: str) -> None:
            # The ledger is the loop's: this thread waits for it there.
            recorded = asyncio.run_coroutine_threadsafe(record.intended(old, new), loop)
            recorded.result()
            self.threads.faults.reach(Point.INTEGRATE_INTENT)

        return move_branch(self.control, merge, intent)

    async def _branch_moved(self, passage: _Passage) -> None:
        """Go back to the checks: somebody else has moved the branch since its merge was made.

        Raises a `GitError` where that happens again and again.
        """
        active = passage.active
        head = await self.threads.run(current_head, self.control, self.head)
        active.merging = False
        await active.record.step(Step.CHECKING)
        active.log.info("somebody moved the branch to %s: it is merged with that", head)
        self._set(self._queue.moved(passage.key, head))
        most = _MOST_GATED if passage.gated else _MOST_MOVES
        if self._queue.find(passage.key).moves > most:
            raise GitError(f"{self.control.ref} was moved {most} times while it was to be merged")

    async def _record_failed_gate(
        self, passage: _Passage, fault: Fault, tree: Tree, head: str
    ) -> None:
        """Tell the ledger that its gate has failed on the branch, `head`, as it would be with it.

        Where the task then waits for a person, they find the merge in the worktree of the gate.
        """
        active = passage.active
        record, work = active.record, passage.work
        ending = replace(work.ending, outcome=Outcome.FAILED, cause=fault.cause, text=fault.text)
        active.log.info("did not pass: %s", fault.cause)
        if active.claim.task.by_hand:
            await record.given_back(ending, fault.detail)
            return
        detail = {**fault.detail, "head": head}
        await record.merge_gate_failed(ending, detail, tree=str(tree.number))
        task = await record.task()
        if waits_in_tree(task) and task.epoch == active.claim.epoch:
            passage.failed = None
            await self.threads.run(self.pool.keep, tree)
            await record.tree_kept(str(tree.path), "a task is blocked on it")

    async def _record_merge(
        self, record: ClaimRecord, work: FinishedWork, done: Merge | AlreadyIn, lines: str
    ) -> None:
        old = done.old if isinstance(done, Merge) else None
        new = done.new if isinstance(done, Merge) else done.head
        try:
            # An ending is recorded with the commit that the branch has of it, the merge.
            note = "; ".join(filter(None, [lines, work.aside]))
            ending = replace(work.ending, commit=new)
            await record.merged(old, new, ending, work.result, note, base=work.base)
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
        others = await self.threads.run(brought_by, self.control, found)
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
            found.paths[:MOST_PATHS],
            text,
            head=work.base if same else found.head,
            found=described(self.control, task, found, laid_out.content, others),
            tree=tree,
        )
        record.log.info("does not merge with %s", found.head)


@frozen
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


def described(
    control: Control, task: TaskRow, conflict: Conflict, laid_out: str, others: tuple[str, ...]
) -> FoundConflict:
    """Return what the ledger keeps of a conflict; `laid_out` is the tree that a person got.

    `others` are the titles of those that have changed the same.
    """
    kinds = [", ".join(one.kinds) for one in conflict.conflicted[:MOST_PATHS]]
    words = conflict.sentences(short_branch(control.ref), task.id)
    return FoundConflict(
        base=conflict.base,
        head=conflict.head,
        commit=conflict.commit,
        laid_out=laid_out,
        kinds=tuple(kinds),
        words=tuple(clean(word, limit=400) for word in words[:_MOST_WORDS]),
        others=tuple(clean(title, limit=_TITLE) for title in others[:_NAMED]),
    )
