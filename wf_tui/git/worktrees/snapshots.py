"""Read snapshots: one worktree for all read-only tasks that look at the same commit.

A hundred reviewers of one head cost one tree instead of a hundred.
"""

import os
import threading
from dataclasses import dataclass, field

from wf_tui.git.path_bytes import decode_path
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.stat_print import stat_print
from wf_tui.git.worktrees.tree import Tree

__all__ = ["Snapshots"]


@dataclass
class _Snapshot:
    """A worktree with its readers; `tree` is None until the first of them has prepared it."""

    tree: Tree | None = None
    filled: bytes | None = None
    """The print of its files as they were made; None where they could not be read."""
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
        """By commit: those that one more reader may come into."""
        self._read: dict[int, _Snapshot] = {}
        """By the number of their tree: all that have readers."""

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
                    tree = self._pool.acquire(commit, wanted=wanted)
                    snapshot.filled = _print_of(tree)
                    with self._lock:
                        self._read[tree.number] = snapshot
                    snapshot.tree = tree
                return snapshot.tree
        except BaseException:
            self._leave(snapshot, commit)
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

    def may_pass_on(self, tree: Tree) -> bool:
        """Whether what a reader leaves may go to whoever waits for its end, without git.

        Only what is as it was made. What a reader has changed is shut for all who come later, and
        they get another snapshot; those who are in it go on.
        """
        with self._lock:
            snapshot = self._read[tree.number]
        found = _print_of(tree)
        if found is not None and found == snapshot.filled:
            return True
        with self._lock:
            self._shut(snapshot, tree.base)
        return False

    def release(self, tree: Tree) -> tuple[str, ...]:
        """Let a reader go; when it was the last, return the paths that somebody changed.

        The worktree goes back to the pool, where the next use resets it. A reader has no business
        to change anything: the scheduler tells of the paths, and none of it is harvested.
        """
        if not self._leave(self._read[tree.number], tree.base):
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
            snapshot = self._read[tree.number]
            if snapshot.readers == 1:
                return False
            snapshot.readers -= 1
            return True

    def _leave(self, snapshot: _Snapshot, commit: str) -> bool:
        """Count a reader out; return whether it was the last, with whom the snapshot ends."""
        with self._lock:
            snapshot.readers -= 1
            if snapshot.readers:
                return False
            self._shut(snapshot, commit)
            if snapshot.tree is not None:
                del self._read[snapshot.tree.number]
            return True

    def _shut(self, snapshot: _Snapshot, commit: str) -> None:
        # Another one may be open for the same commit by now.
        if self._open.get(commit) is snapshot:
            del self._open[commit]


def _print_of(tree: Tree) -> bytes | None:
    """Return the print of a snapshot's files, those of its git directory too.

    What a reader has written there acts on the git commands of the next one.
    """
    try:
        return stat_print(os.fsencode(tree.path), os.fsencode(tree.git_dir))
    except OSError:
        return None
