"""The git directory that a worker finds: laid out as git's own linked worktree, from scratch.

Each attempt gets it by plain file writes. The host never reads it, so that whatever a worker
does to it is never obeyed and never needed.
"""

# ruff: noqa: PTH102, PTH123 - written for each attempt, and pathlib takes longer than the disk

import contextlib
import os
import shutil
from pathlib import Path

from wf_tui.git.config_text import config_section, quoted
from wf_tui.git.control.control import Control
from wf_tui.git.control.sparse import PATTERNS
from wf_tui.git.control.user_view import BASE_BRANCH, TASK_BRANCH, lay_out
from wf_tui.git.erase import erase
from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.git.refs import BRANCHES

__all__ = ["alternates_of", "renew_worker_git", "write_worker_git"]

_FOLDERS = ("objects", "objects/info", "objects/pack", "refs", "refs/heads", "info")
_COPIED = ("info/exclude", "shallow", PATTERNS)
_CONFIG = """\
[gc]
	auto = 0
[maintenance]
	auto = false
[user]
	name = wf worker
	email = worker@wf.invalid
[commit]
	gpgSign = false
"""


def write_worker_git(worktree: WorktreeFiles, git_dir: Path, base: str) -> None:
    """Write a new git directory for `worktree` and point the worktree's `.git` file to it.

    Neither may exist. The branch `wf-task` is checked out at `base`, which `wf-base` keeps, so that
    a worker can compare with what it got; beside them are the user's branches, tags and remotes.
    Its objects are read from `control.git`, and what it commits stays here. Raises `OSError`. By
    files alone: `git init` takes longer than all of this.
    """
    # What is in it has the modes that the worker's git gives it; nobody else comes that far.
    git_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    top, control = str(git_dir), str(worktree.control.git_dir)
    for folder in _FOLDERS:
        os.mkdir(f"{top}/{folder}")
    _write(f"{top}/objects/info/alternates", alternates_of(worktree.control))
    # The files lie there unfiltered, so that a filter of the user's would find all of them changed.
    attributes = _read(f"{control}/info/attributes") + b"* -filter\n"
    _write(f"{top}/info/attributes", attributes)
    for name in _COPIED:
        with contextlib.suppress(FileNotFoundError):
            _write(f"{top}/{name}", _read(f"{control}/{name}"))
    config = _config(worktree) + lay_out(worktree.control.git_dir, git_dir)
    _write(f"{top}/config", os.fsencode(config))
    for branch in (TASK_BRANCH, BASE_BRANCH):
        _write(f"{top}/{BRANCHES}{branch}", f"{base}\n".encode())
    _write(f"{top}/HEAD", f"ref: {BRANCHES}{TASK_BRANCH}\n".encode())
    shutil.copyfile(worktree.index, f"{top}/index")
    # Whatever is at that name by now is not followed, and not written over.
    link = b"gitdir: " + os.fsencode(git_dir) + b"\n"
    _write(f"{worktree.path}/.git", link, mode=0o444)


def _write(name: str, content: bytes, mode: int = 0o666) -> None:
    """Write a file that is not there yet; there are a dozen of them for each attempt."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(name, flags, mode)
    try:
        while content:
            content = content[os.write(handle, content) :]
    finally:
        os.close(handle)


def _read(name: str) -> bytes:
    with open(name, "rb", buffering=0) as file:
        return file.read()


def alternates_of(control: Control) -> bytes:
    """Return what says in a worker's git directory that objects are read from `control.git`."""
    objects = str(control.git_dir / "objects")
    if "\n" in objects:  # quoted only where it would be misread
        objects = quoted(objects)
    return os.fsencode(objects) + b"\n"


def renew_worker_git(worktree: WorktreeFiles, git_dir: Path, base: str) -> None:
    """Write the git directory anew, for a worktree that goes on from another commit.

    Whatever was committed there is lost: the caller has harvested the files.
    """
    for old in (git_dir, worktree.path / ".git"):
        erase(os.fsencode(old))
    write_worker_git(worktree, git_dir, base)


def _config(worktree: WorktreeFiles) -> str:
    """Return the worker's configuration, but for what comes from the user's repository."""
    object_format = worktree.control.object_format
    # Git reads extensions in version 1 alone, and old tools know nothing but 0.
    version = "0" if object_format == "sha1" else "1"
    core = {
        "repositoryFormatVersion": version,
        "bare": "false",
        "worktree": str(worktree.path),
        "logAllRefUpdates": "true",
    }
    text = config_section("core", core.items()) + _CONFIG
    if object_format != "sha1":
        text += config_section("extensions", [("objectFormat", object_format)])
    for key, value in worktree.control.settings.items():
        section, _, name = key.partition(".")
        text += config_section(section, [(name, value)])
    return text
