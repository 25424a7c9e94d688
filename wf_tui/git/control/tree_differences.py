"""What git says of the difference between two trees, by whichever of its processes is there."""

from collections.abc import Sequence

from wf_tui.git.control.control import Control

__all__ = ["tree_differences"]


def tree_differences(
    control: Control, options: Sequence[str], old: str, new: str
) -> Sequence[bytes]:
    """Return the records of `diff-tree -r -z` with these options, of commits or trees.

    At most one command of git. Raises `GitError`.
    """
    if control.kept:
        records = control.kept.differences(options, old, new)
        if records is not None:
            return records
    return control.git("diff-tree", "-r", "-z", *options, "--end-of-options", old, new).records
