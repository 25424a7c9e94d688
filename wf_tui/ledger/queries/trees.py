"""Which worktrees of a run are in use, or wait for a person; their numbers, as git has them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.run_events import WorktreeKept
from wf_tui.ledger.model.events.task_events import TaskClaimed
from wf_tui.ledger.model.states import BlockedKind, Cause, Step, TaskState
from wf_tui.ledger.queries import reads
from wf_tui.paths import FIRST_OPENED_TREE

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.store.database import Database

__all__ = [
    "OPENED",
    "WORK",
    "can_open",
    "has_tree",
    "holds_tree",
    "live_trees",
    "needed_trees",
    "stale_trees",
    "waits_in_tree",
    "was_kept",
    "work_of",
]

_KEPT: Final = frozenset(kind for kind in BlockedKind if kind.facts.keeps_tree)
"""Blocked kinds whose worktree is kept; the cause of such an attempt is the same word."""
_KEPT_CAUSES: Final = _KEPT | {Cause.MERGE_GATE}
"""Causes of attempts whose worktree may have been kept."""
OPENED: Final = "opened"
"""In the detail of a blocked task: a person has gone into its worktree."""
WORK: Final = "work"
"""In the detail of a blocked task: the commit of its last attempt."""
_UNPREPARED: Final = frozenset({Step.CLAIMED, Step.PREPARING})


def live_trees(db: Database, run: str) -> set[int]:
    """Return the trees of attempts that are not closed: what is in them may not be harvested."""
    return {int(one.tree) for one in reads.attempts(db, run) if one.open and one.tree}


def needed_trees(db: Database, run: str) -> set[int]:
    """Return the trees that blocked tasks may be accepted from, or are accepted from just now."""
    blocked = {task.id: task.epoch for task in reads.tasks(db, run) if waits_in_tree(task)}
    kept = {
        int(attempt.tree)
        for attempt in reads.attempts(db, run)
        if attempt.tree and blocked.get(attempt.task) == attempt.epoch
    }
    return kept | live_trees(db, run)


def stale_trees(db: Database, run: str) -> set[int]:
    """Return the trees that a person may have worked in, and that nobody waits for any more."""
    last = {int(attempt.tree): attempt for attempt in reads.attempts(db, run) if attempt.tree}
    kept = {
        number
        for number, attempt in last.items()
        if attempt.by_hand or attempt.cause in _KEPT_CAUSES or number >= FIRST_OPENED_TREE
    }
    return kept - needed_trees(db, run)


def waits_in_tree(task: TaskRow) -> bool:
    """Whether a blocked task has a worktree that is kept for a person.

    Also one whose gate failed on the merge: that lies there, on the head that it was made on. And
    one that a person has opened.
    """
    on_merge = task.kind == BlockedKind.GATE and "head" in task.detail
    opened = task.state is TaskState.BLOCKED and OPENED in task.detail
    return task.kind in _KEPT or on_merge or opened


def work_of(task: TaskRow) -> str | None:
    """Return the commit that a blocked task can be opened at; None where it has none."""
    if task.block is None or not task.block.can_mend:
        return None
    work = task.detail.get(WORK)
    return str(work) if work else None


def can_open(task: TaskRow) -> bool:
    """Whether a person can go into the work of a task: it has a worktree, or one can be made."""
    return has_tree(task) or work_of(task) is not None


def has_tree(task: TaskRow) -> bool:
    """Whether a task has a worktree now that a person can go into."""
    works = task.open_epoch is not None and task.step not in _UNPREPARED
    return works or waits_in_tree(task)


def holds_tree(task: TaskRow, attempt: AttemptRow) -> bool:
    """Whether an attempt still has its tree: it works there, or the tree is kept for a person."""
    kept = waits_in_tree(task) and attempt.epoch == task.epoch
    return attempt.tree is not None and (attempt.open or kept)


def was_kept(db: Database, attempt: AttemptRow) -> bool:
    """Whether the tree of an attempt was kept since its work could not be saved."""
    # Trees are used again: what is said of a number is of the attempt that had it last.
    newest = db.execute(
        "SELECT task, epoch FROM attempt WHERE run = :run AND tree = :tree "
        "ORDER BY number DESC LIMIT 1",
        {"run": attempt.run, "tree": attempt.tree},
    )
    if [tuple(row) for row in newest] != [(attempt.task, attempt.epoch)]:
        return False
    kept = db.execute(
        "SELECT data FROM event WHERE run = :run AND kind = :kept "
        "AND seq > (SELECT max(seq) FROM event WHERE run = :run AND task = :task "
        "AND epoch = :epoch AND kind = :claimed) ORDER BY seq",
        {
            "run": attempt.run,
            "task": attempt.task,
            "epoch": attempt.epoch,
            "kept": WorktreeKept.event_kind,
            "claimed": TaskClaimed.event_kind,
        },
    )
    trees = (str(json.loads(str(data)).get("tree")) for (data,) in kept)
    return any(Path(tree).name == attempt.tree for tree in trees)
