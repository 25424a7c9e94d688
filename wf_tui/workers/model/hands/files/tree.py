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
from enum import Enum
from typing import Final

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.names import is_git_data, named, shown

__all__ = ["FOLDER", "Folders", "Place", "Tree"]

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


class Folders(Enum):
    """What is done where a folder on the way is not there."""

    NEED = "need"
    """The path is refused."""
    MAKE = "make"
    """It is made."""
    IMAGINE = "imagine"
    """Then nothing is in it; the place is only to be looked at."""


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
    is_linked: bool = False
    """Whether the path is that of a symbolic link, and this is where it leads."""

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
    def find(self, path: str, folders: Folders = Folders.NEED) -> Iterator[Place]:
        """Give the place that a path of a model leads to; its folder is open inside of the `with`.

        Raises `CallError` for what leads out, for git data, and where a folder is missing that is
        needed.
        """
        with contextlib.ExitStack() as opened:
            yield _Walk(self, path, folders, opened).place()

    def names(self, path: str, said: str | None = None) -> list[str]:
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
        if said is path and path.partition("/")[0] == "~":
            raise _outside(path)  # it would be a folder of that name
        if path.startswith("/"):
            path = self._below_root(path, said)
        return [name for name in path.split("/") if name not in {"", "."}]

    def _below_root(self, path: str, said: str) -> str:
        """Return an absolute path as one from the root."""
        for one in (path, os.path.realpath(path)):
            if (one + "/").startswith(self._root.rstrip("/") + "/"):
                return one[len(self._root) :]
        raise _outside(said)


class _Walk:
    """One walk from the root, step by step."""

    def __init__(
        self, tree: Tree, path: str, missing: Folders, opened: contextlib.ExitStack
    ) -> None:
        self._tree, self._path, self._missing, self._opened = tree, path, missing, opened
        self._folders = [tree.handle]
        """Each one on the way, so that `..` is a step back."""
        self._trail: list[str] = []
        self._coming = deque(tree.names(path))
        self._links = 0
        self._is_linked = False

    def place(self) -> Place:
        """Return where the path leads. Raises `CallError`."""
        while self._coming:
            name = self._coming.popleft()
            if name == "..":
                self._step_back()
                continue
            if is_git_data(name):
                raise CallError(f"{shown(self._path)} is git's own data, which no tool touches")
            name, found = self._found(name)
            if found is not None and stat.S_ISLNK(found.st_mode):
                self._follow(name)
            elif not self._coming:
                real = "/".join((*self._trail, name))
                return Place(shown(real), real, self._folders[-1], name, found, self._is_linked)
            elif found is None and self._missing is Folders.IMAGINE:
                real = _imagined([*self._trail, name, *self._coming], self._path)
                return Place(shown(real), real, -1, name, None, self._is_linked)
            else:
                self._enter(name)
        real, folder = "/".join(self._trail), self._folders[-1]
        return Place(shown(real) or ".", real, folder, ".", os.fstat(folder), self._is_linked)

    def _found(self, name: str) -> tuple[str, os.stat_result | None]:
        """Return what a step finds; a name that was told with escapes is told back with them."""
        found = _look(name, self._folders[-1], self._path)
        meant = named(name) if found is None else name
        if meant != name and not is_git_data(meant) and _is_name(meant):
            other = _look(meant, self._folders[-1], self._path)
            if other is not None:
                return meant, other
        return name, found

    def _step_back(self) -> None:
        if not self._trail:
            raise _outside(self._path)
        self._folders.pop()
        self._trail.pop()

    def _follow(self, name: str) -> None:
        """Go on as a symbolic link says, as if the model had written it."""
        self._links += 1
        if self._links > _MOST_LINKS:
            raise CallError(f"{shown(self._path)} leads through too many symbolic links")
        self._is_linked = self._is_linked or not self._coming
        target = os.readlink(name, dir_fd=self._folders[-1])
        if target.startswith("/"):
            self._folders, self._trail = self._folders[:1], []
        self._coming.extendleft(reversed(self._tree.names(target, self._path)))

    def _enter(self, name: str) -> None:
        """Go into a folder, which is made where it is missing and that is wanted."""
        if self._missing is Folders.MAKE:
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, dir_fd=self._folders[-1])
        self._folders.append(_open(name, self._folders[-1], "/".join((*self._trail, name))))
        self._opened.callback(os.close, self._folders[-1])
        self._trail.append(name)


def _is_name(text: str) -> bool:
    return text not in {"", ".", ".."} and not {"/", "\0"} & set(text)


def _look(name: str, folder: int, path: str) -> os.stat_result | None:
    """Return what is there, not following a link; None for nothing."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CallError(f"{shown(path)} cannot be used: {error.strerror}") from error


def _imagined(names: list[str], path: str) -> str:
    """Return the path of what is in folders that are not there."""
    if ".." in names or any(map(is_git_data, names)):
        raise CallError(f"{shown(path)} leads through a folder that is not there")
    return "/".join(names)


def _open(name: str, folder: int, path: str) -> int:
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
