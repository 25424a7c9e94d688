"""A commit of the user, brought into the private repository of a run, where tasks can merge it."""

from pathlib import Path

from wf_tui.git.control.control import Control
from wf_tui.git.control.objects import link_objects
from wf_tui.git.refs import brought_ref

__all__ = ["bring_commit"]


def bring_commit(control: Control, common_dir: Path, commit: str) -> None:
    """Link the objects of the user's repository anew, and keep `commit` under a ref of its own.

    As at the start of the run; what is there already is left as it is. Blocks. Raises `GitError`
    where objects that the commit needs are missing, `RepositoryError` where they keep changing.
    """
    link_objects(common_dir / "objects", control.git_dir / "objects")
    # Before the ref: what lacks objects must never look like something that can be merged.
    words = ("rev-list", "--objects", "--quiet", "--end-of-options")
    control.git(*words, commit, f"^{control.ref}")
    control.create(brought_ref(commit), commit)
