"""The user's repository: whether a run can start from it, and what is notable about it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from wf_tui.doctor.finding import Finding, Level, failed
from wf_tui.doctor.git_facts import git_facts
from wf_tui.errors import WfError
from wf_tui.git.repository import find_repository
from wf_tui.git.user.facts import hooks, locks, program_keys, worktree_warnings
from wf_tui.git.user.uncommitted import count_uncommitted, uncommitted_text
from wf_tui.picture.age import span
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.git.repository import Repository

__all__ = ["repository_facts"]

_SHOWN: Final = 8
_CREDENTIALS: Final = re.compile(r"://.*@")


def repository_facts(start: Path, now: float) -> Iterator[Finding]:
    """Yield what is found of the repository around `start`; `now` is in UTC seconds."""
    try:
        repository = find_repository(start)
        yield _repository(repository)
        yield from git_facts(repository)  # first: where objects are missing, a remote has them
        left_out = count_uncommitted(repository, os.environ)
        if left_out:
            text = uncommitted_text(left_out, repository.head)
            yield Finding(
                "uncommitted", Level.NOTE, text, "commit what a run needs", vars(left_out)
            )
        for line in worktree_warnings(repository):
            yield Finding("files", Level.NOTE, line)
        yield from _programs_and_hooks(repository.common_dir)
        yield from _locks(repository.common_dir, now)
    except WfError as error:
        yield failed("repository", error)


def _repository(repository: Repository) -> Finding:
    branch = clean(repository.branch) if repository.branch else "no branch"
    kinds = {"bare": repository.top is None, "shallow": repository.shallow}
    text = f"{clean(str(repository.common_dir))}, {branch} at {repository.head[:12]}"
    text += "".join(f", {word}" for word, true in kinds.items() if true)
    detail = {"path": str(repository.common_dir), "branch": repository.branch, **kinds}
    return Finding("repository", Level.OK, text, detail=detail)


def _programs_and_hooks(common_dir: Path) -> Iterator[Finding]:
    """Name what git itself would run, and wf does not."""
    hint = "wf runs none of them; your own git does"
    # A key may have a URL in it: credential.https://user:password@host.helper
    keys = [_CREDENTIALS.sub("://", key) for key in program_keys(common_dir)]
    names = hooks(common_dir)
    if keys:
        text = f"the configuration names programs: {listed(keys, _SHOWN)}"
        yield Finding("programs", Level.NOTE, text, hint, {"keys": keys})
    if names:
        yield Finding("hooks", Level.NOTE, listed(names, _SHOWN), hint, {"names": names})


def _locks(common_dir: Path, now: float) -> Iterator[Finding]:
    for lock in locks(common_dir, now):
        shown = clean(str(lock.path))
        yield Finding(
            "lock",
            Level.NOTE,
            f"{shown} is {span(lock.age)} old: another git is running, or died",
            "wf deletes none; when no git runs here any more, remove it",
            {"path": str(lock.path), "age": round(lock.age, 1)},
        )
