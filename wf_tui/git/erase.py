"""Deleting what a worker left, whatever it is, without following a link and at any depth.

Worktrees, their git directories and what is in the trash are all deleted by it.
"""

# ruff: noqa: PTH101, PTH106, PTH108 - the names that workers leave are bytes, no pathlib holds them

import contextlib
import itertools
import os
import stat
import subprocess
import sys

__all__ = ["erase", "make_readable"]

_OWNER_ALL = 0o700
"""What a folder's owner needs to list it, and to read and delete what is in it."""
_OWNER_READ = 0o400
_FEW = 64
"""Names in a folder that is deleted without `rm`, which takes longer to start than to work here."""
_SAME_FILE_SYSTEM = (
    b"--one-file-system" if sys.platform == "linux" else b"-x"
)  # a mount is not the worker's


def erase(path: bytes) -> bool:
    """Delete a file, special file or whole folder; return whether it is gone.

    Folders go by `rm`, but for those with few names: `shutil.rmtree` breaks on trees deeper than
    Python's stack or PATH_MAX. What is not there counts as gone. It never raises for what it finds,
    and takes as long as the disk needs: for gigabytes that is minutes.
    """
    try:
        status = os.lstat(path)
        if not stat.S_ISDIR(status.st_mode):
            os.unlink(path)
            return True
    except FileNotFoundError:
        return True
    except OSError:
        return False
    if _erase_folder(path):
        return True
    # A folder that its owner cannot write keeps what is in it, from its owner, too.
    command = [b"/bin/chmod", b"-R", b"u+rwx", b"--", path]
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return _erase_folder(path)


def make_readable(top: bytes) -> None:
    """Let the owner read all below `top`; only what lacks it is changed, no link is followed.

    A worker may have taken rights away from its own files, so that git passes over them. Nobody may
    work below `top` any more: between the look at a path and its change it must stay the same.
    """
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            # The folder itself first: without its rights nothing in it can be looked at.
            if os.lstat(folder).st_mode & _OWNER_ALL != _OWNER_ALL:
                os.chmod(folder, 0o755)  # noqa: S103 - as git makes folders; what is above is private
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        mode = entry.stat(follow_symlinks=False).st_mode
                        if not mode & _OWNER_READ:
                            os.chmod(entry.path, stat.S_IMODE(mode) | 0o600)
        except OSError:
            continue  # a path too long, or gone: whoever reads it next says so


def _erase_folder(path: bytes) -> bool:
    # What is left of a folder that is too large, or odd in any way, is left to `rm`.
    with contextlib.suppress(OSError):
        if _empty(path, None, os.lstat(path).st_dev, _FEW) >= 0:
            os.rmdir(path)
            return True
    command = [b"/bin/rm", b"-rf", _SAME_FILE_SYSTEM, b"--", path]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    # `rm -f` says that all is well of a path which it could not reach.
    return done.returncode == 0 and not os.path.lexists(path)


def _empty(name: bytes | str, above: int | None, device: int, most: int) -> int:
    """Delete what is in a folder, and return how many names are left of `most`; below 0: too many.

    Every folder is opened from the one above it, and is neither a link nor another file system.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    folder = os.open(name, flags, dir_fd=above)
    try:
        if os.fstat(folder).st_dev != device:
            return -1
        with os.scandir(folder) as entries:
            present = list(itertools.islice(entries, most + 1))
        left = most - len(present)
        for entry in present:
            if left < 0:
                break
            if entry.is_dir(follow_symlinks=False):
                left = _empty(entry.name, folder, device, left)
                if left >= 0:
                    os.rmdir(entry.name, dir_fd=folder)
            else:
                os.unlink(entry.name, dir_fd=folder)
        return left
    finally:
        os.close(folder)
