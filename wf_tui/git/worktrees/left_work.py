"""What a worker's git directory holds and no harvest took: found, and kept under refs of its own.

The rule (RULES 6.3): what `control.git` has is nothing of the worker's. A commit is taken where
its tree is the harvested one, where a taken one descends from it, or where its tree is that of a
taken one; so is what is checked out, and where a ref was once, if the harvest has changed each
file that it changes. All else is left.
"""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.errors import GitError, RefusedError
from wf_tui.git.control.user_view import laid_out_packed_refs, laid_out_refs
from wf_tui.git.worktrees.inner_repositories import unsaved_inside
from wf_tui.git.worktrees.worker_objects import WorkerObjects
from wf_tui.git.worktrees.worker_refs import (
    NamedObject,
    OddGitDirError,
    RefKind,
    label,
    read_worker_refs,
)
from wf_tui.text import clean, listed, plural
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from wf_tui.git.control.control import Control
    from wf_tui.git.harvest.worktree_files import WorktreeFiles
    from wf_tui.git.worktrees.worker_objects import Commit
    from wf_tui.git.worktrees.worker_refs import WorkerRefs

__all__ = ["LeftRef", "LeftWork", "keep_left_work", "left_content", "left_over", "unfinished"]

_MOST_NAMES: Final = 1_000
_MOST_FILES: Final = 10_000
_NAMED: Final = 3
_PARENTS_WITH_NEW_FILES: Final = 3
"""How many parents a stash has whose untracked files are in it, in the last of them."""
_PASSING: Final = frozenset({RefKind.WORKTREE, RefKind.HEAD, RefKind.REFLOG})
"""What needs no ref of its own where another one leads to it: nobody has given it a name."""


@frozen
class LeftRef:
    """A ref of `control.git` that keeps something of a worker's git directory."""

    ref: str
    kind: str
    """A `RefKind`."""
    name: str
    """What it was there; not cleaned."""
    commit: str
    """The commit, or the object where it is none."""
    files: int
    """How many files it changes, against the commit that its attempt started from."""

    @property
    def label(self) -> str:
        """What a person is told that it was, safe to show."""
        return label(self.kind, self.name)


@frozen
class LeftWork:
    """What an attempt left beside its harvest."""

    refs: tuple[LeftRef, ...] = ()
    unsaved: str = ""
    """What could not be brought, as a clause for a person; the worktree has to stay then."""


@dataclass(frozen=True)
class _Found:
    """What is left in a git directory."""

    tips: tuple[tuple[NamedObject, str | None], ...] = ()
    """What names it, and the commit; None for an object of another kind."""
    files: Mapping[str, int] = field(default_factory=dict)
    """How many files each of these commits changes."""
    inside: tuple[str, ...] = ()
    """Work in repositories inside of the worktree, which nothing can bring."""


def left_over(
    worktree: WorktreeFiles,
    git_dir: Path,
    base: str,
    content: Callable[[], str],
    ignored: Collection[bytes] | None = None,
    read: WorkerRefs | None = None,
) -> str:
    """Return what a git directory holds that is saved nowhere, as a clause; "" for nothing.

    `content` gives the tree that the worktree holds, which is safe; it is asked only where a worker
    has committed something. `base` is the commit the worktree was filled from; `ignored` is what
    git ignores in it and `read` what the directory names, where somebody has just looked. What
    cannot be read counts as work (G8). No ref is made.
    """
    try:
        found = _find(worktree, git_dir, base, content, own="", ignored=ignored, read=read)
    except (OddGitDirError, GitError, RefusedError, OSError) as error:
        return _unread(error)
    names = [one.label for one, _ in found.tips]
    return listed([*names, *found.inside], _NAMED)


def keep_left_work(
    worktree: WorktreeFiles,
    git_dir: Path,
    base: str,
    content: Callable[[], str],
    own: str,
    ignored: Collection[bytes] | None = None,
    read: WorkerRefs | None = None,
) -> LeftWork:
    """Bring what is left in a git directory under refs that begin with `own`, and return it.

    Done again, after a crash, it makes the same refs. What cannot be brought is named; then all of
    the directory has to stay. Arguments as of `left_over`.
    """
    control = worktree.control
    try:
        found = _find(worktree, git_dir, base, content, own=own, ignored=ignored, read=read)
        tips = [one for one, _ in found.tips]
        mark = unfinished(worktree)
        if tips:
            # What is brought and has no ref yet must not look as if `control.git` had always it.
            mark.touch()
            WorkerObjects(control, git_dir).bring([one.oid for one in tips])
        refs = tuple(_make_refs(control, found, own))
        mark.unlink(missing_ok=True)
    except (OddGitDirError, GitError, RefusedError, OSError) as error:
        return LeftWork(unsaved=_unread(error))
    return LeftWork(refs, listed(found.inside, _NAMED))


def left_content(control: Control, ref: str) -> str | None:
    """Return the tree of what is kept under a ref of `keep_left_work`; None where it has none.

    The new files that a stash has beside its own tree are put into it.
    """
    commit = control.resolve(ref + "^{commit}")
    if commit is None:
        return control.resolve(ref + "^{tree}")
    parents = control.git("rev-list", "--parents", "-1", "--end-of-options", commit).text.split()[
        1:
    ]
    is_stash = ref.rpartition("/")[2].startswith(f"{RefKind.STASH}-")
    if not is_stash or len(parents) < _PARENTS_WITH_NEW_FILES:
        return control.tree_of(commit)
    with tempfile.TemporaryDirectory(dir=control.git_dir, prefix="stash.") as folder:
        index = {"GIT_INDEX_FILE": f"{folder}/index"}
        control.git("read-tree", "--end-of-options", commit, variables=index)
        new = control.git("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", parents[-1])
        control.git("update-index", "-z", "--index-info", stdin=new.stdout, variables=index)
        return control.git("write-tree", variables=index).text


def _unread(error: Exception) -> str:
    return f"its git directory ({clean(str(error), limit=200)})"


def _make_refs(control: Control, found: _Found, own: str) -> Iterable[LeftRef]:
    """Make a ref for each tip, or find the one that was made before a crash."""
    if not found.tips:
        return
    made = {oid: ref for ref, oid in _refs_of(control, own)}
    taken = set(made.values())
    for one, commit in found.tips:
        ref = made.get(one.oid) or _free_ref(f"{own}{one.kind}", taken)
        control.create(ref, one.oid)
        taken.add(ref)
        yield LeftRef(ref, one.kind, one.name, commit or one.oid, found.files.get(one.oid, 0))


def _free_ref(prefix: str, taken: Collection[str]) -> str:
    return next(ref for n in itertools.count(1) if (ref := f"{prefix}-{n}") not in taken)


def _refs_of(control: Control, own: str) -> list[tuple[str, str]]:
    if not own:
        return []
    lines = control.git("for-each-ref", "--format=%(refname) %(objectname)", own).text.splitlines()
    return [(ref, oid) for ref, _, oid in (line.partition(" ") for line in lines)]


def unfinished(worktree: WorktreeFiles) -> Path:
    """Return the file that is there while objects are brought that no ref holds yet."""
    return worktree.index.with_name(worktree.index.name + ".left")


def _find(
    worktree: WorktreeFiles,
    git_dir: Path,
    base: str,
    content: Callable[[], str],
    *,
    own: str,
    ignored: Collection[bytes] | None = None,
    read: WorkerRefs | None = None,
) -> _Found:
    """Find what is left; raises `OddGitDirError` and `GitError`."""
    control_dir = worktree.control.git_dir
    refs = read or read_worker_refs(git_dir, laid_out_packed_refs(control_dir))
    inside = tuple(unsaved_inside(worktree, git_dir, refs, ignored))
    # The first kind counts of those that name the same; `named` is in that order.
    names = {one.oid: one for one in reversed(refs.named) if one.oid != base}
    if names:
        for oid in laid_out_refs(control_dir, base).values():
            names.pop(oid, None)
    if not names:
        return _Found(inside=inside)
    objects = WorkerObjects(worktree.control, git_dir)
    brought = {oid for _, oid in _refs_of(worktree.control, own)}
    known = set() if unfinished(worktree).exists() else names.keys() - objects.unknown(names)
    asked = [oid for oid in names if oid not in known or oid in brought]
    if len(asked) > _MOST_NAMES:
        raise OddGitDirError(f"it names more than {plural(_MOST_NAMES, 'commit')} of its own")
    if not asked:
        return _Found(inside=inside)
    commits = objects.commits_of(asked)
    heads = {commit for commit in [*commits.values(), refs.head] if commit}
    history = objects.history(heads, own) if any(commits.values()) else {}
    base_tree = worktree.control.tree_of(base)
    named = [(names[oid], commits[oid]) for oid in asked if oid in commits]
    commits_made = _Commits(objects, history, base_tree, content())
    commits_made.judge(refs.head, {commit for one, commit in named if one.kind is RefKind.STASH})
    tips = tuple(commits_made.left(named))
    return _Found(tips, commits_made.files(tips), inside)


@dataclass
class _Commits:
    """The commits that a worker has made, and which of them the harvest has taken."""

    objects: WorkerObjects
    history: Mapping[str, Commit]
    base_tree: str
    content: str
    """The tree of the harvest."""
    taken: set[str] = field(default_factory=set)

    def judge(self, head: str | None, stashes: Collection[str | None]) -> None:
        """Find out what is taken; `head` is the commit that is checked out."""
        # The new files of a stash are not in its tree, but in that of its third parent.
        whole = {
            name: commit
            for name, commit in self.history.items()
            if name not in stashes or len(commit.parents) < _PARENTS_WITH_NEW_FILES
        }
        self.take(name for name, commit in whole.items() if commit.tree == self.content)
        if head and head in self.history and head not in self.taken:
            self.take(self.in_harvest({head}))
        # A branch that was merged as one commit: the same files, on another way.
        trees = {self.history[name].tree for name in self.taken}
        self.take(name for name, commit in whole.items() if commit.tree in trees)

    def take(self, names: Iterable[str]) -> None:
        """Count commits as taken, with all that they descend from."""
        self.taken |= self.descent(names)

    def descent(self, names: Iterable[str]) -> set[str]:
        """Return commits with all that they descend from, as far as a worker made it."""
        waiting, found = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.history:
                found.add(name)
                waiting += self.history[name].parents
        return found

    def in_harvest(self, names: Collection[str]) -> set[str]:
        """Return those of which the harvest has changed each file that they change.

        What it has of these files is a later state, or a worker went back on purpose.
        """
        trees = {self.history[name].tree for name in names}
        changed = self.objects.changed_paths(self.base_tree, {self.content, *trees})
        harvested = changed[self.content]
        return {name for name in names if changed[self.history[name].tree] <= harvested}

    def left(
        self, named: Iterable[tuple[NamedObject, str | None]]
    ) -> Iterator[tuple[NamedObject, str | None]]:
        """Yield what is left, of all that has a name, with the commit that it means."""
        left = [
            (one, commit)
            for one, commit in named
            if (commit in self.history and commit not in self.taken)
            or (commit is None and one.kind is not RefKind.REFLOG)
        ]
        # What others lead to is not lost with its own name, unless a worker has chosen that.
        chosen = {commit for one, commit in left if commit and one.kind not in _PASSING}
        passing = {commit for one, commit in left if commit and one.kind in _PASSING}
        reached = self.descent(chosen)
        for name in passing:
            reached |= self.descent(self.history[name].parents)
        rest = {c for one, c in left if one.kind is RefKind.REFLOG and c and c not in reached}
        reached |= self.in_harvest(rest) if rest else set()
        for one, commit in left:
            if one.kind not in _PASSING or commit not in reached:
                yield one, commit

    def files(self, tips: Collection[tuple[NamedObject, str | None]]) -> Mapping[str, int]:
        """Return how many files each of the tips changes; a stash has its new files apart."""
        trees = {commit: self.history[commit].tree for _, commit in tips if commit}
        changed = self.objects.changed_paths(self.base_tree, set(trees.values()))
        found = {}
        for one, commit in tips:
            if commit is None:
                found[one.oid] = 0
                continue
            found[one.oid] = len(changed[trees[commit]])
            parents = self.history[commit].parents
            if one.kind is RefKind.STASH and len(parents) == _PARENTS_WITH_NEW_FILES:
                new = self.history[parents[-1]].tree if parents[-1] in self.history else ""
                found[one.oid] += len(self.objects.changed_paths("", {new})[new]) if new else 0
            if found[one.oid] > _MOST_FILES:
                raise OddGitDirError(f"a commit of it changes more than {_MOST_FILES} files")
        return found
