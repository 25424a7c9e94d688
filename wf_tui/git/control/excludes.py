"""What the user's own git ignores, beside the repository's `.gitignore` files.

A worker's tree must not offer the user's editor files as work, so wf's private repository carries
the same excludes.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from wf_tui.git.repository import Repository
from wf_tui.git.runner import git
from wf_tui.git.user_config import as_the_user

__all__ = ["user_excludes"]

_LARGEST = 1 << 20
"""Bytes of an excludes file that are read; a larger one is no list of patterns."""


def user_excludes(repository: Repository, environ: Mapping[str, str]) -> bytes:
    """Return the patterns of the user's excludes file and of the repository's `info/exclude`.

    Read once, when a run is made: what a worker may leave out of its work does not change while it
    runs. `environ` is the user's environment. A file that cannot be read counts as empty.
    """
    # In this order, since the last pattern that fits decides, as in the user's own git.
    files = [_configured_file(repository, environ), repository.common_dir / "info" / "exclude"]
    parts = [_content(file) for file in files if file is not None]
    return b"".join(part if part.endswith(b"\n") else part + b"\n" for part in parts if part)


def _configured_file(repository: Repository, environ: Mapping[str, str]) -> Path | None:
    """Return the file that `core.excludesFile` names as the user's own git sees it.

    A repository's configuration may only name a file of its own: one from a stranger could
    otherwise have any file of the user copied to where workers read.
    """
    done = git(
        *("config", "--show-scope", "-z", "--type=path", "--get", "core.excludesFile"),
        git_dir=repository.common_dir,
        ok=None,
        environment=as_the_user(environ),
    )
    if done.status == 0 and len(done.records) == 2:  # noqa: PLR2004 - scope and path
        scope, path = done.records[0], Path(os.fsdecode(done.records[1]))
        if scope in {b"system", b"global"}:
            return path
        # Resolved: a link in the repository leads to the user's file as well as a path does.
        real = path.resolve()
        folders = [repository.common_dir] + ([repository.top] if repository.top else [])
        inside = any(real.is_relative_to(folder.resolve()) for folder in folders)
        return path if inside else None
    # Git's own default, which it does not name when it is asked.
    if folder := environ.get("XDG_CONFIG_HOME"):
        return Path(folder, "git", "ignore")
    if home := environ.get("HOME"):
        return Path(home, ".config", "git", "ignore")
    return None


def _content(file: Path) -> bytes:
    """Return what a regular file holds; nothing for other kinds, or one too large."""
    # Not to wait for a writer, should it be a FIFO; asked of what was opened, not of the name.
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        status = os.fstat(descriptor)
        meant = stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST
        return os.read(descriptor, _LARGEST) if meant else b""
    finally:
        os.close(descriptor)
