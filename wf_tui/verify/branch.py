"""The integration branch, as git has it, beside what the events say of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.git.control.control import Control
    from wf_tui.verify.replay_state import ReplayState

__all__ = ["Commit", "compare", "read_branch"]


@dataclass(frozen=True)
class Commit:
    """One commit of the branch's own line; `merged` are its parents but for the first."""

    id: str
    merged: tuple[str, ...]


def read_branch(control: Control) -> tuple[Commit, ...] | None:
    """Return the branch's own line since the base, oldest first; None where it is gone.

    Called before the ledger is read, see `verify_run`. Only first parents are followed: what an
    attempt did in several commits is one merge here. Fails as git does where that cannot be run.
    """
    words = ("rev-list", "--first-parent", "--parents", "--reverse", "--end-of-options")
    done = control.git(*words, control.ref, "^" + control.base, ok=(0, 128))
    # 128 is git's word for a ref that it does not have; anything else has been raised already.
    if done.status:
        return None
    lines = [line.split() for line in done.text.splitlines()]
    return tuple(Commit(line[0], tuple(line[2:])) for line in lines)


def compare(run: ReplayState, branch: Sequence[Commit] | None) -> None:
    """Judge the branch: each merge once, in the order of the events, and with its work.

    While a merge is under way the branch may be one ahead of the ledger; and the events may be
    ahead of a branch that was read before them.
    """
    if branch is None:
        run.require(False, "branch", None, "the integration branch is gone")
        return
    recorded = run.chain.heads
    for number, (commit, head) in enumerate(zip(branch, recorded, strict=False), 1):
        if commit.id != head:
            text = f"merge {number} is {commit.id[:12]} in git, but {head[:12]} in the events"
            run.require(False, "branch", None, text)
            return
    merging = any(task.merging for task in run.tasks.values())
    ahead = len(branch) - len(recorded)
    # The branch was read before the events: a merge in between is in these alone. With no attempt
    # open there was none.
    live = run.open_attempts > 0
    run.require(ahead <= int(merging), "branch", None, f"{ahead} commits that no event tells of")
    run.require(ahead >= 0 or live, "branch", None, f"{-ahead} merges are not in the branch")
    _check_merged_work(run, branch[: len(recorded)])


def _check_merged_work(run: ReplayState, branch: Sequence[Commit]) -> None:
    """Judge that each merge brought in the commit that its attempt had left, and only there."""
    seen: dict[str, str] = {}
    for commit in branch:
        work = run.chain.work.get(commit.id)
        # A fast-forward is the attempt's own commit; a merge has it as one of its parents.
        brings = work is None or work in {commit.id, *commit.merged}
        text = f"merge {commit.id[:12]} does not hold its attempt's commit {str(work)[:12]}"
        run.require(brings, "branch", None, text)
        for one in {commit.id, *commit.merged}:
            run.require(one not in seen, "branch", None, f"{one[:12]} was merged twice")
            seen[one] = commit.id
