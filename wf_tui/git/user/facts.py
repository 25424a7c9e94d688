"""What is notable about a repository of the user; all of it is read, and nothing named is run.

For `wf doctor`, which shows it to a person before a run is begun; a run itself needs none of it.
"""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wf_tui.git.control.control import Control, check_complete
from wf_tui.git.repository import Repository
from wf_tui.git.runner import git
from wf_tui.git.user.combined import combine
from wf_tui.git.user.repo_warnings import repo_warnings
from wf_tui.text import clean

__all__ = ["Lock", "hooks", "locks", "names_program", "program_keys", "worktree_warnings"]

_PROGRAMS: Final = re.compile(
    rb"core\.(hookspath|sshcommand|editor|pager|askpass|gitproxy|alternaterefscommand)"
    rb"|filter\..*\.(clean|smudge|process)|diff\.external|diff\..*\.(command|textconv)"
    rb"|merge\..*\.driver|(mergetool|difftool|guitool|man|browser)\..*\.(cmd|path)"
    rb"|credential\.(.*\.)?helper|gpg\.(.*\.)?(program|defaultkeycommand)"
    rb"|remote\..*\.(uploadpack|receivepack|vcs)|uploadpack\.packobjectshook"
    rb"|sequence\.editor|interactive\.difffilter|pager\..*|init\.templatedir"
    rb"|trailer\..*\.(command|cmd)|tar\..*\.command|sendemail\..*cmd"
    rb"|include\.path|includeif\..*\.path",
    re.DOTALL,
)
_PROGRAM_IF_BANG: Final = re.compile(rb"alias\..*|submodule\..*\.update", re.DOTALL)
"""Keys that name a program only where their value begins with `!`."""
_SWITCH: Final = frozenset({b"", b"true", b"false", b"yes", b"no", b"on", b"off", b"1", b"0"})
_LOCKS: Final = ("*.lock", "refs/**/*.lock", "worktrees/*/*.lock", "objects/info/*.lock")


@dataclass(frozen=True)
class Lock:
    """A lock file of git, and how old it is in seconds."""

    path: Path
    age: float


def program_keys(common_dir: Path) -> tuple[str, ...]:
    """Return the keys of a repository's configuration that name programs or more configuration.

    Sorted and safe to show. wf runs none of them; a person who runs git in there does. Only the
    repository's own files count, those of its worktrees too, not what is the user's or machine's.
    """
    files = [common_dir / "config.worktree", *(common_dir / "worktrees").glob("*/config.worktree")]
    sources = [("--local",), *(("--file", file) for file in files if file.is_file())]
    found = set()
    for source in sources:
        words = ("config", *source, "--includes", "-z", "--list")
        for record in git(*words, git_dir=common_dir).records:
            key, _, value = record.partition(b"\n")
            if names_program(key, value):
                found.add(clean(key, limit=100))
    return tuple(sorted(found))


def hooks(common_dir: Path) -> tuple[str, ...]:
    """Return the names of the hooks that git itself would run, sorted and safe to show."""
    folder = common_dir / "hooks"
    files = folder.iterdir() if folder.is_dir() else ()
    found = [
        clean(file.name, limit=100)
        for file in files
        if file.suffix != ".sample" and file.is_file() and file.stat().st_mode & 0o111
    ]
    return tuple(sorted(found))


def locks(common_dir: Path, now: float) -> tuple[Lock, ...]:
    """Return the lock files of a repository; who made them works, or died.

    `now` is in UTC seconds. The age is never negative, although a clock may have been set back.
    """
    found = {path for pattern in _LOCKS for path in common_dir.glob(pattern)}
    return tuple(Lock(path, max(0.0, now - path.lstat().st_mtime)) for path in sorted(found))


def worktree_warnings(repository: Repository) -> tuple[str, ...]:
    """Return what looks different in a worker's tree; refuse a commit that lacks objects.

    The objects are read from a repository of wf's own: looking for one that is missing could run
    what the user's repository names.
    """
    with tempfile.TemporaryDirectory(prefix="wf-doctor-") as folder:
        git_dir = Path(folder, "own.git")
        git(
            *("init", "-q", "--bare", "--template="),
            *(f"--object-format={repository.object_format}", "--", git_dir),
        )
        own = Control(git_dir, repository.object_format, repository.head, "HEAD")
        attributes = repository.common_dir / "info" / "attributes"
        if attributes.is_file():
            (git_dir / "info").mkdir(exist_ok=True)
            shutil.copyfile(attributes, git_dir / "info" / "attributes")
        combined = combine(own, repository.common_dir, write=False)
        check_complete(combined)
        return repo_warnings(combined, repository.head)


def names_program(key: bytes, value: bytes) -> bool:
    """Whether a setting names a program, or a file with more settings, that git would obey.

    `key` is as `git config --list` prints it: section and name in small letters.
    """
    # A switch for git's own daemon, or the path of a program to ask instead.
    if key == b"core.fsmonitor":
        return value.lower() not in _SWITCH
    maybe = _PROGRAM_IF_BANG.fullmatch(key) and value.startswith(b"!")
    return bool(maybe or _PROGRAMS.fullmatch(key))
