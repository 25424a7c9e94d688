"""What a commit changed, for a person: a patch, a table of files or the counts, as git has them.

Unlike `changed_files`, these follow renames, as a reader wants it. Everything here is for the eye;
no rule is decided by it.
"""

from collections.abc import Sequence

from wf_tui.git.control.control import Control
from wf_tui.git.control.tree_differences import tree_differences
from wf_tui.git.path_bytes import decode_path, encode_path
from wf_tui.values import frozen

__all__ = ["BlobChange", "FileChange", "blob_changes", "changed_lines", "diff", "file_changes"]

# Neither configuration nor attributes of a tree may name a program that makes the text.
_SAFE = ("--no-color", "--no-ext-diff", "--no-textconv", "--find-renames")


@frozen
class FileChange:
    """How much of one file differs; a binary file has no lines to count.

    `added` and `removed` are lines, None for a binary file.
    """

    path: str
    was: str
    """Where a renamed file was before, else its path."""
    added: int | None
    removed: int | None

    @property
    def lines(self) -> int:
        """How many lines a patch of it shows, at the least."""
        return (self.added or 0) + (self.removed or 0)


@frozen
class BlobChange:
    """What of a file differs beside its lines: git's letter for it, its modes, its new content."""

    status: str
    old_mode: str
    new_mode: str
    blob: str
    """The object of the content in the new commit; zeros where the file is gone."""


def diff(
    control: Control, old: str, new: str, *, stat: bool = False, paths: Sequence[str] = ()
) -> bytes:
    """Return the patch from `old` to `new`, or with `stat` a line for each file.

    With `paths`, only of those. The bytes are the worker's: they go through the sanitizer before
    a terminal sees them. Called by views, off the event loop; a patch may have any size.
    """
    form = ("--stat=100",) if stat else ("--patch",)
    names = [encode_path(path) for path in paths]
    words = ("diff-tree", "-r", *_SAFE, *form, "--end-of-options", old, new)
    return control.git(*words, "--", *names).stdout


def file_changes(control: Control, old: str, new: str) -> tuple[FileChange, ...]:
    """Return how many lines differ in each file, in the order of the paths.

    Bytes of a path that are no UTF-8 are kept as surrogate escapes.
    """
    records = iter(tree_differences(control, (*_SAFE, "--numstat"), old, new))
    changes = []
    for record in records:
        added, removed, path = record.split(b"\t", 2)
        if path:
            was = now = path
        else:  # a rename: its two paths are records of their own
            was, now = next(records), next(records)
        change = FileChange(decode_path(now), decode_path(was), _count(added), _count(removed))
        changes.append(change)
    return tuple(changes)


def blob_changes(control: Control, old: str, new: str) -> dict[str, BlobChange]:
    """Return which contents differ, by the path that each has in `new`, or had in `old`.

    The same paths in the same order as those of `file_changes`.
    """
    words = ("diff-tree", "-r", "-z", *_SAFE, "--raw", "--no-abbrev", "--end-of-options")
    records = iter(control.git(*words, old, new).records)
    changes = {}
    for about in records:
        old_mode, new_mode, _, blob, status = about[1:].decode().split(" ")
        path = next(records)
        if status[0] in "RC":  # both names, the new one last
            path = next(records)
        changes[decode_path(path)] = BlobChange(status[0], old_mode, new_mode, blob)
    return changes


def changed_lines(control: Control, old: str, new: str) -> str:
    """Return how many lines differ between two commits, as people write it: `+120 -4`.

    Binary files count nothing. The scheduler writes it into the event of a merge.
    """
    changes = file_changes(control, old, new)
    added = sum(change.added or 0 for change in changes)
    removed = sum(change.removed or 0 for change in changes)
    return f"+{added} -{removed}"


def _count(number: bytes) -> int | None:
    return None if number == b"-" else int(number)
