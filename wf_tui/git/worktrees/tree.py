"""One worktree of the pool: prepared to be exactly a base, used by one attempt, harvested.

The pool alone makes these; attempts, recovery and `wf clean` get them from it.
"""

import contextlib
import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from wf_tui.errors import GitError
from wf_tui.git.control.caps import Caps
from wf_tui.git.control.changed_files import Entry, changed_files
from wf_tui.git.control.control import Control
from wf_tui.git.control.tree_names import Names
from wf_tui.git.control.user_view import laid_out_packed_refs
from wf_tui.git.erase import erase
from wf_tui.git.harvest.harvest import Harvest, harvest
from wf_tui.git.harvest.submodules import changed_submodules
from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.git.path_bytes import encode_path
from wf_tui.git.worktrees.committed_paths import committed_paths
from wf_tui.git.worktrees.left_work import LeftWork, keep_left_work, left_over, unfinished
from wf_tui.git.worktrees.sweep import Survey, UnusableTreeError, survey, sweep
from wf_tui.git.worktrees.worker_git import write_worker_git
from wf_tui.git.worktrees.worker_refs import ODD, OddGitDirError, WorkerRefs, read_worker_refs
from wf_tui.paths import RunPaths, write_private

__all__ = ["Tree", "prepare"]

# Git then writes the bytes as they are stored, as it does in the checkout of the user.
_UNCONVERTED = re.compile(
    rb"^error: (?:failed to encode|BOM is (?:prohibited|required) in) .*\n", re.MULTILINE
)


@dataclass(frozen=True)
class Tree:
    """A worktree with the commit it was prepared from.

    What is known of it lies in files beside its index, so that it outlives the scheduler: the index
    (filled at least once), `released` and `harvested`. Both hold the fingerprint of what the git
    directory of its worker named then: with another one they speak for it no longer.
    """

    number: int
    base: str
    worktree: WorktreeFiles
    names: Names | None = field(default=None, compare=False, repr=False)
    """Those of the base, where they are known: a harvest asks git for less."""

    @classmethod
    def at(
        cls, control: Control, paths: RunPaths, number: int, base: str, names: Names | None = None
    ) -> "Tree":
        """Return the tree of this number, whether it is there yet or not.

        Nothing is read from the disk. `base` is what its content will be compared with.
        """
        name = str(number)
        worktree = WorktreeFiles(
            control, paths.trees / name, paths.indexes / name, paths.gits / name
        )
        return cls(number, base, worktree, names)

    @property
    def path(self) -> Path:
        """The worktree."""
        return self.worktree.path

    @property
    def git_dir(self) -> Path:
        """The git directory of its worker."""
        return self.worktree.worker_git

    @property
    def released(self) -> Path:
        """A file that is there when the worktree was given back to the pool; its time says when."""
        return self.worktree.index.with_name(f"{self.number}.released")

    @property
    def attributes(self) -> Path:
        """A file that says which `.gitattributes` the files were written by."""
        return self.worktree.index.with_name(f"{self.number}.attributes")

    @property
    def harvested(self) -> Path:
        """A file that is there when what the attempt left is safe."""
        return self.worktree.index.with_name(f"{self.number}.harvested")

    @property
    def for_gate(self) -> Path:
        """A file that is there while the worktree holds a merge that a gate is asked about.

        Nobody works in such a one: what is in it beside the merge is litter of the gate.
        """
        return self.worktree.index.with_name(f"{self.number}.gate")

    @property
    def marks(self) -> tuple[Path, ...]:
        """All files that say something of what is in it now."""
        own = self.released, self.harvested, self.attributes, self.for_gate
        return *own, unfinished(self.worktree)

    def fingerprint(self) -> str:
        """Return a text that is another one when the git directory names anything else.

        A few files are read, no git is run. Those that cannot be read have one and the same.
        """
        return _fingerprint(self._read_refs())

    def _read_refs(self) -> WorkerRefs | None:
        """Return what the git directory names now; None where that cannot be read."""
        try:
            laid_out = laid_out_packed_refs(self.worktree.control.git_dir)
            return read_worker_refs(self.git_dir, laid_out)
        except OddGitDirError:
            return None

    def _vouches(self, mark: Path, named: str = "") -> bool:
        """Whether a mark is there, and was made when the git directory was as it is now.

        `named` is the fingerprint of now, from who has just asked for it.
        """
        try:
            return mark.read_text(encoding="ascii") == (named or self.fingerprint())
        except FileNotFoundError:
            return False

    def untouched(self, found: Survey | None = None) -> bool:
        """Whether the worktree was given back, and nothing was written or committed in it since.

        Only what differs from the index is looked at: a person's work is a difference. Asked before
        a free tree is used again, as what they wrote there is nowhere else (G8). One command of
        git, or none where `found`, a survey of now, has nothing new; raises `GitError`, `OSError`.
        """
        if not (self._vouches(self.released) and self.worktree.is_folder()):
            return False
        when = self.released.stat().st_mtime_ns
        if found and found.newest <= when:
            return True
        for path in self.worktree.changes().tags:
            try:
                # The time of the kernel: no program sets it back, as it can the other one.
                written = os.lstat(self.worktree.full(path.rstrip(b"/"))).st_ctime_ns
            except FileNotFoundError:
                continue  # what is gone holds nothing to lose
            if written > when:
                return False
        return True

    def harvest(self, scopes: Sequence[str] | None = None, caps: Caps | None = None) -> Harvest:
        """Take the changed files; with `scopes`, only those, beside others in the same tree.

        Raises `HarvestRefusedError` when the worktree is gone or holds more than the caps.
        """
        with self.harvesting(scopes, caps) as (found, _):
            return found

    @contextmanager
    def harvesting(
        self, scopes: Sequence[str] | None = None, caps: Caps | None = None, *, refs: str = ""
    ) -> Iterator[tuple[Harvest, LeftWork]]:
        """Harvest, and count the work as safe only if the block, which saves it, ends well.

        The block makes the commit and its ref. What the worker's git directory holds beside that
        comes under refs that begin with `refs`; where some of it does not, or the harvest refused
        something, the tree is not safe. Raises as `harvest` does.
        """
        # Away first: if this harvest breaks off, an older mark must not speak for newer files.
        self.harvested.unlink(missing_ok=True)
        # Once, and before it is judged: what is named later is in no harvest.
        read = self._read_refs()
        take = partial(
            harvest,
            base=self.base,
            caps=caps,
            committed=partial(self._committed, read),
            names=self.names,
        )
        if scopes and self.worktree.is_folder():
            # In the shared tree others still work: their index must not learn of this one's files.
            with self.worktree.on_a_copy() as worktree:
                found = take(worktree, scopes=scopes)
        else:
            found = take(self.worktree, scopes=scopes)

        def content() -> str:
            # Of several in one tree, what a worker has committed may be of the files of all.
            return self.peek().tree_oid if scopes else found.tree_oid

        # With scopes it was asked of an index that has the files of this one alone.
        ignored = None if scopes else [encode_path(path) for path in found.ignored]
        left = self.keep_left(refs, content, ignored, read)
        yield found, left
        if not (left.unsaved or any(refused.keeps_tree for refused in found.refused)):
            write_private(self.harvested, _fingerprint(read).encode())

    def keep_left(
        self,
        refs: str,
        content: Callable[[], str] | None = None,
        ignored: Collection[bytes] | None = None,
        read: WorkerRefs | None = None,
    ) -> LeftWork:
        """Bring what its git directory holds beside a harvest under refs that begin with `refs`.

        `content` gives the tree of the harvest, which where none was possible is the base;
        `ignored` is what that found to be ignored, `read` what the directory names, from who has
        just looked. Without `refs` all that is found counts as unsaved.
        """
        what = content or self._base_tree
        where = self.worktree, self.git_dir, self.base
        if refs:
            return keep_left_work(*where, what, refs, ignored, read)
        return LeftWork(unsaved=left_over(*where, what, ignored, read))

    def _committed(self, read: WorkerRefs | None = None) -> frozenset[bytes]:
        """Return what the worker has committed otherwise than the base; nothing where it is odd."""
        refs = read or self._read_refs()
        with contextlib.suppress(OddGitDirError, GitError, OSError):
            return committed_paths(self.worktree, self.base, refs) if refs else frozenset()
        return frozenset()

    def _base_tree(self) -> str:
        return self.worktree.control.tree_of(self.base)

    def left_over(self, content: str) -> str:
        """Return what its git directory holds beside `content` and no ref does, as a clause."""
        return left_over(self.worktree, self.git_dir, self.base, lambda: content)

    def why_unsaved(self, named: str = "") -> str:
        """Return what of the work in it is not safe, as a clause; "" where there is none.

        Asked before it is given to others or filled anew (promise G8). In doubt it is not safe.
        `named` is its fingerprint, from who has just asked for that.
        """
        if self._vouches(self.harvested, named):
            return ""
        try:
            if self.worktree.is_folder() and self._differs():
                return "its work could not be harvested"
        except GitError:
            return "its work could not be harvested"
        return self.keep_left("").unsaved

    def _differs(self) -> bool:
        """Whether the files differ from the base, or cannot all be seen."""
        changes = self.worktree.changes()
        if b"could not open directory" in changes.complaints:
            return True
        tags = changes.tags
        if tags or changed_submodules(self.worktree, tags):
            return True
        # Nor may the index differ from the base: a harvest that broke off left its files there.
        words = ("diff-index", "--cached", "--quiet", "--ignore-submodules=all")
        same = self.worktree.git(*words, "--end-of-options", self.base, ok=(0, 1))
        return same.status != 0

    def peek(self, caps: Caps | None = None) -> Harvest:
        """Return what a harvest would find, and leave the index as it is.

        The tree it returns is written as an object all the same. Raises as `harvest` does.
        """
        with self.worktree.on_a_copy() as worktree:
            return harvest(worktree, self.base, caps=caps, committed=self._committed)

    def fill_with_changes(self, content: str) -> None:
        """Fill the worktree with a git tree, so that it shows as changes of its base.

        For one that was just prepared: whatever else is in it is overwritten. Raises `GitError`.
        """
        # The files first, by the index of the content; then the index alone goes back to the base.
        self.worktree.git("read-tree", "-u", "--reset", "--end-of-options", content)
        control = self.worktree.control
        if control.is_sparse:
            self._bring_in(changed_files(control, self.base, content))
        self.worktree.git("read-tree", "--reset", "--end-of-options", self.base)

    def _bring_in(self, entries: Sequence[Entry]) -> None:
        """Write the files of these that a sparse checkout leaves out, as the index has them now.

        A harvest takes what the checkout leaves out for unchanged, so that a difference there
        would be lost.
        """
        left_out = self.worktree.left_out()
        paths = [path for entry in entries if (path := encode_path(entry.path)) in left_out]
        if not paths:
            return
        listed = b"".join(path + b"\0" for path in paths)
        self.worktree.git("update-index", "--no-skip-worktree", "-z", "--stdin", stdin=listed)
        self.worktree.git("checkout-index", "-q", "-f", "-u", "-z", "--stdin", stdin=listed)

    def replace(self, before: str, after: str) -> bool:
        """Bring the files from one commit or tree to another, and leave all others alone.

        Returns False, and touches nothing, where a file that has to change is not as in `before`.
        Doing it again after a crash is no change. The index ends as what the files are of.
        """
        entries = changed_files(self.worktree.control, before, after)
        if self._has(after, entries):
            return True
        self._read_index(before)
        self._bring_in(entries)
        words = ("read-tree", "-m", "-u", "--no-sparse-checkout", "--end-of-options", before, after)
        return self.worktree.git(*words, ok=None).status == 0

    def _has(self, content: str, entries: Sequence[Entry]) -> bool:
        """Whether these paths are on the disk as in a git tree, which the index has afterwards."""
        self._read_index(content)
        differ = self.worktree.changes().tags.keys() | self.worktree.left_out()
        for entry in entries:
            path = encode_path(entry.path)
            if path in differ or (entry.deleted and self.worktree.kind(path)):
                return False
        return True

    def _read_index(self, content: str) -> None:
        self.worktree.git("read-tree", "--reset", "--end-of-options", content)
        # A file that was only touched would count as changed.
        self.worktree.git("update-index", "-q", "--refresh", ok=None)


def _fingerprint(read: WorkerRefs | None) -> str:
    return read.fingerprint if read else ODD


def prepare(tree: Tree, names: Names, found: Survey | None = None) -> None:
    """Make a worktree exactly its base, and a git directory for its worker.

    `names` are those of the base, `found` is a survey of now beside them. The pool calls this for
    the one caller that has the number. Raises `UnusableTreeError` for a used worktree that has to
    be thrown away.
    """
    worktree = tree.worktree
    # Git writes the index last, so that one that is there belongs to a tree that was once whole.
    fresh = not worktree.index.exists()
    if fresh:
        worktree.path.mkdir(mode=0o755, parents=True)
    elif not worktree.is_folder():
        raise UnusableTreeError("the worktree is not a folder")
    elif tree.attributes.exists() and tree.attributes.read_text() != names.attributes:
        # Git writes only files whose content is another, and these may need other bytes, too.
        raise UnusableTreeError("the attributes are others than before")
    write_private(tree.attributes, names.attributes.encode())
    try:
        if not fresh:
            (found or survey(worktree.top, names)).clear()
        # Git writes each file anew of which the kernel says anything else than its index: also one
        # with the old length and times, for the time of the last change cannot be set back.
        done = worktree.git("read-tree", "-u", "--reset", "--end-of-options", tree.base, ok=None)
        # A warning means that something is not as it should be, too.
        if done.status or _UNCONVERTED.sub(b"", done.stderr):
            raise UnusableTreeError(done.complaint)
        if left_out := worktree.left_out():
            names = names.without(left_out)
        sweep(worktree.top, names)
    except OSError as error:
        raise UnusableTreeError(str(error)) from error
    # Last, since the worker's index is a copy of this one; `sweep` has removed the old `.git`.
    if not erase(os.fsencode(tree.git_dir)):
        raise UnusableTreeError("the worker's git directory cannot be removed")
    write_worker_git(worktree, tree.git_dir, tree.base)
