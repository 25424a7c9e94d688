"""What people keep in their repository: remotes, an upstream, stashes, submodules.

wf needs none of it. It is for whoever looks for the branch of a run, or wonders why a push went
elsewhere. Read by GitPython, and only read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.doctor.finding import Finding, Level
from wf_tui.git.remote_urls import strip_credentials
from wf_tui.gitpython import isolated_process, open_repository, unreadable
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git import Repo

    from wf_tui.git.repository import Repository

__all__ = ["git_facts", "without_credentials"]

_SHOWN: Final = 8
_NAME: Final = 100
_URL: Final = 200
_KIND: Final = re.compile(r"[A-Za-z0-9.+-]+(?:::|://)")
"""What an address begins with that is not a path."""
_APART: Final = re.compile(r"(ahead|behind) (\d+)")
_HIDDEN: Final = "…"


def git_facts(repository: Repository) -> list[Finding]:
    """Return what GitPython finds in a repository; what it cannot read is one plain line.

    For the main thread of `wf doctor`. It is a list, since nobody else may run meanwhile.
    """
    if repository.object_format != "sha1":
        text = "not read: GitPython cannot read SHA-256 repositories"
        return [Finding("remotes", Level.NOTE, text)]
    with isolated_process():
        try:
            with open_repository(repository.top or repository.common_dir) as repo:
                return list(_read(repo, repository))
        except unreadable():
            text = "not read: GitPython does not understand this repository"
            return [Finding("remotes", Level.NOTE, text)]


def without_credentials(url: str) -> str:
    """Return an address as it may be shown to anybody: no user, password, token or query.

    What does not look like an address is hidden rather than guessed at. The user `git`, as all the
    world calls it, stays.
    """
    stripped = strip_credentials(url)
    if stripped is not None:
        return clean(stripped, limit=_URL)
    kind = _KIND.match(url)
    return f"{clean(kind[0], limit=_NAME) if kind else ''}{_HIDDEN}"


def _read(repo: Repo, repository: Repository) -> Iterator[Finding]:
    """Yield the facts; one that is not understood does not hide the others."""
    for check, read in _FACTS:
        try:
            yield read(repo, repository)
        except unreadable():
            # Not the error's own words: they may quote a line that holds a password.
            yield Finding(check, Level.NOTE, f"not read: GitPython does not understand the {check}")


def _worktree(repo: Repo, repository: Repository) -> Finding:
    top = repository.top
    linked = Path(repo.git_dir).resolve() != Path(repo.common_dir).resolve()
    detail = {"path": None if top is None else str(top), "linked": linked}
    if top is None:
        return Finding("worktree", Level.OK, "none: nothing is checked out here", detail=detail)
    text = f"{'a linked one' if linked else 'the main one'}, at {clean(str(top))}"
    return Finding("worktree", Level.OK, text, detail=detail)


def _remotes(repo: Repo, _: Repository) -> Finding:
    urls: dict[str, list[str]] = {}
    for remote in repo.remotes:
        values = repo.config_reader().get_values(f'remote "{remote.name}"', "url", "")
        urls[clean(remote.name, limit=_NAME)] = [without_credentials(str(v)) for v in values if v]
    shown = [f"{name} {' '.join(where)}".rstrip() for name, where in urls.items()]
    return Finding("remotes", Level.OK, listed(shown, _SHOWN) or "none", detail=urls)


def _upstream(repo: Repo, repository: Repository) -> Finding:
    """Say what the branch that is checked out follows, and how far the two are apart."""
    branch = repository.branch
    if branch is None:
        text = "none: HEAD is detached, no branch is checked out"
        return Finding("upstream", Level.OK, text, detail={"branch": None, "upstream": None})
    form = "--format=%(upstream:short)%00%(upstream:track,nobracket)"
    upstream, _, track = str(repo.git.for_each_ref(form, f"refs/heads/{branch}")).partition("\0")
    detail: dict[str, str | int | None] = {"branch": branch, "upstream": upstream or None}
    name, followed = clean(branch, limit=_NAME), clean(upstream, limit=_NAME)
    if not upstream:
        return Finding("upstream", Level.OK, f"none: {name} follows no branch", detail=detail)
    if track == "gone":
        text = f"{name} follows {followed}, which is not in this repository"
        return Finding("upstream", Level.NOTE, text, "git fetch, if it is there", detail)
    apart = {word: int(number) for word, number in _APART.findall(track)}
    detail |= {"ahead": apart.get("ahead", 0), "behind": apart.get("behind", 0)}
    text = f"{name} follows {followed}: {track or 'the same commit'}"
    return Finding("upstream", Level.OK, text, detail=detail)


def _stashes(repo: Repo, _: Repository) -> Finding:
    """Count the stashes: git keeps each as a line in the log of one ref."""
    from git import RefLog  # noqa: PLC0415 - 125 ms

    log = Path(repo.common_dir, "logs", "refs", "stash")
    count = len(RefLog.from_file(log)) if log.is_file() else 0
    text = "1 stash" if count == 1 else f"{count} stashes"
    return Finding("stashes", Level.OK, text if count else "none", detail={"count": count})


def _submodules(repo: Repo, repository: Repository) -> Finding:
    """Name the submodules, and which of them are not checked out."""
    top = repository.top
    if top is not None and not (top / ".gitmodules").is_file():
        # Also of a pipe with that name, which GitPython would wait at for ever.
        return Finding("submodules", Level.OK, "none", detail={"paths": [], "empty": []})
    paths = sorted(str(module.path) for module in repo.submodules)
    empty = [path for path in paths if top is None or not (top / path / ".git").exists()]
    text = listed(paths, _SHOWN, limit=_NAME) or "none"
    if empty and top is not None:
        text += f"; not checked out: {listed(empty, _SHOWN, limit=_NAME)}"
    detail = {"paths": [clean(path) for path in paths], "empty": [clean(path) for path in empty]}
    return Finding("submodules", Level.OK, text, detail=detail)


_FACTS: Final = (
    ("worktree", _worktree),
    ("remotes", _remotes),
    ("upstream", _upstream),
    ("stashes", _stashes),
    ("submodules", _submodules),
)
