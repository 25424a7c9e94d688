"""The `.gitattributes` files that a merge goes by: those of the branch that is merged into.

`git merge` reads them from the checkout of that branch. wf merges without one, and git reads none
in a bare repository; so they are laid out in a folder that holds nothing else.
"""

import hashlib
import os
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from wf_tui.git.control.changed_files import ABSENT, RAW
from wf_tui.git.control.control import Control
from wf_tui.git.erase import erase
from wf_tui.git.runner import Completed
from wf_tui.paths import write_private

__all__ = ["attributes_folder"]

_FOLDER: Final = "attributes"
"""In `control.git`: a folder for each set of files, made once and never changed."""
_NAME: Final = b".gitattributes"
_GLOB: Final = {"GIT_LITERAL_PATHSPECS": "0", "GIT_GLOB_PATHSPECS": "1"}
_FILES: Final = frozenset({b"100644", b"100664", b"100755"})
_UNSAFE: Final = frozenset({b"", b".", b"..", b".git"})

_Files = Mapping[bytes, bytes]
"""Object names by path."""
_last: dict[tuple[Path, str], tuple[str, _Files]] = {}
"""For each repository the commit that was asked for last: heads differ little from each other."""


def attributes_folder(control: Control, commit: str) -> Path | None:
    """Return a folder with the `.gitattributes` files of a commit, None where it has none.

    Called for each merge, on any thread. One command of git, which compares the commit with the one
    asked for before; two where the files are others than ever before. Raises `GitError`.
    """
    files = _attribute_files(control, commit)
    if not files:
        return None
    key = hashlib.sha256(b"\0".join(b"%b %b" % item for item in sorted(files.items()))).hexdigest()
    folder = control.git_dir / _FOLDER / key
    if not folder.is_dir():
        _lay_out(control, files, folder)
    return folder


def _attribute_files(control: Control, commit: str) -> _Files:
    """Return the `.gitattributes` files of a commit."""
    key = (control.git_dir, control.object_format)
    nothing: tuple[str, _Files] = (_empty_tree(control), {})
    before, known = _last.get(key, nothing)
    if before == commit:
        return known
    records = _records(control, before, commit) if before != nothing[0] else None
    if records is None:
        # The first one; or the one before was one that a landing saw among the user's objects.
        before, known = nothing
        records = _ask(control, before, commit).records
    files = dict(known)
    for about, path in zip(records[::2], records[1::2], strict=True):
        if path.rpartition(b"/")[2] != _NAME:
            continue
        _, mode, _, oid, _ = about[1:].split(b" ")
        if mode == ABSENT.encode():
            files.pop(path, None)
        # What no tree may hold, yet a stranger's can, would lead out of the folder.
        elif mode in _FILES and not _UNSAFE & set(path.split(b"/")):
            files[path] = oid
        else:
            files.pop(path, None)
    _last[key] = commit, files
    return files


def _records(control: Control, before: str, commit: str) -> Sequence[bytes] | None:
    """Return what differs, the files with that name and maybe others; None where git fails."""
    kept = control.kept
    # Of heads that differ little; mostly asked before, when what was merged was checked for loss.
    if kept and (found := kept.differences(RAW, before, commit)) is not None:
        return found
    done = _ask(control, before, commit, ok=None)
    return None if done.status else done.records


def _ask(
    control: Control, before: str, commit: str, ok: Collection[int] | None = (0,)
) -> Completed:
    # The pathspec keeps the answer short; unlike `ls-tree` it knows patterns.
    words = ("diff-tree", "-r", "-z", *RAW, "--end-of-options", before, commit)
    pathspec = "**/" + os.fsdecode(_NAME)
    return control.git(*words, "--", pathspec, variables=_GLOB, ok=ok)


def _empty_tree(control: Control) -> str:
    """Return the name of the tree without entries, which every git knows."""
    return hashlib.new(control.object_format, b"tree 0\0").hexdigest()


def _lay_out(control: Control, files: _Files, folder: Path) -> None:
    """Write the files to a folder beside, and rename it: nobody ever sees half of them."""
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix="making.", dir=folder.parent))
    asked = b"".join(oid + b"\n" for oid in files.values())
    output = control.git("cat-file", "--batch", "--buffer", stdin=asked).stdout
    for path in files:
        # Answers come in the order of the questions, each with its length.
        header, _, rest = output.partition(b"\n")
        size = int(header.split(b" ")[2])
        content, output = rest[:size], rest[size + 1 :]
        file = making / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_private(file, content)
    try:
        making.rename(folder)
    except OSError:
        # Somebody else has made the same one meanwhile.
        if not folder.is_dir():
            raise
        erase(os.fsencode(making))
