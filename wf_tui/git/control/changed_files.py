"""The paths that differ between two commits or trees, and whether a task may touch them.

Scopes, the loss check and landings judge by these; what a person is shown comes from `diffs`.
"""

from collections.abc import Iterable, Sequence

from wf_tui.git.control.control import Control
from wf_tui.git.control.tree_differences import tree_differences
from wf_tui.git.path_bytes import decode_path
from wf_tui.plan.scopes import covers
from wf_tui.values import frozen

__all__ = ["ABSENT", "RAW", "Entry", "changed_files", "outside_scopes"]

ABSENT = "000000"
"""The mode of a path that is not there."""

# No renames: scopes and the check for loss judge each path by itself.
RAW = ("--no-renames", "--raw", "--no-abbrev")
"""How `diff-tree` is asked for them."""


@frozen
class Entry:
    """One path that differs; a rename is one path gone and one added.

    `status` is git's letter (A, M, D, T). Modes are six octal digits as git prints them, `ABSENT`
    on the side that lacks the path; object names are whole, zeros for none.
    """

    status: str
    path: str
    old_mode: str
    new_mode: str
    old_oid: str
    new_oid: str

    @property
    def old(self) -> tuple[str, str]:
        """Mode and object before."""
        return self.old_mode, self.old_oid

    @property
    def new(self) -> tuple[str, str]:
        """Mode and object after; where only this side changed the path, a merge has the same."""
        return self.new_mode, self.new_oid

    @property
    def added(self) -> bool:
        """Whether the path is new."""
        return self.old_mode == ABSENT

    @property
    def deleted(self) -> bool:
        """Whether the path is gone."""
        return self.new_mode == ABSENT


def changed_files(control: Control, old: str, new: str) -> tuple[Entry, ...]:
    """Return what differs from `old` to `new` (commits or trees), in the order of the paths.

    Bytes of a path that are no UTF-8 are kept as surrogate escapes. One command of git, which
    compares trees: what the folders have in common costs nothing, however large they are.
    """
    records = tree_differences(control, RAW, old, new)
    entries = []
    # A record is `:MODE MODE OID OID STATUS`, and its path is the record behind it.
    for about, path in zip(records[::2], records[1::2], strict=True):
        old_mode, new_mode, old_oid, new_oid, status = about[1:].decode().split(" ")
        entries.append(Entry(status, decode_path(path), old_mode, new_mode, old_oid, new_oid))
    return tuple(entries)


def outside_scopes(entries: Iterable[Entry], scopes: Sequence[str]) -> tuple[str, ...]:
    """Return the changed paths that no scope covers; without scopes every path is allowed.

    Promise G10: an attempt with any such path is blocked (kind `scope`) before its merge.
    """
    if not scopes:
        return ()
    return tuple(entry.path for entry in entries if not covers(scopes, entry.path))
