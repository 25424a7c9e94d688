"""The loss check: a merge may contain nothing but what one of the two sides did."""

from collections.abc import Iterable

from wf_tui.git.control.changed_files import Entry, changed_files
from wf_tui.git.control.control import Control

__all__ = ["find_losses", "lost_paths"]

_Entries = dict[str, Entry]


def find_losses(
    control: Control, base: str, ours: str, theirs: str, merged: str
) -> tuple[str, ...]:
    """Return the paths at which `merged` is not what merging `theirs` into `ours` may give."""
    attempt = changed_files(control, base, theirs)
    result = changed_files(control, ours, merged)
    if _after(attempt) == _after(result):  # nearly always, and it saves the third comparison
        return ()
    return lost_paths(attempt, result, changed_files(control, base, ours))


def lost_paths(
    attempt: Iterable[Entry], result: Iterable[Entry], others: Iterable[Entry]
) -> tuple[str, ...]:
    """Return the lost paths, from base to attempt, from ours to the merge, from base to ours.

    Where the two sides do not overlap, the merge must be the attempt's entries exactly. Where
    they do, git may join two versions, or carry a change to the new name of a moved file.
    """
    theirs, ours, merged = _by_path(attempt), _by_path(others), _by_path(result)
    if not theirs.keys() & ours.keys():
        paths = theirs.keys() | merged.keys()
        return _sorted(path for path in paths if _differ(theirs.get(path), merged.get(path)))
    kept = (path for path in merged if not _may_differ(path, theirs, ours, merged))
    lost = (
        path for path in theirs if path not in ours and _is_lost(theirs[path], merged.get(path))
    )
    return _sorted([*kept, *lost])


def _may_differ(path: str, theirs: _Entries, ours: _Entries, merged: _Entries) -> bool:
    """Whether the merge may differ from ours at a path: the attempt was there, or moved it."""
    if path in theirs:
        return True
    # A file that ours moved to a new name takes along what the attempt did to the old one.
    return path in ours and ours[path].added and not merged[path].deleted


def _is_lost(wanted: Entry, found: Entry | None) -> bool:
    """Whether what only the attempt did is not in the merge."""
    if wanted.added and found is not None and not found.deleted:
        return False  # the new name of a file that ours changed under the old one
    return _differ(wanted, found)


def _differ(wanted: Entry | None, found: Entry | None) -> bool:
    return wanted is None or found is None or wanted.new != found.new


def _after(entries: Iterable[Entry]) -> dict[str, tuple[str, str]]:
    return {entry.path: entry.new for entry in entries}


def _by_path(entries: Iterable[Entry]) -> _Entries:
    return {entry.path: entry for entry in entries}


def _sorted(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(paths)))
