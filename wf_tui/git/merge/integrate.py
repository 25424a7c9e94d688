"""Integration: an attempt's commit is merged into the run's branch by compare-and-swap.

A merge is made of objects alone, so it is done or not done, wherever it is interrupted.
"""

from collections.abc import Callable
from dataclasses import dataclass

from wf_tui.errors import GitDeadlineError, GitError
from wf_tui.git.control.attempt_commits import Message, commit_tree
from wf_tui.git.control.changed_files import changed_files
from wf_tui.git.control.control import Control
from wf_tui.git.merge.case_collisions import case_collisions
from wf_tui.git.merge.merge_loss import find_losses
from wf_tui.git.merge.merge_tree import MergeResult, merge_trees

__all__ = ["AlreadyIn", "Conflict", "Integration", "Merged", "current_head", "integrate"]

_ROUNDS = 200
"""Tries while others move the branch; only somebody with a loop of their own gets there."""
_STUCK = 3
"""Tries at a branch that nobody moves: then a lock or the disk is in the way."""


@dataclass(frozen=True)
class Merged:
    """The branch went from `old` to `new`."""

    old: str
    new: str


@dataclass(frozen=True)
class AlreadyIn:
    """The commit is in the branch's history already: nothing was done."""

    head: str


@dataclass(frozen=True)
class Conflict:
    """The commit does not merge into `head`; `tree` is the attempt at it, with conflict marks."""

    paths: tuple[str, ...]
    text: str
    head: str
    tree: str


Integration = Merged | AlreadyIn | Conflict


def current_head(control: Control, known: str) -> str:
    """Return where the integration branch is; refuse one that has lost `known`, its head before.

    What somebody added to it is merged with. Nothing but a person brings back what they took away.
    """
    head = control.head()
    if head == known or control.contains(known, head=head):
        return head
    raise GitError(
        f"somebody moved {control.ref} of the run to {head[:12]}, which lacks {known[:12]}",
        f"put it back: git --git-dir={control.git_dir} update-ref {control.ref} {known}",
    )


def integrate(
    control: Control,
    *,
    known: str,
    base: str,
    commit: str,
    message: Message,
    when: float,
    intent: Callable[[str, str], None],
) -> Integration:
    """Merge `commit`, made on `base`, into the integration branch, which has had `known` as head.

    `when` is the date of the merge in UTC seconds. `intent(old, new)` is called before each try to
    move the branch, and has to be durable when it returns: after a crash it tells a merge that
    happened from one that did not. A branch that moved meanwhile means another round. Raises
    `GitError` where the branch cannot be moved or has lost `known`.
    """
    stuck = 0
    for _ in range(_ROUNDS):
        head = current_head(control, known)
        if control.contains(commit, head=head):
            return AlreadyIn(head)
        new = _merge(control, base, head, commit, message, when)
        if isinstance(new, Conflict):
            return new
        intent(head, new)
        if _move_branch(control, new, head):
            return Merged(head, new)
        stuck = stuck + 1 if control.head() == head else 0
        if stuck == _STUCK:
            break
    raise GitError(
        f"cannot move {control.ref} in {control.git_dir}",
        "look for a stale .lock file beside it, and at the space left on the disk",
    )


def _move_branch(control: Control, new: str, old: str) -> bool:
    """Move the branch; a move that was stopped half-way is one or is none, as the branch says."""
    try:
        return control.move(control.ref, new, old)
    except GitDeadlineError:
        if control.head() == new:
            return True
        raise


def _merge(
    control: Control, base: str, head: str, commit: str, message: Message, when: float
) -> str | Conflict:
    """Return the commit that the branch shall point to, or why there is none."""
    # Nobody merged since the attempt began: its own commit is the next head, without a merge.
    if head == base:
        tree = control.tree_of(commit)
        return _case_conflict(control, base, head, commit, tree) or commit
    merge = merge_trees(control, head, commit)
    problem = (
        _merge_conflict(merge, head)
        or _loss_conflict(control, base, head, commit, merge.tree)
        or _case_conflict(control, base, head, commit, merge.tree)
    )
    if problem:
        return problem
    return commit_tree(control, merge.tree, (head, commit), message.encode(), when=when)


def _merge_conflict(merge: MergeResult, head: str) -> Conflict | None:
    if merge.clean:
        return None
    paths = merge.conflicts or tuple(path for note in merge.notes for path in note.paths)
    text = "".join(note.text for note in merge.notes if note.kind != "Auto-merging")
    return Conflict(tuple(dict.fromkeys(paths)), text, head, merge.tree)


def _loss_conflict(
    control: Control, base: str, head: str, commit: str, tree: str
) -> Conflict | None:
    lost = find_losses(control, base, head, commit, tree)
    return Conflict(lost, "the merge would lose changes", head, tree) if lost else None


def _case_conflict(
    control: Control, base: str, head: str, commit: str, tree: str
) -> Conflict | None:
    entries = changed_files(control, base, commit)
    clashes = case_collisions(control, head, tree, entries)
    return Conflict(clashes, "names that differ only by case", head, tree) if clashes else None
