"""How much room there is on a disk, and how much of it a folder takes.

"Full" has two meanings. A disk that takes nothing more is why git failed; one that still has a
block or two cannot take a transaction of the ledger either, so that a scheduler waits (RULES 4.1).
"""

import math
import os
from pathlib import Path
from typing import Final

__all__ = [
    "DISK_FULL",
    "DISK_LOW",
    "folder_size",
    "is_full",
    "is_low",
    "is_too_full_for_ledger",
    "shown_size",
]

DISK_FULL: Final = "the disk is full, so nothing new starts: make room in"
"""What views say where `is_too_full_for_ledger`; the folder follows."""
DISK_LOW: Final = "disk low: less than 256 MB are left in"
"""What views say where `is_low`; the folder follows."""
_LOW: Final = 256 << 20
_BLOCK: Final = 512
"""Bytes in a block of stat(2), whatever the file system's own are."""
_PAGE: Final = 4096
"""Bytes that the smallest file takes."""
_UNIT: Final = 1024
_LEDGER: Final = 256 << 10
"""Bytes that a transaction of the ledger may need beside the file."""


def is_full(folder: str | Path) -> bool:
    """Whether the disk of a folder takes nothing more: no block, or no further file."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False
    no_block = disk.f_bavail * disk.f_frsize < _PAGE
    return no_block or (disk.f_files > 0 and disk.f_favail == 0)


def is_too_full_for_ledger(folder: str | Path) -> bool:
    """Whether a ledger in this folder has no room worth the name to write in; costs 2 us.

    Views ask it at each look, since a scheduler that cannot write cannot record why it waits.
    """
    return _room(folder) < _LEDGER


def is_low(folder: str | Path) -> bool:
    """Whether there is so little room that a few more worktrees may fill the disk; costs 2 us."""
    return _room(folder) < _LOW


def _room(folder: str | Path) -> float:
    """Return the bytes that this user can still write; of a folder that is not there, no end."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return math.inf
    blocks = disk.f_bavail if os.geteuid() else disk.f_bfree  # root may use the reserve, too
    return blocks * disk.f_frsize


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


def shown_size(size: int) -> str:
    """Return a number of bytes as people read it: `208 KB`."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < _UNIT:
            return f"{amount:.0f} {unit}"
        amount /= _UNIT
    return f"{amount:.1f} GB"
