"""Whether the disk of a run is full: a scheduler cannot write down then why it waits."""

import os
from typing import Final

__all__ = ["FULL", "is_full"]

FULL: Final = "the disk is full, so nothing new is started: make room in"
_LITTLE: Final = 256 << 10


def is_full(folder: str) -> bool:
    """Whether there is no room worth the name where a folder lies; costs 2 us."""
    try:
        disk = os.statvfs(folder)
    except OSError:
        return False
    blocks = disk.f_bavail if os.geteuid() else disk.f_bfree
    return blocks * disk.f_frsize < _LITTLE
