"""What a worker's git directory names, read as files and never obeyed: refs, reflogs, stashes.

A worker may have left anything there. Each file is opened without following a link and without
waiting, and read up to a limit; whatever is odd about one ends the reading, and the caller then
keeps the directory as it is.
"""

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from wf_tui.git.path_bytes import decode_path
from wf_tui.text import clean
from wf_tui.values import frozen

__all__ = [
    "ODD",
    "NamedObject",
    "OddGitDirError",
    "RefKind",
    "WorkerRefs",
    "label",
    "made_commits",
    "read_worker_refs",
]

ODD: Final = "odd"
"""The fingerprint of what cannot be read."""

_MOST_FILES: Final = 5_000
"""Files and folders that are looked at: a worker could make millions."""
_DEEPEST: Final = 32
_SHOWN: Final = 80
_LARGEST: Final = 4 << 20
"""Bytes of one file; a reflog of 20,000 entries."""
_LARGEST_PACKED: Final = 64 << 20
"""Bytes of the file with all refs: a million of them."""
_OID: Final = re.compile(rb"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
_PACKED: Final = re.compile(rb"^([0-9a-f]{40,64}) (refs/\S+)$", re.MULTILINE)
_LOGGED: Final = re.compile(rb"^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ", re.MULTILINE)
_MADE_HERE: Final = re.compile(
    rb"^[0-9a-f]+ [0-9a-f]+ [^\n]*\t(?:commit\b|cherry-pick:|revert:|am:|rebase \(pick\)"
    rb"|merge [^\n]*: Merge made)",
    re.MULTILINE,
)
_FETCHED: Final = b"refs/remotes/"
"""Copies of what another repository has: nothing that was made here."""
# Where git keeps a commit for a while, beside the refs: merges, rebases and what they put aside.
_PSEUDO: Final = (
    b"ORIG_HEAD",
    b"MERGE_HEAD",
    b"CHERRY_PICK_HEAD",
    b"REVERT_HEAD",
    b"MERGE_AUTOSTASH",
    b"rebase-merge/orig-head",
    b"rebase-merge/autostash",
    b"rebase-apply/orig-head",
    b"rebase-apply/autostash",
)


class OddGitDirError(Exception):
    """It is not as git leaves one, or there is too much in it; the text is a clause for people."""


class RefKind(StrEnum):
    """What names an object; of several that name the same one, the first of these counts."""

    BRANCH = "branch"
    TAG = "tag"
    STASH = "stash"
    WORKTREE = "worktree"
    """The commit that an inner worktree has checked out."""
    HEAD = "head"
    """The commit that is checked out, on no branch."""
    REF = "ref"
    REFLOG = "reflog"
    """Where a ref was once, or what git had put aside."""


@frozen
class NamedObject:
    """An object that the directory names; nothing is known yet of the object itself."""

    kind: RefKind
    name: str
    """As people write it, not cleaned: `feature`, `v1`, `HEAD`."""
    oid: str

    @property
    def label(self) -> str:
        """What a person is told that it is, safe to show."""
        return label(self.kind, self.name)


def label(kind: str, name: str) -> str:
    """Return what a person is told of something that a git directory named, safe to show."""
    return kind if kind == name else f"{kind} {clean(name, limit=_SHOWN)}"


@frozen
class WorkerRefs:
    """All that a git directory names."""

    head: str | None
    """The commit that is checked out; None on a branch without one."""
    named: tuple[NamedObject, ...]
    """By kind, then by name; each object once for each name that it has."""
    worktrees: tuple[tuple[str, str | None], ...]
    """The folders of inner worktrees, as their `gitdir` files say, each with its commit."""
    submodules: tuple[str, ...]
    """Submodules in which something was committed."""

    @property
    def fingerprint(self) -> str:
        """A text that is another one when anything is named anew."""
        names = "".join(f"{one.kind} {one.name} {one.oid}\n" for one in self.named)
        others = (self.head, self.worktrees, self.submodules)
        text = f"{names}{others!r}".encode("utf-8", "surrogateescape")
        return hashlib.sha256(text).hexdigest()


def read_worker_refs(git_dir: Path, laid_out: bytes) -> WorkerRefs:
    """Return what a git directory names; nothing of one that is not there.

    `laid_out` is the file `packed-refs` that wf has put there: as it is, it names nothing. It takes
    0.1 ms where a worker did nothing in it. Raises `OddGitDirError`.
    """
    try:
        with _folder(os.fsencode(git_dir)) as top:
            packed = _content(top, b"packed-refs", _LARGEST_PACKED) or b""
            return _read(_Reading(packed), top, laid_out)
    except FileNotFoundError:
        return WorkerRefs(None, (), (), ())
    except OSError as error:
        raise OddGitDirError(f"it cannot be read: {error.strerror}") from error


@dataclass
class _Reading:
    """One reading, with what it has found so far."""

    packed: bytes = b""
    """The file with packed refs."""
    files: int = 0
    refs: dict[bytes, str] = field(default_factory=dict)
    """Loose refs by their whole names."""
    found: set[tuple[RefKind, str, str]] = field(default_factory=set)

    def count(self) -> None:
        """Count one more name of a folder."""
        self.files += 1
        if self.files > _MOST_FILES:
            raise OddGitDirError(f"it names more than {_MOST_FILES} things")

    def add(self, kind: RefKind, name: bytes, oid: bytes) -> None:
        """Note that something is named; zeros name nothing."""
        if oid.strip(b"0"):
            self.found.add((kind, decode_path(name), oid.decode()))

    def add_log(self, kind: RefKind, name: bytes, log: bytes) -> None:
        """Note all that a reflog has of a ref."""
        for old, new in _LOGGED.findall(log):
            self.add(kind, name, old)
            self.add(kind, name, new)

    def commit_of(self, ref: bytes) -> str | None:
        """Return what a ref is set to; a loose one counts before a packed one of that name."""
        if ref in self.refs:
            return self.refs[ref]
        line = re.search(
            rb"^([0-9a-f]{40,64}) " + re.escape(ref) + rb"$", self.packed, re.MULTILINE
        )
        return line.group(1).decode() if line else None

    def files_below(self, folder: int, depth: int = 0) -> Iterator[tuple[bytes, bytes]]:
        """Yield each file below a folder with its content; names are relative to it."""
        if depth > _DEEPEST:
            raise OddGitDirError("its folders are too deep")
        with os.scandir(folder) as entries:
            names = sorted(os.fsencode(entry.name) for entry in entries)
        for name in names:
            self.count()
            if stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
                with _folder(name, folder) as below:
                    for path, content in self.files_below(below, depth + 1):
                        yield name + b"/" + path, content
            elif not name.endswith(b".lock"):  # what git left half-written, when it was killed
                yield name, _content(folder, name) or b""


def _read(reading: _Reading, top: int, laid_out: bytes) -> WorkerRefs:
    """Read all that lies in a git directory."""
    if _exists(top, b"reftable"):
        raise OddGitDirError("its refs are kept in a format that wf does not read")
    if reading.packed != laid_out:
        for oid, name in _PACKED.findall(reading.packed):
            _add_ref(reading, name, oid)
    _read_refs(reading, top)
    _read_logs(reading, top, b"")
    for name in _PSEUDO:
        content = (_content(top, name) or b"").strip()
        if _OID.match(content):
            reading.add(RefKind.REFLOG, name, content)
    head = _read_head(reading, top, RefKind.HEAD, b"HEAD")
    worktrees = tuple(_read_worktrees(reading, top))
    every = sorted(reading.found, key=lambda one: (list(RefKind).index(one[0]), *one[1:]))
    named = tuple(NamedObject(*one) for one in every)
    return WorkerRefs(head, named, worktrees, tuple(_submodules(reading, top)))


def _read_refs(reading: _Reading, folder: int) -> None:
    """Read the loose refs of a git directory, or of an inner worktree's."""
    with contextlib.suppress(FileNotFoundError), _folder(b"refs", folder) as refs:
        for path, content in reading.files_below(refs):
            oid = content.strip()
            if _OID.match(oid):
                reading.refs[b"refs/" + path] = oid.decode()
                _add_ref(reading, b"refs/" + path, oid)
            elif not oid.startswith(b"ref: "):
                raise OddGitDirError("one of its refs is not one")


def _add_ref(reading: _Reading, ref: bytes, oid: bytes) -> None:
    """Note a ref by its whole name."""
    if ref.startswith(_FETCHED):
        return
    for prefix, kind in ((b"refs/heads/", RefKind.BRANCH), (b"refs/tags/", RefKind.TAG)):
        if ref.startswith(prefix):
            reading.add(kind, ref.removeprefix(prefix), oid)
            return
    if ref == b"refs/stash":
        reading.add(RefKind.STASH, b"stash", oid)
    else:
        reading.add(RefKind.REF, ref.removeprefix(b"refs/"), oid)


def _read_logs(reading: _Reading, folder: int, owner: bytes) -> None:
    """Read the reflogs of a git directory; `owner` goes before the names of an inner worktree's."""
    with contextlib.suppress(FileNotFoundError), _folder(b"logs", folder) as logs:
        for path, log in reading.files_below(logs):
            if path == b"refs/stash":
                # Each entry is a stash of its own: it has no other name.
                reading.add_log(RefKind.STASH, b"stash", log)
            elif not path.startswith(_FETCHED):
                short = path.removeprefix(b"refs/heads/").removeprefix(b"refs/")
                reading.add_log(RefKind.REFLOG, owner + short, log)


def _read_head(reading: _Reading, folder: int, kind: RefKind, name: bytes) -> str | None:
    """Return the commit that a `HEAD` stands for, and note one that is on no branch."""
    content = (_content(folder, b"HEAD") or b"").strip()
    if content.startswith(b"ref: "):
        return reading.commit_of(content.removeprefix(b"ref: ").strip())
    if not _OID.match(content):
        return None
    reading.add(kind, name, content)
    return content.decode()


def _read_worktrees(reading: _Reading, top: int) -> Iterator[tuple[str, str | None]]:
    """Read the worktrees that a worker has made of its own; yield their folders."""
    with contextlib.suppress(FileNotFoundError), _folder(b"worktrees", top) as worktrees:
        with os.scandir(worktrees) as entries:
            names = sorted(os.fsencode(entry.name) for entry in entries)
        for name in names:
            reading.count()
            with _folder(name, worktrees) as folder:
                head = _read_head(reading, folder, RefKind.WORKTREE, name)
                _read_refs(reading, folder)
                _read_logs(reading, folder, name + b"/")
                link = (_content(folder, b"gitdir") or b"").strip()
                if link.endswith(b"/.git"):
                    yield decode_path(link.removesuffix(b"/.git")), head


def _submodules(reading: _Reading, folder: int, above: bytes = b"") -> Iterator[str]:
    """Yield the submodules in which something was committed, those of submodules, too."""
    if above.count(b"/") > _DEEPEST:
        raise OddGitDirError("its folders are too deep")
    with contextlib.suppress(FileNotFoundError), _folder(b"modules", folder) as modules:
        with os.scandir(modules) as entries:
            names = sorted(os.fsencode(entry.name) for entry in entries)
        for name in names:
            reading.count()
            yield from _submodules_at(reading, modules, name, above)


def _submodules_at(reading: _Reading, folder: int, name: bytes, above: bytes) -> Iterator[str]:
    """Look at a submodule, or at a folder of them: a name may have slashes in it."""
    path = above + name
    if path.count(b"/") > _DEEPEST:
        raise OddGitDirError("its folders are too deep")
    with _folder(name, folder) as below:
        if _exists(below, b"HEAD"):
            if _made_commits(reading, below):
                yield decode_path(path)
            yield from _submodules(reading, below, path + b"/")
            return
        with os.scandir(below) as entries:
            inside = sorted(os.fsencode(entry.name) for entry in entries)
        for deeper in inside:
            reading.count()
            yield from _submodules_at(reading, below, deeper, path + b"/")


def made_commits(git_dir: bytes) -> bool:
    """Whether something was committed or stashed in a repository, by what its reflogs say.

    One that was only cloned holds nothing that is not elsewhere. Raises `OddGitDirError`.
    """
    try:
        with _folder(git_dir) as folder:
            return _made_commits(_Reading(), folder)
    except OSError as error:
        raise OddGitDirError(f"it cannot be read: {error.strerror}") from error


def _made_commits(reading: _Reading, folder: int) -> bool:
    with contextlib.suppress(FileNotFoundError), _folder(b"logs", folder) as logs:
        for path, log in reading.files_below(logs):
            if path == b"refs/stash" or _MADE_HERE.search(log):
                return True
    return False


@contextlib.contextmanager
def _folder(name: bytes, above: int | None = None) -> Iterator[int]:
    """Open a folder that is no link, below an open one."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    opened = os.open(name, flags, dir_fd=above)
    try:
        yield opened
    finally:
        os.close(opened)


def _exists(folder: int, name: bytes) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _content(folder: int, name: bytes, most: int = _LARGEST) -> bytes | None:
    """Return what a file holds, None where there is none; raise for anything but a file."""
    above, _, last = name.rpartition(b"/")
    if above:
        try:
            with _folder(above, folder) as below:
                return _content(below, last)
        except FileNotFoundError:
            return None
    # Without waiting: to open a pipe that nobody writes to would never end.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        opened = os.open(last, flags, dir_fd=folder)
    except FileNotFoundError:
        return None
    with open(opened, "rb") as file:  # noqa: PTH123 - an open descriptor
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise OddGitDirError("one of its files is not a file")
        content = file.read(most + 1)
    if len(content) > most:
        raise OddGitDirError(f"one of its files holds more than {most >> 20} MB")
    return content
