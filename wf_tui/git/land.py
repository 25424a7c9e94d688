"""Landing: the work of a run comes into a branch of the user, and into its checkout, if it has one.

This is the one place where wf writes to a checkout of the user, and only when they ask for it.
"""

import contextlib
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from wf_tui.errors import EnvironmentalError, RefusedError
from wf_tui.git.entries import Entry, changed_files
from wf_tui.git.joined import Joined
from wf_tui.git.merge import merge_trees
from wf_tui.git.show import FileChange, file_changes
from wf_tui.git.target import Target, named
from wf_tui.git.user import identity

__all__ = ["Coming", "How", "come", "land"]

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class How(StrEnum):
    """How the work comes into a branch."""

    NOTHING = "nothing"
    FAST_FORWARD = "fast_forward"
    MERGE = "merge"


@dataclass(frozen=True)
class Coming:
    """What a landing brings: from `old` to `tree`, that of `head` or of a merge with it."""

    how: How
    old: str
    head: str
    tree: str
    commits: tuple[tuple[str, str], ...] = ()
    """Name and subject of each, newest first; of a merge, not what it has merged."""
    files: tuple[FileChange, ...] = ()
    entries: tuple[Entry, ...] = ()


def come(joined: Joined, old: str, head: str) -> Coming:
    """Return what comes when `head` lands on `old`; a conflict is refused with its paths."""
    if joined.contains(head, head=old):
        return Coming(How.NOTHING, old, head, joined.tree_of(old))
    forward = joined.contains(old, head=head)
    tree = joined.tree_of(head) if forward else _merged(joined, old, head)
    listed = joined.git("log", "-z", "--first-parent", "--format=%H %s", f"{old}..{head}", "--")
    commits = (line.decode("utf-8", "replace").partition(" ") for line in listed.records)
    return Coming(
        how=How.FAST_FORWARD if forward else How.MERGE,
        old=old,
        head=head,
        tree=tree,
        commits=tuple((name, subject) for name, _, subject in commits),
        files=file_changes(joined, old, tree),
        entries=changed_files(joined, old, tree),
    )


def land(
    joined: Joined, target: Target, coming: Coming, message: str, environ: Mapping[str, str]
) -> str:
    """Bring the work into the branch and its checkout; return where the branch is now.

    `joined` writes to the user's objects. What `Target.check` refuses has been asked before.
    """
    if coming.how is How.NOTHING:
        return coming.old
    new, who = coming.head, _who(target, environ, needed=coming.how is How.MERGE)
    if coming.how is How.MERGE:
        words = ("commit-tree", "-p", coming.old, "-p", coming.head, "-m", message)
        new = joined.git(*words, coming.tree, variables=who).text
    with _undisturbed():
        target.move(coming.old, new, message, who)
    return new


def _merged(joined: Joined, old: str, head: str) -> str:
    if joined.git("merge-base", old, head, ok=(0, 1)).status:
        raise RefusedError("the branch has no history in common with the run")
    merge = merge_trees(joined, old, head)
    if not merge.clean:
        hint = "merge the branch of the run by hand: git merge"
        raise RefusedError(f"it conflicts in {named(merge.conflicts)}", hint)
    return merge.tree


def _who(target: Target, environ: Mapping[str, str], *, needed: bool) -> Mapping[str, str]:
    """Return the variables that name the user; for the log of a branch alone, git may guess."""
    try:
        return identity(target.common_dir, environ).variables
    except EnvironmentalError:
        if needed:
            raise
        return {}


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Let a signal wait until checkout and branch agree again."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
