"""A file that an agent lets its client write, although no such ability was announced.

One of six agents does so. It is served within the worktree, and nowhere else: each folder on the
way is opened by itself, so that no symlink leads out, also none that is made meanwhile.
"""

import contextlib
import os
import stat
from pathlib import Path

from wf_tui.workers.permission import PermissionRules, is_protected

__all__ = ["StrayWriteError", "write_in_tree"]

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Not to wait for who reads a pipe of that name.
_FILE = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class StrayWriteError(Exception):
    """The file is not written; the message says why."""


def write_in_tree(path: str, content: str, rules: PermissionRules) -> None:
    """Write a file of the worktree, with the folders above it. Raises `StrayWriteError`.

    What no rule may allow is not written: paths out of the tree, its git data, settings of agents.
    """
    if not rules.writes:
        raise StrayWriteError("the task only reads")
    if is_protected(path, rules):
        raise StrayWriteError("outside the worktree")
    try:
        tree = Path(rules.tree).resolve()
        names = (tree / path).resolve().relative_to(tree).parts
        if not names:
            raise StrayWriteError("not a file")
        if is_protected("/".join(names), rules):  # it leads elsewhere by now
            raise StrayWriteError("outside the worktree")
        data = content.encode()
        with contextlib.ExitStack() as opened:
            folder = os.open(tree, _FOLDER)
            opened.callback(os.close, folder)
            for name in names[:-1]:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, dir_fd=folder)
                folder = os.open(name, _FOLDER, dir_fd=folder)
                opened.callback(os.close, folder)
            handle = os.open(names[-1], _FILE, 0o666, dir_fd=folder)
            with os.fdopen(handle, "wb") as file:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise StrayWriteError("not a file")
                file.truncate()
                file.write(data)
    except (OSError, ValueError) as error:  # a text that is no UTF-8, or a path that moved out
        raise StrayWriteError(str(error)) from error
