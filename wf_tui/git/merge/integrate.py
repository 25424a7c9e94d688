"""Integration: an attempt's commit is merged into the run's branch by compare-and-swap.

A merge is made of objects alone, so it is done or not done, wherever it is interrupted.
"""

from collections.abc import Callable, Mapping

from wf_tui.errors import GitDeadlineError, GitError
from wf_tui.git.control.attempt_commits import Message, commit_tree
from wf_tui.git.control.changed_files import changed_files
from wf_tui.git.control.control import Control
from wf_tui.git.merge.case_collisions import case_collisions
from wf_tui.git.merge.conflict import Conflict, Side, clash_conflict, loss_conflict, merge_conflict
from wf_tui.git.merge.merge_loss import find_losses
from wf_tui.git.merge.merge_tree import merge_trees
from wf_tui.git.merge.sides import take_sides
from wf_tui.values import frozen

__all__ = [
    "AlreadyIn",
    "Decide",
    "Integration",
    "Merge",
    "current_head",
    "find_conflict",
    "make_merge",
    "move_branch",
    "nobody_decides",
]

_STUCK = 3
"""Tries at a branch that nobody moves: then a lock or the disk is in the way."""


@frozen
class Merge:
    """The branch can go from `old` to `new`; nothing but objects is there yet."""

    old: str
    new: str


@frozen
class AlreadyIn:
    """The commit is in the branch's history already: nothing was done."""

    head: str


Integration = Merge | AlreadyIn | Conflict
Decide = Callable[[Conflict], Mapping[str, Side] | None]
"""Settles a conflict by what a person has chosen: the side of each path, or None where they have
not chosen for all of them. For names that clash by case nothing has to be chosen, but to keep them.
"""


def nobody_decides(_conflict: Conflict) -> None:
    """Leave a conflict as it is: no person has chosen anything."""
    return


def current_head(control: Control, known: str) -> str:
    """Return where the integration branch is; refuse one that has lost `known`, its head before.

    `known` is the last head that the ledger has recorded. What somebody added to the branch since
    is merged with. Nothing but a person brings back what they took away: that raises `GitError`.
    """
    head = control.head()
    if head == known or control.contains(known, head=head):
        return head
    raise GitError(
        f"somebody moved {control.ref} of the run to {head[:12]}, which lacks {known[:12]}",
        f"put it back: git --git-dir={control.git_dir} update-ref {control.ref} {known}",
    )


def make_merge(
    control: Control,
    *,
    head: str,
    base: str,
    commit: str,
    message: Message,
    when: float,
    decide: Decide = nobody_decides,
) -> Integration:
    """Merge `commit`, made on `base`, into `head`: the branch, or what it is expected to be.

    No ref moves. `when` is the date of the merge in UTC seconds; `decide` is asked of each
    conflict, before it is one. Called on a git thread by the scheduler's integrator. Raises
    `GitError` where git cannot merge at all.
    """
    merged = _merge(control, base, head, commit)
    if isinstance(merged, AlreadyIn):
        return merged
    if isinstance(merged, Conflict):
        sides = decide(merged)
        if sides is None:
            return merged
        merged = take_sides(control, merged.tree, merged, sides)
    new = commit
    if head != base or merged != control.tree_of(commit):
        # The branch first, so that `git log --first-parent` tells the run merge by merge.
        new = commit_tree(control, merged, (head, commit), message.encode(), when=when)
    return Merge(head, new)


def move_branch(control: Control, merge: Merge, intent: Callable[[str, str], None]) -> bool:
    """Move the integration branch to a merge; False where somebody else has moved it meanwhile.

    `intent(old, new)` is called before each try, and has to be durable when it returns: after a
    crash it tells a merge that happened from one that did not (RULES 5.1); it goes through the
    ledger's writer. Called on a git thread by the integrator, for one attempt at a time. Raises
    `GitError` where the branch cannot be moved.
    """
    for _ in range(_STUCK):
        intent(merge.old, merge.new)
        if _move_branch(control, merge.new, merge.old):
            return True
        # A branch that is elsewhere by now was moved by somebody faster, and a new merge helps.
        if control.head() != merge.old:
            return False
    raise GitError(
        f"cannot move {control.ref} in {control.git_dir}",
        "look for a stale .lock file beside it, and at the space left on the disk",
    )


def _move_branch(control: Control, new: str, old: str) -> bool:
    """Move the branch; a move that was stopped half-way is one or is none, as the branch says."""
    try:
        return control.move(control.ref, new, old)
    except GitDeadlineError:
        # Git was killed, before its rename or after it.
        if control.head() == new:
            return True
        raise


def find_conflict(control: Control, base: str, head: str, commit: str) -> Conflict | None:
    """Return what keeps `commit`, made on `base`, from being merged into `head`, or None.

    A function of the three alone: who asks later, of the same three, is told the same.
    """
    merged = _merge(control, base, head, commit)
    return merged if isinstance(merged, Conflict) else None


def _merge(control: Control, base: str, head: str, commit: str) -> str | AlreadyIn | Conflict:
    """Return the tree that the branch shall have, or why there is none."""
    # Nobody merged since the attempt began: its own commit is the next head, without a merge.
    merge = merge_trees(control, head, commit) if head != base else None
    if merge is not None and not merge.clean:
        return merge_conflict(control, base, head, commit, merge)
    tree = control.tree_of(commit) if merge is None else merge.tree
    # Also when a killed scheduler moved the branch and did not live to record it.
    if _may_be_in(control, base, head, commit, tree) and control.contains(commit, head=head):
        return AlreadyIn(head)
    if merge is not None and (lost := find_losses(control, base, head, commit, tree)):
        return loss_conflict(control, base, head, commit, tree, lost)
    entries = changed_files(control, base, commit)
    clashes = case_collisions(control, head, tree, entries)
    return clash_conflict(control, base, head, commit, tree, clashes) if clashes else tree


def _may_be_in(control: Control, base: str, head: str, commit: str, tree: str) -> bool:
    """Whether `head` may have `commit` in its history; `tree` is what merging the two gives.

    What is in changes nothing when it is merged once more, and nothing is in its own parent: so
    that, as a rule, the history need not be walked.
    """
    if head == base:
        return control.resolve(f"{commit}^1") != head
    return not changed_files(control, head, tree)
