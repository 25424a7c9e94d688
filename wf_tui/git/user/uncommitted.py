"""What the user has changed and not committed: it is not in a run, whose workers start from HEAD.

Counted before a run is made, by `wf plan check` and by `wf doctor`; a run keeps what was counted as
it was made, so that looking at it costs nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wf_tui.errors import WfError
from wf_tui.git.control.user_rules import configured_file
from wf_tui.git.repository import Repository
from wf_tui.git.runner import git, git_limit
from wf_tui.git.user_config import checkout_settings
from wf_tui.text import clean

__all__ = ["Uncommitted", "count_uncommitted", "uncommitted_text"]

_LONGEST: Final = 10.0
"""Seconds for the look; a checkout that takes longer is not worth the wait."""


@dataclass(frozen=True)
class Uncommitted:
    """How many files of a checkout differ from the commit that is checked out."""

    changed: int = 0
    """Tracked files, deleted ones and those in the index alone included."""
    new: int = 0
    """Files that git does not track, and that the user does not ignore."""

    def __bool__(self) -> bool:
        return bool(self.changed or self.new)


def count_uncommitted(repository: Repository, environ: Mapping[str, str]) -> Uncommitted:
    """Count what is not committed; nothing of the repository or of the user is run or written.

    `environ` is the user's environment, which says what they ignore and how files look. Where there
    is no checkout, or git cannot or will not say it in ten seconds, nothing is counted: it is a
    notice, and no reason to fail.
    """
    if repository.top is None:
        return Uncommitted()
    try:
        with git_limit(_LONGEST):
            # Without filters, fsmonitor and hooks; the index is not refreshed on the disk either.
            settings = checkout_settings(repository.git_dir, environ)
            if excludes := configured_file(repository, environ, "core.excludesFile", "ignore"):
                settings["core.excludesFile"] = str(excludes)
            found = git(
                *("status", "--porcelain=v1", "-z", "--no-renames", "--no-ahead-behind"),
                *("--untracked-files=all", "--ignore-submodules=dirty"),
                git_dir=repository.git_dir,
                work_tree=repository.top,
                cwd=repository.top,
                settings=settings,
                variables={"GIT_ALLOW_PROTOCOL": ""},  # what is missing is not fetched
            ).records
    except WfError:
        return Uncommitted()
    new = sum(record.startswith(b"??") for record in found)
    return Uncommitted(len(found) - new, new)


def uncommitted_text(found: Uncommitted, head: str) -> str:
    """Return what a person is told, or "" where all is committed; `head` is a commit's name."""
    if not found:
        return ""
    total = found.changed + found.new
    parts = [f"{found.changed} changed"] if found.changed else []
    parts += [f"{found.new} new"] if found.new else []
    files = f"{' and '.join(parts)} {'file' if total == 1 else 'files'}"
    verb = "is" if total == 1 else "are"
    return f"{files} {verb} not in the run: workers start from HEAD {clean(head[:12])}"
