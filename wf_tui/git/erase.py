"""Deleting what a worker left, whatever it is, without following a link and at any depth."""

# ruff: noqa: PTH101, PTH108 - the names that workers leave are bytes, which pathlib cannot hold

import os
import stat
import subprocess
import sys

__all__ = ["erase", "make_readable"]

_OWNER_ALL = 0o700
_OWNER_READ = 0o400
_SAME_FILE_SYSTEM = (
    b"--one-file-system" if sys.platform == "linux" else b"-x"
)  # a mount is not the worker's


def erase(path: bytes) -> bool:
    """Delete a file, special file or whole folder; return whether it is gone.

    Folders go by `rm`: `shutil.rmtree` breaks on trees deeper than Python's stack or PATH_MAX.
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
    """Let the owner read all below `top`; only what lacks it is changed, no link is followed."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            _readable_folder(folder, waiting)
        except OSError:
            continue  # a path too long, or gone: whoever reads it next says so


def _readable_folder(folder: bytes, waiting: list[bytes]) -> None:
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


def _erase_folder(path: bytes) -> bool:
    command = [b"/bin/rm", b"-rf", _SAME_FILE_SYSTEM, b"--", path]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0 and not os.path.lexists(path)
