"""What a worker's own git says of its files, where that differs from what lies on the disk.

The disk decides what a file holds; whether it is tracked, the worker may have said: `git add -f` of
an ignored file, `git rm --cached`, `git update-index --chmod`. Its index is read as data, beside
the host's, which is that of the base.
"""

import os
from collections.abc import Mapping
from typing import Final

from wf_tui.git.harvest.worker_index import (
    Index,
    Tracked,
    UnreadableIndexError,
    parse_index,
    read_index,
)
from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.values import field, frozen

__all__ = ["DISK_ALONE", "SUBMODULE", "Witness", "ask_worker", "is_plain"]

_FILE, _PROGRAM, _FOLDER = 0o100644, 0o100755, 0o040000
SUBMODULE: Final = 0o160000
"""The mode of a submodule, or of another repository, in an index."""


@frozen
class Witness:
    """How a worker's index differs from the base, by path. Nothing of it was looked for on disk."""

    index: Index | None = None
    """The worker's, where it differs from the base's."""
    added: frozenset[bytes] = frozenset()
    """What the base does not track."""
    untracked: frozenset[bytes] = frozenset()
    """Files of the base that are tracked no more."""
    sparse: Mapping[bytes, bool] = field(default_factory=dict)
    """What it tracks without a file, on purpose, and whether that is as in the base."""
    modes: Mapping[bytes, bool] = field(default_factory=dict)
    """Files of the base of which it has another mode, and whether that is a program's."""
    complaint: str = ""
    """Why it was not asked, as a sentence: then the disk alone says what is tracked."""

    @property
    def differs(self) -> bool:
        """Whether the worker's index tracks anything otherwise than the base."""
        return bool(self.added or self.untracked or self.sparse or self.modes)

    def is_repository(self, path: bytes) -> bool:
        """Whether the worker tracks what lies at a path as a repository of its own."""
        if self.index is None or path not in self.added:
            return False
        return self.index[path].mode == SUBMODULE

    def mode_to_set(self, path: bytes, status: os.stat_result) -> bool | None:
        """Return whether a file is a program by the index; None where its mode on disk counts.

        Where the index has the mode of the base, or knows no other one, it was written before the
        file, and the disk counts.
        """
        if path in self.modes:
            return self.modes[path]
        if self.index is None or path not in self.index.places:
            return None
        entry = self.index[path]
        as_added = entry.mode in {_FILE, _PROGRAM} and entry.is_as_added(status)
        return entry.mode == _PROGRAM if as_added else None


DISK_ALONE: Final = Witness()


def ask_worker(worktree: WorktreeFiles, base: str) -> Witness:
    """Return what the worker's index says beside the base; the host's index is then the base's.

    One that is as wf wrote it costs reading two files. What cannot be believed is a complaint,
    never an error: an empty index, too, since a folder of files that are all untracked is what a
    broken git leaves. Raises `GitError` where the host's own git fails.
    """
    algorithm = worktree.control.object_format
    try:
        content = read_index(worktree.worker_git, algorithm)
        # The host's own can be gone, with whatever else a program removed; it is made anew below.
        if worktree.index.exists() and content == worktree.index.read_bytes():
            return DISK_ALONE
        theirs = parse_index(content, algorithm)
    except UnreadableIndexError as error:
        return Witness(complaint=f"the git index of its worker was not read: {error}")
    # A harvest of before has brought its own findings into the host's index.
    worktree.git("read-tree", "--reset", "--end-of-options", base)
    ours = parse_index(worktree.index.read_bytes(), algorithm)
    if not theirs.places and ours.places:
        return Witness(complaint="the git index of its worker was not believed: it is empty")
    return _compare(worktree, base, ours, theirs)


def _compare(worktree: WorktreeFiles, base: str, ours: Index, theirs: Index) -> Witness:
    before, now = ours.places.keys(), theirs.places.keys()
    new = {path: theirs[path] for path in now - before}
    # A sparse index keeps a whole folder as one entry, with a slash at its end.
    folders = _same_folders(worktree, base, {p: e for p, e in new.items() if e.mode == _FOLDER})
    untracked, sparse = set[bytes](), dict[bytes, bool]()
    for path in before - now:
        above = next((folder for folder in folders if path.startswith(folder)), None)
        if above is not None:
            sparse[path] = folders[above]
        elif ours[path].mode != SUBMODULE:
            untracked.add(path)
    modes = dict[bytes, bool]()
    for path in before & now:
        if theirs.has_more_flags(path) and (entry := theirs[path]).sparse:
            sparse[path] = ours[path].oid == entry.oid
        if ours.mode(path) != theirs.mode(path):
            both = {ours[path].mode, theirs[path].mode}
            if both == {_FILE, _PROGRAM}:
                modes[path] = theirs[path].mode == _PROGRAM
    added = frozenset(filter(is_plain, new))
    return Witness(theirs, added, frozenset(untracked), sparse, modes)


def _same_folders(
    worktree: WorktreeFiles, base: str, folders: Mapping[bytes, Tracked]
) -> Mapping[bytes, bool]:
    """Return for each folder of a sparse index whether it is the one of the base."""
    if not folders:
        return {}
    asked = b"".join(base.encode() + b":" + path[:-1] + b"\0" for path in folders)
    words = ("cat-file", "--batch-check=%(objectname)", "-z")
    answers = worktree.control.git(*words, stdin=asked).stdout.splitlines()
    pairs = zip(folders.items(), answers, strict=False)
    return {path: entry.oid.encode() == answer for (path, entry), answer in pairs}


def is_plain(path: bytes) -> bool:
    """Whether a path of an index is one of a file inside the tree: git writes no others."""
    parts = path.lower().split(b"/")
    return not any(part in {b"", b".", b"..", b".git"} for part in parts)
