"""What a landing may not write over in a checkout: files git does not track, files with filters."""

import os
import stat
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from wf_tui.git.control.changed_files import Entry
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
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        name = "/".join(parts[:count])
        kind = _file_type(top / name)
        if kind == 0:
            return
        if kind == stat.S_IFDIR:
            continue
        if name not in gone:
            yield name
        return
    below = (os.path.relpath(f, top) for f in _everything_below(top / path))
    yield from (name for name in below if name not in gone)


def _everything_below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        yield from (Path(place, name) for name in (*files, *links))


def _file_type(path: Path) -> int:
    try:
        return stat.S_IFMT(path.lstat().st_mode)
    except OSError:
        return 0


def filtered_files(
    run: Callable[..., Completed], tree: str, changes: Collection[Entry]
) -> tuple[str, ...]:
    """Return which of the files to be written have a filter by the attributes of a tree.

    `run` is git on the checkout; an index of its own holds the tree, the user's is not touched.
    """
    paths = (change.path for change in changes if not change.deleted)
    asked = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
    with tempfile.TemporaryDirectory(prefix="wf-land-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        run("read-tree", "--end-of-options", tree, variables=index)
        words = ("check-attr", "--cached", "-z", "--stdin", "filter")
        answers = run(*words, stdin=asked, variables=index).records
    found = zip(answers[::3], answers[2::3], strict=True)
    return tuple(os.fsdecode(path) for path, value in found if value not in _NONE)
