"""How much room a folder takes on the disk."""

import os
from pathlib import Path
from typing import Final

__all__ = ["folder_size"]

_BLOCK: Final = 512


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
