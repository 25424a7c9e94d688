"""Harvest: the changed files of a worktree become a tree in `control.git`, and nothing runs.

Git's own `add -A` dies on an unborn nested repository and on a FIFO, and knows no caps; so the
changes are listed, looked at one by one without following a link, and named to the index.
"""

# ruff: noqa: PTH115 - the names that workers leave are bytes, which pathlib cannot hold

import errno
import os
import re
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from wf_tui.errors import RefusedError
from wf_tui.git.control.changed_files import Entry, changed_files
from wf_tui.git.erase import make_readable
from wf_tui.git.harvest.unsafe_paths import leaves_tree, planted_repositories, special_files
from wf_tui.git.harvest.worktree_files import UNTRACKED, Changes, WorktreeFiles
from wf_tui.git.runner import Completed
from wf_tui.plan.scopes import covers
from wf_tui.text import clean, plural

__all__ = ["CAPS", "Caps", "Harvest", "HarvestRefusedError", "Refused", "harvest"]

_UNOPENED = re.compile(
    rb"^warning: could not open directory '(.*?)(?:/': ([^:\n]*))?$", re.MULTILINE
)
_SUBMODULE = b"160000"


class HarvestRefusedError(RefusedError):
    """The worktree cannot be harvested: it is gone, or holds more than the caps allow."""


@dataclass(frozen=True)
class Caps:
    """The most that one harvest takes; more is refused as a whole, never cut off."""

    files: int = 10_000
    size: int = 200 << 20
    """Bytes of all files together."""


CAPS = Caps()


@dataclass(frozen=True)
class Refused:
    """A path that was not taken, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class Harvest:
    """What was found: the tree, its differences from the base, what was left out."""

    tree_oid: str
    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]
    ignored: int
    """How many names the excludes hide; a folder hidden as a whole is one."""


@dataclass
class _ChangedPaths:
    """The changed paths by what has to be done with each."""

    worktree: WorktreeFiles
    caps: Caps
    submodules: frozenset[bytes] = frozenset()
    planted: tuple[bytes, ...] = ()
    """Folders that new files turn into repositories."""
    take: list[bytes] = field(default_factory=list)
    """What git reads from the worktree, or finds deleted there."""
    gone: list[bytes] = field(default_factory=list)
    """What the index has to forget, whatever lies at that name now."""
    refused: dict[bytes, str] = field(default_factory=dict)
    """What is left out, and why."""
    real_folders: dict[bytes, bool] = field(default_factory=lambda: {b"": True})
    files: int = 0
    size: int = 0

    def sort(self, path: bytes) -> None:
        """Put one path where it belongs; the first rule that fits decides."""
        if path.endswith(b"/"):
            self.refused[path.rstrip(b"/")] = "nested repository"
        elif path in self.submodules:
            self.refused[path] = "submodule changed"
        elif any(path.startswith(folder + b"/") for folder in self.planted):
            self.refused[path] = "planted bare repository"
        else:
            self._sort_by_kind(path)

    def _sort_by_kind(self, path: bytes) -> None:
        full = self.worktree.full(path)
        try:
            status = os.lstat(full)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                self.refused[path] = "its path is too long"
                return
            status = None
        if not self._in_real_folder(path):
            self.gone.append(path)
        elif status is None:
            self.take.append(path)
        else:
            self._sort_existing(path, full, status)

    def _sort_existing(self, path: bytes, full: bytes, status: os.stat_result) -> None:
        if stat.S_ISDIR(status.st_mode):
            self.gone.append(path)  # its content is listed as untracked
        elif stat.S_ISLNK(status.st_mode) and leaves_tree(path, os.readlink(full)):
            self.refused[path] = "symbolic link that leaves the tree"
        elif stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
            self._count(status.st_size)
            self.take.append(path)
        else:
            self.refused[path] = "special file"

    def _count(self, size: int) -> None:
        self.files += 1
        self.size += size
        if self.files > self.caps.files:
            raise HarvestRefusedError(f"more than {plural(self.caps.files, 'file')} changed")
        if self.size > self.caps.size:
            limit = self.caps.size >> 20
            raise HarvestRefusedError(f"the changed files hold more than {limit} MB")

    def _in_real_folder(self, path: bytes) -> bool:
        """Whether every folder above is one: below a link to a folder nothing is the tree's."""
        folders = []
        folder = path.rpartition(b"/")[0]
        while folder not in self.real_folders:
            folders.append(folder)
            folder = folder.rpartition(b"/")[0]
        is_real = self.real_folders[folder]
        for below in reversed(folders):
            is_real = is_real and self.worktree.kind(below) == stat.S_IFDIR
            self.real_folders[below] = is_real
        return is_real


def harvest(
    worktree: WorktreeFiles, base: str, *, scopes: Sequence[str] | None = None, caps: Caps = CAPS
) -> Harvest:
    """Take the changed files of `worktree` into its index and return them as a tree beside `base`.

    With `scopes`, only paths that they cover are looked at. Doing it again gives the same, so that
    recovery simply harvests once more. Raises `HarvestRefusedError` for a worktree that is gone or
    holds more than `caps`, `GitError` where git fails. No file is changed, but for modes that hide
    one from its owner.
    """
    if not worktree.is_folder():
        raise HarvestRefusedError("the worktree is gone", "retry the task")
    changes = worktree.changes()
    paths = [path for path in changes.tags if _covered(scopes, path)]
    new = [path for path in paths if changes.tags[path] == UNTRACKED]
    submodules = _changed_submodules(worktree, paths, changes)
    found = _ChangedPaths(worktree, caps, submodules, planted_repositories(worktree, new))
    for path in paths:
        found.sort(path)
    ignored = worktree.ignored()
    _refuse_special_files(found, ignored, scopes)
    _update_index(worktree, found)
    tree = worktree.git("write-tree").text
    return Harvest(
        tree_oid=tree,
        entries=changed_files(worktree.control, base, tree),
        refused=_refusals(found, changes, scopes),
        ignored=len(ignored),
    )


def _covered(scopes: Sequence[str] | None, path: bytes) -> bool:
    return not scopes or covers(scopes, _decoded(path.rstrip(b"/")))


def _changed_submodules(
    worktree: WorktreeFiles, paths: Sequence[bytes], changes: Changes
) -> frozenset[bytes]:
    tracked = [path for path in paths if changes.tags[path] != UNTRACKED]
    if all(worktree.kind(path) not in {0, stat.S_IFDIR} for path in tracked):
        return frozenset()  # where a submodule was there is a folder, or nothing
    records = worktree.git("ls-files", "-z", "-s").records
    return frozenset(
        record.split(b"\t", 1)[1] for record in records if record.startswith(_SUBMODULE)
    )


def _refuse_special_files(
    found: _ChangedPaths, ignored: Collection[bytes], scopes: Sequence[str] | None
) -> None:
    local_names = (name + b"/" for name in found.worktree.control.local_names)
    for path in special_files(found.worktree, {*ignored, *local_names}):
        if _covered(scopes, path) and not found.worktree.is_local_file(path):
            found.refused[path] = "special file"


def _update_index(worktree: WorktreeFiles, found: _ChangedPaths) -> None:
    # What is gone first: a file that became a folder stands in the way of what lies in that.
    if found.gone:
        words = ("update-index", "--force-remove", "-z", "--stdin")
        worktree.git(*words, stdin=_terminated(found.gone))
    if not found.take:
        return
    done = _add_to_index(worktree, found.take)
    if done.status:
        make_readable(worktree.top)
        done = _add_to_index(worktree, found.take)
    if done.status:
        raise HarvestRefusedError(f"git cannot take the changed files: {done.complaint}")
    if b"Ignoring path " in done.stderr:
        _refuse_forbidden_names(worktree, found)


def _add_to_index(worktree: WorktreeFiles, paths: Sequence[bytes]) -> Completed:
    words = ("update-index", "-z", "--add", "--remove", "--replace", "--stdin")
    return worktree.git(*words, stdin=_terminated(paths), ok=None)


def _refuse_forbidden_names(worktree: WorktreeFiles, found: _ChangedPaths) -> None:
    known = set(worktree.git("ls-files", "-z").records)
    for path in found.take:
        if path not in known and worktree.kind(path):
            found.refused[path] = "forbidden name"


def _refusals(
    found: _ChangedPaths, changes: Changes, scopes: Sequence[str] | None
) -> tuple[Refused, ...]:
    reasons = dict(found.refused)
    # Git cuts a message that is longer than a path may be, and the reason with it.
    for path, reason in _UNOPENED.findall(changes.complaints):
        if _covered(scopes, path) and not found.worktree.is_local_file(path):
            reasons[path] = "unreadable folder: " + clean(reason or b"its path is too long")
    return tuple(Refused(_decoded(path), reasons[path]) for path in sorted(reasons))


def _terminated(paths: Sequence[bytes]) -> bytes:
    return b"\0".join(paths) + b"\0"


def _decoded(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
