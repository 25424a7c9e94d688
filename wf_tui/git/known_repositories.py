"""Which repository each folder of the state directory belongs to, wherever that lies by now.

The folder is named after the place of the repository when its first run was made. A note in it says
which one that was, so that one that is moved keeps its runs, and another one that comes to lie in
its old place does not take them for its own. The note is wf's: nothing is written to a repository.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.git.repository import ANY_OWNER
from wf_tui.git.runner import git
from wf_tui.paths import RepoPaths, repo_paths, write_private
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["KnownRepository", "find_repo_paths", "known_repositories", "note_repository"]

_NOTE: Final = "repository.json"


@frozen
class KnownRepository:
    """A repository that has a folder in the state directory, as it was at its newest run."""

    paths: RepoPaths
    common_dir: Path | None
    """Where it was; None in a folder of a wf that took no notes."""
    device: int = 0
    inode: int = 0
    """Of its common directory; a rename keeps them."""
    commit: str = ""
    """One that it has: what its newest run started from."""

    def is_at(self, common_dir: Path) -> bool:
        """Whether the repository in a folder is this one.

        The same folder of the same disk, or one with the same history in the same place: a copy
        that was put back. The number alone says little, it may have been given to another folder.
        """
        status = common_dir.stat()
        same_folder = (self.device, self.inode) == (status.st_dev, status.st_ino)
        if self.common_dir == common_dir:
            return same_folder or self._has_commit(common_dir)
        still_there = self.common_dir is not None and self.common_dir.exists()
        return same_folder and not still_there and self._has_commit(common_dir)

    def _has_commit(self, common_dir: Path) -> bool:
        words = ("cat-file", "-e", f"{self.commit}^{{commit}}")
        return git(*words, git_dir=common_dir, ok=None, settings=ANY_OWNER).status == 0


def find_repo_paths(state: Path, common_dir: Path, name: str) -> RepoPaths:
    """Return the folder of a repository: the one with its runs, else the one for its first.

    `common_dir` is its git common directory, `name` what people call it. Called by every command
    that works in a repository; it costs a file to read as long as nothing was moved.
    """
    usual = repo_paths(state, common_dir, name)
    noted = _read_note(usual)
    if noted.common_dir is not None and noted.is_at(common_dir):
        return usual
    if noted.common_dir is None and usual.root.exists():
        return usual
    for known in known_repositories(state):
        if known.common_dir is not None and known.is_at(common_dir):
            return known.paths
    if noted.common_dir is None:
        return usual
    # The folder is that of another one, which was here before.
    return RepoPaths(usual.root.with_name(f"{usual.root.name}-{common_dir.stat().st_ino}"))


def note_repository(paths: RepoPaths, common_dir: Path, commit: str) -> None:
    """Note which repository a folder belongs to; called for each new run, with its base."""
    status = common_dir.stat()
    note = {
        "common_dir": str(common_dir),
        "device": status.st_dev,
        "inode": status.st_ino,
        "commit": commit,
    }
    write_private(paths.root / _NOTE, json.dumps(note).encode())


def known_repositories(state: Path) -> Iterator[KnownRepository]:
    """Yield all repositories that have runs in the state directory, by the names of the folders."""
    if state.is_dir():
        for folder in sorted(state.iterdir()):
            paths = RepoPaths(folder)
            if paths.ledger.exists():
                yield _read_note(paths)


def _read_note(paths: RepoPaths) -> KnownRepository:
    try:
        note = json.loads((paths.root / _NOTE).read_bytes())
        return KnownRepository(
            paths, Path(note["common_dir"]), note["device"], note["inode"], str(note["commit"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return KnownRepository(paths, None)  # damaged is as good as not there
