"""The objects of the user's repository, hard-linked into a run's own: no copy, no shared file list.

With hard links the user may repack, prune or delete: what a run started from stays.
"""

import errno
import os
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from wf_tui.errors import RepositoryError
from wf_tui.text import clean

__all__ = ["link_objects", "object_folders"]

_DEEPEST = 5
"""Alternates of alternates that are followed; as many as git itself does."""
_ROUNDS = 5
"""Walks over objects that a repack of the user's takes away meanwhile."""
_LATE = (".idx", ".rev")
"""Linked last: a reader must never see an index without its pack."""
_SKIPPED = re.compile(r"^(?:tmp_|\.tmp|multi-pack-index)|\.(?:lock|bitmap|keep)$")
_CANNOT_LINK = {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.EACCES, errno.ENOTSUP}


def link_objects(source: Path, target: Path) -> None:
    """Link every object that `source` and its alternates hold into `target`.

    Both are folders named `objects`. Across file systems objects are copied. A repack of the user's
    can take files away meanwhile; then the walk is made again. Raises `RepositoryError` where that
    never ends, or where an object is not a regular file.
    """
    # What a repack takes away is in the new pack, which the next walk finds beside what it has.
    for _ in range(_ROUNDS):
        if all(_link_all(folder, target) for folder in object_folders(source)):
            return
    raise RepositoryError(
        f"the objects at {clean(str(source))} keep changing",
        "wait until git's own housekeeping has ended, then start again",
    )


def object_folders(first: Path) -> tuple[Path, ...]:
    """Return an object folder and, recursively, the alternates it names.

    In the order git looks through them. Raises `RepositoryError` for a path that git quotes.
    """
    found: dict[Path, None] = {}
    waiting = [(first, 0)]
    while waiting:
        folder, depth = waiting.pop(0)
        if folder not in found and depth <= _DEEPEST:
            found[folder] = None
            waiting += [(other, depth + 1) for other in _alternates(folder)]
    return tuple(found)


def _alternates(folder: Path) -> Iterator[Path]:
    file = folder / "info" / "alternates"
    if not file.is_file():
        return
    for line in file.read_bytes().split(b"\n"):
        if line.startswith(b'"'):
            raise RepositoryError(
                "the repository borrows objects from a path with special characters",
                "run git repack -a -d && rm .git/objects/info/alternates in it, then start again",
            )
        if line and not line.startswith(b"#"):
            yield Path(os.path.normpath(folder / os.fsdecode(line)))


def _link_all(source: Path, target: Path) -> bool:
    """Link the files of one object folder; False when one went away before it was linked."""
    complete = True
    for folder, _, names in os.walk(source):
        relative = os.path.relpath(folder, source)
        if relative == "info":
            continue  # the alternates: what they name is linked, too, so that none is needed
        there = target / relative
        there.mkdir(exist_ok=True)
        late = [name for name in names if name.endswith(_LATE)]
        early = [name for name in names if not name.endswith(_LATE)]
        for name in early + late:
            if not _SKIPPED.search(name):
                complete &= _link(Path(folder, name), there / name)
    return complete


def _link(source: Path, target: Path) -> bool:
    """Link one file, or copy it where that cannot be; False where it went away before."""
    try:
        if not stat.S_ISREG(source.lstat().st_mode):
            raise RepositoryError(f"{clean(str(source))} is not a regular file")
        os.link(source, target)
    except FileExistsError:
        return True  # an object is named by its content, so that it is the same one
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
    else:
        return True
    # A name that git passes over, until all of it is there.
    partial = target.with_name("tmp_" + target.name)
    try:
        shutil.copyfile(source, partial)
    except FileNotFoundError:
        return False
    partial.chmod(0o444)
    partial.replace(target)
    return True
