"""A print of what lies in a worktree: another one as soon as any file there was written."""

# ruff: noqa: PTH118 - the names that workers leave are bytes, which pathlib cannot hold

import hashlib
import marshal
import os
import stat

__all__ = ["stat_print"]


def stat_print(files: bytes, git_dir: bytes) -> bytes:
    """Return a print of the names in two folders, and of what the kernel knows of each file.

    No content is read: it takes some microseconds a file. The time of the last change is the
    kernel's own, which no program sets back. It moves in ticks of up to 10 ms; whoever compares two
    prints has started a program between them, which takes longer. The index does not count: each
    `git status` writes it, and it only says what its user sees as changed. Raises `OSError` where a
    folder cannot be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    index = os.path.join(git_dir, b"index")
    waiting = [files, git_dir]
    while waiting:
        rows = []
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                is_folder = stat.S_ISDIR(status.st_mode)
                if is_folder:
                    waiting.append(entry.path)
                # Those of a folder change with each name in it, also with one that is gone again.
                written = (0, 0) if is_folder else (status.st_size, status.st_ctime_ns)
                if entry.path != index:
                    rows.append((entry.name, status.st_mode, status.st_ino, *written))
        rows.sort()
        # Without references between objects, which differ where the values do not.
        digest.update(marshal.dumps(rows, 0))
    return digest.digest()
