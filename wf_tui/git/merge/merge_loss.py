"""The loss check: a merge may contain nothing but what one of the two sides did.

It compares trees, not what git says of the merge, and a loss is a conflict for a person.
"""

from collections.abc import Iterable

from wf_tui.git.control.changed_files import Entry, changed_files
from wf_tui.git.control.control import Control

__all__ = ["find_losses", "lost_paths"]


def find_losses(
    control: Control, base: str, ours: str, theirs: str, merged: str
) -> tuple[str, ...]:
    """Return the paths at which `merged` is not what merging `theirs` into `ours` may give.

    All four are commits or trees: where the attempt began, the branch, the attempt, and what git
    made of the two. A clean merge is not taken at its word: a rename that git guessed wrongly, or
    somebody's own merge of the branch, may have dropped work without a conflict.
    """
    attempt = changed_files(control, base, theirs)
    result = changed_files(control, ours, merged)
    wanted = {entry.path: entry.new for entry in attempt}
    found = {entry.path: entry.new for entry in result}
    if wanted == found:  # nearly always, and it saves the third comparison
        return ()
    return lost_paths(attempt, result, changed_files(control, base, ours))


def lost_paths(
    attempt: Iterable[Entry], result: Iterable[Entry], others: Iterable[Entry]
) -> tuple[str, ...]:
    """Return the lost paths, from base to attempt, from ours to the merge, from base to ours.

    Where the two sides do not overlap, the merge must be the attempt's entries exactly. Where
    they do, git may join two versions, or carry a change to the new name of a moved file.
    """
    theirs = {entry.path: entry for entry in attempt}
    ours = {entry.path: entry for entry in others}
    merged = {entry.path: entry for entry in result}
    if not theirs.keys() & ours.keys():
        paths = theirs.keys() | merged.keys()
        return tuple(sorted(path for path in paths if _differ(theirs.get(path), merged.get(path))))
    lost: set[str] = set()
    for path, found in merged.items():
        # A file that ours moved to a new name takes along what the attempt did to the old one.
        is_moved = path in ours and ours[path].added and not found.deleted
        if path not in theirs and not is_moved:
            lost.add(path)
    for path, wanted in theirs.items():
        result_entry = merged.get(path)
        # The new name of a file that ours changed under the old one: git joined the two there.
        is_moved = wanted.added and result_entry is not None and not result_entry.deleted
        if path not in ours and not is_moved and _differ(wanted, result_entry):
            lost.add(path)
    return tuple(sorted(lost))


def _differ(wanted: Entry | None, found: Entry | None) -> bool:
    return wanted is None or found is None or wanted.new != found.new
