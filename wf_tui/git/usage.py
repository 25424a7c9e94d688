"""How much room a folder takes on the disk, and whether there is any left."""

import os
from pathlib import Path
from typing import Final

__all__ = ["folder_size", "is_full"]

_BLOCK: Final = 512
_PAGE: Final = 4096


def folder_size(top: Path) -> int:
    """Return the bytes that a file or folder takes on the disk; no link is followed.

    What cannot be read (a path too long, a folder of somebody else) is not counted.
    """
    total, waiting = 0, [os.fsencode(top)]
    while waiting:
        path = waiting.pop()
        try:
            total += os.lstat(path).st_blocks * _BLOCK
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
        except OSError:
            continue
    return total


def is_full(folder: Path) -> bool:
    """Whether the disk of a folder takes nothing more: no block, or no further file."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False
    no_block = disk.f_bavail * disk.f_frsize < _PAGE
    return no_block or (disk.f_files > 0 and disk.f_favail == 0)
