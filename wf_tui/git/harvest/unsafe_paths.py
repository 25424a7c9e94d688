"""What a worker may not hand in: links out of the tree, repositories inside it, special files."""

import os
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from wf_tui.git.harvest.worktree_files import WorktreeFiles

__all__ = ["leaves_tree", "planted_repositories", "special_files"]

_MARKERS = frozenset({b"HEAD", b"commondir", b"objects", b"refs"})


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
    return ups > path.count(b"/") or b".." in rest or any(part.lower() == b".git" for part in rest)


def planted_repositories(worktree: WorktreeFiles, added: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return the folders that these new paths turn into bare repositories.

    A git that steps into such a folder obeys its configuration, so none may be merged; one that
    the base has already is the user's own.
    """
    candidates = {folder for path in added for folder in _possible_repositories(path)}
    planted = [folder for folder in candidates if _is_repository(worktree, folder)]
    return tuple(
        sorted(folder for folder in planted if not _was_repository_before(worktree, folder))
    )


def special_files(
    worktree: WorktreeFiles, hidden: Collection[bytes], most: int = 100
) -> tuple[bytes, ...]:
    """Return FIFOs, sockets and devices, which git passes over; not from hidden folders."""
    return tuple(islice(_find_special(worktree, hidden), most))


def _find_special(worktree: WorktreeFiles, hidden: Collection[bytes]) -> Iterator[bytes]:
    waiting = [b""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(worktree.full(folder)) as entries:
                present = list(entries)
        except OSError:
            continue  # git has said already what it cannot open
        for entry in present:
            path = folder + b"/" + entry.name if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if path + b"/" not in hidden:
                    waiting.append(path)
            elif not (entry.is_file(follow_symlinks=False) or entry.is_symlink()):
                yield path


def _possible_repositories(path: bytes) -> Iterable[bytes]:
    parts = path.split(b"/")
    return (b"/".join(parts[:at]) for at in range(1, len(parts)) if parts[at] in _MARKERS)


def _is_repository(worktree: WorktreeFiles, folder: bytes) -> bool:
    if not worktree.kind(folder + b"/HEAD"):
        return False
    return bool(worktree.kind(folder + b"/commondir")) or all(
        os.path.isdir(worktree.full(folder + name))  # noqa: PTH112 - bytes; git follows links here
        for name in (b"/objects", b"/refs")
    )


def _was_repository_before(worktree: WorktreeFiles, folder: bytes) -> bool:
    known = worktree.git("ls-files", "-z", "--", folder).records
    heads = {path[len(folder) + 1 :].split(b"/")[0] for path in known}
    return b"HEAD" in heads and ({b"objects", b"refs"} <= heads or b"commondir" in heads)
