"""GitPython, made as harmless as wf's own git: the one place that imports it.

GitPython hands the environment of this process to git, and reads that environment itself, so this
process has to have another one meanwhile. Even so it looks for a repository by itself and obeys
that repository's configuration. So it is for the demo's sample and for what people ask about their
own repository, never for a folder that a worker can write.

It takes 125 ms to import and runs `git version` for that; it knows neither SHA-256 nor reftable.
"""

from __future__ import annotations

import configparser
import contextlib
import os
import struct
from typing import TYPE_CHECKING, Final

from wf_tui.git.repository import ANY_OWNER
from wf_tui.git.runner import find_git, isolated_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from git import Repo

__all__ = ["isolated_process", "make_repository", "open_repository", "unreadable"]

_UNREADABLE: Final = (
    *(OSError, ValueError, TypeError, AttributeError, LookupError, AssertionError),
    *(configparser.Error, struct.error),
)


@contextlib.contextmanager
def isolated_process(variables: Mapping[str, str] | None = None) -> Iterator[None]:
    """Give this process the environment of wf's own git, and `variables`, for a while.

    The environment belongs to all threads: only for a command that has no other thread yet, and
    never around a `yield` to somebody else.
    """
    before = dict(os.environ)
    inside = isolated_environment(ANY_OWNER) | {"GIT_PYTHON_GIT_EXECUTABLE": find_git()}
    # A missing object would be fetched, by a program that the repository may name.
    inside["GIT_ALLOW_PROTOCOL"] = ""
    try:
        os.environ.clear()
        os.environ.update(inside, **(variables or {}))
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def open_repository(folder: Path) -> Iterator[Repo]:
    """Open the repository whose worktree, or if it is bare whose git directory, is `folder`.

    For use inside `isolated_process`. What GitPython raises is one of `unreadable()`.
    """
    import git  # noqa: PLC0415 - 125 ms

    with git.Repo(folder, expand_vars=False) as repo:
        # It reads /etc/gitconfig whatever the environment says.
        repo.config_level = ("repository",)  # type: ignore[assignment]  # typed as its default
        repo.git.update_environment(GIT_DIR=str(repo.git_dir))
        yield repo


@contextlib.contextmanager
def make_repository(folder: Path) -> Iterator[Repo]:
    """Make a repository in an empty folder, with a branch `main` and no hooks, and open it.

    For use inside `isolated_process`.
    """
    import git  # noqa: PLC0415 - 125 ms

    git.Git(folder).init("--quiet", "--initial-branch=main", "--template=")
    with open_repository(folder) as repo:
        yield repo


def unreadable() -> tuple[type[Exception], ...]:
    """Return what GitPython raises at a repository that it does not understand.

    Its parsers meet whatever lies there, and their own errors are the least of what comes out.
    """
    import git  # noqa: PLC0415 - 125 ms

    return git.GitError, git.exc.ODBError, *_UNREADABLE
