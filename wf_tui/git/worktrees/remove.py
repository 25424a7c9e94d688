"""Removing worktrees by positive evidence: what cannot be proven saved or empty stays.

For `wf clean` and the end of a run (promise G8). Evidence is the content: the tree that a worktree
holds has to be one that a ref holds, too.
"""

import contextlib
from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path

from wf_tui.errors import GitError
from wf_tui.git.control.control import Control
from wf_tui.git.harvest.harvest import HarvestRefusedError
from wf_tui.git.refs import OWN
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.shared import keep_leftovers
from wf_tui.git.worktrees.tree import Tree
from wf_tui.processes import working_folders
from wf_tui.text import clean, listed
from wf_tui.values import frozen

__all__ = ["Judgement", "TreeClass", "classify", "remove_ended", "saved_trees"]


class TreeClass(StrEnum):
    """What is known of a worktree."""

    LIVE = "live"
    """An attempt is in it."""
    MERGED = "merged"
    """What it holds is an attempt's work that is in the branch."""
    HARVESTED = "harvested"
    """The same, but only under a ref of its own."""
    CLEAN = "clean"
    """It holds a commit of the branch, or was never filled to the end."""
    DIRTY = "dirty"
    """It holds something that is nowhere else, or that nothing can tell."""
    FOREIGN = "foreign"
    """wf did not make it."""


_NAMED = 3
_SHOWN = 200
_THE_BRANCH = "the branch"
"""Stands for the holder of a tree that is in the branch's own history."""
_SAFE = frozenset({TreeClass.MERGED, TreeClass.HARVESTED, TreeClass.CLEAN})


@frozen
class Judgement:
    """A worktree, its class, whether it was removed and, if not, why.

    `reason` is a clause for a person, empty where it was removed, or would be.
    """

    path: Path
    tree_class: TreeClass
    removed: bool
    reason: str
    lost: str = ""
    """What work in it is nowhere else, where that is known."""


def remove_ended(
    pool: Pool,
    *,
    live: Collection[int] = (),
    keep: Collection[int] = (),
    save: Collection[int] = (),
    dry: bool = False,
) -> tuple[Judgement, ...]:
    """Remove the worktrees of ended attempts that are saved or clean; return what became of each.

    `live` are the numbers of open attempts, `keep` those that wait for a person, and `save` those
    that a person may have left something in: that is saved first. With `dry` all stay, and those
    without a reason are the ones that would go. For the leader of a run, or whoever holds its lock.
    """
    for number in save:
        with contextlib.suppress(HarvestRefusedError, GitError):
            keep_leftovers(pool.control, _tree_at(pool, pool.paths.trees / str(number)))
    # After the saving, which takes a while, and before the first tree is judged.
    busy = working_folders()
    saved = saved_trees(pool.control)  # once for all: two commands of git, however many trees
    found = []
    for path in sorted(pool.paths.trees.iterdir()):
        tree_class, what = _judge(pool, path, live, saved)
        reason = _reason_to_keep(path, tree_class, what, keep, busy)
        if not (reason or dry or pool.discard(_tree_at(pool, path))):
            reason = "it cannot be removed"
        found.append(Judgement(path, tree_class, not (reason or dry), reason, what))
    return tuple(found)


def classify(
    pool: Pool, path: Path, *, live: Collection[int], saved: Mapping[str, str] | None = None
) -> TreeClass:
    """Return the class of what lies at `path` among the worktrees.

    `saved` is what `saved_trees` returned, for a caller that asks about many. Whatever cannot be
    told is `DIRTY` or `FOREIGN`, and both stay (G8).
    """
    return _judge(pool, path, live, saved_trees(pool.control) if saved is None else saved)[0]


def _judge(
    pool: Pool, path: Path, live: Collection[int], saved: Mapping[str, str]
) -> tuple[TreeClass, str]:
    """Return the class of a worktree and, where that is known, what work of it is nowhere else."""
    name = path.name
    if not (name.isascii() and name.isdigit()):
        return TreeClass.FOREIGN, ""
    if int(name) in live:
        return TreeClass.LIVE, ""
    if not (pool.paths.indexes / name).is_file():
        # Nobody has worked in a worktree that was never filled to the end.
        half = (pool.paths.indexes / f"{name}.lock").exists() or not any(path.iterdir())
        return (TreeClass.CLEAN if half else TreeClass.FOREIGN), ""
    tree = _tree_at(pool, path)
    if tree.for_gate.exists():
        return TreeClass.CLEAN, ""  # a merge that a gate was asked about, and no work of anybody
    try:
        given_back = tree.untouched()
        # Of one that was given back, what was harvested counts: caches of a gate are no work.
        content, lost = (tree.worktree.git("write-tree").text, "") if given_back else _peek(tree)
    except (HarvestRefusedError, GitError) as error:
        return TreeClass.DIRTY, clean(error.message, limit=_SHOWN)
    # The content decides, not a mark or a name: it is saved, or it is not.
    holder = saved.get(content)
    if lost or holder is None:
        return TreeClass.DIRTY, lost
    if not given_back and (left := tree.left_over(content)):
        return TreeClass.DIRTY, left
    if holder == _THE_BRANCH:
        return TreeClass.CLEAN, ""
    # What was left in a shared tree is kept as a tree without a commit: it is in no history.
    merged = holder != content and pool.control.contains(holder)
    return (TreeClass.MERGED if merged else TreeClass.HARVESTED), ""


def _peek(tree: Tree) -> tuple[str, str]:
    """Return the tree that a worktree holds, and what of it no tree can hold."""
    found = tree.peek()
    lost = [
        f"{clean(one.path, limit=_SHOWN)} ({one.reason})" for one in found.refused if one.keeps_tree
    ]
    return found.tree_oid, listed(lost, _NAMED)


def _reason_to_keep(
    path: Path,
    tree_class: TreeClass,
    what: str,
    keep: Collection[int],
    busy: frozenset[Path] | None,
) -> str:
    """Return why a worktree may not be removed, or nothing; `what` of it is nowhere else."""
    if tree_class not in _SAFE:
        return f"it is {tree_class}: {what}" if what else f"it is {tree_class}"
    if int(path.name) in keep:
        return "a task needs it"
    if busy is None:
        return "no way to tell whether a process works in it"
    real = path.resolve()
    if any(folder.is_relative_to(real) for folder in busy):
        return "a process works in it"
    return ""


def _tree_at(pool: Pool, path: Path) -> Tree:
    # The base it was prepared from does not matter here: its content is what is judged.
    return Tree.at(pool.control, pool.paths, int(path.name), pool.control.base)


def saved_trees(control: Control) -> Mapping[str, str]:
    """Return the trees that are safe, each with what holds it: an attempt, or the branch itself.

    By object name, as content is what is compared. Only refs count as holders: an object that
    nothing names may be pruned at any time.
    """
    history = control.git("log", "--format=%T", f"{control.base}..{control.ref}", "--").text
    found = dict.fromkeys([*history.split(), control.tree_of(control.base)], _THE_BRANCH)
    names = control.git("for-each-ref", "--format=%(objectname)", OWN).text.split()
    asked = "".join(f"{name}^{{tree}}\n" for name in names).encode()
    # One object that is damaged or gone leaves the others safe.
    trees = control.git("cat-file", "--batch-check=%(objectname)", stdin=asked).text.splitlines()
    kept = zip(trees, names, strict=True)
    return found | {tree: name for tree, name in kept if name != control.base}
