"""Work below a submodule's folder: git sees nothing of it, so that it is looked for.

A submodule has a repository of its own, which a worker may fill, edit and commit in. None of that
can be merged with the rest, since a tree holds but the name of one commit; it has to be noticed,
so that it neither vanishes nor counts as done.
"""

# ruff: noqa: PTH118 - the names that workers leave are bytes, which pathlib cannot hold

import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from wf_tui.git.config_text import quoted
from wf_tui.git.harvest.second_witness import SUBMODULE
from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.git.path_bytes import decode_path
from wf_tui.text import clean, listed

__all__ = ["changed_submodules"]

_MODE: Final = b"%o" % SUBMODULE
_PACKED_MODE: Final = SUBMODULE.to_bytes(4, "big")
"""The mode of a submodule as it stands in an index."""
_SHOWN: Final = 3
_MOST: Final = 100
"""Names that are looked at in a folder that nobody filled; only a few are told."""
_DEEPEST: Final = 10
"""Submodules of submodules that are looked into."""
_LONGEST: Final = 4096
"""Bytes of a file `.git` that are read."""


def changed_submodules(worktree: WorktreeFiles, tags: Mapping[bytes, bytes]) -> dict[bytes, str]:
    """Return the submodules that hold work, and what it is, by their paths.

    `tags` are those of the paths in which `worktree` differs, as in `Changes`. An empty folder, and
    one that `git submodule update` has filled with just its commit, hold none. No command of git
    where the index has no submodule, else one, and two more for each that is filled. Called by the
    harvest, when nobody works in the tree any more.
    """
    # By chance alone these bytes are in one of a thousand indexes, and then one command finds none.
    if _PACKED_MODE not in worktree.index.read_bytes():
        return {}
    found: dict[bytes, str] = {}
    for path, commit in _submodules(worktree):
        if worktree.is_local_file(path):
            continue
        if path in tags or worktree.kind(path) not in {0, stat.S_IFDIR}:
            found[path] = "submodule changed"
        elif names := _work_below(worktree, path, commit):
            shown = listed([clean(decode_path(name), limit=200) for name in names], _SHOWN)
            found[path] = f"submodule changed: {shown}"
    return found


def _submodules(worktree: WorktreeFiles) -> Iterator[tuple[bytes, str]]:
    """Yield the path of each submodule in the index, and its commit."""
    for record in worktree.git("ls-files", "-z", "-s").records:
        about, path = record.split(b"\t", 1)
        if about.startswith(_MODE):
            yield path, about.split(b" ")[1].decode()


def _work_below(worktree: WorktreeFiles, path: bytes, commit: str, depth: int = 0) -> list[bytes]:
    """Return what in the folder of a submodule is not of its commit, as paths in there."""
    try:
        names = os.listdir(worktree.full(path))  # noqa: PTH208 - bytes
    except OSError:
        return [] if not worktree.kind(path) else [b"."]
    if not names:
        return []
    objects = _objects(worktree.full(path)) if b".git" in names else None
    if objects is None or depth == _DEEPEST:
        return list(_files(worktree.full(path)))
    # Its repository is the worker's: nothing but its objects is read, by a git that obeys wf.
    alternates = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": quoted(os.fsdecode(objects))}
    control = replace(worktree.control, local_names=(), variables=alternates)
    prefix = worktree.index.name + ".copy."
    with tempfile.TemporaryDirectory(prefix=prefix, dir=worktree.index.parent) as folder:
        below, own = Path(os.fsdecode(worktree.full(path))), Path(os.fsdecode(objects)).parent
        inner = WorktreeFiles(control, below, Path(folder, worktree.index.name), own)
        if inner.git("read-tree", "--end-of-options", commit, ok=None).status:
            return list(_files(worktree.full(path)))
        changed = set(inner.changes().tags)
        for name, inner_commit in _submodules(inner):
            if name not in changed:
                work = _work_below(inner, name, inner_commit, depth + 1)
                changed |= {name + b"/" + each for each in work}
    return sorted(changed)


def _files(folder: bytes) -> Iterator[bytes]:
    """Yield names of files below a folder, the first few; nothing for folders without any."""
    count = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            count += 1
            if count > _MOST:
                return
            yield os.path.relpath(os.path.join(parent, name), folder)


def _objects(folder: bytes) -> bytes | None:
    """Return where the repository of a filled submodule has its objects; None where it is odd."""
    place = folder + b"/.git"
    try:
        if stat.S_ISREG(os.lstat(place).st_mode):
            with Path(os.fsdecode(place)).open("rb") as file:
                place = os.path.join(folder, file.read(_LONGEST).removeprefix(b"gitdir: ").strip())
    except OSError:
        return None
    objects = os.path.normpath(place + b"/objects")
    return objects if os.path.isdir(objects) and b"\n" not in objects else None  # noqa: PTH112
