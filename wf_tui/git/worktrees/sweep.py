"""The walk that makes a used worktree exactly its base again, or says that it cannot be.

A worker may have left anything: names are bytes, nothing is followed, and no mode is trusted.
"""

# ruff: noqa: PTH101, PTH118 - the names that workers leave are bytes, which pathlib cannot hold

import os
import stat
from collections.abc import Mapping

from wf_tui.git.control.tree_names import Kind, Names
from wf_tui.git.erase import erase

__all__ = ["UnusableTreeError", "sweep"]


class UnusableTreeError(Exception):
    """This worktree cannot be made exactly its base: it is thrown away, and a new one made.

    Never seen outside of the pool, which answers it with a new one under the same number.
    """


def sweep(top: bytes, names: Names) -> int:
    """Remove each name that the base lacks, whatever it is; return how many there were.

    Kinds are checked, modes are set. `git clean -ffdx` leaves FIFOs and nested repositories. The
    content of files is not looked at; `prepare` asks git for that afterwards. Raises
    `UnusableTreeError` where a name is missing or is something else, `OSError` where the disk says.
    """
    waiting, removed = [b""], 0
    while waiting:
        folder = waiting.pop()
        full = os.path.join(top, folder) if folder else top
        # First: a worker may have made the folder one that cannot be listed.
        _set_mode(full, os.lstat(full), Kind.FOLDER)
        wanted = names.inside(folder)
        with os.scandir(full) as entries:
            present = list(entries)  # all of them: deleting during the walk could skip names
        extra = [entry for entry in present if entry.name not in wanted]
        kept = [entry for entry in present if entry.name in wanted]
        if len(kept) != len(wanted):
            raise UnusableTreeError(f"names are missing in {full!r}")
        for entry in extra:
            if not erase(entry.path):
                raise UnusableTreeError(f"cannot remove {entry.path!r}")
        removed += len(extra)
        waiting += _check(kept, wanted, folder)
    return removed


def _check(
    entries: list[os.DirEntry[bytes]], wanted: Mapping[bytes, Kind], folder: bytes
) -> list[bytes]:
    """Check what each name is, and return the folders to look into."""
    below = []
    for entry in entries:
        kind, status = wanted[entry.name], entry.stat(follow_symlinks=False)
        if status.st_mode == kind and status.st_nlink == 1 and kind is not Kind.FOLDER:
            continue  # nearly all of them
        if kind.is_folder:
            fits = stat.S_ISDIR(status.st_mode)
        else:
            # With a second name elsewhere, an old worker's file would go on being the next one's.
            same_type = stat.S_IFMT(status.st_mode) == stat.S_IFMT(kind)
            fits = same_type and status.st_nlink == 1
        if not fits:
            raise UnusableTreeError(f"{entry.path!r} is no {kind.name.lower()}")
        if kind.is_folder:
            below.append(folder + b"/" + entry.name if folder else entry.name)
        elif kind is not Kind.LINK:
            _set_mode(entry.path, status, kind)
    return below


def _set_mode(path: bytes, status: os.stat_result, kind: Kind) -> None:
    if status.st_mode != kind:
        os.chmod(path, stat.S_IMODE(kind))
