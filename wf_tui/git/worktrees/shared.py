"""The run's one shared worktree, for tasks that ask to write side by side in the same files.

Each attempt is harvested by its own scope; the ledger sees to it that scopes in here never overlap.
"""

import threading

from wf_tui.git.control.control import Control
from wf_tui.git.harvest.harvest import HarvestRefusedError
from wf_tui.git.refs import leftover_ref
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.tree import Tree

__all__ = ["SharedTree", "keep_leftovers"]


class SharedTree:
    """One worktree, entered by any number of attempts; thread-safe but for `renew`.

    It is brought to the integration head only when nobody works in it, so that no file changes
    under a running attempt. Who needs a newer head waits: the ledger does not let it be claimed.
    The lock is held while the tree is filled, so that a second attempt never finds half of it.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._tree: Tree | None = None
        self._attempts = 0
        self._filled_for = self.turn = 0
        """For which turn it was filled, and whose turn it is: see `renew`."""

    def renew(self) -> None:
        """Have the tree brought to the head by whoever enters it from now on.

        Called on the event loop when nobody is in it by the ledger. Attempts that have ended there
        do nothing in it any more, but may not have left it yet.
        """
        self.turn += 1

    def enter(self, head: str, turn: int = 0) -> Tree:
        """Let an attempt in; the first one of a turn finds the tree at `head`, others as it is.

        `turn` is that of when it was claimed. Raises what `Pool.acquire` raises; then nobody was
        let in.
        """
        with self._lock:
            if self._tree is None or self._attempts == 0 or self._filled_for < turn:
                # One that could not be filled may be anybody's by now.
                before, self._tree = self._tree, None
                if before is not None and self._save_leftovers(before):
                    self._tree = self._pool.acquire(head, number=before.number)
                else:
                    self._tree = self._pool.acquire(head)
                self._filled_for = max(self._filled_for, turn)
            self._attempts += 1
            return self._tree

    def resume(self, tree: Tree) -> None:
        """Count in an attempt that was in the tree before a restart.

        For recovery, before any claim: each attempt that it resumes has the same tree.
        """
        with self._lock:
            self._tree = tree
            self._attempts += 1

    def leave(self) -> None:
        """Let an attempt out; what it leaves behind is saved before the tree is brought on.

        Not saved now: others may be in the tree still, and their files are not finished.
        """
        with self._lock:
            self._attempts -= 1

    def close(self) -> None:
        """Give the tree back to the pool, at the end of the run.

        While attempts are still in it, it stays theirs and this does nothing.
        """
        with self._lock:
            if self._tree is not None and self._attempts == 0:
                if self._save_leftovers(self._tree):
                    self._pool.release(self._tree, saved=True)
                self._tree = None

    def _save_leftovers(self, tree: Tree) -> bool:
        """Save what is left in the tree; where it is too much, keep the tree and return False."""
        try:
            if keep_leftovers(self._pool.control, tree):
                return True
        except HarvestRefusedError:
            pass  # more than the caps
        self._pool.keep(tree)
        return False


def keep_leftovers(control: Control, tree: Tree) -> bool:
    """Save what is in a tree but in no harvest, by its content; return whether that is all of it.

    An attempt is harvested by its scope alone: what lies outside of all scopes would be lost. What
    no tree can hold, and what its git directory still holds, is not saved here. Raises
    `HarvestRefusedError` where there is more than the caps of a harvest.
    """
    if not tree.worktree.is_folder():
        return not tree.left_over(control.tree_of(tree.base))
    found = tree.peek()
    if found.tree_oid not in {control.tree_of(tree.base), control.tree_of(control.ref)}:
        # Named by its content: saving the same again, after a crash, makes the same ref.
        control.create(leftover_ref(found.tree_oid), found.tree_oid)
    return not (any(one.keeps_tree for one in found.refused) or tree.left_over(found.tree_oid))
