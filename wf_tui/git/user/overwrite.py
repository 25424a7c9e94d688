"""What a landing may not write over in a checkout: files git does not track, files with filters.

Git takes ignored files for nothing worth keeping; here they are the user's (promise G7).
"""

import os
import stat
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from wf_tui.git.control.changed_files import Entry
from wf_tui.git.path_bytes import encode_path
from wf_tui.git.runner import Completed

__all__ = ["filtered_files", "overwritten_files"]

_NONE = frozenset({b"unspecified", b"unset"})


def overwritten_files(top: Path, changes: Collection[Entry]) -> tuple[str, ...]:
    """Return what lies in the way of new files; ignored files count, `git merge` would take them.

    The checkout is clean, so that what is there and is not tracked is the user's own.
    """
    gone = {change.path for change in changes if change.deleted}
    new = (change.path for change in changes if change.added)
    found = {hit for path in new for hit in _in_the_way(top, path, gone)}
    return tuple(sorted(found))


def _in_the_way(top: Path, path: str, gone: set[str]) -> Iterator[str]:
    """Yield what lies at a new path, above it or below it, and is not to be deleted anyway."""
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        name = "/".join(parts[:count])
        try:
            mode = (top / name).lstat().st_mode
        except OSError:
            return  # nothing here, so that nothing can be below it either
        if not stat.S_ISDIR(mode):
            # A tracked file that the landing deletes makes room by itself.
            if name not in gone:
                yield name
            return
    # A folder where a file is to come: all that is in it stands in the way.
    for folder, folders, files in os.walk(top / path):
        # Links to folders are listed as folders, but not walked into.
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in (*files, *links):
            below = os.path.relpath(Path(folder, name), top)
            if below not in gone:
                yield below


def filtered_files(
    run: Callable[..., Completed], tree: str, changes: Collection[Entry]
) -> tuple[str, ...]:
    """Return which of the files to be written have a filter by the attributes of a tree.

    `run` is git on the checkout; an index of its own holds the tree, the user's is not touched.
    Of the tree that comes, not of the checkout: the landing may bring the attributes along.
    """
    paths = (change.path for change in changes if not change.deleted)
    asked = b"".join(encode_path(path) + b"\0" for path in paths)
    with tempfile.TemporaryDirectory(prefix="wf-land-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        run("read-tree", "--end-of-options", tree, variables=index)
        words = ("check-attr", "--cached", "-z", "--stdin", "filter")
        answers = run(*words, stdin=asked, variables=index).records
    # Each answer is three records: the path, the attribute's name, its value.
    found = zip(answers[::3], answers[2::3], strict=True)
    return tuple(os.fsdecode(path) for path, value in found if value not in _NONE)
