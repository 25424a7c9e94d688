"""A worktree as the host handles it: files of a worker, an index that only the host can reach.

Names in it are bytes throughout, relative to its top: a worker may choose any.
"""

import filecmp
import os
import shutil
import stat
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from wf_tui.git.control.control import Control
from wf_tui.git.erase import make_readable
from wf_tui.git.runner import Argument, Completed, git
from wf_tui.text import clean
from wf_tui.values import frozen, replace

__all__ = ["CHANGED", "DELETED", "UNTRACKED", "Changes", "WorktreeFiles"]

UNTRACKED, CHANGED, DELETED = b"?", b"C", b"R"
"""The tags of a path that the index does not have, or has otherwise, or has and the disk not."""
_LEFT_OUT: Final = b"S "
_ATTRIBUTES: Final = b".gitattributes"
_LARGEST_COMPARED: Final = 64 << 20
"""Bytes of a file that is compared with what a check-out writes; a larger one counts as changed."""


@frozen
class Changes:
    """The paths that differ from the index with git's tag for each, and what git complained of.

    Tags are those of `ls-files -t`: `?` untracked, `C` modified, `R` deleted.
    """

    tags: Mapping[bytes, bytes]
    complaints: bytes


@frozen
class WorktreeFiles:
    """Where a worktree's files and its host-only index lie.

    The worker never sees this index: what a worker does to its own can make no changed file look
    unchanged.
    """

    control: Control
    path: Path
    index: Path
    worker_git: Path
    """The git directory of the worker, which no git of the host ever works in."""

    @property
    def top(self) -> bytes:
        """The worktree as bytes: names in it need not be text."""
        return os.fsencode(self.path)

    def git(
        self,
        *arguments: Argument,
        stdin: bytes = b"",
        ok: Collection[int] | None = (0,),
        variables: Mapping[str, str] | None = None,
    ) -> Completed:
        """Run git on the worktree; repository and index are named, never discovered.

        `ok` are the exit statuses that are no failure (None: all), `variables` are added to the
        environment. Raises `GitError`, also where the folder to run in is gone.
        """
        return git(
            *arguments,
            git_dir=self.control.git_dir,
            work_tree=self.path,
            index=self.index,
            cwd=self.path,
            stdin=stdin,
            ok=ok,
            settings={**self.control.settings, **self.control.filters},
            variables={**self.control.variables, **(variables or {})},
            # What it writes has the modes of `Kind`, whatever the user's own is.
            umask=0o022,
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

        One command of git, one more where modes had to be set so that it can read all, and one more
        where files that differ have attributes. A whole folder that is a repository of its own is
        one path, with a slash at its end.
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
        for path in self._as_checked_out(tags):
            del tags[path]
        return Changes(tags, done.stderr)

    def _as_checked_out(self, tags: Mapping[bytes, bytes]) -> list[bytes]:
        """Return the paths that git takes for changed, although they hold what a check-out writes.

        So it is where a repository stores bytes that its own attributes would have it store in
        another way, such as CRLF in a file that is `text`: nobody has touched them.
        """
        deleted = any(path.rpartition(b"/")[2] == _ATTRIBUTES for path in tags)
        everywhere = deleted or self.control.has_rules
        changed = [path for path, tag in tags.items() if tag == CHANGED]
        candidates = [
            path for path in changed if self._may_be_converted(path, everywhere=everywhere)
        ]
        if not candidates:
            return []
        # A name that a dead leader's successor removes, as it does copies of the index.
        prefix = self.index.name + ".copy."
        with tempfile.TemporaryDirectory(prefix=prefix, dir=self.index.parent) as folder:
            words = ("checkout-index", "-q", "-f", f"--prefix={folder}/", "-z", "--stdin")
            self.git(*words, stdin=b"".join(path + b"\0" for path in candidates), ok=None)
            top = os.fsencode(folder)
            return [path for path in candidates if _are_equal(self.full(path), top + b"/" + path)]

    def _may_be_converted(self, path: bytes, *, everywhere: bool) -> bool:
        """Whether attributes may change what a check-out writes to a file of the tree."""
        if self.kind(path) != stat.S_IFREG:
            return False
        ruled = everywhere
        folder = path.rpartition(b"/")[0]
        while folder:
            # What lies behind a link is not the tree's, whatever it holds.
            if self.kind(folder) != stat.S_IFDIR:
                return False
            ruled = ruled or self.kind(folder + b"/" + _ATTRIBUTES) != 0
            folder = folder.rpartition(b"/")[0]
        return ruled or self.kind(_ATTRIBUTES) != 0

    def ignored(self) -> frozenset[bytes]:
        """Return what the excludes hide: files, and (with a slash) folders hidden as a whole.

        Local files are not among them, although they are hidden in the same way.
        """
        words = ("ls-files", "-z", "-o", "-i", "--exclude-standard", "--directory")
        records = self.git(*words).records
        return frozenset(path for path in records if not self.is_local_file(path))

    def left_out(self) -> frozenset[bytes]:
        """Return the paths that a sparse checkout leaves out, by the host's index."""
        if not self.control.is_sparse:
            return frozenset()
        records = self.git("ls-files", "-z", "-t").records
        return frozenset(record[2:] for record in records if record.startswith(_LEFT_OUT))

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

    def ignoring_rules(self, paths: Collection[bytes]) -> Mapping[bytes, str]:
        """Return those of the paths that git ignores, each with the rule: `.gitignore:3: dist/`.

        Whether or not the index has them. A path that git cannot judge is not among them.
        """
        if not paths:
            return {}
        # A path is taken literally behind `./`, which this command has no other word for.
        asked = b"".join(b"./" + path + b"\0" for path in paths)
        words = ("check-ignore", "--no-index", "-v", "-z", "--stdin")
        done = self.git(*words, stdin=asked, ok=None, variables={"GIT_LITERAL_PATHSPECS": "0"})
        # Each answer is four records: file, line, pattern, path.
        answers = zip(*(done.records[place::4] for place in range(4)), strict=False)
        return {
            path[2:]: f"{self._shown(file)}:{line.decode()}: {clean(pattern, limit=200)}"
            for file, line, pattern, path in answers
            if not pattern.startswith(b"!")
        }

    def _shown(self, file: bytes) -> str:
        """Return the name of a file of excludes; wf's own stands for those of the user."""
        own = os.fsencode(self.control.git_dir) + b"/"
        name = b"your excludes" if file.startswith(own) else file
        return clean(name, limit=200)

    def _list_changes(self) -> Completed:
        words = ("ls-files", "-z", "-t", "--others", "--modified", "--deleted")
        return self.git(*words, "--exclude-standard")


def _are_equal(file: bytes, other: bytes) -> bool:
    """Whether two regular files have the same content and the same right to be run."""
    try:
        one, two = os.lstat(file), os.lstat(other)
        if not one.st_size == two.st_size <= _LARGEST_COMPARED:
            return False
        # It was a regular file when it was chosen, and nobody works in the tree any more.
        same_mode = stat.S_ISREG(two.st_mode) and not (one.st_mode ^ two.st_mode) & stat.S_IXUSR
        return same_mode and filecmp.cmp(file, other, shallow=False)
    except OSError:
        return False
