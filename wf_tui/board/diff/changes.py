"""Which files a commit changes, and their patches: read from git on a thread, bounded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.board.diff.patch import FilePatch, parse_patch
from wf_tui.git.control.diffs import blob_changes, diff, file_changes
from wf_tui.plan.scopes import covers
from wf_tui.text import line_counts, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wf_tui.git.control.control import Control

__all__ = ["MOST_LINES", "ChangeSet", "ChangedFile", "counts", "read_changes", "read_patches"]

MOST_LINES: Final = 20_000
"""Changed lines of a diff that are read at once, and lines of one file that are shown."""
_TOO_LONG: Final = 10 * MOST_LINES
"""Changed lines from which on git is not asked for the patch of a file at all."""
_TOO_LARGE: Final = 32 << 20
"""Bytes of a file from which on it is not asked either: it may be one line."""
_GONE_MODE: Final = "000000"
_KINDS: Final = {"120": "link", "160": "submodule"}
"""What git keeps beside files, by how its modes begin."""


@dataclass(frozen=True)
class ChangedFile:
    """One file that differs; the paths hold any bytes and are not safe to draw."""

    path: str
    was: str
    added: int | None
    """Lines; None where git counts none, as of a binary file."""
    removed: int | None
    blob: str
    """The object of its new content: what is seen and said of a file is of this."""
    old_mode: str = ""
    new_mode: str = ""
    outside: bool = False
    """Whether the scope of the task does not cover it, under its old name or its new one."""
    size: int = 0
    """Bytes of its new content; 0 where it is gone."""

    @property
    def lines(self) -> int:
        """How many lines its patch has, at the least."""
        return (self.added or 0) + (self.removed or 0)

    @property
    def too_long(self) -> bool:
        """Whether its patch is not read, only named."""
        return self.lines > _TOO_LONG or self.size > _TOO_LARGE

    @property
    def words(self) -> str:
        """What it is and has become beside its lines: `new`, `gone link`, `mode 644 → 755` ..."""
        old, new = (_KINDS.get(mode[:3], "") for mode in (self.old_mode, self.new_mode))
        if self.old_mode == _GONE_MODE:
            return f"new {new}".rstrip()
        if self.new_mode == _GONE_MODE:
            return f"gone {old}".rstrip()
        found = ["renamed"] if self.was != self.path else []
        if old != new:
            found.append(f"{old or 'file'} → {new or 'file'}")
        elif self.old_mode != self.new_mode:
            found.append(f"mode {self.old_mode[-3:]} → {self.new_mode[-3:]}")
        elif new:
            found.append(new)
        return ", ".join(found)

    @property
    def counted(self) -> str:
        """How many lines differ, as people write it: `+38 −0`."""
        return line_counts(self.added, self.removed) or "binary"


@dataclass(frozen=True)
class ChangeSet:
    """What one commit has changed since another."""

    base: str
    commit: str
    files: tuple[ChangedFile, ...] = ()
    """In the order of their paths."""
    patches: Mapping[str, FilePatch] = field(default_factory=dict)
    """By path; of a long diff none, then each is read when it is opened."""

    def file(self, path: str) -> ChangedFile | None:
        """Return a file by its path."""
        return next((one for one in self.files if one.path == path), None)


def read_changes(
    control: Control, base: str, commit: str, scope: Sequence[str], *, fold_case: bool = False
) -> ChangeSet:
    """Return what a commit changes, with the patches where they are not long; on a thread.

    Raises a `WfError` where git cannot read one of the commits.
    """
    blobs = blob_changes(control, base, commit)
    sizes = _sizes(control, (one.blob for one in blobs.values()))
    files = []
    for change in file_changes(control, base, commit):
        of = blobs[change.path]
        names = {change.path, change.was}
        outside = bool(scope) and not all(covers(scope, one, fold_case=fold_case) for one in names)
        files.append(
            ChangedFile(
                change.path,
                change.was,
                change.added,
                change.removed,
                of.blob,
                of.old_mode,
                of.new_mode,
                outside,
                sizes.get(of.blob, 0),
            )
        )
    changes = ChangeSet(base, commit, tuple(files))
    if sum(file.lines for file in files) > MOST_LINES or any(file.too_long for file in files):
        return changes
    patches = read_patches(control, changes, files)
    return ChangeSet(base, commit, changes.files, patches)


def read_patches(
    control: Control, changes: ChangeSet, files: Iterable[ChangedFile]
) -> dict[str, FilePatch]:
    """Return the patches of these files, by path; one that is too long is left out of it."""
    asked = [file for file in files if not file.too_long]
    if not asked:
        return {}
    # Both names of a file that was renamed, else git shows it as a new one. For all of them none:
    # a command has room for so many names only.
    every = len(asked) == len(changes.files)
    paths = [] if every else [path for file in asked for path in {file.was, file.path}]
    text = diff(control, changes.base, changes.commit, paths=paths)
    parsed = iter(parse_patch(text, MOST_LINES))
    found = {}
    for file in asked:
        parts = [next(parsed, FilePatch()) for _ in range(_patches_of(file))]
        hunks = tuple(hunk for part in parts for hunk in part.hunks)
        left_out = sum(part.left_out for part in parts)
        found[file.path] = FilePatch(hunks, any(part.binary for part in parts), left_out)
    return found


def _patches_of(file: ChangedFile) -> int:
    """Return how many patches git prints for a file: two where it became another kind of file."""
    kinds = {file.old_mode[:2], file.new_mode[:2]} - {_GONE_MODE[:2]}
    return len(kinds) or 1


def counts(files: Sequence[ChangedFile]) -> str:
    """Return the sum: `+214 −36 in 7 files`."""
    if not files:
        return "no changes"
    added = sum(file.added or 0 for file in files)
    removed = sum(file.removed or 0 for file in files)
    return f"{line_counts(added, removed)} in {plural(len(files), 'file')}"


def _sizes(control: Control, blobs: Iterable[str]) -> dict[str, int]:
    """Return how many bytes these objects have; those that are not there are left out."""
    asked = "".join(f"{oid}\n" for oid in dict.fromkeys(blobs) if oid.strip("0"))
    if not asked:
        return {}
    found = {}
    for line in control.git("cat-file", "--batch-check", stdin=asked.encode()).text.splitlines():
        oid, _, rest = line.partition(" ")
        kind, _, size = rest.partition(" ")
        if kind == "blob":
            found[oid] = int(size)
    return found
