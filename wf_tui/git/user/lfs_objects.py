"""The contents of LFS files that a run has made, brought to the user's repository with its branch.

Before that they are with the run, which may have made many that nobody merged.
"""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from wf_tui.git.control.control import Control
from wf_tui.git.lfs.lfs_filter import Pointer, find_object, object_path
from wf_tui.git.lfs.storage import own_folder, user_folder

__all__ = ["bring_lfs_objects"]


def bring_lfs_objects(control: Control, common_dir: Path, commit: str) -> None:
    """Store in the user's repository what the branch of a run needs up to `commit`.

    Called before the branch moves, since a push of the user's has to find them; costs nothing where
    no task has stored any. Raises `OSError` where one cannot be written, or is damaged.
    """
    own = own_folder(control.git_dir)
    pointers = {_object_name(pointer, control.object_format): pointer for pointer in _stored(own)}
    if not pointers:
        return
    words = ("rev-list", "--objects", "--no-object-names", commit, f"^{control.base}", "--")
    folder = user_folder(control.git_dir, common_dir)
    for name in control.git(*words).text.split():
        pointer = pointers.get(name)
        if pointer is not None and not object_path(folder, pointer.oid).exists():
            _copy(own, folder, pointer, common_dir)


def _stored(folder: Path) -> Iterator[Pointer]:
    for path in folder.glob("??/??/*"):
        yield Pointer(path.name, path.stat().st_size)


def _object_name(pointer: Pointer, object_format: str) -> str:
    """Return the name that the pointer has as an object of git."""
    head = b"blob %d\0" % len(pointer.text)
    return hashlib.new(object_format, head + pointer.text, usedforsecurity=False).hexdigest()


def _copy(source: Path, target: Path, pointer: Pointer, common_dir: Path) -> None:
    """Copy one content, whole or not at all, with the rights that the repository has.

    The run's folder is one that a worker could write to, so that what it holds is proven first.
    """
    file = find_object([source], pointer)
    if file is None:
        raise OSError(f"the content of an LFS file is damaged: {pointer.oid}")
    whose = common_dir.stat()
    rights = stat.S_IMODE(whose.st_mode)
    path = object_path(target, pointer.oid)
    missing = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir()
        folder.chmod(rights)
    handle, name = tempfile.mkstemp(prefix="wf-", dir=path.parent)
    try:
        with file, os.fdopen(handle, "wb") as copy:
            shutil.copyfileobj(file, copy)
            os.fchmod(copy.fileno(), rights & 0o666)
            copy.flush()
            os.fsync(copy.fileno())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    if os.geteuid() == 0:  # else only their owner could be, and is
        for made in (*missing, path):
            os.chown(made, whose.st_uid, whose.st_gid)
