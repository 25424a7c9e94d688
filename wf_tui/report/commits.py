"""The commits on the branch of a run, as git has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.errors import WfError
from wf_tui.git.control.control import open_control
from wf_tui.gitpython import isolated_process, open_repository, unreadable
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.git.repository import Repository
    from wf_tui.paths import RunPaths

__all__ = ["Commit", "read_commits"]

_MOST: Final = 2000
"""Commits that are listed; a run has one for each task that was merged."""
_SHORT: Final = 12
_SUBJECT: Final = 200
_FORMAT: Final = "%H%x00%at%x00%an%x00%s"


@dataclass(frozen=True)
class Commit:
    """One commit; its text is cleaned, its time in UTC seconds."""

    name: str
    """The first of its object name."""
    at: float
    author: str
    subject: str


def read_commits(
    repository: Repository, paths: RunPaths, base: str, head: str
) -> tuple[Commit, ...] | None:
    """Return the commits after `base` up to `head`, oldest first; None where nobody has them.

    Read from the person's repository by GitPython where it can, else, as long as the run has not
    been exported or for SHA-256, from the run's own by wf's git. For the main thread of a command
    that has no other: GitPython changes the environment of the process meanwhile.
    """
    if base == head:
        return ()
    found = _by_gitpython(repository, base, head)
    return _by_own_git(paths, base, head) if found is None else found


def _by_gitpython(repository: Repository, base: str, head: str) -> tuple[Commit, ...] | None:
    if repository.object_format != "sha1":
        return None
    with isolated_process():
        try:
            with open_repository(repository.top or repository.common_dir) as repo:
                found = repo.iter_commits(f"{base}..{head}", first_parent=True, max_count=_MOST)
                commits = [
                    _commit(one.hexsha, one.authored_date, str(one.author.name), str(one.summary))
                    for one in found
                ]
        except unreadable():
            return None
    return tuple(reversed(commits))


def _by_own_git(paths: RunPaths, base: str, head: str) -> tuple[Commit, ...] | None:
    try:
        control = open_control(paths)
        words = ("log", "-z", "--first-parent", f"--max-count={_MOST}", f"--format={_FORMAT}")
        text = control.git(*words, f"{base}..{head}", "--").text
    except WfError:
        return None  # the folder of the run may have been removed, and its objects with it
    fields = text.split("\0")
    lines = zip(fields[0::4], fields[1::4], fields[2::4], fields[3::4], strict=False)
    return tuple(reversed([_commit(name, float(at), who, what) for name, at, who, what in lines]))


def _commit(name: str, at: float, author: str, subject: str) -> Commit:
    author, subject = clean(author, limit=_SUBJECT), clean(subject, limit=_SUBJECT)
    return Commit(name[:_SHORT], float(at), author, subject)
