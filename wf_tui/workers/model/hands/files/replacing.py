"""Putting content into the place of a file: wholly, or not at all.

It is written beside the tree and moved into it, so that a reader or a kill at any moment finds the
old content or the new one, and nothing else.
"""

import contextlib
import errno
import os
import stat
from typing import Final

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.tree import Place

__all__ = ["Scratch"]

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PERMISSIONS: Final = 0o777
_NEW_FILE: Final = 0o666


class Scratch:
    """The folder for what is not yet in its place: outside of the tree, on the same file system."""

    def __init__(self, folder: str) -> None:
        self._handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._next = 0

    def replace(self, place: Place, content: bytes, mode: int | None = None) -> None:
        """Put content where a file is or is to be; it keeps its mode. Raises `CallError`."""
        if place.found is not None:
            mode = stat.S_IMODE(place.require_file().st_mode) if mode is None else mode
        try:
            self._replace(place, content, mode)
        except OSError as error:
            raise CallError(f"{place.path} cannot be written: {error.strerror}") from error

    def _replace(self, place: Place, content: bytes, mode: int | None) -> None:
        folder, name = self._handle, self._new_name("new")
        self._write(folder, name, content, mode)
        try:
            try:
                os.rename(name, place.name, src_dir_fd=folder, dst_dir_fd=place.folder)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                self._replace_from_there(place, content, mode)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)

    def _replace_from_there(self, place: Place, content: bytes, mode: int | None) -> None:
        """Do the same with a file beside the old one, where the two folders share no disk."""
        name = self._new_name(f".wf-{os.getpid()}")
        self._write(place.folder, name, content, mode)
        try:
            os.rename(name, place.name, src_dir_fd=place.folder, dst_dir_fd=place.folder)
        except OSError:
            os.unlink(name, dir_fd=place.folder)
            raise

    def _new_name(self, stem: str) -> str:
        self._next += 1
        return f"{stem}-{self._next}"

    def _write(self, folder: int, name: str, content: bytes, mode: int | None) -> None:
        # The name may be that of an earlier program's, which was killed with it.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=folder)
        handle = os.open(name, _NEW, _NEW_FILE, dir_fd=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                if mode is not None:
                    os.fchmod(handle, mode & _PERMISSIONS)
        except OSError:
            os.unlink(name, dir_fd=folder)
            raise
