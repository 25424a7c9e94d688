"""What the user's own git says about files, beside the `.gitignore` and `.gitattributes` of a tree.

What is ignored, which attributes hold, which line ends a checkout has. A worker's tree must neither
offer the user's editor files as work nor change bytes that the user's git would keep, so wf's
private repository carries the same rules. It has no program of theirs: `filter`, `merge` and `diff`
of an attribute only name one, and the configuration that says what to run stays with the user.
"""

import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wf_tui.git.control.sparse import Sparse, user_sparse
from wf_tui.git.repository import Repository
from wf_tui.git.runner import git
from wf_tui.git.user_config import as_the_user
from wf_tui.paths import write_private
from wf_tui.values import frozen

__all__ = [
    "UserRules",
    "configured_file",
    "read_idle_filters",
    "read_settings",
    "read_user_attributes",
    "read_user_rules",
]

_LARGEST = 1 << 20
"""Bytes of a file that are read; a larger one is no list of patterns."""
_SYSTEM_ATTRIBUTES: Final = Path("/etc/gitattributes")
_CONVERSION: Final = frozenset({
    "core.autocrlf",
    "core.checkroundtripencoding",
    "core.eol",
    "core.safecrlf",
    "merge.renormalize",
})  # fmt: skip
"""The settings that decide on the bytes of files; none of them names a program."""
_FILTER: Final = re.compile(r"filter\.(.*)\.(clean|process|smudge)", re.DOTALL)
_IDLE_FILTERS: Final = "user-idle-filters.json"
_SETTINGS: Final = "user-settings.json"
_ATTRIBUTES: Final = "info/user-attributes"


@frozen
class UserRules:
    """The rules as they were when the run was made; they do not change while it runs."""

    excludes: bytes
    """Of the user's excludes file, then of the repository's `info/exclude`."""
    attributes: bytes
    """Of the repository's `info/attributes`, which comes before every `.gitattributes`."""
    user_attributes: bytes
    """Of the machine's and the user's attributes files, behind which comes every other."""
    settings: Mapping[str, str]
    """On how bytes are stored."""
    sparse: Sparse
    """Which files the user's checkout has, and so each worktree, unless the plan says otherwise."""
    idle_filters: tuple[str, ...] = ()
    """Filters that only change what a checkout writes, and nothing that is stored."""

    def write(self, git_dir: Path, own_excludes: bytes) -> None:
        """Put the rules into a repository of wf's, with excludes of wf's own behind the user's."""
        info = git_dir / "info"
        info.mkdir(mode=0o700, exist_ok=True)
        write_private(info / "exclude", self.excludes + own_excludes)
        write_private(info / "attributes", self.attributes)
        write_private(git_dir / _ATTRIBUTES, self.user_attributes)
        self.sparse.write(git_dir)
        settings = {**self.settings, **self.sparse.settings}
        write_private(git_dir / _SETTINGS, json.dumps(settings).encode())
        write_private(git_dir / _IDLE_FILTERS, json.dumps(self.idle_filters).encode())


def read_user_rules(repository: Repository, environ: Mapping[str, str]) -> UserRules:
    """Return what the user's git says about files in a repository; three commands of git.

    `environ` is the user's environment. A file that cannot be read counts as empty.
    """
    info = repository.common_dir / "info"
    # In this order, since the last pattern that fits decides, as in the user's own git.
    excludes = configured_file(repository, environ, "core.excludesFile", "ignore")
    attributes = configured_file(repository, environ, "core.attributesFile", "attributes")
    config = _configuration(repository, environ)
    system = None if environ.get("GIT_ATTR_NOSYSTEM") else _SYSTEM_ATTRIBUTES
    return UserRules(
        excludes=_joined(excludes, info / "exclude"),
        attributes=_joined(info / "attributes"),
        user_attributes=_joined(system, attributes),
        settings={key: value for key, value in config.items() if key in _CONVERSION},
        sparse=user_sparse(repository.git_dir, config),
        idle_filters=_idle_filters(config),
    )


def read_settings(git_dir: Path) -> dict[str, str]:
    """Return the settings for git on a repository of wf's that make it obey the user's rules.

    A run of an older version has none; there files go in and come out byte by byte, as they did.
    """
    try:
        settings: dict[str, str] = json.loads((git_dir / _SETTINGS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    attributes = git_dir / _ATTRIBUTES
    if attributes.stat().st_size:
        settings["core.attributesFile"] = str(attributes)
    return settings


def read_user_attributes(git_dir: Path) -> bytes:
    """Return what the attributes files of the user say, in a repository of wf's; "" for none."""
    return _joined(git_dir / "info" / "attributes", git_dir / _ATTRIBUTES)


def read_idle_filters(git_dir: Path) -> frozenset[str]:
    """Return the filters of the user that store files as they are; a run of an older wf has none.

    One that their configuration does not know is not among them: it may be set up elsewhere.
    """
    try:
        return frozenset(json.loads((git_dir / _IDLE_FILTERS).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return frozenset()


def _configuration(repository: Repository, environ: Mapping[str, str]) -> dict[str, str]:
    words = ("config", "--includes", "-z", "--list")
    env = as_the_user(environ)
    records = git(*words, git_dir=repository.git_dir, ok=None, environment=env).records
    found = (os.fsdecode(record).partition("\n") for record in records)
    # A key without a value is a switch that is on.
    return {key: value if eq else "true" for key, eq, value in found}


def _idle_filters(config: Mapping[str, str]) -> tuple[str, ...]:
    storing: dict[str, bool] = {}
    for key, value in config.items():
        if driver := _FILTER.fullmatch(key):
            stores = driver[2] != "smudge" and bool(value)
            storing[driver[1]] = storing.get(driver[1], False) or stores
    return tuple(sorted(name for name, stores in storing.items() if not stores))


def configured_file(
    repository: Repository, environ: Mapping[str, str], key: str, usual: str
) -> Path | None:
    """Return the file that a setting names as the user's own git sees it, else the `usual` one.

    A repository's configuration may only name a file of its own: one from a stranger could
    otherwise have any file of the user copied to where workers read.
    """
    done = git(
        *("config", "--show-scope", "-z", "--type=path", "--get", key),
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
        return Path(folder, "git", usual)
    if home := environ.get("HOME"):
        return Path(home, ".config", "git", usual)
    return None


def _joined(*files: Path | None) -> bytes:
    """Return what the files hold, each ending with a newline."""
    parts = [_content(file) for file in files if file is not None]
    return b"".join(part if part.endswith(b"\n") else part + b"\n" for part in parts if part)


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
