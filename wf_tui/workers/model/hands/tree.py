"""The tree that no path leads out of.

Each folder on the way is opened by itself and never through a link, so that no symlink leads out,
also none that a command makes meanwhile; a link is read, and walked like what the model wrote. Git
data is closed, and only files that are files are opened. Everything goes by descriptors from the
root, which is opened once.
"""

import contextlib
import errno
import os
import stat
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.names import is_git_data, shown

__all__ = ["FOLDER", "Place", "Tree"]

FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# Not to wait for the other end of a pipe of that name, nor to get a terminal.
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_MOST_LINKS: Final = 40
_LONGEST: Final = 4096
"""Bytes of a path."""
_KINDS: Final = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True)
class Place:
    """Where a path of a call leads: a name in a folder that is open."""

    path: str
    """As it is told to the model, from the root; `.` for the root itself."""
    real: str
    """The same as the file system has it, without any link; empty for the root."""
    folder: int
    """The descriptor of the folder above it, for as long as `Tree.find` says."""
    name: str
    """Its name in there; `.` for the root."""
    found: os.stat_result | None
    """None where there is nothing yet."""

    @property
    def is_folder(self) -> bool:
        """Whether a folder is there."""
        return self.found is not None and stat.S_ISDIR(self.found.st_mode)

    def require_file(self) -> os.stat_result:
        """Return what the file system says of a plain file; raises `CallError` for all else."""
        if self.found is None:
            raise CallError(f"there is no file {self.path}")
        kind = stat.S_IFMT(self.found.st_mode)
        if kind != stat.S_IFREG:
            hint = "; list_files shows what is in it" if kind == stat.S_IFDIR else ""
            raise CallError(f"{self.path} is {_KINDS.get(kind, 'no file')}, not a file{hint}")
        return self.found

    def open(self) -> int:
        """Open a plain file for reading; the caller closes it. Raises `CallError`."""
        self.require_file()
        try:
            handle = os.open(self.name, _FILE, dir_fd=self.folder)
        except OSError as error:
            raise CallError(f"{self.path} cannot be read: {error.strerror}") from error
        if stat.S_ISREG(os.fstat(handle).st_mode):
            return handle
        os.close(handle)  # it was another one a moment ago
        raise CallError(f"{self.path} is not a file")


class Tree:
    """The worktree of one attempt."""

    def __init__(self, root: str) -> None:
        self.handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._root = os.path.realpath(root)

    @contextlib.contextmanager
    def find(self, path: str, *, make_folders: bool = False) -> Iterator[Place]:
        """Give the place that a path of a model leads to; its folder is open inside of the `with`.

        With `make_folders` those above it are made. Raises `CallError` for what leads out, for git
        data, and where the folder above is not there.
        """
        with contextlib.ExitStack() as opened:
            yield self._find(path, self._names(path), opened, make_folders=make_folders)

    def _find(
        self, path: str, names: list[str], opened: contextlib.ExitStack, *, make_folders: bool
    ) -> Place:
        """Walk from the root; `folders` has each one on the way, so that `..` is a step back."""
        folders, trail, links = [self.handle], list[str](), 0
        coming = deque(names)
        while coming:
            name = coming.popleft()
            if name == "..":
                if not trail:
                    raise _outside(path)
                folders.pop()
                trail.pop()
                continue
            if is_git_data(name):
                raise CallError(f"{shown(path)} is git's own data, which no tool touches")
            found = _look(name, folders[-1], path)
            if found is not None and stat.S_ISLNK(found.st_mode):
                links += 1
                if links > _MOST_LINKS:
                    raise CallError(f"{shown(path)} leads through too many symbolic links")
                target = os.readlink(name, dir_fd=folders[-1])
                if target.startswith("/"):
                    folders, trail = folders[:1], []
                coming.extendleft(reversed(self._names(target, path)))
                continue
            if not coming:
                real = "/".join((*trail, name))
                return Place(shown(real), real, folders[-1], name, found)
            if found is None and make_folders:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, dir_fd=folders[-1])
            folders.append(_enter(name, folders[-1], "/".join((*trail, name))))
            opened.callback(os.close, folders[-1])
            trail.append(name)
        real = "/".join(trail)
        return Place(shown(real) or ".", real, folders[-1], ".", os.fstat(folders[-1]))

    def _names(self, path: str, said: str | None = None) -> list[str]:
        """Return the steps of a path from the root, or of a link from where it lies."""
        said = path if said is None else said
        if "\0" in path:
            raise CallError("the path has a NUL character, which no path can have")
        try:
            raw = os.fsencode(path)
        except UnicodeEncodeError:
            raise CallError("the path has half a character, which no path can have") from None
        if not path or len(raw) > _LONGEST:
            raise CallError("the path is empty" if not path else "the path is too long")
        if path.startswith("/"):
            path = self._below_root(path, said)
        return [name for name in path.split("/") if name not in {"", "."}]

    def _below_root(self, path: str, said: str) -> str:
        """Return an absolute path as one from the root."""
        for one in (path, os.path.realpath(path)):
            if (one + "/").startswith(self._root.rstrip("/") + "/"):
                return one[len(self._root) :]
        raise _outside(said)


def _look(name: str, folder: int, path: str) -> os.stat_result | None:
    """Return what is there, not following a link; None for nothing."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CallError(f"{shown(path)} cannot be used: {error.strerror}") from error


def _enter(name: str, folder: int, path: str) -> int:
    try:
        return os.open(name, FOLDER, dir_fd=folder)
    except FileNotFoundError:
        raise CallError(f"there is no folder {shown(path)}") from None
    except OSError as error:
        is_other = error.errno in {errno.ENOTDIR, errno.ELOOP}
        why = "is not a folder" if is_other else f"cannot be opened: {error.strerror}"
        raise CallError(f"{shown(path)} {why}") from error


def _outside(path: str) -> CallError:
    return CallError(
        f"{shown(path)} is outside of the working directory; give a path below it, such as src/a.py"
    )
