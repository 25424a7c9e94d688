"""Repositories inside of a worktree, or made beside it: worktrees of its worker's own, and others.

Their files are not the worktree's, or git ignores them: no harvest takes these. Looked at as data,
with an index of ours; git never looks for a repository there.
"""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.git.path_bytes import decode_path, encode_path
from wf_tui.git.worktrees.worker_objects import WorkerObjects
from wf_tui.git.worktrees.worker_refs import made_commits
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from wf_tui.git.harvest.worktree_files import WorktreeFiles
    from wf_tui.git.worktrees.worker_refs import WorkerRefs

__all__ = ["unsaved_inside"]

_MOST_FOLDERS: Final = 2_000
"""Ignored folders that are looked into, those near the top first: caches may have millions."""
_SHOWN: Final = 80
_LONGEST_MARK: Final = 8_192
"""Bytes that are read of the file by which a worktree names its git directory."""


def unsaved_inside(
    worktree: WorktreeFiles,
    git_dir: Path,
    refs: WorkerRefs,
    ignored: Collection[bytes] | None = None,
) -> Iterator[str]:
    """Yield what repositories inside of a worktree hold and no ref can, as clauses for a person.

    Of one that is not ignored the harvest speaks. `ignored` is what git ignores there, from who has
    just asked. Raises `OddGitDirError` and `GitError`.
    """
    for name in refs.submodules:
        yield f"commits in the submodule {clean(name, limit=_SHOWN)}"
    if not worktree.is_folder():
        return
    for path, commit in refs.worktrees:
        inner = _name_inside(worktree, path)
        folder = (
            Path(os.fsdecode(worktree.full(inner))) if inner else _beside(worktree, git_dir, path)
        )
        if folder and _is_dirty(worktree, git_dir, folder, commit):
            name = decode_path(inner) if inner else f"../{folder.name}"
            yield f"uncommitted files in the worktree {clean(name, limit=_SHOWN)}"
    if worktree.kind(b".git") == stat.S_IFDIR and made_commits(worktree.full(b".git")):
        yield "commits in a repository of its own"
    hidden = worktree.ignored() if ignored is None else ignored
    for other in _repositories_in(worktree, hidden):
        if made_commits(worktree.full(other + b"/.git")):
            yield f"commits in the repository {clean(decode_path(other), limit=_SHOWN)}"


def _name_inside(worktree: WorktreeFiles, path: str) -> bytes:
    """Return the name of a folder in the worktree, behind no link; empty for one elsewhere."""
    top = str(worktree.path.resolve()) + "/"
    name = encode_path(path.removeprefix(top)) if path.startswith(top) else b""
    parts = name.split(b"/")
    if b".." in parts:
        return b""
    above = (b"/".join(parts[: count + 1]) for count in range(len(parts)))
    return name if name and all(worktree.kind(one) == stat.S_IFDIR for one in above) else b""


def _beside(worktree: WorktreeFiles, git_dir: Path, path: str) -> Path | None:
    """Return the folder of a worktree that lies beside ours and leads to this git directory.

    What lies further away is not looked at: a worker could name any folder of the machine.
    """
    place = worktree.path.resolve().parent
    folder = place / Path(path).name
    mark = folder / ".git"
    if path != str(folder) or folder.is_symlink() or mark.is_symlink() or not mark.is_file():
        return None
    with mark.open("rb") as text:
        leads_to = os.fsdecode(text.read(_LONGEST_MARK))
    return folder if leads_to.startswith(f"gitdir: {git_dir.resolve()}/worktrees/") else None


def _is_dirty(worktree: WorktreeFiles, git_dir: Path, path: Path, commit: str | None) -> bool:
    """Whether an inner worktree differs from its commit."""
    with tempfile.TemporaryDirectory(dir=worktree.index.parent, prefix="inner.") as folder:
        inner = replace(
            worktree,
            control=WorkerObjects(worktree.control, git_dir).both,
            path=path,
            index=Path(folder) / "index",
        )
        words = ("--end-of-options", commit) if commit else ("--empty",)
        inner.git("read-tree", *words)
        return bool(inner.changes().tags)


def _repositories_in(worktree: WorktreeFiles, ignored: Collection[bytes]) -> Iterator[bytes]:
    """Yield the folders below ignored ones that have a git directory in them."""
    waiting = sorted(path.rstrip(b"/") for path in ignored if path.endswith(b"/"))
    seen = 0
    while waiting and seen < _MOST_FOLDERS:
        folder = waiting.pop(0)
        seen += 1
        try:
            with os.scandir(worktree.full(folder)) as entries:
                below = [e.name for e in entries if e.is_dir(follow_symlinks=False)]
        except OSError:
            continue  # nobody can look into it, and what git ignores is no work
        if b".git" in below:
            yield folder
        waiting += [folder + b"/" + one for one in sorted(below) if one != b".git"]
