"""A worktree as the host handles it: files of a worker, an index that only the host can reach.

Names in it are bytes throughout, relative to its top: a worker may choose any.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from wf_tui.git.control.control import Control
from wf_tui.git.erase import make_readable
from wf_tui.git.runner import Argument, Completed, git

__all__ = ["UNTRACKED", "Changes", "WorktreeFiles"]

UNTRACKED = b"?"
"""The tag of a path that the index does not have."""


@dataclass(frozen=True)
class Changes:
    """The paths that differ from the index with git's tag for each, and what git complained of.

    Tags are those of `ls-files -t`: `?` untracked, `C` modified, `R` deleted.
    """

    tags: Mapping[bytes, bytes]
    complaints: bytes


@dataclass(frozen=True)
class WorktreeFiles:
    """Where a worktree's files and its host-only index lie.

    The worker never sees this index, and the host never reads the worker's: what a worker does to
    its own can make no changed file look unchanged.
    """

    control: Control
    path: Path
    index: Path

    @property
    def top(self) -> bytes:
        """The worktree as bytes: names in it need not be text."""
        return os.fsencode(self.path)

    def git(
        self, *arguments: Argument, stdin: bytes = b"", ok: Collection[int] | None = (0,)
    ) -> Completed:
        """Run git on the worktree; repository and index are named, never discovered.

        `ok` are the exit statuses that are no failure (None: all). Raises `GitError`, also where
        the folder to run in is gone.
        """
        return git(
            *arguments,
            git_dir=self.control.git_dir,
            work_tree=self.path,
            index=self.index,
            cwd=self.path,
            stdin=stdin,
            ok=ok,
        )

    def is_folder(self) -> bool:
        """Whether the worktree is still a folder; a worker may have removed or replaced it."""
        return self.kind(b"") == stat.S_IFDIR

    def kind(self, path: bytes) -> int:
        """Return the file type of a path as in `stat`, without following a link; 0 for nothing."""
        try:
            return stat.S_IFMT(os.lstat(self.full(path)).st_mode)
        except OSError:
            return 0

    def full(self, path: bytes) -> bytes:
        """Return the path of a name in the worktree; of the worktree itself for no name."""
        return self.top + b"/" + path if path else self.top

    def changes(self) -> Changes:
        """Return what differs from the index, as git sees it, but for local files.

        One command of git, or two where modes had to be set so that it can read all. A whole folder
        that is a repository of its own is one path, with a slash at its end.
        """
        done = self._list_changes()
        # A worker can take rights away from its own files, and git then passes over them.
        if b"ermission denied" in done.stderr:
            make_readable(self.top)
            done = self._list_changes()
        tags: dict[bytes, bytes] = {}
        for record in done.records:
            if not self.is_local_file(record[2:]):
                # A path that is both changed and deleted has two records; the first one counts.
                tags.setdefault(record[2:], record[:1])
        return Changes(tags, done.stderr)

    def ignored(self) -> frozenset[bytes]:
        """Return what the excludes hide: files, and (with a slash) folders hidden as a whole.

        Local files are not among them, although they are hidden in the same way.
        """
        words = ("ls-files", "-z", "-o", "-i", "--exclude-standard", "--directory")
        records = self.git(*words).records
        return frozenset(path for path in records if not self.is_local_file(path))

    def is_local_file(self, path: bytes) -> bool:
        """Whether wf has put this, or a folder that it lies in, into the worktree."""
        names = self.control.local_names
        return bool(names) and any(path == n or path.startswith(n + b"/") for n in names)

    @contextmanager
    def on_a_copy(self) -> Iterator[Self]:
        """Give the same worktree with a copy of its index, which is thrown away afterwards.

        What a block adds to the copy is still kept as objects; only the index forgets it. A copy
        that a kill left behind goes with the stale locks at the next start.
        """
        handle, name = tempfile.mkstemp(prefix=self.index.name + ".copy.", dir=self.index.parent)
        os.close(handle)
        try:
            shutil.copyfile(self.index, name)
            yield replace(self, index=Path(name))
        finally:
            Path(name).unlink(missing_ok=True)

    def _list_changes(self) -> Completed:
        words = ("ls-files", "-z", "-t", "--others", "--modified", "--deleted")
        return self.git(*words, "--exclude-standard")
