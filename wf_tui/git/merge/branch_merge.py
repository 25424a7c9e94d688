"""A branch of the user merged into that of the run: as a worktree has it, and whether it is solved.

The work of such a task has the commit of that branch as a second parent. So git knows afterwards
that both have met, and a landing in that branch does not meet the same conflict again.
"""

from wf_tui.git.control.control import Control
from wf_tui.git.merge.conflict import Conflict
from wf_tui.git.merge.integrate import find_conflict
from wf_tui.git.merge.layout import lay_out
from wf_tui.git.merge.merge_tree import merge_trees
from wf_tui.git.merge.sides import unresolved
from wf_tui.values import frozen

__all__ = ["BranchMerge", "merge_branch"]


@frozen
class BranchMerge:
    """The merge of a commit into a head; a function of both and of the task's id alone."""

    conflict: Conflict | None
    """None where it merges cleanly."""
    content: str
    """The git tree that a worktree is filled with: merged, or with what is in conflict."""

    def open_conflict(self, control: Control, resolved: str) -> Conflict | None:
        """Return the conflict, where `resolved`, a commit or tree, has not settled all of it."""
        if self.conflict is None:
            return None
        left = unresolved(control, self.conflict, self.content, resolved, {})
        return self.conflict if left else None


def merge_branch(control: Control, head: str, commit: str, task: str) -> BranchMerge:
    """Return the merge of `commit` into `head`, laid out for the task with this id.

    Made of objects alone. Blocks, and belongs into a thread; raises `GitError` where `control` does
    not have the commit, or both have no history in common.
    """
    base = control.git("merge-base", "--end-of-options", head, commit).text
    conflict = find_conflict(control, base, head, commit)
    if conflict is None:
        return BranchMerge(None, merge_trees(control, head, commit).tree)
    return BranchMerge(conflict, lay_out(control, conflict, task))
