"""Which tree an attempt works in (RULES 6.5), and what becomes of the tree afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.plan.choices import Isolation
from wf_tui.values import frozen

if TYPE_CHECKING:
    from wf_tui.git.worktrees.pool import Pool
    from wf_tui.git.worktrees.shared import SharedTree
    from wf_tui.git.worktrees.snapshots import Snapshots
    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.rules.claims import Claim

__all__ = ["KeptWorkspace", "Left", "RefilledWorkspace", "Trees", "Workspace"]


@frozen
class Trees:
    """Where the worktrees of a run come from."""

    pool: Pool
    snapshots: Snapshots
    """One for all tasks that only read the same commit."""
    shared: SharedTree
    """The one for tasks that ask to write side by side."""


@frozen
class Left:
    """What became of a tree: why it is kept, and what readers changed in a snapshot."""

    kept: str = ""
    changed: tuple[str, ...] = ()


@frozen
class Workspace:
    """The tree of one attempt; all methods block and belong into a thread.

    What is entered has to be left, once. Snapshots and the shared tree count who is in them.
    """

    trees: Trees
    claim: Claim
    tree: Tree
    checkpoint_applied: bool = False
    """Whether the work of an earlier attempt is in it, which may not merge with the head."""

    @classmethod
    def enter(
        cls, trees: Trees, claim: Claim, head: str, checkpoint: str | None, turn: int = 0
    ) -> Workspace:
        """Take a tree at the integration head; the shared one may be older, by its rules.

        `turn` is that of the shared tree when the claim was made.
        `checkpoint` is the commit of an earlier attempt, from which this one goes on. The tree is
        that of the session which the claim goes on with, where it is free. Raises `GitError`,
        `OSError` or `LocalFileError`; then there is nothing to leave.
        """
        task, applied = claim.task, False
        wanted = int(claim.tree) if claim.tree else None
        if task.isolation is Isolation.WORKTREE:
            tree = trees.pool.acquire(head, wanted=wanted)
            if checkpoint:
                applied = trees.pool.apply_checkpoint(tree, checkpoint)
            if task.spec.merges and not applied:
                trees.pool.lay_out_branch(tree, task.spec.merges, task.id)
        elif task.writes:
            tree = trees.shared.enter(head, turn)
        else:
            tree = trees.snapshots.acquire(head, wanted)
        return cls(trees, claim, tree, applied)

    @classmethod
    def join(cls, trees: Trees, claim: Claim, head: str) -> Workspace | None:
        """Take the snapshot of `head` where others read it by now: nothing blocks. Else None."""
        if claim.task.isolation is Isolation.WORKTREE or claim.task.writes:
            return None
        tree = trees.snapshots.join(head)
        return None if tree is None else cls(trees, claim, tree)

    @property
    def own_tree(self) -> bool:
        """Whether nobody else works in the tree: only then the plan's `setup` may."""
        return self.claim.task.isolation is Isolation.WORKTREE

    @property
    def is_snapshot(self) -> bool:
        """Whether it is one that all read who start from the same commit."""
        return not (self.own_tree or self.claim.task.writes)

    @property
    def shared_scope(self) -> tuple[str, ...] | None:
        """What a harvest may look at: in the shared tree only the task's own files."""
        if self.claim.task.isolation is not Isolation.SHARED:
            return None
        return self.claim.task.scope or None

    def review_tree(self, commit: str | None) -> Tree | None:
        """Return the tree in which a person finds the work; None where there is nothing to find.

        The shared tree is not theirs alone, and a snapshot belongs to all who read it: they get the
        work in a tree of its own.
        """
        if self.own_tree:
            return self.tree
        if commit is None:
            return None
        # At its own base, not at the head: the commit is shown as the difference to that.
        tree = self.trees.pool.acquire(self.tree.base)
        self.trees.pool.apply_checkpoint(tree, commit)
        return tree

    @property
    def in_session(self) -> bool:
        """Whether it is where the session of its agent belongs, so that this may go on."""
        return self.claim.session is not None and self.claim.tree == str(self.tree.number)

    def hold_back(self) -> None:
        """Let nobody else have the tree as it is given back: the session in it may go on."""
        self.trees.pool.hold_back_also(self.tree.number)

    def may_pass_on(self) -> bool:
        """Whether whoever waits for its end may come into its snapshot before it leaves that."""
        return self.trees.snapshots.may_pass_on(self.tree)

    def leave_to_others(self) -> Left | None:
        """Leave a snapshot that others still read: nothing blocks. None where it is to be left.

        What readers have changed in it is told by the last of them.
        """
        if not self.is_snapshot:
            return None
        return Left() if self.trees.snapshots.leave_to_others(self.tree) else None

    def leave(self, *, keep: bool, untouched: bool, unsaved: str = "") -> Left:
        """Give the tree back; one that a person may need, or with work in it, is kept.

        `untouched` says that no program ran in it; `unsaved` what its harvest found that nothing
        else can hold, for the reason. Raises `GitError` or `OSError` where the machine
        does not let it be given back; nobody else gets it then.
        """
        task = self.claim.task
        if task.isolation is Isolation.WORKTREE:
            if keep:
                self.trees.pool.keep(self.tree)
                return Left(kept="a task is blocked on it")
            # The pool looks for itself whether the work is saved, where some can be there (G8).
            if self.trees.pool.release(self.tree, saved=untouched or not task.writes):
                return Left()
            return Left(kept=unsaved or self.tree.why_unsaved())
        if task.writes:
            self.trees.shared.leave()
            return Left()
        return Left(changed=self.trees.snapshots.release(self.tree))


class KeptWorkspace(Workspace):
    """A tree that waited for a person; whatever its task asks for, nobody else is in it."""

    @property
    def own_tree(self) -> bool:
        """A person's tree is theirs alone."""
        return True

    @property
    def shared_scope(self) -> None:
        """A harvest looks at all of it."""
        return


class RefilledWorkspace(KeptWorkspace):
    """A tree with work that was harvested before, to be judged once more; nobody else is in it."""

    @classmethod
    def lay_out(cls, trees: Trees, claim: Claim, base: str, commit: str) -> RefilledWorkspace:
        """Fill a tree with the work of `commit` on `base`; raises as `enter` does."""
        return cls(trees, claim, trees.pool.check_out_work(base, commit))

    def leave(self, *, keep: bool, untouched: bool, unsaved: str = "") -> Left:
        """Give the tree back, whatever its task asks for: the commit has all that is in it."""
        del untouched, unsaved  # asked of every workspace
        if keep:
            self.trees.pool.keep(self.tree)
            return Left(kept="a task is blocked on it")
        self.trees.pool.release(self.tree, saved=True)
        return Left()
