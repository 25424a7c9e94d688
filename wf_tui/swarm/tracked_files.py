"""The tracked files of a pattern: what a task finds in its worktree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.errors import GitError, UsageError
from wf_tui.git.repository import ANY_OWNER
from wf_tui.git.runner import git
from wf_tui.text import clean

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["tracked_files"]


def tracked_files(folder: Path, pattern: str) -> list[str]:
    """Return the files of the commit that is checked out, by their paths from the top; blocks.

    The pattern is read from `folder` on: `*` stays within one folder, `**` spans any number, and a
    folder's name means all below it. Raises `UsageError` for one that leaves the tree, or matches
    nothing.
    """
    if not pattern.strip():
        raise UsageError("--items glob: has no pattern", "for example glob:docs/*.md")
    shown = clean(pattern)
    try:
        listed = git(
            *("ls-files", "-z", "--full-name", "--", f":(glob){pattern}"),
            cwd=folder,
            settings=ANY_OWNER,
            variables={"GIT_LITERAL_PATHSPECS": "0"},
        )
    except GitError as error:
        if "outside repository" not in error.stderr:
            raise
        raise UsageError(
            f"--items glob:{shown} leaves the tree [invalid_file_scope]",
            "name files of the repository",
        ) from error
    committed = _committed_files(folder)
    names = [name for name in dict.fromkeys(listed.records) if name in committed]
    if not names:
        more = "; those that are only staged are in no run" if listed.records else ""
        raise UsageError(
            f"--items glob:{shown} matches no tracked file{more}",
            f"git ls-files ':(glob){shown}' lists what it matches",
        )
    return [_as_text(name) for name in names]


def _committed_files(folder: Path) -> frozenset[bytes]:
    """Return the files and links of HEAD; a submodule is none."""
    listed = git(
        "ls-tree", "-r", "-z", "--full-tree", "HEAD", cwd=folder, settings=ANY_OWNER, ok=None
    )
    entries = [record.partition(b"\t") for record in listed.records]
    return frozenset(name for about, _, name in entries if about.split()[1:2] == [b"blob"])


def _as_text(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError as error:
        shown = clean(name)
        raise UsageError(f"the name of the file {shown} is no UTF-8 text", "rename it") from error
