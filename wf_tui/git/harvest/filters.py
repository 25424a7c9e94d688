"""Changed files that the user's git would send through a filter, which wf does not run.

What such a filter hides (git-crypt, SOPS) or takes away (nbstripout) would be in the commit. LFS
files are no such files: wf has a filter of its own for them.
"""

from collections.abc import Collection, Iterable
from typing import Final

from wf_tui.git.control.changed_files import Entry
from wf_tui.git.control.user_rules import read_idle_filters
from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.git.lfs.lfs_filter import LONGEST_POINTER, Pointer, parse_pointer
from wf_tui.git.path_bytes import decode_path, encode_path
from wf_tui.values import frozen

__all__ = ["Filtered", "FilteredFiles", "find_filtered", "restore_pointers"]

_NO_FILTER: Final = frozenset({b"unspecified", b"unset", b"set"})
_LFS: Final = "lfs"
_ATTRIBUTES: Final = ".gitattributes"
_FEW: Final = 100
"""Files of attributes that are looked for one by one."""
_SHORTEST_POINTER: Final = 100
"""Bytes: its version and 64 digits."""


@frozen
class Filtered:
    """A changed file, and the filter that it has by its attributes."""

    path: str
    filter: str


@frozen
class FilteredFiles:
    """Those of the changed files that have a filter."""

    held: tuple[Filtered, ...] = ()
    """What wf cannot store as the user's git would."""
    lfs: frozenset[str] = frozenset()
    """What is stored as a pointer."""


def find_filtered(worktree: WorktreeFiles, base: str, entries: Collection[Entry]) -> FilteredFiles:
    """Return the changed files that have a filter in the worktree, or in the commit `base`.

    In both, since a worker may take out the line that protects a file. A content that was in the
    base under another name, such as that of an encrypted file that was moved, is as it was stored.
    """
    stored = {entry.old_oid for entry in entries}
    asked = [
        encode_path(entry.path)
        for entry in entries
        if entry.new_mode.startswith("100") and entry.new_oid not in stored
    ]
    if not asked or _have_no_attributes(worktree, base, entries, asked):
        return FilteredFiles()
    found = _filters(worktree, asked)
    lfs = frozenset(path for path, name in found.items() if name == _LFS)
    if _change_attributes(entries):
        with worktree.on_a_copy() as before:
            before.git("read-tree", "--reset", "--end-of-options", base)
            protected = _filters(before, asked, "--cached")
        # What either says is held back; whether it is LFS, the newer one alone says.
        found |= {path: name for path, name in protected.items() if found.get(path, _LFS) == _LFS}
    passed = {_LFS, *read_idle_filters(worktree.control.git_dir)}
    held = [Filtered(path, name) for path, name in sorted(found.items()) if name not in passed]
    return FilteredFiles(tuple(held), lfs)


def _have_no_attributes(
    worktree: WorktreeFiles, base: str, entries: Iterable[Entry], paths: Iterable[bytes]
) -> bool:
    """Whether no attributes at all can be set for these paths, neither now nor in the base.

    False where that is not certain. As git looks for them: rules of the user, then each folder
    above a path, on the disk or else in the index, which is the base with the changed files.
    """
    control = worktree.control
    if control.kept is None or control.has_rules or _change_attributes(entries):
        return False
    files = {_ATTRIBUTES.encode()}
    for path in paths:
        folder = path.rpartition(b"/")[0]
        while folder:
            files.add(folder + b"/" + _ATTRIBUTES.encode())
            folder = folder.rpartition(b"/")[0]
    if len(files) > _FEW or any(map(worktree.kind, files)):
        return False
    return control.kept.lacks([f"{base}:{decode_path(file)}" for file in files])


def _change_attributes(entries: Iterable[Entry]) -> bool:
    return any(entry.path.rpartition("/")[2] == _ATTRIBUTES for entry in entries)


def _filters(worktree: WorktreeFiles, paths: Iterable[bytes], *options: str) -> dict[str, str]:
    """Return which of the paths have a filter, and its name."""
    words = ("check-attr", *options, "-z", "--stdin", "filter")
    records = worktree.git(*words, stdin=b"".join(path + b"\0" for path in paths)).records
    # Each answer is three records: the path, the attribute's name, its value.
    return {
        decode_path(path): decode_path(value)
        for path, value in zip(records[::3], records[2::3], strict=True)
        if value not in _NO_FILTER
    }


def restore_pointers(worktree: WorktreeFiles, entries: Collection[Entry]) -> bool:
    """Put back pointers of the base that stand for the same content; return whether there were any.

    `entries` are those of LFS files. A tool may have written a pointer in other words, and a task
    that only laid the content out has not changed it.
    """
    changed = [entry for entry in entries if entry.status == "M"]
    if not changed:
        return False
    pointers = _pointers(worktree, {oid for e in changed for oid in (e.old_oid, e.new_oid)})
    back = []
    for entry in changed:
        old, new = pointers.get(entry.old_oid), pointers.get(entry.new_oid)
        if old is not None and new is not None and old.oid == new.oid:
            back.append(f"{entry.new_mode} {entry.old_oid}\t".encode() + encode_path(entry.path))
    if back:
        words = ("update-index", "-z", "--index-info")
        worktree.git(*words, stdin=b"".join(line + b"\0" for line in back))
    return bool(back)


def _pointers(worktree: WorktreeFiles, oids: Collection[str]) -> dict[str, Pointer]:
    """Return those of some objects that are pointers; only short ones are read."""
    order = sorted(oids)
    asked = "".join(f"{oid}\n" for oid in order).encode()
    words = ("cat-file", "--batch-check=%(objectsize)")
    sizes = worktree.control.git(*words, stdin=asked).stdout.split()
    found = {}
    for oid, size in zip(order, sizes, strict=True):
        if _SHORTEST_POINTER <= int(size) < LONGEST_POINTER:
            pointer = parse_pointer(worktree.control.git("cat-file", "blob", oid).stdout)
            if pointer is not None:
                found[oid] = pointer
    return found
