"""What a person has accepted (RULES 3.1): taken from its kept tree, checked, and merged.

What does not pass goes back to the person with the reason, in the same tree. Their work is never
thrown away, never begun anew by a worker, and no failure of it counts.
"""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.errors import LedgerError
from wf_tui.fault_injection import Point
from wf_tui.git.control.changed_files import changed_files
from wf_tui.git.merge.branch_merge import merge_branch
from wf_tui.git.merge.sides import take_sides
from wf_tui.git.worktrees.left_work import left_content
from wf_tui.ledger.model.states import SEATLESS, BlockedKind, Cause, Outcome, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.claims import Claim
from wf_tui.scheduler.attempts.active_claim import StoppedError
from wf_tui.scheduler.attempts.check import left_out
from wf_tui.scheduler.attempts.endings import CANCELLED, Fault, machine_fault
from wf_tui.scheduler.attempts.harvest import NOTHING, Harvested
from wf_tui.scheduler.attempts.workspace import KeptWorkspace
from wf_tui.scheduler.chosen_sides import LaidOutConflict, chosen_sides, laid_out_conflict
from wf_tui.scheduler.integrator import FinishedWork
from wf_tui.scheduler.run_log import current_log
from wf_tui.text import clean
from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Collection

    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import AttemptRow, Detail
    from wf_tui.ledger.queries.reads import Pulse
    from wf_tui.scheduler.attempts.active_claim import ActiveClaim
    from wf_tui.scheduler.attempts.attempt import Steps

__all__ = ["Accepted", "AcceptedClaim", "find_accepted"]

_GONE: Final = "its worktree is gone: retry the task"
_CHANGED: Final = "its worktree was changed while it was accepted: accept it again"


@frozen
class AcceptedClaim:
    """The claim of a person, with what a crash may have left of its way."""

    claim: Claim
    row: AttemptRow
    held_back: str | None
    """The commit of the attempt whose work was held back."""


def find_accepted(
    ledger: Ledger, run: str, pulse: Pulse, running: Collection[tuple[str, int]]
) -> list[AcceptedClaim]:
    """Return the claims of persons that nobody sees through: new ones, and a dead scheduler's.

    Runs in the transaction that claims, so that a pulse and its claims belong together. `running`
    are the task and epoch of each claim that is being worked on.
    """
    found = []
    for opened in pulse.open:
        if opened.worker.startswith(SEATLESS) and (opened.task, opened.epoch) not in running:
            # A person's claim follows the attempt whose work was held back; there is always one.
            *_, before, row = reads.attempts(ledger.db, run, opened.task)
            claim = Claim.of(row, reads.task(ledger.db, run, opened.task))
            found.append(AcceptedClaim(claim, row, before.commit_id))
    return found


class _GivenBackError(Exception):
    """The work did not pass."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


@dataclass
class Accepted:
    """Sees one person's claim through; at any step it can be taken up again after a crash.

    Of the steps it takes `check` and `integrate`; the tree stays with the person until the run is
    over, so it is neither prepared nor given back. The scheduler runs it as a task of its loop.
    """

    active: ActiveClaim
    steps: Steps
    accepted: AcceptedClaim
    harvested: Harvested = NOTHING
    """What the person has left in the tree."""

    async def run(self) -> None:
        """See the claim through; raises only what the scheduler must not outlive."""
        active, record = self.active, self.active.record
        current_log.set(active.log)
        active.vitals.no_program()
        try:
            await self._work()
        except StoppedError:
            # By a person it is closed; anything else that stopped it sends it back to them.
            ending = self.harvested.onto(active.stopped or CANCELLED)
            active.log.info("stopped: %s", ending.cause)
            if ending.outcome is Outcome.CANCELLED:
                await record.closed(ending)
            else:
                await record.given_back(ending, {})
        except _GivenBackError as back:
            fault = back.fault
            active.log.info("did not pass: %s", fault.cause)
            ending = self.harvested.onto(Ending(Outcome.FAILED, fault.cause, fault.text))
            await record.given_back(ending, self._given_back_with(fault))
        except LedgerError:
            raise  # the next scheduler takes it up where it was
        except Exception as error:  # the border of an attempt: it has to have an end
            active.log.exception("what was accepted failed")
            await record.given_back(self.harvested.onto(machine_fault(error)), {})

    @property
    def kind(self) -> BlockedKind:
        """What the work was blocked as when the person accepted it."""
        return BlockedKind(str(self.active.claim.task.detail["accepted"]))

    def _given_back_with(self, fault: Fault) -> Detail:
        """Return what the task is blocked with beside what it was: a conflict keeps its paths.

        What the person allowed of files with a filter counts until the work is begun anew.
        """
        names = {"tail", "why", "all"}
        if fault.kind is self.kind or self.kind.facts.can_mend:
            names.add("paths")
        detail = {name: value for name, value in fault.detail.items() if name in names}
        allowed = self.active.claim.task.choices.unfiltered
        return {**detail, "unfiltered": list(allowed)} if allowed else detail

    async def _work(self) -> None:
        """Take the steps; each one that was done before a crash is passed over."""
        active, steps = self.active, self.steps
        tree = None
        # A review of no files has no tree: the task only reads, or has changed nothing.
        has_files = active.claim.task.writes and self.accepted.row.tree
        if has_files or not self.kind.facts.passed_checks:
            workspace = await steps.threads.run(self._reopen)
            tree = workspace.tree
            if str(tree.number) != self.accepted.row.tree:
                # A new one: where the work does not pass, it is there that it goes on.
                await active.record.prepared(base=tree.base, tree=tree.number)
            with active.timed("harvest"):
                self.harvested = await self._harvest(workspace)
                await self._take_sides(workspace)
            # The step as it was claimed: one that a crash left in its merge had passed its checks.
            if active.claim.task.step != Step.INTEGRATING:
                with active.timed("check"):
                    await self._check(workspace)
        work = FinishedWork(
            base=self.harvested.base,
            commit=self.harvested.commit,
            tree=tree,
            ending=self.harvested.onto(Ending(Outcome.SUCCEEDED)),
            result=active.claim.task.result,
            aside=self.harvested.aside,
        )
        with active.timed("integrate"):
            await steps.integrator.settle(active, work)
        await steps.threads.reach(Point.FINISH_RECORDED)

    def _reopen(self) -> KeptWorkspace:
        """Open the tree as the person left it; only work that has a commit can be laid anew."""
        row, trees = self.accepted.row, self.steps.prepare.trees
        if row.base and (ref := self.active.claim.task.choices.left):
            return KeptWorkspace(trees, self.active.claim, self._lay_out_left(row.base, ref))
        work = self.accepted.held_back
        if row.base and work and row.tree is None and self.kind.facts.can_mend:
            # Nobody has opened it: it is taken as its attempt has left it.
            return KeptWorkspace(
                trees, self.active.claim, trees.pool.check_out_work(row.base, work)
            )
        if not (row.tree and row.base):
            raise _GivenBackError(Fault(BlockedKind.FAILED, Cause.HARVEST, _GONE))
        tree = trees.pool.reopen(int(row.tree), row.base)
        if not tree.worktree.is_folder() and not row.commit_id:
            # Of a conflict the commit is what the worker made, not what the person resolved.
            if self.kind is BlockedKind.CONFLICT or not work:
                raise _GivenBackError(Fault(BlockedKind.FAILED, Cause.HARVEST, _GONE))
            if why := tree.why_unsaved():
                fault = Fault(BlockedKind.FAILED, Cause.HARVEST, f"its worktree is gone, but {why}")
                raise _GivenBackError(fault)
            fresh = trees.pool.acquire(row.base, number=tree.number)
            trees.pool.apply_checkpoint(fresh, work)
        return KeptWorkspace(trees, self.active.claim, tree)

    def _lay_out_left(self, base: str, ref: str) -> Tree:
        """Return a new tree with what an attempt left, as changes of what it started from.

        From there on it goes the way of all work: what no commit may hold is refused, scope and
        gate are asked. The kept tree stays as it is.
        """
        control, pool = self.steps.harvest.control, self.steps.prepare.trees.pool
        content = left_content(control, ref)
        if content is None:
            fault = Fault(BlockedKind.FAILED, Cause.HARVEST, f"{clean(ref)} is no commit")
            raise _GivenBackError(fault)
        tree = pool.acquire(base)
        tree.fill_with_changes(content)
        # To its worker's git these are tracked, which counts where the rules of git ignore them.
        with tree.worktree.on_a_copy() as tracked:
            tracked.git("read-tree", "--end-of-options", content)
            shutil.copyfile(tracked.index, tree.git_dir / "index")
        return tree

    async def _harvest(self, workspace: KeptWorkspace) -> Harvested:
        """Harvest the tree, unless that was done before a crash: then it had passed."""
        row, steps = self.accepted.row, self.steps
        if row.commit_id:
            return await steps.harvest.taken(workspace, row.commit_id, row.ref)
        await steps.threads.reach(Point.HARVEST_BEGUN)
        found = await steps.harvest.commit(workspace)
        fault = left_out(found) or await steps.threads.run(self._unresolved, found)
        # One that was stopped is harvested all the same, and ends as stopped at its next step.
        if fault is not None and self.active.stopped is None:
            self.harvested = found
            raise _GivenBackError(fault)
        await steps.harvest.record(self.active.record, found)
        return found

    def _unresolved(self, found: Harvested) -> Fault | None:
        """Refuse a conflict in which a path is as it was laid out, and no side of it was named."""
        laid_out = self._laid_out()
        if laid_out is None:
            return None
        control, choices = self.steps.harvest.control, self.active.claim.task.choices
        left = laid_out.left(control, choices, found.commit or found.base)
        return Fault(BlockedKind.CONFLICT, Cause.CONFLICT, left) if left else None

    def _laid_out(self) -> LaidOutConflict | None:
        """Return the conflict that the person was to resolve, where it was one."""
        control, task = self.steps.harvest.control, self.active.claim.task
        if self.kind is BlockedKind.CONFLICT:
            return laid_out_conflict(control, task, self.accepted.held_back)
        if not (task.spec.merges and self.accepted.row.base):
            return None
        # It was blocked by something else, and has the marks of its merge all the same.
        merge = merge_branch(control, self.accepted.row.base, task.spec.merges, task.id)
        return LaidOutConflict(merge.conflict, merge.content) if merge.conflict else None

    async def _take_sides(self, workspace: KeptWorkspace) -> None:
        """Put the versions that the person has named into the work, and into its tree.

        What they left there is under the ref of the attempt by now.
        """
        left = self.harvested
        self.harvested = await self.steps.threads.run(self._with_sides, workspace, left)
        if self.harvested.commit not in {None, left.commit}:
            # What it left beside that was told with its files.
            await self.steps.harvest.record(self.active.record, replace(self.harvested, left=()))

    def _with_sides(self, workspace: KeptWorkspace, found: Harvested) -> Harvested:
        """Return the work with the chosen versions; done again, it makes the same commit.

        Blocks, and belongs into a thread.
        """
        control, laid_out = self.steps.harvest.control, self._laid_out()
        if laid_out is None:
            return found
        left, conflict = found.commit or found.base, laid_out.conflict
        sides = chosen_sides(self.active.claim.task.choices, conflict)
        content = take_sides(control, left, conflict, sides)
        if content == control.tree_of(left):
            return found
        # The files before the commit is recorded: a crash in between finds them and goes on.
        if not workspace.tree.replace(left, content):
            raise _GivenBackError(Fault(BlockedKind.CONFLICT, Cause.CONFLICT, _CHANGED))
        entries = changed_files(control, found.base, content)
        if not entries and not self.active.claim.task.spec.merges:  # the branch has all of it
            return replace(found, commit=None, entries=())
        commit, ref = self.steps.harvest.save(workspace, content)
        return replace(found, commit=commit, ref=ref, entries=entries)

    async def _check(self, workspace: KeptWorkspace) -> None:
        """Check the work as a worker's is, but for a gate that it has passed before (RULES 3.1)."""
        active, steps, claim = self.active, self.steps, self.active.claim
        inputs = await active.record.checking(claim.task.result)
        await steps.threads.reach(Point.CHECK_BEGUN)
        jobs = steps.prepare.jobs
        job = await steps.threads.run(jobs.make, claim, workspace.tree.path, inputs)
        async with contextlib.AsyncExitStack() as surrounded:
            fault = None
            gate = not self.kind.facts.passed_checks
            if gate and claim.task.spec.gate:  # else no program runs that would need a setup
                around = steps.setup_teardown.around(active, job, own_tree=workspace.own_tree)
                fault = await surrounded.enter_async_context(around)
            if fault is None:
                fault = await steps.check.run(active, job, workspace, self.harvested, gate=gate)
        await steps.threads.reach(Point.CHECK_ENDED)
        if fault is not None:
            raise _GivenBackError(fault)
