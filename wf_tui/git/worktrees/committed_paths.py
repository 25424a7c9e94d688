"""Which paths the commit that a worker has checked out has otherwise than the base."""

from wf_tui.git.control.user_view import laid_out_packed_refs
from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.git.worktrees.worker_objects import WorkerObjects
from wf_tui.git.worktrees.worker_refs import read_worker_refs

__all__ = ["committed_paths"]


def committed_paths(worktree: WorktreeFiles, base: str) -> frozenset[bytes]:
    """Return the paths that differ; none where the worker has committed nothing.

    Raises `OddGitDirError` where its git directory cannot be believed, `GitError` where objects of
    it are missing.
    """
    control, git_dir = worktree.control, worktree.worker_git
    head = read_worker_refs(git_dir, laid_out_packed_refs(control.git_dir)).head
    if head in {None, base}:
        return frozenset()
    objects = WorkerObjects(control, git_dir)
    tree = objects.both.tree_of(str(head))
    return objects.changed_paths(control.tree_of(base), {tree})[tree]
