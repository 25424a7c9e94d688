"""What a worker may not hand in: links out of the tree, repositories inside it, special files.

Each of these could make git, or whoever checks the branch out, touch files outside of the tree or
run what the worker has written (promises G7 and G11).
"""

# ruff: noqa: PTH208 - the names that workers leave are bytes, which pathlib cannot hold

import os
import stat
from collections.abc import Collection, Iterable

from wf_tui.git.control.tree_names import Names
from wf_tui.git.harvest.worktree_files import WorktreeFiles

__all__ = [
    "holds_only",
    "is_bare_repository",
    "leaves_tree",
    "planted_repositories",
    "special_files",
]

_MARKERS = frozenset({b"HEAD", b"commondir", b"objects", b"refs"})
"""Names by which git takes the folder that they are in for a repository."""


def leaves_tree(path: bytes, target: bytes) -> bool:
    """Whether a symbolic link at `path` (relative to the tree) to `target` can lead out of it.

    The folder a link lies in is a real one, so leading `..` count exactly. A `..` behind a name
    is refused, for that name may itself be a link: then no chain of links can leave the tree.
    """
    if target.startswith(b"/"):
        return True
    parts = [part for part in target.split(b"/") if part not in {b"", b"."}]
    ups = 0
    while ups < len(parts) and parts[ups] == b"..":
        ups += 1
    rest = parts[ups:]
    if ups > path.count(b"/") or b".." in rest:
        return True
    # `.git` leads to the git directory of the worker; some disks do not tell case apart.
    return any(part.lower() == b".git" for part in rest)


def planted_repositories(worktree: WorktreeFiles, added: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the folders that these new paths turn into bare repositories.

    A git that steps into such a folder obeys its configuration, so none may be merged; one that
    the base has already is the user's own.
    """
    candidates: set[bytes] = set()
    for path in added:
        parts = path.split(b"/")
        for depth in range(1, len(parts)):
            if parts[depth] in _MARKERS:
                candidates.add(b"/".join(parts[:depth]))
    planted = []
    for folder in sorted(candidates):
        if not is_bare_repository(worktree, folder):
            continue
        # The index has yet to learn of the new paths: what it holds was there before.
        known = worktree.git("ls-files", "-z", "--", folder).records
        heads = {path[len(folder) + 1 :].split(b"/")[0] for path in known}
        was_before = b"HEAD" in heads and ({b"objects", b"refs"} <= heads or b"commondir" in heads)
        if not was_before:
            planted.append(folder)
    return tuple(planted)


def is_bare_repository(worktree: WorktreeFiles, folder: bytes) -> bool:
    """Whether git would take this folder of the worktree for a repository without a `.git`.

    By git's own rule: `HEAD`, and either `commondir` or the folders `objects` and `refs`.
    """
    if not worktree.kind(folder + b"/HEAD"):
        return False
    if worktree.kind(folder + b"/commondir"):
        return True
    parts = (worktree.full(folder + name) for name in (b"/objects", b"/refs"))
    return all(os.path.isdir(part) for part in parts)  # noqa: PTH112 - bytes; git follows links here


def special_files(
    worktree: WorktreeFiles, hidden: Collection[bytes], most: int = 100
) -> tuple[bytes, ...]:
    """Return FIFOs, sockets and devices, which git passes over; not from hidden folders.

    `hidden` are folders with a slash at their end. The walk ends at `most` of them: these are only
    named to a person, and a worker could make a million.
    """
    found: list[bytes] = []
    waiting = [b""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(worktree.full(folder)) as entries:
                present = list(entries)
        except OSError:
            continue  # git has said already what it cannot open
        for entry in present:
            if entry.is_file(follow_symlinks=False):
                continue  # nearly all of them
            path = folder + b"/" + entry.name if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if path + b"/" not in hidden:
                    waiting.append(path)
            elif not entry.is_symlink():
                found.append(path)
                if len(found) == most:
                    return tuple(found)
    return tuple(found)


def holds_only(worktree: WorktreeFiles, names: Names) -> bool:
    """Whether a worktree has no names but these, and what wf has put there.

    Where `names` are those of the index, git ignores nothing then, and passes over nothing in
    silence but what lies at the name of a file of it. Of submodules, and of folders that are none,
    nothing can be said: False.
    """
    if names.submodules or worktree.control.is_sparse:
        return False
    top = worktree.top
    for folder, wanted in names.folders.items():
        full = top + b"/" + folder if folder else top
        try:
            if not stat.S_ISDIR(os.lstat(full).st_mode):
                return False
            present = os.listdir(full)
        except OSError:
            return False
        for name in present:
            if name not in wanted:
                path = folder + b"/" + name if folder else name
                if path != b".git" and not worktree.is_local_file(path):
                    return False
    return True
