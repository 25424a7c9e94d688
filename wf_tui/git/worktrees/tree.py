"""One worktree of the pool: prepared to be exactly a base, used by one attempt, harvested."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wf_tui.errors import GitError
from wf_tui.git.control.control import Control
from wf_tui.git.control.tree_names import Names
from wf_tui.git.erase import erase
from wf_tui.git.harvest.harvest import CAPS, Caps, Harvest, harvest
from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.git.worktrees.sweep import UnusableTreeError, sweep
from wf_tui.git.worktrees.worker_git import write_worker_git
from wf_tui.paths import RunPaths

__all__ = ["Tree", "prepare"]


@dataclass(frozen=True)
class Tree:
    """A worktree with the commit it was prepared from.

    What is known of it lies in files beside its index, so that it outlives the scheduler: the index
    (filled at least once), `released` and `harvested`.
    """

    number: int
    base: str
    worktree: WorktreeFiles
    git_dir: Path

    @classmethod
    def at(cls, control: Control, paths: RunPaths, number: int, base: str) -> "Tree":
        """Return the tree of this number, whether it is there yet or not."""
        name = str(number)
        worktree = WorktreeFiles(control, paths.trees / name, paths.indexes / name)
        return cls(number, base, worktree, paths.gits / name)

    @property
    def path(self) -> Path:
        """The worktree."""
        return self.worktree.path

    @property
    def released(self) -> Path:
        """A file whose time says when the worktree was given back to the pool, if it was."""
        return self.worktree.index.with_name(f"{self.number}.released")

    @property
    def harvested(self) -> Path:
        """A file that is there when what the attempt left is safe."""
        return self.worktree.index.with_name(f"{self.number}.harvested")

    def untouched(self) -> bool:
        """Whether the worktree was given back, and nothing in it was written since."""
        try:
            when = self.released.stat().st_mtime_ns
        except FileNotFoundError:
            return False
        if not self.worktree.is_folder():
            return False
        changed = (self.worktree.full(path.rstrip(b"/")) for path in self.worktree.changes().tags)
        return all(_written(path) <= when for path in changed)

    def harvest(self, scopes: Sequence[str] | None = None, caps: Caps = CAPS) -> Harvest:
        """Take the changed files; with `scopes`, only those, beside others in the same tree.

        Raises `HarvestRefusedError` when the worktree is gone or holds more than the caps.
        """
        with self.harvesting(scopes, caps) as found:
            return found

    @contextmanager
    def harvesting(
        self, scopes: Sequence[str] | None = None, caps: Caps = CAPS
    ) -> Iterator[Harvest]:
        """Harvest, and count the work as safe only if the block, which saves it, ends well."""
        # Away first: if this harvest breaks off, an older mark must not speak for newer files.
        self.harvested.unlink(missing_ok=True)
        yield self._harvest(scopes, caps)
        self.harvested.touch()

    def is_saved(self) -> bool:
        """Whether the work in it is safe, or there is none."""
        if self.harvested.exists() or not self.worktree.is_folder():
            return True
        try:
            if self.worktree.changes().tags:
                return False
            # Nor may the index differ from the base: a harvest that broke off left its files there.
            words = ("diff-index", "--cached", "--quiet", "--ignore-submodules=all")
            same = self.worktree.git(*words, "--end-of-options", self.base, ok=(0, 1))
        except GitError:
            return False
        return same.status == 0

    def peek(self, caps: Caps = CAPS) -> Harvest:
        """Return what a harvest would find, and leave the index as it is."""
        with self.worktree.on_a_copy() as worktree:
            return harvest(worktree, self.base, caps=caps)

    def _harvest(self, scopes: Sequence[str] | None, caps: Caps) -> Harvest:
        # In the shared tree others still work: their index must not learn of this one's files.
        if not (scopes and self.worktree.is_folder()):
            return harvest(self.worktree, self.base, scopes=scopes, caps=caps)
        with self.worktree.on_a_copy() as worktree:
            return harvest(worktree, self.base, scopes=scopes, caps=caps)


def prepare(tree: Tree, names: Names) -> None:
    """Make a worktree exactly its base, and a git directory for its worker.

    Raises `UnusableTreeError` for a used worktree that has to be thrown away.
    """
    worktree = tree.worktree
    # Git writes the index last, so that one that is there belongs to a tree that was once whole.
    fresh = not worktree.index.exists()
    if fresh:
        worktree.path.mkdir(mode=0o755, parents=True)
    elif not worktree.is_folder():
        raise UnusableTreeError("the worktree is not a folder")
    done = worktree.git("read-tree", "-u", "--reset", "--end-of-options", tree.base, ok=None)
    # A warning means that something is not as it should be, too.
    if done.status or done.stderr:
        raise UnusableTreeError(done.complaint)
    try:
        sweep(worktree.top, names)
    except OSError as error:
        raise UnusableTreeError(str(error)) from error
    # The content of a used worktree: what an old worker made look unchanged is found here.
    words = ("diff-files", "--quiet", "--ignore-submodules=all")
    if not fresh and worktree.git(*words, ok=None).status:
        raise UnusableTreeError("not clean after the checkout")
    if not erase(os.fsencode(tree.git_dir)):
        raise UnusableTreeError("the worker's git directory cannot be removed")
    write_worker_git(worktree, tree.git_dir, tree.base)


def _written(path: bytes) -> int:
    """Return when a file was last written or renamed; what is gone holds nothing to lose."""
    try:
        return os.lstat(path).st_ctime_ns  # of the kernel: no program sets it back, as it can mtime
    except FileNotFoundError:
        return 0
