"""Landing: the work of a run comes into a branch of the user, and into its checkout, if it has one.

This is the one place where wf writes to a checkout of the user, and only when they ask for it.
"""

import contextlib
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from wf_tui.errors import EnvironmentalError, RefusedError
from wf_tui.git.control.changed_files import Entry, changed_files
from wf_tui.git.control.diffs import FileChange, file_changes
from wf_tui.git.merge.merge_tree import merge_trees
from wf_tui.git.user.combined import Combined
from wf_tui.git.user.hooks import Hooks
from wf_tui.git.user.signing import Signing, find_signing
from wf_tui.git.user.target import Target, listed_files
from wf_tui.git.user_config import identity

__all__ = ["Landing", "LandingKind", "land", "plan_landing"]

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class LandingKind(StrEnum):
    """How the work comes into a branch."""

    NOTHING = "nothing"
    FAST_FORWARD = "fast_forward"
    MERGE = "merge"
    SQUASH = "squash"
    """All of it as one commit, which has only the branch before it."""


@dataclass(frozen=True)
class Landing:
    """What a landing brings: from `old` to `tree`, that of `head` or of a merge with it.

    Made without writing anything, so that it can be shown before a person decides.
    """

    kind: LandingKind
    old: str
    head: str
    tree: str
    commits: tuple[tuple[str, str], ...] = ()
    """Name and subject of each, newest first; of a merge, not what it has merged."""
    files: tuple[FileChange, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def commits_anew(self) -> bool:
        """Whether a commit is made, and not only the branch moved."""
        return self.kind in {LandingKind.MERGE, LandingKind.SQUASH}


def plan_landing(
    combined: Combined, old: str, head: str, branch: str = "BRANCH", *, squash: bool = False
) -> Landing:
    """Return what comes when `head` lands on `old`; a conflict is refused with its paths.

    With `squash` it comes as one commit. `branch` is where a person finds `head`, for the hint.
    `combined` sees the objects of both, without writing to the user's. Raises `RefusedError` for a
    conflict or for histories that have nothing in common, `GitError` where git fails.
    """
    if combined.contains(head, head=old):
        return Landing(LandingKind.NOTHING, old, head, combined.tree_of(old))
    if combined.contains(old, head=head):
        kind, tree = LandingKind.FAST_FORWARD, combined.tree_of(head)
    else:
        kind, tree = LandingKind.MERGE, _merged_tree(combined, old, head, branch)
    if squash:
        kind = LandingKind.SQUASH
    # As after a squash: a commit that changes no file would bring nothing.
    if kind is not LandingKind.FAST_FORWARD and tree == combined.tree_of(old):
        return Landing(LandingKind.NOTHING, old, head, tree)
    log = combined.git("log", "-z", "--first-parent", "--format=%H %s", f"{old}..{head}", "--")
    commits = (line.decode("utf-8", "replace").partition(" ") for line in log.records)
    return Landing(
        kind=kind,
        old=old,
        head=head,
        tree=tree,
        commits=tuple((name, subject) for name, _, subject in commits),
        files=file_changes(combined, old, tree),
        entries=changed_files(combined, old, tree),
    )


def land(
    combined: Combined,
    target: Target,
    landing: Landing,
    message: str,
    *,
    sign: bool = True,
    hooks: Hooks | None = None,
) -> str:
    """Bring the work into the branch and its checkout; return where the branch is now.

    `combined` writes to the user's objects. What `Target.check` refuses has been asked before. A
    merge commit is signed where the user's git signs, unless `sign` is off; `hooks` run where they
    are given. On the main thread: signals wait until checkout and branch agree. Raises
    `RefusedError` where the branch moved meanwhile, no signature could be made or a hook says no,
    with the checkout as it was.
    """
    if landing.kind is LandingKind.NOTHING:
        return landing.old
    anew = landing.commits_anew
    who = _committer(target, needed=anew)
    signing = find_signing(target.git_dir, target.environ) if sign and anew else None

    def commit() -> str:
        if not anew:
            return landing.head
        text = hooks.before_commit(message) if hooks else message
        # An object that nothing points to yet: if all that follows fails, it is only left over.
        return _merge_commit(combined, landing, text, who, signing)

    # Without hooks that have to see the merge, it is there before the checkout is touched.
    made = None if hooks else commit()
    with _signals_held_back():
        new = target.move(landing.old, landing.tree, lambda: made or commit(), message, who)
    if hooks:
        hooks.after_merge()
    return new


def _merge_commit(
    combined: Combined,
    landing: Landing,
    message: str,
    who: Mapping[str, str],
    signing: Signing | None,
) -> str:
    merged = () if landing.kind is LandingKind.SQUASH else ("-p", landing.head)
    words = ("-p", landing.old, *merged, "-m", message, landing.tree)
    if signing is None:
        return combined.git("commit-tree", *words, variables=who).text
    combined = replace(combined, settings={**combined.settings, **signing.settings})
    variables = {**signing.variables, **who}
    done = combined.git("commit-tree", "-S", *words, ok=None, variables=variables)
    if done.status:
        raise RefusedError(
            f"the merge commit cannot be signed: {done.complaint}",
            "make your key usable, or land without a signature: --no-sign",
        )
    return done.text


def _merged_tree(combined: Combined, old: str, head: str, branch: str) -> str:
    # Git would merge two histories that never met, and take every file for one that both added.
    if combined.git("merge-base", old, head, ok=(0, 1)).status:
        raise RefusedError("the branch has no history in common with the run")
    merge = merge_trees(combined, old, head)
    if not merge.clean:
        hint = f"merge the branch of the run by hand: git merge {branch}"
        raise RefusedError(f"it conflicts in {listed_files(merge.conflicts)}", hint)
    return merge.tree


def _committer(target: Target, *, needed: bool) -> Mapping[str, str]:
    """Return the variables that name the user; for the log of a branch alone, git may guess."""
    try:
        return identity(target.git_dir, target.environ).variables
    except EnvironmentalError:
        if needed:
            raise
        return {}


@contextlib.contextmanager
def _signals_held_back() -> Iterator[None]:
    """Let a signal wait until checkout and branch agree again."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
