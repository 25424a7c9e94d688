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
    """The most that one harvest takes."""

    files: int = 10_000
    size: int = 200 << 20


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


@dataclass
class _Sorted:
    """The changed paths by what has to be done with each."""

    place: WorktreeFiles
    caps: Caps
    submodules: frozenset[bytes] = frozenset()
    planted: tuple[bytes, ...] = ()
    take: list[bytes] = field(default_factory=list)
    gone: list[bytes] = field(default_factory=list)
    refused: dict[bytes, str] = field(default_factory=dict)
    real: dict[bytes, bool] = field(default_factory=lambda: {b"": True})
    files: int = 0
    size: int = 0

    def sort(self, path: bytes) -> None:
        """Put one path where it belongs."""
        if path.endswith(b"/"):
            self.refused[path.rstrip(b"/")] = "nested repository"
        elif path in self.submodules:
            self.refused[path] = "submodule changed"
        elif any(path.startswith(folder + b"/") for folder in self.planted):
            self.refused[path] = "planted bare repository"
        else:
            self._sort_by_kind(path)

    def _sort_by_kind(self, path: bytes) -> None:
        full = self.place.full(path)
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
        while folder not in self.real:
            folders.append(folder)
            folder = folder.rpartition(b"/")[0]
        real = self.real[folder]
        for below in reversed(folders):
            real = real and self.place.kind(below) == stat.S_IFDIR
            self.real[below] = real
        return real


def harvest(
    place: WorktreeFiles, base: str, *, scopes: Sequence[str] | None = None, caps: Caps = CAPS
) -> Harvest:
    """Take the changed files of `place` into its index and return them as a tree beside `base`.

    With `scopes`, only paths that they cover are looked at. Doing it again gives the same.
    """
    if not place.is_folder():
        raise HarvestRefusedError("the worktree is gone", "retry the task")
    changes = place.changes()
    paths = [path for path in changes.tags if _covered(scopes, path)]
    found = _Sorted(
        place, caps, _submodules(place, paths, changes), _planted(place, paths, changes)
    )
    for path in paths:
        found.sort(path)
    ignored = place.ignored()
    _note_special(found, ignored, scopes)
    _into_index(place, found)
    tree = place.git("write-tree").text
    return Harvest(
        tree_oid=tree,
        entries=changed_files(place.control, base, tree),
        refused=_refusals(found, changes, scopes),
        ignored=len(ignored),
    )


def _covered(scopes: Sequence[str] | None, path: bytes) -> bool:
    return not scopes or covers(scopes, _text(path.rstrip(b"/")))


def _submodules(place: WorktreeFiles, paths: Sequence[bytes], changes: Changes) -> frozenset[bytes]:
    tracked = [path for path in paths if changes.tags[path] != UNTRACKED]
    if all(place.kind(path) not in {0, stat.S_IFDIR} for path in tracked):
        return frozenset()  # where a submodule was there is a folder, or nothing
    records = place.git("ls-files", "-z", "-s").records
    return frozenset(
        record.split(b"\t", 1)[1] for record in records if record.startswith(_SUBMODULE)
    )


def _planted(place: WorktreeFiles, paths: Sequence[bytes], changes: Changes) -> tuple[bytes, ...]:
    return planted_repositories(place, [path for path in paths if changes.tags[path] == UNTRACKED])


def _note_special(found: _Sorted, ignored: Collection[bytes], scopes: Sequence[str] | None) -> None:
    foreign = (name + b"/" for name in found.place.control.foreign)
    for path in special_files(found.place, {*ignored, *foreign}):
        if _covered(scopes, path) and not found.place.is_foreign(path):
            found.refused[path] = "special file"


def _into_index(place: WorktreeFiles, found: _Sorted) -> None:
    if found.gone:
        words = ("update-index", "--force-remove", "-z", "--stdin")
        place.git(*words, stdin=_lines(found.gone))
    if not found.take:
        return
    done = _take(place, found.take)
    if done.status:
        make_readable(place.top)
        done = _take(place, found.take)
    if done.status:
        raise HarvestRefusedError(f"git cannot take the changed files: {done.complaint}")
    if b"Ignoring path " in done.stderr:
        _note_forbidden(place, found)


def _take(place: WorktreeFiles, paths: Sequence[bytes]) -> Completed:
    words = ("update-index", "-z", "--add", "--remove", "--replace", "--stdin")
    return place.git(*words, stdin=_lines(paths), ok=None)


def _note_forbidden(place: WorktreeFiles, found: _Sorted) -> None:
    known = set(place.git("ls-files", "-z").records)
    for path in found.take:
        if path not in known and place.kind(path):
            found.refused[path] = "forbidden name"


def _refusals(
    found: _Sorted, changes: Changes, scopes: Sequence[str] | None
) -> tuple[Refused, ...]:
    reasons = dict(found.refused)
    # Git cuts a message that is longer than a path may be, and the reason with it.
    for path, reason in _UNOPENED.findall(changes.complaints):
        if _covered(scopes, path) and not found.place.is_foreign(path):
            reasons[path] = "unreadable folder: " + clean(reason or b"its path is too long")
    return tuple(Refused(_text(path), reasons[path]) for path in sorted(reasons))


def _lines(paths: Sequence[bytes]) -> bytes:
    return b"\0".join(paths) + b"\0"


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
