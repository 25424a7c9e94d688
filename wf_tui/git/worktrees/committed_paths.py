"""Which paths the commit that a worker has checked out has otherwise than the base."""

from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.git.worktrees.worker_objects import WorkerObjects
from wf_tui.git.worktrees.worker_refs import WorkerRefs

__all__ = ["committed_paths"]


def committed_paths(worktree: WorktreeFiles, base: str, refs: WorkerRefs) -> frozenset[bytes]:
    """Return the paths that differ; none where the worker has committed nothing.

    `refs` is what its git directory names. Raises `OddGitDirError` where that cannot be believed,
    `GitError` where objects of it are missing.
    """
    control = worktree.control
    head = refs.head
    if head in {None, base}:
        return frozenset()
    objects = WorkerObjects(control, worktree.worker_git)
    tree = objects.both.tree_of(str(head))
    return objects.changed_paths(control.tree_of(base), {tree})[tree]
