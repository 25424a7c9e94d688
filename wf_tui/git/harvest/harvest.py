"""Harvest: the changed files of a worktree become a tree in `control.git`, and nothing runs.

Git's own `add -A` dies on an unborn nested repository and on a FIFO, and knows no caps; so the
changes are listed, looked at one by one without following a link, and named to the index.
"""

# ruff: noqa: PTH115 - the names that workers leave are bytes, which pathlib cannot hold

import contextlib
import errno
import os
import re
import stat
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wf_tui.errors import RefusedError
from wf_tui.git.control.caps import Caps
from wf_tui.git.control.changed_files import Entry, changed_files
from wf_tui.git.control.tree_names import Names
from wf_tui.git.erase import make_readable
from wf_tui.git.harvest.filters import Filtered, find_filtered, restore_pointers
from wf_tui.git.harvest.second_witness import DISK_ALONE, Witness, ask_worker, is_plain
from wf_tui.git.harvest.submodules import changed_submodules
from wf_tui.git.harvest.unsafe_paths import (
    holds_only,
    leaves_tree,
    planted_repositories,
    special_files,
)
from wf_tui.git.harvest.worktree_files import CHANGED, DELETED, UNTRACKED, Changes, WorktreeFiles
from wf_tui.git.path_bytes import decode_path
from wf_tui.git.runner import Completed
from wf_tui.plan.scopes import covers
from wf_tui.text import clean, plural
from wf_tui.values import frozen

__all__ = ["Harvest", "HarvestRefusedError", "Refused", "harvest"]

# Git lists what it can and goes on; only this tells that a folder is not in the list.
_UNOPENED = re.compile(
    rb"^warning: could not open directory '(.*?)(?:/': ([^:\n]*))?$", re.MULTILINE
)
# Git ends at the first such file, and takes none.
_UNCONVERTIBLE = re.compile(
    rb"^fatal: ((?:[^'\n]*'(.*)' (?:from|if) .*)|(?:\w+ would be replaced by \w+ in (.*)))$",
    re.MULTILINE,
)
_MOST_UNCONVERTIBLE = 50
"""Files that are left out of one harvest for it; each takes another command of git."""
_SPECIAL = "special file"
_LEAVES_TREE = "symbolic link that leaves the tree"


class HarvestRefusedError(RefusedError):
    """The worktree cannot be harvested: it is gone, or holds more than the caps allow.

    The worktree stays as it is, so that nothing is lost by it; the attempt ends with this as its
    reason.
    """


@frozen
class Refused:
    """A path that was not taken, and why; the rest of the harvest is not touched by it."""

    path: str
    reason: str

    @property
    def is_work(self) -> bool:
        """Whether a merge without it would look whole and not be; pipes and sockets are no work."""
        return self.reason != _SPECIAL

    @property
    def keeps_tree(self) -> bool:
        """Whether it would be lost with the worktree; a link has no content of its own."""
        return self.reason not in {_SPECIAL, _LEAVES_TREE}


@frozen
class Harvest:
    """What was found: the tree, its differences from the base, what was left out.

    The tree is an object in `control.git` that no ref holds yet; the caller makes a commit of it.
    """

    tree_oid: str
    entries: tuple[Entry, ...]
    refused: tuple[Refused, ...]
    ignored: tuple[str, ...]
    """What the excludes hide; a folder hidden as a whole is one name, with a slash at its end."""
    filtered: tuple[Filtered, ...] = ()
    """What the user's git would have stored in another way, so that it is not to be merged."""
    note: str = ""
    """What a person should know of how it was made, as a sentence."""


@dataclass
class _ChangedPaths:
    """The changed paths by what has to be done with each.

    Filled by one `sort` for each path, then read by `harvest`, which alone makes one.
    """

    worktree: WorktreeFiles
    caps: Caps
    witness: Witness = DISK_ALONE
    submodules: Mapping[bytes, str] = field(default_factory=dict)
    """Those that hold work, with what it is."""
    planted: tuple[bytes, ...] = ()
    """Folders that new files turn into repositories."""
    take: list[bytes] = field(default_factory=list)
    """What git reads from the worktree, or finds deleted there."""
    gone: list[bytes] = field(default_factory=list)
    """What the index has to forget, whatever lies at that name now."""
    refused: dict[bytes, str] = field(default_factory=dict)
    """What is left out, and why."""
    modes: dict[bytes, bool] = field(default_factory=dict)
    """Of which file the worker's index, not the disk, says whether it is a program."""
    real_folders: dict[bytes, bool] = field(default_factory=lambda: {b"": True})
    files: int = 0
    size: int = 0

    def sort(self, path: bytes) -> None:
        """Put one path where it belongs; the first rule that fits decides.

        `path` is as git listed it: relative to the tree, a folder with a slash at its end.
        """
        if path.endswith(b"/"):
            self.refused[path.rstrip(b"/")] = "nested repository"
        elif path in self.submodules:
            self.refused[path] = self.submodules[path]
        elif any(path.startswith(folder + b"/") for folder in self.planted):
            self.refused[path] = "planted bare repository"
        else:
            self.sort_by_kind(path)

    def sort_by_kind(self, path: bytes) -> None:
        """Put a path where it belongs by what lies there now; raise where the caps are passed."""
        full = self.worktree.full(path)
        try:
            status = os.lstat(full)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                self.refused[path] = "its path is too long"
                return
            status = None
        # The folders first: below a link `lstat` has looked at somebody else's file.
        if not self.is_in_real_folder(path):
            self.gone.append(path)
        elif status is None:
            self.take.append(path)
        elif stat.S_ISDIR(status.st_mode):
            self.gone.append(path)  # its content is listed as untracked
        elif stat.S_ISLNK(status.st_mode) and leaves_tree(path, os.readlink(full)):
            self.refused[path] = _LEAVES_TREE
        elif stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
            # A link counts as one file of the length of its target, which is what git stores.
            self.count(status.st_size)
            self.take.append(path)
            self.note_mode(path, status)
        else:
            self.refused[path] = _SPECIAL

    def note_mode(self, path: bytes, status: os.stat_result) -> None:
        """Note the mode that the worker's index has of a file, where that counts."""
        program = self.witness.mode_to_set(path, status)
        if program is not None and stat.S_ISREG(status.st_mode):
            self.modes[path] = program

    def note_modes_alone(self, paths: Iterable[bytes]) -> None:
        """Note the modes of files of which nothing else has changed."""
        for path in paths:
            with contextlib.suppress(OSError):
                if self.is_in_real_folder(path):
                    self.note_mode(path, os.lstat(self.worktree.full(path)))

    def count(self, size: int) -> None:
        """Count one more file of `size` bytes; raise `HarvestRefusedError` beyond the caps."""
        self.files += 1
        self.size += size
        if self.files > self.caps.files:
            files = plural(self.caps.files, "file")
            raise HarvestRefusedError(f"more than {files} changed (`harvest_files` of the plan)")
        if self.size > self.caps.size:
            limit = self.caps.size >> 20
            raise HarvestRefusedError(
                f"the changed files hold more than {limit} MB (`harvest_mb` of the plan)"
            )

    def is_in_real_folder(self, path: bytes) -> bool:
        """Whether every folder above is one: below a link to a folder nothing is the tree's.

        Each folder is looked at once, so that ten thousand files in one cost one look.
        """
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
    worktree: WorktreeFiles,
    base: str,
    *,
    scopes: Sequence[str] | None = None,
    caps: Caps | None = None,
    committed: Callable[[], Collection[bytes]] = frozenset,
    names: Names | None = None,
) -> Harvest:
    """Take the changed files of `worktree` into its index and return them as a tree beside `base`.

    With `scopes`, only paths that they cover are looked at. Doing it again gives the same, so that
    recovery simply harvests once more. Raises `HarvestRefusedError` for a worktree that is gone or
    holds more than `caps` (those of the run, if not given), `GitError` where git fails. No file is
    changed, but for modes that hide one from its owner.

    `committed` gives the paths that the worker's HEAD has otherwise than the base. It is asked
    where the index of the worker says nothing: it was written around, or cannot be read. `names`
    are those of the base: with them git need not look for what it ignores where there is nothing.
    """
    if not worktree.is_folder():
        raise HarvestRefusedError("the worktree is gone", "retry the task")
    witness = ask_worker(worktree, base)
    changes = worktree.changes()
    known = witness.added if witness.differs else {*filter(is_plain, committed())}
    listed = _with_witness(worktree, witness, known, changes.tags)
    found = _sorted_paths(worktree, witness, listed, caps or worktree.control.caps, scopes)
    _update_index(worktree, found)
    tree = worktree.git("write-tree").text
    entries = changed_files(worktree.control, base, tree)
    ignored = frozenset[bytes]()
    after = names.after(entries) if names and not (scopes or found.refused) else None
    if after is None or not holds_only(worktree, after):
        # What the worker tracks although it is ignored is in the index by now, and hidden no more.
        ignored = worktree.ignored()
        _refuse_special_files(worktree, found, ignored, scopes)
    filtered = find_filtered(worktree, base, entries)
    if restore_pointers(worktree, [entry for entry in entries if entry.path in filtered.lfs]):
        tree = worktree.git("write-tree").text
        entries = changed_files(worktree.control, base, tree)
    return Harvest(
        tree_oid=tree,
        entries=entries,
        filtered=filtered.held,
        refused=_refusals(found, changes, scopes),
        ignored=tuple(sorted(map(decode_path, ignored))),
        note=witness.complaint,
    )


def _refuse_special_files(
    worktree: WorktreeFiles,
    found: _ChangedPaths,
    ignored: Collection[bytes],
    scopes: Sequence[str] | None,
) -> None:
    """Name what git passes over in silence: a person would miss it without knowing why."""
    hidden = {*ignored, *(name + b"/" for name in worktree.control.local_names)}
    for path in special_files(worktree, hidden):
        if _is_covered(scopes, path) and not worktree.is_local_file(path):
            found.refused[path] = _SPECIAL


@frozen
class _Listed:
    """What the disk and the worker's index together say has changed."""

    tags: Mapping[bytes, bytes]
    """As in `Changes`."""
    dropped: Sequence[bytes]
    """Files that lie there, and are tracked no more."""
    refused: Mapping[bytes, str]


def _sorted_paths(
    worktree: WorktreeFiles,
    witness: Witness,
    listed: _Listed,
    caps: Caps,
    scopes: Sequence[str] | None,
) -> _ChangedPaths:
    """Say of each changed path that is covered what becomes of it; nothing is written."""
    paths = [path for path in listed.tags if _is_covered(scopes, path)]
    new = [path for path in paths if listed.tags[path] == UNTRACKED]
    submodules = changed_submodules(worktree, listed.tags)
    planted = planted_repositories(worktree, new)
    found = _ChangedPaths(worktree, caps, witness, submodules, planted)
    found.refused |= {path: why for path, why in submodules.items() if _touches(scopes, path)}
    for path in paths:
        found.sort(path)
    found.gone += [path for path in listed.dropped if _is_covered(scopes, path)]
    found.refused |= {p: why for p, why in listed.refused.items() if _is_covered(scopes, p)}
    found.note_modes_alone(path for path in witness.modes if _is_covered(scopes, path))
    return found


def _with_witness(
    worktree: WorktreeFiles,
    witness: Witness,
    known: Collection[bytes],
    tags: Mapping[bytes, bytes],
) -> _Listed:
    """Return the changes on the disk, corrected by what the worker tracks, as `known` beside it.

    A file that is tracked no more, and is neither ignored nor as it was in the base, is new work at
    an old name: it is taken, for to leave it out could lose it.
    """
    listed, refused = dict(tags), dict[bytes, str]()
    for path in known:
        kind = worktree.kind(path)
        if kind == stat.S_IFDIR and witness.is_repository(path) and path + b"/" not in tags:
            refused[path] = "nested repository"
        elif kind not in {0, stat.S_IFDIR} and not worktree.is_local_file(path):
            listed.setdefault(path, UNTRACKED)
    changed = [path for path in witness.untracked if listed.get(path) == CHANGED]
    rules = worktree.ignoring_rules(changed)
    dropped = [p for p in witness.untracked if p not in listed or p in rules]
    for path in dropped:
        listed.pop(path, None)
    for path, same in witness.sparse.items():
        if listed.get(path) != DELETED:
            continue
        del listed[path]
        if not same:
            refused[path] = "changed in a sparse checkout, where it has no file"
    return _Listed(listed, dropped, refused)


def _is_covered(scopes: Sequence[str] | None, path: bytes) -> bool:
    return not scopes or covers(scopes, decode_path(path.rstrip(b"/")))


def _touches(scopes: Sequence[str] | None, folder: bytes) -> bool:
    """Whether scopes cover a folder, or anything in it."""
    below = decode_path(folder) + "/"
    return _is_covered(scopes, folder) or any(scope.startswith(below) for scope in scopes or ())


def _update_index(worktree: WorktreeFiles, found: _ChangedPaths) -> None:
    """Bring the index to what was found; git reads the files and writes their objects."""
    # What is gone first: a file that became a folder stands in the way of what lies in that.
    if found.gone:
        words = ("update-index", "--force-remove", "-z", "--stdin")
        worktree.git(*words, stdin=_terminated(found.gone))
    if found.take:
        _take_files(worktree, found)
    for program, sign in ((True, "+x"), (False, "-x")):
        paths = [path for path, mode in found.modes.items() if mode is program]
        # What was refused after all is not in the index, and git would fail on it.
        if paths := [path for path in paths if path not in found.refused]:
            words = ("update-index", f"--chmod={sign}", "-z", "--stdin")
            worktree.git(*words, stdin=_terminated(paths))


def _take_files(worktree: WorktreeFiles, found: _ChangedPaths) -> None:
    done = _add_to_index(worktree, found.take)
    if done.status:
        # Most likely a mode that hides a file from its owner, and these are cheap to set.
        make_readable(worktree.top)
        done = _add_to_index(worktree, found.take)
    for _ in range(_MOST_UNCONVERTIBLE):
        if not (done.status and _leave_out_unconvertible(found, done.stderr)):
            break
        done = _add_to_index(worktree, found.take)
    if done.status:
        raise HarvestRefusedError(f"git cannot take the changed files: {done.complaint}")
    if b"Ignoring path " in done.stderr:
        # Git leaves out a name such as `.GIT` without failing; which it was, the index tells.
        known = set(worktree.git("ls-files", "-z").records)
        for path in found.take:
            if path not in known and worktree.kind(path):
                found.refused[path] = "forbidden name"


def _leave_out_unconvertible(found: _ChangedPaths, complaint: bytes) -> bool:
    """Refuse the file that git cannot store by its attributes or `core.safecrlf`, if that is it."""
    why = _UNCONVERTIBLE.search(complaint)
    path = (why[2] or why[3]) if why else None
    if why is None or path not in found.take:
        return False
    found.take.remove(path)
    found.refused[path] = clean(why[1])
    return True


def _add_to_index(worktree: WorktreeFiles, paths: Sequence[bytes]) -> Completed:
    words = ("update-index", "-z", "--add", "--remove", "--replace", "--stdin")
    return worktree.git(*words, stdin=_terminated(paths), ok=None)


def _refusals(
    found: _ChangedPaths, changes: Changes, scopes: Sequence[str] | None
) -> tuple[Refused, ...]:
    """Return all that was left out, with the folders that git could not open, by path."""
    reasons = dict(found.refused)
    # Git cuts a message that is longer than a path may be, and the reason with it.
    for path, reason in _UNOPENED.findall(changes.complaints):
        if _is_covered(scopes, path) and not found.worktree.is_local_file(path):
            reasons[path] = "unreadable folder: " + clean(reason or b"its path is too long")
    return tuple(Refused(decode_path(path), reasons[path]) for path in sorted(reasons))


def _terminated(paths: Sequence[bytes]) -> bytes:
    return b"\0".join(paths) + b"\0"
