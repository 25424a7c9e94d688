"""Read snapshots: one worktree for all read-only tasks that look at the same commit.

A hundred reviewers of one head cost one tree instead of a hundred.
"""

import threading
from dataclasses import dataclass, field

from wf_tui.git.path_bytes import decode_path
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.tree import Tree

__all__ = ["Snapshots"]


@dataclass
class _Snapshot:
    """A worktree with its readers; `tree` is None until the first of them has prepared it."""

    tree: Tree | None = None
    readers: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Snapshots:
    """The read snapshots of a run, one for each integration commit in use; thread-safe.

    Two locks: the one of all is held for a moment, the one of a snapshot while its tree is filled,
    so that readers of other commits need not wait for that.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._open: dict[str, _Snapshot] = {}

    def acquire(self, commit: str, wanted: int | None = None) -> Tree:
        """Return the worktree of `commit`; the first reader has it made, the others wait for it.

        The first one may want a number, and gets it where that is free. Raises what `Pool.acquire`
        raises. Each call that returns needs a `release` of its own.
        """
        with self._lock:
            # Counted in before it is made, so that no reader who leaves meanwhile is the last one.
            snapshot = self._open.setdefault(commit, _Snapshot())
            snapshot.readers += 1
        try:
            with snapshot.lock:
                if snapshot.tree is None:
                    snapshot.tree = self._pool.acquire(commit, wanted=wanted)
                return snapshot.tree
        except BaseException:
            self._leave(commit)
            raise

    def join(self, commit: str) -> Tree | None:
        """Return the worktree of a commit that somebody reads by now, without git; else None.

        Each call that returns a tree needs a `release` of its own, as with `acquire`.
        """
        with self._lock:
            snapshot = self._open.get(commit)
            if snapshot is None or snapshot.tree is None:
                return None
            snapshot.readers += 1
            return snapshot.tree

    def release(self, tree: Tree) -> tuple[str, ...]:
        """Let a reader go; when it was the last, return the paths that somebody changed.

        The worktree goes back to the pool, where the next use resets it. A reader has no business
        to change anything: the scheduler tells of the paths, and none of it is harvested.
        """
        snapshot = self._leave(tree.base)
        if snapshot is None:
            return ()
        if tree.worktree.is_folder():
            changed = sorted(decode_path(path) for path in tree.worktree.changes().tags)
        else:
            changed = ["."]  # the whole worktree is gone
        self._pool.release(tree, saved=True)
        return tuple(changed)

    def leave_to_others(self, tree: Tree) -> bool:
        """Let a reader go that is not the last one, without git; False for the last, who stays."""
        with self._lock:
            snapshot = self._open[tree.base]
            if snapshot.readers == 1:
                return False
            snapshot.readers -= 1
            return True

    def _leave(self, commit: str) -> _Snapshot | None:
        """Count a reader out; return the snapshot when it was the last."""
        with self._lock:
            snapshot = self._open[commit]
            snapshot.readers -= 1
            return self._open.pop(commit) if snapshot.readers == 0 else None
