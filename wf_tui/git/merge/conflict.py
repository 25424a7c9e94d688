"""What a merge could not decide: each path with the versions that meet there, in git's own words.

Git's merged tree alone does not tell it: a binary file, a link or a deletion has no marks in it,
and two files that want the same name get names that neither side ever gave. The stages of the merge
do. A conflict is a pure function of the commits that meet: it can be read again at any time.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from wf_tui.git.control.changed_files import ABSENT, Entry, changed_files
from wf_tui.git.control.control import Control
from wf_tui.git.control.tree_edits import Version
from wf_tui.git.merge.merge_tree import MergeResult, Note
from wf_tui.values import frozen

__all__ = [
    "FOLDER",
    "Conflict",
    "ConflictedPath",
    "Side",
    "clash_conflict",
    "loss_conflict",
    "merge_conflict",
]

FOLDER: Final = "040000"
"""The mode of a folder, which one side has where the other has a file."""
_KIND: Final = re.compile(r"^(?:CONFLICT|warning: CONFLICT) \(([^)]*)\)")
_BY_MODE: Final = {"120000": "symbolic link", "160000": "submodule"}
_LOSS: Final = "the merge would lose changes"
_CLASH: Final = "names that differ only by case"


class Side(StrEnum):
    """Whose version of a path: that of the run's branch, or that of the task."""

    OURS = "ours"
    THEIRS = "theirs"


@frozen
class ConflictedPath:
    """A path that a merge could not decide, under the name that both sides know it by.

    A version is None on the side that lacks the path; the mode of a folder is `FOLDER`, and its
    object the digest of what is in it.
    """

    path: str
    kinds: tuple[str, ...]
    """Git's words for it: `content`, `binary`, `modify/delete`, `file/directory`, ..."""
    base: Version | None
    ours: Version | None
    theirs: Version | None
    stand_ins: Mapping[str, str]
    """What lies beside it in the tree, because both want its name: git's name for each, and wf's,
    which says whose it is."""

    def version(self, side: Side) -> Version | None:
        """Return the version of a side."""
        return self.ours if side is Side.OURS else self.theirs

    @property
    def needs_person(self) -> bool:
        """Whether there is a choice: where both sides lack the path, there is none."""
        return self.ours is not None or self.theirs is not None

    @property
    def versions(self) -> str:
        """What tells the three versions that meet from any others; 16 hexadecimal digits."""
        met = repr((self.base, self.ours, self.theirs)).encode()
        return hashlib.sha256(met).hexdigest()[:16]


@frozen
class Conflict:
    """The commit does not merge into `head`; `tree` is git's attempt at it, with conflict marks.

    `lay_out` makes of it what a person finds in a worktree.
    """

    base: str
    head: str
    commit: str
    tree: str
    conflicted: tuple[ConflictedPath, ...]
    notes: tuple[Note, ...]
    by_case: bool = False
    """Whether nothing is in conflict but names, which a person may leave as they are."""

    @property
    def paths(self) -> tuple[str, ...]:
        """What is in conflict, by the names that both sides know it by."""
        return tuple(one.path for one in self.conflicted)

    @property
    def text(self) -> str:
        """Git's or wf's reason, with the names of commits in it."""
        return "".join(note.text for note in self.notes)

    def named(self) -> list[str]:
        """Return each path with its kinds behind it, for a sentence; not cleaned."""
        return [
            f"{one.path} ({', '.join(one.kinds)})" if one.kinds else one.path
            for one in self.conflicted
        ]

    def sentences(self, ours: str, theirs: str) -> list[str]:
        """Return git's own words, a line a conflict, with these names of the two sides in them."""
        names = {self.head: ours, self.commit: theirs}
        for one in self.conflicted:
            names |= one.stand_ins
        # The longest first: a stand-in holds the name of a commit.
        pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
        text = pattern.sub(lambda found: names[found.group()], self.text)
        return list(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))


def merge_conflict(
    control: Control, base: str, head: str, commit: str, merge: MergeResult
) -> Conflict:
    """Return what git left undecided as it merged `commit`, made on `base`, into `head`."""
    notes = tuple(note for note in merge.notes if note.kind != "Auto-merging")
    own = _OwnNames(control, merge.tree, {head: Side.OURS, commit: Side.THEIRS})
    # Some conflicts leave no stages: git tells them in its notes alone.
    found = merge.conflicts or tuple(path for note in notes for path in note.paths)
    places: dict[str, list[str]] = {}
    for place in found:
        places.setdefault(own.path(place), []).append(place)
    kinds: dict[str, list[str]] = {}
    for note in notes:
        for path in dict.fromkeys(map(own.path, note.paths)):
            kinds.setdefault(path, []).append(_kind(note))
    stages = {(own.path(one.path), one.number): (one.mode, one.oid) for one in merge.stages}
    sides = _Sides(changed_files(control, head, commit))
    conflicted = []
    for path, those in places.items():
        base_version = stages.get((path, 1))
        stand_ins = {place: own.stand_in(place) for place in those if place != path}
        # What a side has under this very name, or what git compared from under another one.
        ours = sides.version(path, Side.OURS, folder=bool(stand_ins)) or stages.get((path, 2))
        theirs = sides.version(path, Side.THEIRS, folder=bool(stand_ins)) or stages.get((path, 3))
        words = _words(kinds.get(path, []), (base_version, ours, theirs))
        conflicted.append(ConflictedPath(path, words, base_version, ours, theirs, stand_ins))
    return Conflict(base, head, commit, merge.tree, tuple(conflicted), notes)


def loss_conflict(
    control: Control, base: str, head: str, commit: str, tree: str, lost: Sequence[str]
) -> Conflict:
    """Return that a merge which git calls clean would drop what the two sides did at `lost`."""
    ours = {one.path: one for one in changed_files(control, base, head)}
    theirs = {one.path: one for one in changed_files(control, base, commit)}
    conflicted = []
    for path in lost:
        one, other = ours.get(path), theirs.get(path)
        either = one or other
        before = _there(either.old) if either else None
        mine = _there(one.new) if one else before
        its = _there(other.new) if other else before
        conflicted.append(ConflictedPath(path, ("loss",), before, mine, its, {}))
    note = Note("loss", tuple(lost), _LOSS)
    return Conflict(base, head, commit, tree, tuple(conflicted), (note,))


def clash_conflict(
    control: Control, base: str, head: str, commit: str, tree: str, names: Sequence[str]
) -> Conflict:
    """Return that these names in the merged tree are one and the same on many machines."""
    sides = _Sides(changed_files(control, head, commit))
    conflicted = []
    for path in names:
        ours = sides.version(path, Side.OURS, folder=True)
        theirs = sides.version(path, Side.THEIRS, folder=True)
        conflicted.append(ConflictedPath(path, ("case",), None, ours, theirs, {}))
    note = Note("case", tuple(names), _CLASH)
    return Conflict(base, head, commit, tree, tuple(conflicted), (note,), by_case=True)


def _there(version: Version) -> Version | None:
    return None if version[0] == ABSENT else version


def _kind(note: Note) -> str:
    found = _KIND.match(note.text)
    if found:
        return found[1]
    return note.kind.removeprefix("CONFLICT (").removesuffix(")")


def _words(kinds: Sequence[str], versions: Iterable[Version | None]) -> tuple[str, ...]:
    """Return what kinds of conflict there are at a path, each once."""
    words = list(dict.fromkeys(kind for kind in kinds if kind != "other"))
    if "binary" in words and "content" in words:
        words.remove("content")  # git says both of it
    modes = dict.fromkeys(version[0] for version in versions if version)
    return (*words, *(_BY_MODE[mode] for mode in modes if mode in _BY_MODE))


@frozen
class _OwnNames:
    """Tells git's stand-in names, `PATH~COMMIT`, from those that somebody gave."""

    control: Control
    tree: str
    sides: Mapping[str, Side]

    def path(self, place: str) -> str:
        """Return the name that both sides want, of a place in git's merged tree."""
        found = self._pattern.match(place)
        return found[1] if found else place

    def stand_in(self, place: str) -> str:
        """Return the name that wf lays a stand-in out by: `PATH~ours`, that no other file has."""
        found = self._pattern.match(place)
        wanted = f"{found[1]}~{self.sides[found[2]]}" if found else place
        name, number = wanted, 1
        while self.control.resolve(f"{self.tree}:{name}") is not None:
            number += 1
            name = f"{wanted}-{number}"
        return name

    @property
    def _pattern(self) -> re.Pattern[str]:
        commits = "|".join(self.sides)
        return re.compile(rf"^(.+)~({commits})(?:_\d+)?$", re.DOTALL)


class _Sides:
    """What each side has at a path, of those that differ between the two."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._files: dict[Side, dict[str, Version]] = {Side.OURS: {}, Side.THEIRS: {}}
        for entry in entries:
            for side, version in ((Side.OURS, entry.old), (Side.THEIRS, entry.new)):
                if _there(version):
                    self._files[side][entry.path] = version

    def version(self, path: str, side: Side, *, folder: bool) -> Version | None:
        """Return the version of a file, or of a `folder` if asked; None where it is not there."""
        files = self._files[side]
        if path in files or not folder:
            return files.get(path)
        inside = sorted(item for item in files.items() if item[0].startswith(f"{path}/"))
        digest = hashlib.sha256(repr(inside).encode()).hexdigest()
        return (FOLDER, digest) if inside else None
