"""Which tree an attempt works in (RULES 6.5), and what becomes of the tree afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wf_tui.git.merge.integrate import Conflict
    from wf_tui.git.worktrees.pool import Pool
    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.scheduler.context import RunContext

__all__ = ["Kept", "Left", "Workspace", "lay_out_conflict"]


def lay_out_conflict(
    pool: Pool, task: TaskRow, tree: Tree | None, commit: str, conflict: Conflict
) -> Tree | None:
    """Lay a conflict out for a person, where it is one's turn; return the tree that is kept.

    That is the very `tree` where nothing was laid: a worker tries once more, or a person has
    changed what would be overwritten. The shared tree is not one person's: they get a new one.
    """
    if task.by_hand:
        return (tree and pool.update_conflict(tree, commit, conflict)) or tree
    if not task.conflicts:
        return tree
    return pool.check_out_conflict(tree if task.isolation == "worktree" else None, conflict)


@dataclass(frozen=True)
class Left:
    """What became of a tree: why it is kept, and what readers changed in a snapshot."""

    kept: str = ""
    changed: tuple[str, ...] = ()


@dataclass
class Workspace:
    """The tree of one attempt; all methods block and belong into a thread."""

    site: RunContext
    claim: Claim
    tree: Tree

    @classmethod
    def enter(cls, site: RunContext, claim: Claim, head: str, checkpoint: str | None) -> Workspace:
        """Take a tree at the integration head; the shared one may be older, by its rules."""
        task = claim.task
        if task.isolation == "worktree":
            tree = site.pool.acquire(head)
            if checkpoint:
                site.pool.apply_checkpoint(tree, checkpoint)
        elif task.writes:
            tree = site.shared.enter(head)
        else:
            tree = site.snapshots.acquire(head)
        return cls(site, claim, tree)

    @property
    def shared_scope(self) -> tuple[str, ...] | None:
        """What a harvest may look at: in the shared tree only the task's own files."""
        shared = self.claim.task.isolation == "shared"
        return self.claim.task.scope or None if shared else None

    def leave(self, *, merged: bool, keep: bool, untouched: bool) -> Left:
        """Give the tree back; one that a person may need, or with work in it, is kept.

        `untouched` says that no program ran in it.
        """
        task = self.claim.task
        if task.isolation == "worktree":
            if keep:
                self.site.pool.keep(self.tree)
            elif not self.site.pool.release(self.tree, saved=untouched or not task.writes):
                return Left(kept="its work could not be harvested")
            return Left(kept="a task is blocked on it" if keep else "")
        if task.writes:
            self.site.shared.leave(merged=merged)
            return Left()
        return Left(changed=self.site.snapshots.release(self.tree))


class Kept(Workspace):
    """A tree that waited for a person; whatever its task asks for, nobody else is in it."""

    @property
    def shared_scope(self) -> None:
        """A harvest looks at all of it."""
        return
