"""Where a branch of the user is in use: checked out, or in the middle of a rebase or bisect.

An export does not move such a branch, and a landing first looks at its checkout.
"""

from collections.abc import Iterator
from pathlib import Path

from wf_tui.errors import RefusedError
from wf_tui.git.path_bytes import decode_path
from wf_tui.git.refs import short_branch
from wf_tui.git.repository import ANY_OWNER
from wf_tui.git.runner import git
from wf_tui.text import clean
from wf_tui.values import frozen

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


@frozen
class Checkout:
    """A worktree of the user, and the git directory that is its own.

    Of a linked worktree that is a folder below the common directory, where its index and HEAD are.
    """

    path: Path
    git_dir: Path


def is_checked_out(common_dir: Path, ref: str) -> bool:
    """Whether a branch is checked out in any worktree, also in one that is gone.

    Moving it would leave that worktree's index and files behind, so that an export waits.
    """
    return any(True for _ in _worktrees_with(common_dir, ref))


def is_rebased(common_dir: Path, ref: str) -> bool:
    """Whether a branch is being rebased or bisected, in any worktree.

    Git detaches HEAD meanwhile, so that no worktree has it checked out, and moves the branch at the
    end from where it was. Read from the files that git keeps of it; there is no command to ask.
    """
    names = {
        ref.encode(),
        short_branch(ref).encode(),
    }  # a rebase writes the one, a bisect the other
    for folder in (common_dir, *(common_dir / "worktrees").glob("*")):
        for name in _BRANCH_FILES:
            try:
                content = (folder / name).read_bytes().strip()
            except OSError:
                continue  # nearly always: nothing is under way
            if content in names:
                return True
    return False


def find_checkout(common_dir: Path, ref: str, start: Path | None = None) -> Checkout | None:
    """Return the one worktree that has a branch checked out, or None.

    `start` is where the user is, who may stand in a worktree that git has no note of. Raises
    `RefusedError` for more than one (git allows that with force), and for one that is gone, is
    another repository's by now, or lies where it cannot be told.
    """
    folders = list(_worktrees_with(common_dir, ref))
    if not folders:
        return None
    if len(folders) > 1:
        raise RefusedError("the branch is checked out in more than one worktree")
    path, main = folders[0]
    if main:
        return Checkout(_main_worktree(common_dir, path, start), common_dir)
    return Checkout(path, _own_git_dir(path, common_dir))


def _main_worktree(common_dir: Path, listed: Path, start: Path | None) -> Path:
    """Return the folder of the main worktree, which its own `.git` has to lead back from.

    Git lists a wrong folder where the repository lies elsewhere: that of a submodule, one made with
    `--separate-git-dir`, one behind a link. And what `core.worktree` names may be any folder at
    all: only one that says itself that it belongs to this repository is ever written to.
    """
    words = ("config", "--get", "core.worktree")
    named = git(*words, git_dir=common_dir, ok=None, settings=ANY_OWNER).text
    around = [start, *start.parents] if start else []
    for folder in [common_dir / named] if named else [listed, *around]:
        if _leads_to(folder / ".git", common_dir):
            return folder.resolve()
    raise RefusedError(
        "the branch is checked out in a folder apart from the repository",
        "run the command inside that folder",
    )


def _leads_to(entry: Path, common_dir: Path) -> bool:
    """Whether a `.git`, be it a folder, a link to one or a file that names one, is a repository."""
    if entry.is_dir():
        return entry.resolve() == common_dir.resolve()
    try:
        content = entry.read_bytes()
    except OSError:
        return False
    named = decode_path(content.removeprefix(b"gitdir: ").rstrip(b"\n"))
    return (entry.parent / named).resolve() == common_dir.resolve()


def operation_in_progress(checkout: Checkout) -> str:
    """Return what git has begun in a worktree and not ended, or nothing.

    As words to put into a sentence: `a merge`, `a rebase`.
    """
    found = (what for name, what in _UNDER_WAY.items() if (checkout.git_dir / name).exists())
    return next(found, "")


def _worktrees_with(common_dir: Path, ref: str) -> Iterator[tuple[Path, bool]]:
    """Yield the worktrees that have a branch checked out, and whether each is the main one."""
    words = ("worktree", "list", "--porcelain", "-z")
    answer = git(*words, git_dir=common_dir, settings=ANY_OWNER).stdout
    for number, block in enumerate(answer.split(b"\0\0")):
        lines = block.split(b"\0")
        if f"branch {ref}".encode() in lines:
            # Git names the main worktree first, always.
            yield Path(decode_path(lines[0].removeprefix(b"worktree "))), number == 0


def _own_git_dir(path: Path, common_dir: Path) -> Path:
    shown = clean(str(path))
    if not path.is_dir():
        raise RefusedError(
            f"the branch is checked out in {shown}, which is gone",
            "git worktree prune; where it was moved, git worktree repair inside it",
        )
    words = ("rev-parse", "--path-format=absolute")
    # One path a call: a path may hold newlines.
    git_dir = Path(git(*words, "--git-dir", cwd=path, settings=ANY_OWNER).text)
    common = Path(git(*words, "--git-common-dir", cwd=path, settings=ANY_OWNER).text)
    # The list of worktrees may be old: something else can lie at the path by now.
    if common.resolve() != common_dir.resolve():
        raise RefusedError(f"the branch is checked out in {shown}, which is now another repository")
    return git_dir
