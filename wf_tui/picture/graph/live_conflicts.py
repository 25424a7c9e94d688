"""What does not go together as it is now: open trees, and work that waits with a commit."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Final

from wf_tui.errors import WfError
from wf_tui.git.control.control import open_control
from wf_tui.git.harvest.worktree_files import WorktreeFiles
from wf_tui.git.merge.merge_tree import merge_trees
from wf_tui.git.runner import git_limit
from wf_tui.ledger.model.rows import AttemptRow, decode, select
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.queries import reads
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.git.control.control import Control
    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RunPaths

__all__ = ["Clash", "LiveConflicts", "MergeTrials", "find_live_conflicts"]

_MOST: Final = 20
"""Trees, and waiting tasks, that are looked at in one round."""
_SECONDS: Final = 1.0
"""For all of them."""
_PATH: Final = 200
_PATHS: Final = 3
_WAITING: Final = (BlockedKind.REVIEW, BlockedKind.SCOPE, BlockedKind.CONFLICT)
_TIMES: Final = "\u00d7"


@dataclass(frozen=True)
class Clash:
    """Two that do not go together; ids are those of the ledger, paths are safe to draw."""

    task: str
    other: str
    """Another task; "" is the branch of the run."""
    paths: tuple[str, ...]
    tried: bool = False
    """Whether both were merged to find out; else their trees have changed the same file."""

    def line(self) -> str:
        """Return it in one line, safe to draw."""
        other = clean(self.other) or "the branch"
        words = "does not merge" if self.tried else "both change it"
        return f"{clean(self.task)} {_TIMES} {other}   {', '.join(self.paths[:_PATHS])}   {words}"


@dataclass(frozen=True)
class LiveConflicts:
    """What one round has found."""

    clashes: tuple[Clash, ...] = ()
    elsewhere: int = 0
    """Trees on other hosts, which nobody looks at from here."""
    unseen: int = 0
    """What was not looked at: too many, too slow, or just being made."""

    def lines(self, first: str | None) -> tuple[str, ...]:
        """Return a line for each pair, those of one task first, and what was not looked at."""
        found = sorted(self.clashes, key=lambda one: first not in {one.task, one.other})
        lines = [one.line() for one in found]
        if self.elsewhere:
            lines.append(
                f"{plural(self.elsewhere, 'tree')} on other hosts: not looked at from here"
            )
        if self.unseen:
            lines.append(f"{self.unseen} not looked at in this round")
        return tuple(lines)

    def as_json(self) -> dict[str, object]:
        """Return the key `conflicts` of `wf graph --json`."""
        clashes = [
            {"tasks": [one.task, one.other or None], "paths": list(one.paths), "tried": one.tried}
            for one in self.clashes
        ]
        return {"pairs": clashes, "other_hosts": self.elsewhere, "not_looked_at": self.unseen}


@dataclass
class MergeTrials:
    """Merges that were tried, by their two commits: each pair is merged once.

    Handed from one round to the next; a round keeps what it has asked for and forgets the rest.
    """

    _known: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _asked: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def conflicts(self, control: Control, ours: str, theirs: str) -> tuple[str, ...]:
        """Return the paths in which two commits conflict; raises `GitError`."""
        key = ours, theirs
        found = self._known.get(key)
        if found is None:
            merge = merge_trees(control, ours, theirs)
            named = merge.conflicts or tuple(path for note in merge.notes for path in note.paths)
            found = () if merge.clean else tuple(clean(path, limit=_PATH) for path in named)
        self._asked[key] = found
        return found

    def end_round(self) -> None:
        """Forget what nobody asks for any more: a branch or a task has moved on."""
        self._known, self._asked = self._asked, {}


def find_live_conflicts(
    db: Database, run_id: str, paths: RunPaths, trials: MergeTrials | None = None
) -> LiveConflicts:
    """Look at the trees of open attempts, and try work that waits; on any thread.

    Of trees names alone are compared, by the index that the host keeps of each: nothing is written.
    Work that waits with a commit is merged for real, as objects, with the branch and with the
    others that wait. Within a second, and twenty of each at the most; `trials` is of the round
    before.
    """
    rows = db.execute(
        select(AttemptRow, "WHERE run = :run AND open = 1 AND writes = 1 ORDER BY task"),
        {"run": run_id},
    )
    attempts = [decode(AttemptRow, row) for row in rows]
    here = [one for one in attempts if one.tree and not one.host]
    elsewhere = sum(bool(one.host) for one in attempts)
    deadline = time.monotonic() + _SECONDS
    try:
        control = open_control(paths)
    except WfError:
        return LiveConflicts(elsewhere=elsewhere, unseen=len(attempts) - elsewhere)
    changed: dict[str, frozenset[str]] = {}
    for one in here[:_MOST]:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            with git_limit(left):
                changed[one.task] = _changed(control, paths, str(one.tree))
        except (WfError, OSError):
            continue  # its tree is just being made, or removed
    unseen = len(attempts) - elsewhere - len(changed)
    trials = trials or MergeTrials()
    tried, untried = _tried(db, run_id, control, trials, deadline)
    return LiveConflicts((*tried, *_same_files(changed)), elsewhere, unseen + untried)


def _changed(control: Control, paths: RunPaths, tree: str) -> frozenset[str]:
    worktree = WorktreeFiles(control, paths.trees / tree, paths.indexes / tree, paths.gits / tree)
    found = worktree.git("ls-files", "-z", "-m", "-o", "--exclude-standard").records
    return frozenset(clean(os.fsdecode(name), limit=_PATH) for name in found)


def _same_files(changed: dict[str, frozenset[str]]) -> Iterator[Clash]:
    for one, other in combinations(sorted(changed), 2):
        if both := changed[one] & changed[other]:
            yield Clash(one, other, tuple(sorted(both)))


def _tried(
    db: Database, run_id: str, control: Control, trials: MergeTrials, deadline: float
) -> tuple[list[Clash], int]:
    """Merge waiting work with the branch and with each other.

    Return what does not merge, and how many pairs there was no time for.
    """
    head = reads.run_row(db, run_id).head
    works = _waiting_work(db, run_id)
    pairs = [(task, "", head, commit) for task, commit in works]
    pairs += [(a, b, first, second) for (a, first), (b, second) in combinations(works, 2)]
    found = []
    untried = 0
    for task, other, ours, theirs in pairs:
        left = deadline - time.monotonic()
        if left <= 0:
            untried += 1
            continue
        try:
            with git_limit(left):
                conflicts = trials.conflicts(control, ours, theirs)
        except WfError:
            untried += 1
            continue
        if conflicts:
            found.append(Clash(task, other, conflicts, tried=True))
    trials.end_round()
    return found, untried


def _waiting_work(db: Database, run_id: str) -> list[tuple[str, str]]:
    """Return the first tasks that wait for a person with a commit, each with that."""
    waiting = [task for task in reads.tasks(db, run_id) if task.kind in _WAITING]
    found = []
    for task in waiting[:_MOST]:
        commits = [one.commit_id for one in reads.attempts(db, run_id, task.id) if one.commit_id]
        if commits:
            found.append((task.id, commits[-1]))
    return found
