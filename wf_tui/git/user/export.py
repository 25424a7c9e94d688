"""Export: the integration branch appears in the user's repository, and nothing else changes there.

The objects are fetched without a destination, then the one ref is moved by compare-and-swap.
`git push` would run the user's hooks, and `fetch X:ref` follows a symbolic ref and overwrites a
branch that was moved.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from wf_tui.errors import GitError
from wf_tui.git.control.control import Control
from wf_tui.git.refs import branch_ref
from wf_tui.git.repository import ANY_OWNER, Repository
from wf_tui.git.runner import git
from wf_tui.git.stale_locks import locked_since
from wf_tui.git.user.export_branch import ExportBranch
from wf_tui.git.user.lfs_objects import bring_lfs_objects
from wf_tui.git.user.ownership import give_to_owner
from wf_tui.paths import write_private
from wf_tui.text import clean
from wf_tui.values import frozen

__all__ = ["Exported", "Pending", "branch_name", "export"]

_FETCH = (
    "fetch",
    "-q",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
    "--no-prune",
    "--",
)


_LOCK: Final = re.compile(r"'(/[^']*\.lock)': File exists")


@frozen
class Exported:
    """The user's branch is at this commit."""

    commit: str


@frozen
class Pending:
    """The branch was left as it is, for this reason; a later export catches up.

    The scheduler tries again after each merge and at the end of the run, `wf land` before it lands.
    """

    reason: str
    hint: str = ""
    """The command that helps, where there is one."""


def branch_name(repository: Repository, run: str) -> str:
    """Return the branch for a run: `wf/<run>`, or `wf-<run>` beside a branch `wf` of the user.

    A ref is a file, so that none can lie below another. Chosen when the run is made, and kept.
    """
    words = ("show-ref", "--verify", "-q", branch_ref("wf"))
    missing = git(*words, git_dir=repository.common_dir, ok=None, settings=ANY_OWNER).status
    return f"wf/{run}" if missing else f"wf-{run}"


def export(
    repository: Repository,
    control: Control,
    branch: str,
    *,
    expected: str | None,
    fetched: Callable[[], None] = lambda: None,
) -> Exported | Pending:
    """Bring the integration branch into the user's repository as `branch`.

    `expected` is the commit the last export left there (None: there is no such branch yet); a
    branch that is anywhere else is the user's now, and is left alone. `fetched` is called before
    the branch moves, for the fault tests. Never raises for what git says: the reason comes back as
    `Pending`, and the work is safe in the run's own repository meanwhile.
    """
    if not repository.common_dir.is_dir():
        return Pending("the repository is gone")
    target = ExportBranch(repository, branch_ref(branch))
    try:
        new, current = control.head(), target.commit()
        if current == new:
            # It may have been left so by an export that was killed before its last step.
            _restore_missing_objects(target, control, new, control.base)
            return Exported(new)
        # A scheduler was killed between the move of the branch and its record in the ledger.
        if current is not None and _is_later_export(control, current, expected):
            expected = current
        if expected is not None and not control.contains(expected, head=new):
            return Pending("the branch of the run itself was moved back, or aside")
        if obstacle := target.obstacle(current, expected):
            return Pending(obstacle.reason, obstacle.hint)
        # Objects first, then the ref that needs them: in between the repository is whole.
        _fetch(repository, control, new)
        bring_lfs_objects(control, repository.common_dir, new)
        fetched()
        old = expected or control.zero
        target.git("update-ref", "--no-deref", "--end-of-options", target.ref, new, old)
        # Now that a ref holds them, nothing prunes them a second time.
        _restore_missing_objects(target, control, new, expected or control.base)
        give_to_owner(repository.common_dir, target.ref)
    except GitError as error:
        return Pending(_reason(error))
    return Exported(new)


def _is_later_export(control: Control, current: str, expected: str | None) -> bool:
    """Whether the branch is where an export left it that nobody lived to record."""
    since = expected or control.base
    return current != since and control.is_between(since, current)


def _reason(error: GitError) -> str:
    lines = error.stderr.strip().splitlines()
    if not lines:
        return error.message
    lock = _LOCK.search(lines[0])
    since = locked_since(Path(lock[1])) if lock else ""
    return clean("; ".join(line.removeprefix("fatal: ") for line in lines), limit=1000) + since


def _fetch(repository: Repository, control: Control, commit: str) -> None:
    """Bring the objects over.

    The program at the other end of a fetch does not inherit settings at command scope, so that
    a repository of another owner can only be allowed by a file.
    """
    config = control.git_dir.with_name("fetch.gitconfig")
    write_private(config, b"[safe]\n\tdirectory = *\n")
    words = (*_FETCH, control.git_dir, commit)
    git(*words, git_dir=repository.common_dir, settings=ANY_OWNER, global_config=config)


def _restore_missing_objects(
    target: ExportBranch, control: Control, commit: str, since: str
) -> None:
    """Bring again what the user's git has pruned between the fetch and the move of the branch.

    A fetch leaves out what it takes for known, so that it would not bring it a second time.
    """
    if target.has_all_objects(commit, since):
        return
    # All from the base on, not from `since`: what of it the user's git still has is not known.
    known = f"^{control.base}\n" if target.has_commit(control.base) else ""
    words = ("pack-objects", "-q", "--revs", "--stdout")
    # As a pack, since that is checked and put in place as one file: there is no half of it.
    pack = control.git(*words, stdin=f"{commit}\n{known}".encode()).stdout
    common_dir = target.repository.common_dir
    git("index-pack", "--stdin", git_dir=common_dir, stdin=pack, settings=ANY_OWNER)
    if not target.has_all_objects(commit, control.base):
        raise GitError("objects of the branch are missing in the repository")
