"""The pool of a run's worktrees: taken at a base, given back, used again.

A used worktree is prepared anew in a few milliseconds; anything odd about one and it goes to the
trash, and a new one takes its number.
"""

import contextlib
import errno
import os
import threading
from collections.abc import Callable, Collection
from pathlib import Path

from wf_tui.disk_space import is_full
from wf_tui.errors import GitError
from wf_tui.git.control.changed_files import changed_files
from wf_tui.git.control.control import Control
from wf_tui.git.control.tree_names import Names, read_names
from wf_tui.git.erase import erase
from wf_tui.git.merge.branch_merge import merge_branch
from wf_tui.git.merge.conflict import Conflict
from wf_tui.git.merge.merge_tree import merge_trees
from wf_tui.git.worktrees.left_work import unfinished
from wf_tui.git.worktrees.local_files import LocalFileError
from wf_tui.git.worktrees.sweep import Survey, UnusableTreeError, survey
from wf_tui.git.worktrees.tree import Tree, prepare
from wf_tui.git.worktrees.worker_git import renew_worker_git
from wf_tui.paths import FIRST_OPENED_TREE, RunPaths, write_private

__all__ = ["Pool"]

_REMEMBERED = 4
"""Bases whose names are kept in memory: the current head and those before it, not all of a run."""

_FEW = 1_000
"""Changed files up to which the names of a base are made from those of another one."""


class Pool:
    """The worktrees of one run; safe to use from several threads.

    A number is a worktree's name on disk, in the ledger and here. Each belongs to one caller from
    `acquire`, `reopen` or `check_out_conflict` until it is released, kept or discarded; only the
    list of free ones is guarded, so that trees are filled side by side.

    A new pool has no free worktrees: those on disk stay as they are until recovery gives one back,
    or `wf clean` removes them. One process at a time has a pool of a run: its leader, or whoever
    holds the leader's lock. Beside it a person's may make worktrees of numbers that no pool gives
    out by itself, from `FIRST_OPENED_TREE` on.
    """

    def __init__(
        self,
        control: Control,
        paths: RunPaths,
        add_local_files: Callable[[Path], None] = lambda _: None,
    ) -> None:
        self.control = control
        self.paths = paths
        self._add_local_files = add_local_files
        """Puts into a fresh tree what does not come from git."""
        self._lock = threading.Lock()
        self._free: list[int] = []
        self._held_back: frozenset[int] = frozenset()
        self._kept: set[int] = set()
        self._names: dict[str, Names] = {}
        self._trashed = 0
        for folder in (paths.trees, paths.gits, paths.indexes, paths.trash):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Beyond all that exist, so that a new tree never takes the number of one left by a crash.
        existing = (number for number in self.existing() if number < FIRST_OPENED_TREE)
        self._next = max(existing, default=0) + 1

    def existing(self) -> tuple[int, ...]:
        """Return the numbers of the worktrees on disk, in order; other names there are not wf's."""
        names = (entry.name for entry in self.paths.trees.iterdir())
        return tuple(sorted(int(name) for name in names if name.isascii() and name.isdigit()))

    def acquire(self, base: str, *, number: int | None = None, wanted: int | None = None) -> Tree:
        """Return a worktree that is exactly `base`; of a certain number, where one is given.

        That of `number` is taken whatever it is, that of `wanted` where it is free, else another.
        It takes 8 ms at 100 files, 200 ms at 50,000. Local files are added to it; raises
        `LocalFileError` where these cannot be, `GitError` where no worktree can be made.
        """
        names, found = self._names_of(base), None
        if number is None:
            number, found = self._next_number(wanted, names)
        else:
            self._reserve(number)
        tree = Tree.at(self.control, self.paths, number, base, names)
        self._prepare(tree, found)
        try:
            self._add_local_files(tree.path)
        except (LocalFileError, OSError):
            # Nobody has worked in it: what it holds is the base, and can be had again.
            self.release(tree, saved=True)
            raise
        return tree

    def _prepare(self, tree: Tree, found: Survey | None = None) -> None:
        """Make a worktree its base; where that cannot be, a new one under the same number."""
        names = tree.names or self._names_of(tree.base)
        # Before the first file is written: a crash from here on must not leave a tree that looks
        # as if it was given back or harvested.
        for mark in (tree.released, tree.harvested, tree.for_gate, unfinished(tree.worktree)):
            mark.unlink(missing_ok=True)
        with contextlib.suppress(UnusableTreeError, GitError, OSError):
            prepare(tree, names, found)
            return
        # What is odd about it was a worker's doing, and a new tree costs less than to find out.
        if not self.discard(tree):
            raise GitError(f"cannot remove the worktree {tree.path}", "remove it by hand")
        try:
            prepare(tree, names)
        except UnusableTreeError as error:
            # Git names the file that it could not write, and not why.
            reason = os.strerror(errno.ENOSPC) if is_full(self.paths.trees) else str(error)
            raise GitError(f"cannot make a worktree at {tree.path}: {reason}") from error

    def reopen(self, number: int, base: str) -> Tree:
        """Return a worktree as it was left, not prepared: to harvest it after a restart.

        Also where it is gone: then the harvest says so. It belongs to the caller from here on.
        """
        self._reserve(number)
        tree = Tree.at(self.control, self.paths, number, base)
        # It is in use again: its mark would vouch for what is written from here on.
        tree.released.unlink(missing_ok=True)
        return tree

    def release(self, tree: Tree, *, saved: bool = False) -> bool:
        """Give a worktree back: all that is in it has been taken, the next attempt may have it.

        It is swept when it is next used, not now, since most are used again at once. One with work
        that is saved nowhere, in its files or in the git directory of its worker, is kept instead,
        and False returned; `saved` says that all of it is known to be somewhere else, or nobody's.
        """
        # Before it is judged: what is committed meanwhile is nobody's yet.
        named = tree.fingerprint()
        if not saved and tree.why_unsaved(named):
            self.keep(tree)
            return False
        # Before it is in the list: the next attempt compares what it finds with this time.
        write_private(tree.released, named.encode())
        with self._lock:
            # A restart may give back what was given back before, and nobody may get it twice.
            if tree.number not in self._free:
                self._free.append(tree.number)
        return True

    def keep(self, tree: Tree) -> None:
        """Leave a worktree to a person: it is not used again until it is released.

        Nor is it removed: without the mark of its release only its content can prove it saved (G8).
        """
        self._reserve(tree.number)
        for mark in (tree.released, tree.for_gate):
            mark.unlink(missing_ok=True)
        with self._lock:
            self._kept.add(tree.number)

    def reclaim(self, numbers: Collection[int]) -> None:
        """Take over worktrees that an earlier process has given back, or kept; blocks.

        Called when a scheduler starts, for those that sessions belong to. One in which anything was
        written since is left as it is.
        """
        given_back = [number for number in numbers if self._is_as_given_back(number)]
        with self._lock:
            self._free += [number for number in given_back if number not in self._free]
            # Whether the work in them is saved is looked at as one of them is wanted.
            self._kept |= {number for number in numbers if number not in given_back}

    def hold_back(self, numbers: Collection[int]) -> None:
        """Give these worktrees only to who wants one of them, until this is called again.

        The session of a coding agent belongs to a folder: the scheduler says with each look which
        ones the sessions of waiting tasks are for.
        """
        with self._lock:
            self._held_back = frozenset(numbers)

    def hold_back_also(self, number: int) -> None:
        """Hold back one more, before it is released: until then the scheduler knows nothing of it.

        Else whoever is being prepared in that moment would get it.
        """
        with self._lock:
            self._held_back |= {number}

    def free(self) -> tuple[int, ...]:
        """Return the numbers of the worktrees that wait for an attempt.

        As of now: another thread may take one before the caller looks.
        """
        with self._lock:
            return tuple(self._free)

    def check_out_conflict(self, tree: Tree | None, conflict: Conflict, laid_out: str) -> Tree:
        """Fill a worktree, or a new one, with a conflict as it was laid out; base is its head.

        A later harvest takes what a person made of it. What `tree` held is overwritten, where its
        harvest has all of it; else it is kept beside a new one. Raises `GitError` where no worktree
        can be made.
        """
        if tree and tree.why_unsaved():
            self.keep(tree)
            tree = None
        number = self._reserve(tree.number) if tree else self._next_number()[0]
        refilled = Tree.at(self.control, self.paths, number, conflict.head)
        self._prepare(refilled)
        refilled.fill_with_changes(laid_out)
        with contextlib.suppress(LocalFileError):  # what they resolve does not hang on these
            self._add_local_files(refilled.path)
        return refilled

    def check_out_work(
        self, base: str, commit: str, *, number: int | None = None, for_gate: bool = False
    ) -> Tree:
        """Return a worktree at `base` in which the work of a commit shows as changes.

        The commit has what is in it, so it may always be given back; `for_gate` says that nobody
        will work in it. `number` as in `acquire`, and raises as that does.
        """
        tree = self.acquire(base, number=number)
        try:
            tree.fill_with_changes(commit)
        except GitError:
            self.release(tree, saved=True)
            raise
        write_private(tree.harvested, tree.fingerprint().encode())
        if for_gate:
            tree.for_gate.touch()
        return tree

    def update_conflict(self, tree: Tree, conflict: Conflict, laid_out: str) -> Tree | None:
        """Bring a worktree from the work that is in it to a conflict of that, as it was laid out.

        What a person changed since, or git does not track, stays. Where that is in the way, or they
        have committed what is nowhere else, nothing is touched, and None returned.
        """
        if tree.why_unsaved() or not tree.replace(conflict.commit, laid_out):
            return None
        return self._on_head_of(tree, conflict)

    def renew_conflict(
        self, tree: Tree, before: str, conflict: Conflict, laid_out: str
    ) -> Tree | None:
        """Bring a worktree from a conflict as it was laid out, `before`, to another one.

        Where a person has changed or committed anything there, nothing is touched, and None
        returned.
        """
        if tree.peek().tree_oid != before or tree.left_over(before):
            return None
        return self._on_head_of(tree, conflict) if tree.replace(before, laid_out) else None

    def _on_head_of(self, tree: Tree, conflict: Conflict) -> Tree:
        updated = Tree.at(self.control, self.paths, tree.number, conflict.head)
        # The files are the merge's; the index goes to its head, so that they show as changes.
        updated.worktree.git("read-tree", "--reset", "--end-of-options", conflict.head)
        updated.harvested.unlink(missing_ok=True)
        renew_worker_git(updated.worktree, updated.git_dir, conflict.head)
        return updated

    def apply_checkpoint(self, tree: Tree, checkpoint: str) -> bool:
        """Bring what an earlier attempt did into a fresh worktree, merged onto its base.

        Returns False, and leaves the worktree as it is, when the two do not merge. Where git cannot
        do it, the worktree is given back.
        """
        try:
            merge = merge_trees(self.control, tree.base, checkpoint)
            if merge.clean:
                tree.fill_with_changes(merge.tree)
        except GitError:
            self.release(tree, saved=True)
            raise
        return merge.clean

    def lay_out_branch(self, tree: Tree, commit: str, task: str) -> None:
        """Bring another branch into a fresh worktree, merged onto its base, conflicts and all.

        `task` is the id of the task that is to settle them. Where git cannot do it, the worktree
        is given back.
        """
        try:
            tree.fill_with_changes(merge_branch(self.control, tree.base, commit, task).content)
        except GitError:
            self.release(tree, saved=True)
            raise

    def discard(self, tree: Tree) -> bool:
        """Throw a worktree away with all that belongs to it; return whether it is gone.

        For the caller to whom it belongs, or whoever has proof that nobody's work is in it. The
        number may be used again as soon as this returns True.
        """
        with self._lock:
            self._free = [number for number in self._free if number != tree.number]
            self._trashed += 1
            trash = self.paths.trash / f"{tree.number}-{os.getpid()}-{self._trashed}"
        # The rename frees the number at once; deleting what may be gigabytes comes last.
        moved = True
        if os.path.lexists(tree.path):
            try:
                tree.path.rename(trash)
            except OSError:
                moved = erase(tree.worktree.top)
        index = tree.worktree.index
        for path in (tree.git_dir, index, Path(f"{index}.lock"), *tree.marks):
            moved &= erase(os.fsencode(path))
        erase(os.fsencode(trash))
        return moved

    def empty_trash(self) -> None:
        """Try again to delete what an earlier process could not, or had no time to.

        Called once, when a scheduler starts; what still cannot be deleted is left in silence.
        """
        for entry in self.paths.trash.iterdir():
            erase(os.fsencode(entry))

    def _next_number(
        self, wanted: int | None = None, names: Names | None = None
    ) -> tuple[int, Survey | None]:
        """Return the number of a worktree to use again, or of one that is yet to be made.

        Where `names` says what it shall become, with what was found in it.
        """
        if wanted is not None and self._take_back(wanted):
            return wanted, None
        while True:
            with self._lock:
                # Its own first; then the last one back, whose files the disk cache still has.
                mine = [number for number in self._free if number == wanted]
                others = [number for number in self._free if number not in self._held_back]
                candidates = others + mine
                if not candidates:
                    break
                number = candidates[-1]
                self._free.remove(number)
            found = self._survey(number, names) if names else None
            # Else a person has written in it meanwhile: it is left to them, and forgotten here.
            if self._is_as_given_back(number, found):
                return number, found
        with self._lock:
            # Somebody else made it, or it is gone and its git directory still holds something.
            while any(
                os.path.lexists(folder / str(self._next))
                for folder in (self.paths.trees, self.paths.gits)
            ):
                self._next += 1
            self._next += 1
            return self._next - 1, None

    def _take_back(self, number: int) -> bool:
        """Take a worktree that was kept for a person, where its work was sent back and is saved."""
        with self._lock:
            if number not in self._kept:
                return False
            self._kept.remove(number)
        tree = Tree.at(self.control, self.paths, number, self.control.base)
        with contextlib.suppress(GitError, OSError):
            if tree.worktree.is_folder() and not tree.why_unsaved():
                return True
        with self._lock:
            self._kept.add(number)
        return False

    def _survey(self, number: int, names: Names) -> Survey | None:
        """Return what lies in a worktree; None where not all of it can be seen."""
        try:
            return survey(os.fsencode(self.paths.trees / str(number)), names)
        except OSError:
            return None

    def _is_as_given_back(self, number: int, found: Survey | None = None) -> bool:
        """Whether nobody wrote in a worktree since: what a person did there is nowhere else."""
        try:
            return Tree.at(self.control, self.paths, number, self.control.base).untouched(found)
        except (GitError, OSError):
            return False

    def _reserve(self, number: int) -> int:
        """Take a number out of those that are given to anybody."""
        with self._lock:
            self._free = [free for free in self._free if free != number]
            if number < FIRST_OPENED_TREE:
                self._next = max(self._next, number + 1)
        return number

    def _names_of(self, base: str) -> Names:
        """Return the names of a base; the last few are remembered, many attempts share one."""
        with self._lock:
            known = self._names.get(base)
        if known is None:
            # Without the lock: two threads may read the same names, none waits for another's git.
            known = self._names_from_others(base) or read_names(self.control, base)
            with self._lock:
                for old in list(self._names)[: max(0, len(self._names) - _REMEMBERED + 1)]:
                    del self._names[old]
                self._names[base] = known
        return known

    def _names_from_others(self, base: str) -> Names | None:
        """Return the names of a base from those of the last one, where little has changed since."""
        with self._lock:
            other = next(reversed(self._names), None)
            names = self._names.get(other or "")
        # A git of its own would cost as much as reading all.
        if other is None or names is None or self.control.kept is None:
            return None
        entries = changed_files(self.control, other, base)
        return names.after(entries) if len(entries) <= _FEW else None
