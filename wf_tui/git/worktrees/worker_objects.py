"""The objects that a worker has made, read beside those of `control.git`, and brought over there.

Git reads them as a second folder of objects of the run's own repository, so that nothing of the
worker's configuration counts. What it could be made to do with them is bounded: links, pipes and
foreign alternates are refused before, and how much it may read, and list, has a limit.
"""

from __future__ import annotations

import os
import stat
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.git.config_text import quoted
from wf_tui.git.worktrees.worker_git import alternates_of
from wf_tui.git.worktrees.worker_refs import OddGitDirError
from wf_tui.text import plural
from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from wf_tui.git.control.control import Control

__all__ = ["Commit", "WorkerObjects"]

_MOST_FILES: Final = 50_000
_MOST_OBJECTS: Final = 10_000
"""Also of the commits of a history."""
_MOST_PATHS: Final = 100_000
"""Paths that all commits together may have changed."""
_MOST_BYTES: Final = 256 << 20
_MOST_OF_TREES: Final = 64 << 20
"""Bytes of the trees of one depth: they are compared here, not by git."""
_ALLOC_LIMIT: Final = str(_MOST_BYTES)
"""Bytes that git may ask for at once: one small file can claim to be an object of any size."""
_FOLDER: Final = b"40000"

_Tree = dict[bytes, tuple[bytes, str]]
"""The names of a tree, each with its mode and object."""


@frozen
class Commit:
    """A commit that a worker made."""

    tree: str
    parents: tuple[str, ...]


@frozen
class WorkerObjects:
    """The objects of one git directory; read by git threads, when its processes are gone.

    All methods raise `OddGitDirError` for what is too much, and `GitError` for what git refuses.
    """

    control: Control
    git_dir: Path

    @cached_property
    def both(self) -> Control:
        """`control.git` with the worker's objects beside its own."""
        _require_plain(self.control, self.git_dir / "objects")
        variables = {
            **self.control.variables,
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": quoted(str(self.git_dir / "objects")),
            "GIT_ALLOC_LIMIT": _ALLOC_LIMIT,
        }
        return replace(self.control, variables=variables)

    def unknown(self, oids: Collection[str]) -> frozenset[str]:
        """Return those that `control.git` does not have."""
        return frozenset(_lacking(self.control, oids))

    def commits_of(self, oids: Collection[str]) -> Mapping[str, str | None]:
        """Return for each object the commit that it is, or a tag of; None for any other object.

        Those that are nowhere are left out.
        """
        asked = "".join(f"{oid}\n{oid}^{{}}\n" for oid in oids).encode()
        words = ("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)")
        lines = self.both.git(*words, stdin=asked).text.splitlines()
        found: dict[str, str | None] = {}
        for oid, line in zip(oids, lines[1::2], strict=True):
            if not line.endswith(" missing"):
                name, kind, _ = line.split(" ")
                found[oid] = name if kind == "commit" else None
        return found

    def history(self, commits: Collection[str], own: str) -> Mapping[str, Commit]:
        """Return these commits with all that they descend from and no ref of the run holds.

        The refs that begin with `own` do not count as holding anything.
        """
        limit = f"--max-count={_MOST_OBJECTS + 1}"
        words = ("rev-list", "--no-commit-header", "--format=%H %T %P", limit)
        done = self.both.git(*words, *commits, "--not", f"--exclude={own}*", "--all", "--")
        lines = done.text.splitlines()
        if len(lines) > _MOST_OBJECTS:
            raise OddGitDirError(f"it has more than {plural(_MOST_OBJECTS, 'commit')} of its own")
        found = {}
        for line in lines:
            name, tree, *parents = line.split()
            found[name] = Commit(tree, tuple(parents))
        return found

    def changed_paths(self, base: str, trees: Collection[str]) -> Mapping[str, frozenset[bytes]]:
        """Return for each of the trees the paths in which it differs from `base`, "" for no tree.

        Not by git, which would list whatever a few trees inside of each other can be made to name.
        """
        changed: dict[str, set[bytes]] = {tree: set() for tree in trees}
        level = [_Pair(tree, b"", base, tree) for tree in changed]
        seen = 0
        while level:
            known = self._read_trees({oid for pair in level for oid in pair.trees})
            below: list[_Pair] = []
            for pair in level:
                for path, deeper in pair.differences(known):
                    seen += 1
                    if seen > _MOST_PATHS:
                        raise OddGitDirError(f"its commits change more than {_MOST_PATHS} files")
                    if deeper is None:
                        changed[pair.root].add(path)
                    else:
                        below.append(deeper)
            level = below
        return {tree: frozenset(paths) for tree, paths in changed.items()}

    def bring(self, tips: Collection[str]) -> None:
        """Bring objects, and all that they need, into `control.git`; no ref of it moves.

        They are checked as those of a stranger are, and brought whole or not at all.
        """
        words = ("rev-list", "--objects", "--no-object-names")
        named = self.both.git(*words, *tips, "--not", "--all", "--").text.split()
        wanted = list(_lacking(self.control, named))
        if len(wanted) > _MOST_OBJECTS:
            raise OddGitDirError(f"it holds more than {plural(_MOST_OBJECTS, 'object')}")
        if not wanted:
            return
        listed = "".join(f"{oid}\n" for oid in wanted).encode()
        sizes = self.both.git("cat-file", "--batch-check=%(objectsize)", stdin=listed).text
        if sum(map(int, sizes.split())) > _MOST_BYTES:
            raise OddGitDirError(f"it holds more than {_MOST_BYTES >> 20} MB")
        pack = self.both.git("pack-objects", "--stdout", "-q", stdin=listed).stdout
        self.control.git("index-pack", "--stdin", "--strict", "--fsck-objects", stdin=pack)

    def _read_trees(self, oids: Collection[str]) -> Mapping[str, _Tree]:
        listed = "".join(f"{oid}\n" for oid in oids).encode()
        words = ("cat-file", "--batch-check=%(objecttype) %(objectsize)")
        lines = self.both.git(*words, stdin=listed).text.splitlines()
        sizes = [int(line.removeprefix("tree ")) for line in lines if line.startswith("tree ")]
        if len(sizes) != len(oids):
            raise OddGitDirError("objects of its commits are missing")
        if sum(sizes) > _MOST_OF_TREES:
            raise OddGitDirError("its folders are too large")
        found, rest = {}, self.both.git("cat-file", "--batch", stdin=listed).stdout
        while rest:
            head, _, rest = rest.partition(b"\n")
            oid, _, size = head.decode().split(" ")
            found[oid] = _parse_tree(rest[: int(size)], len(oid) // 2)
            rest = rest[int(size) + 1 :]
        return found


@frozen
class _Pair:
    """Two folders that are compared; "" where one side has none."""

    root: str
    """The tree of the commit."""
    folder: bytes
    """Its path, with a slash at its end but for the top."""
    old: str
    new: str

    @property
    def trees(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.old, self.new)))

    def differences(self, known: Mapping[str, _Tree]) -> Iterator[tuple[bytes, _Pair | None]]:
        """Yield each path that differs; with folders to compare, or None for a file."""
        old, new = known.get(self.old, {}), known.get(self.new, {})
        for name in old.keys() | new.keys():
            before, after = old.get(name), new.get(name)
            if before == after:
                continue
            path = self.folder + name
            trees = ["" if one is None or one[0] != _FOLDER else one[1] for one in (before, after)]
            if any(trees):
                yield path, _Pair(self.root, path + b"/", *trees)
            if any(one is not None and one[0] != _FOLDER for one in (before, after)):
                yield path, None


def _parse_tree(content: bytes, length: int) -> _Tree:
    """Return the names of a tree object; an object name in it has `length` bytes."""
    names, place = {}, 0
    while place < len(content):
        end = content.index(b"\0", place)
        mode, _, name = content[place:end].partition(b" ")
        place = end + 1 + length
        names[name] = (mode, content[end + 1 : place].hex())
    return names


def _lacking(control: Control, oids: Collection[str]) -> Iterator[str]:
    asked = "".join(f"{oid}\n" for oid in oids).encode()
    done = control.git("cat-file", "--batch-check=%(objectname)", stdin=asked)
    for line in done.text.splitlines():
        if line.endswith(" missing"):
            yield line.removesuffix(" missing")


def _require_plain(control: Control, objects: Path) -> None:
    """Refuse a folder of objects that has anything in it but files and folders of its own.

    Through a link git would read what lies elsewhere, at a pipe it would wait for ever.
    """
    waiting, seen = [objects], 0
    while waiting:
        folder = waiting.pop()
        try:
            if not stat.S_ISDIR(folder.lstat().st_mode):
                raise OddGitDirError("its objects are not where wf has put them")
            with os.scandir(folder) as entries:
                for entry in entries:
                    seen += 1
                    if seen > _MOST_FILES:
                        raise OddGitDirError(f"it has more than {_MOST_FILES} objects")
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
                    elif not entry.is_file(follow_symlinks=False):
                        raise OddGitDirError("one of its objects is no file")
        except OSError as error:
            raise OddGitDirError(f"its objects cannot be read: {error.strerror}") from error
    # Behind the look at what it is: a pipe in its place would be waited for.
    alternates = objects / "info" / "alternates"
    if not alternates.exists() or alternates.read_bytes() != alternates_of(control):
        raise OddGitDirError("its objects are read from elsewhere, too")
