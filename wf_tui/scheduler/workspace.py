"""Which tree an attempt works in (DESIGN 6.5), and what becomes of the tree afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.git.integrate import Conflict
from wf_tui.git.merge import merge_trees

if TYPE_CHECKING:
    from wf_tui.git.tree import Tree
    from wf_tui.ledger.claims import Claim
    from wf_tui.scheduler.site import Site

__all__ = ["Workspace"]


@dataclass
class Workspace:
    """The tree of one attempt; all methods block and belong into a thread."""

    site: Site
    claim: Claim
    tree: Tree

    @classmethod
    def enter(cls, site: Site, claim: Claim, head: str, checkpoint: str | None) -> Workspace:
        """Take a tree at the integration head; the shared one may be older, by its rules."""
        task = claim.task
        if task.isolation == "worktree":
            tree = site.pool.acquire(head)
            if checkpoint:
                tree = _with_checkpoint(site, tree, head, checkpoint)
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

    def leave(self, *, merged: bool, keep: bool) -> tuple[str, ...]:
        """Give the tree back; return what a reader changed in a snapshot that nobody may change."""
        task = self.claim.task
        if task.isolation == "worktree":
            if keep:
                self.site.pool.keep(self.tree)
            else:
                self.site.pool.release(self.tree)
            return ()
        if task.writes:
            self.site.shared.leave(merged=merged)
            return ()
        return self.site.snapshots.release(self.tree)


def _with_checkpoint(site: Site, tree: Tree, head: str, commit: str) -> Tree:
    """Start from what the attempt before left, where that merges with the head."""
    merge = merge_trees(site.control, head, commit)
    if not merge.clean:
        return tree
    return site.pool.refill(tree, Conflict((), "", head, merge.tree))
