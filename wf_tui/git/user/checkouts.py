"""Where a branch of the user is in use: checked out, or in the middle of a rebase or bisect."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wf_tui.errors import RefusedError
from wf_tui.git.refs import short_branch
from wf_tui.git.repository import ANY_OWNER
from wf_tui.git.runner import git
from wf_tui.text import clean

__all__ = ["Checkout", "find_checkout", "is_checked_out", "is_rebased", "operation_in_progress"]

_BRANCH_FILES = ("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START")
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "BISECT_START": "a bisect",
    "sequencer": "a sequence of picks",
}


@dataclass(frozen=True)
class Checkout:
    """A worktree of the user, and the git directory that is its own."""

    path: Path
    git_dir: Path


def is_checked_out(common_dir: Path, ref: str) -> bool:
    """Whether a branch is checked out in any worktree."""
    return any(True for _ in _worktrees_with(common_dir, ref))


def is_rebased(common_dir: Path, ref: str) -> bool:
    """Whether a branch is being rebased or bisected, in any worktree."""
    return any(_holds_ref(file, ref) for file in _state_files(common_dir))


def find_checkout(common_dir: Path, ref: str) -> Checkout | None:
    """Return the one worktree that has a branch checked out, or None; more are refused."""
    folders = list(_worktrees_with(common_dir, ref))
    if not folders:
        return None
    if len(folders) > 1:
        raise RefusedError("the branch is checked out in more than one worktree")
    path, main = folders[0]
    if main:
        # Git does not say where a main worktree is that lies elsewhere than beside its `.git`.
        words = ("config", "--get", "core.worktree")
        moved = git(*words, git_dir=common_dir, ok=None, settings=ANY_OWNER).text
        if moved or common_dir != path / ".git":
            raise RefusedError("the branch is checked out in a folder apart from the repository")
        return Checkout(path, common_dir)
    return Checkout(path, _own_git_dir(path, common_dir))


def operation_in_progress(checkout: Checkout) -> str:
    """Return what git has begun in a worktree and not ended, or nothing."""
    found = (what for name, what in _UNDER_WAY.items() if (checkout.git_dir / name).exists())
    return next(found, "")


def _worktrees_with(common_dir: Path, ref: str) -> Iterator[tuple[Path, bool]]:
    """Yield the worktrees that have a branch checked out, and whether each is the main one."""
    words = ("worktree", "list", "--porcelain", "-z")
    answer = git(*words, git_dir=common_dir, settings=ANY_OWNER).stdout
    for number, block in enumerate(answer.split(b"\0\0")):
        lines = block.split(b"\0")
        if f"branch {ref}".encode() in lines:
            path = lines[0].removeprefix(b"worktree ").decode("utf-8", "surrogateescape")
            yield Path(path), number == 0


def _own_git_dir(path: Path, common_dir: Path) -> Path:
    shown = clean(str(path))
    if not path.is_dir():
        raise RefusedError(f"the branch is checked out in {shown}, which is gone")
    git_dir, common = (
        Path(
            git("rev-parse", "--path-format=absolute", question, cwd=path, settings=ANY_OWNER).text
        )
        for question in ("--git-dir", "--git-common-dir")
    )
    if common.resolve() != common_dir.resolve():
        raise RefusedError(f"the branch is checked out in {shown}, which is now another repository")
    return git_dir


def _state_files(common_dir: Path) -> Iterator[Path]:
    for place in (common_dir, *(common_dir / "worktrees").glob("*")):
        yield from (place / name for name in _BRANCH_FILES)


def _holds_ref(file: Path, ref: str) -> bool:
    try:
        content = file.read_bytes().strip()
    except OSError:
        return False
    return content in {ref.encode(), short_branch(ref).encode()}
