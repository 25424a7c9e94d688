"""The files of a landing by their folders, with what a person should look at."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from wf_tui.git.control.diffs import FileChange

__all__ = ["Folder", "by_folder"]

_LOCKS: Final = frozenset(
    {
        *("package-lock.json", "yarn.lock", "pnpm-lock.yaml", "npm-shrinkwrap.json", "bun.lock"),
        *("uv.lock", "poetry.lock", "Pipfile.lock", "pdm.lock", "Cargo.lock", "go.sum"),
        *("Gemfile.lock", "composer.lock", "mix.lock", "flake.lock", "gradle.lockfile"),
    }
)
_CI: Final = re.compile(
    r"^(\.github/(workflows|actions)/|\.gitlab-ci|\.circleci/|\.buildkite/|\.travis\.yml$"
    r"|azure-pipelines|Jenkinsfile|\.drone\.yml$|bitbucket-pipelines)"
)
_MIGRATION: Final = re.compile(r"(^|/)(migrations?|migrate|alembic/versions)/[^/]+$")
_NAME: Final = 120


@dataclass(frozen=True)
class Folder:
    """One line: a folder with all that changed below it, or a file that stands out."""

    path: str
    """Safe to draw; a folder ends with a slash."""
    files: int
    added: int
    removed: int
    remark: str = ""
    """What a person should see; "" for nothing."""
    is_risk: bool = False
    """Whether it may change what runs elsewhere."""


def by_folder(files: Sequence[FileChange], outside: Collection[str] = frozenset()) -> list[Folder]:
    """Return the lines of all files: by the first two folders, what stands out each by itself.

    `outside` are the files that a task has changed outside its scope; a folder says how many.
    """
    folders: dict[str, list[FileChange]] = defaultdict(list)
    single = []
    for file in files:
        remark, is_risk = _remark(file.path)
        if remark:
            added, removed = file.added or 0, file.removed or 0
            path = clean(file.path, limit=_NAME)
            single.append(Folder(path, 1, added, removed, remark, is_risk))
        else:
            folders[_folder(file.path)].append(file)
    lines = [
        Folder(
            clean(name, limit=_NAME),
            len(many),
            sum(file.added or 0 for file in many),
            sum(file.removed or 0 for file in many),
            _outside(sum(file.path in outside for file in many)),
        )
        for name, many in sorted(folders.items())
    ]
    return [*lines, *sorted(single, key=lambda one: (one.is_risk, one.path))]


def _outside(count: int) -> str:
    return f"{count} outside its scope" if count else ""


def _folder(path: str) -> str:
    parts = path.split("/")[:-1][:2]
    return "/".join(parts) + "/" if parts else path


def _remark(path: str) -> tuple[str, bool]:
    """Return what stands out about a file, and whether it is a risk."""
    name = path.rpartition("/")[2]
    if _CI.match(path):
        return "touches CI", True
    if name in _LOCKS:
        return "a lock file", False
    if _MIGRATION.search(path):
        return "a migration", False
    return "", False
