"""What a commit changed, for a person: a patch or a table of files, as bytes."""

from wf_tui.git.control import Control

__all__ = ["diff"]

_SAFE = ("--no-color", "--no-ext-diff", "--no-textconv", "--find-renames")


def diff(control: Control, old: str, new: str, *, stat: bool = False) -> bytes:
    """Return the patch from `old` to `new`, or with `stat` a line for each file.

    The bytes are the worker's: they go through the sanitizer before a terminal sees them.
    """
    form = ("--stat=100",) if stat else ("--patch",)
    words = ("diff-tree", "-r", *_SAFE, *form, "--end-of-options", old, new)
    return control.git(*words).stdout
