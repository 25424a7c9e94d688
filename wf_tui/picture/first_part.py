"""What a board shows of a large run until all is read: the tops of its columns, counts of all.

A screen has room for some dozen cards; a run may have ten thousand, which take a second to read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.rows import TaskRow, decode_tasks, select
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.store.database import Database

__all__ = ["Unread", "count_unread", "is_worth_it", "top_tasks"]

LARGE: Final = 600
"""Tasks of a run; a smaller one is read as soon as a part of it."""
MOST: Final = 300
"""Tasks at work or blocked, which are all of the part: what needs a person is never guessed."""
TOP: Final = 100
"""Tasks of a column or group of the list: more than a screen has lines."""


@dataclass(frozen=True)
class Unread:
    """Tasks that are alike to who counts them, and are not in the part."""

    phase: str
    state: TaskState
    """Pending or done; of the others, all are in the part."""
    waits: bool
    """Whether they wait for other tasks."""
    count: int


def is_worth_it(run: RunRow) -> bool:
    """Whether a part of a run is there sooner than all of it."""
    in_part = run.in_progress + run.blocked
    return in_part <= MOST and in_part + run.pending + run.done >= LARGE


def top_tasks(db: Database, run: RunRow) -> list[TaskRow]:
    """Return the tasks that stand first in each column and in each group of the list.

    In declaration order, and all that are at work or blocked. Called within a snapshot.
    """
    tops = (_PENDING if run.pending else ()) + (_DONE if run.done else ())
    rows = db.execute(select(TaskRow, _OTHERS), {"run": run.id})
    for top in tops:
        names = f"WHERE run = :run AND id IN ({top})"
        rows += db.execute(select(TaskRow, names), {"run": run.id, "top": TOP})
    found = {task.id: task for task in decode_tasks(rows)}
    return sorted(found.values(), key=lambda task: task.ordinal)


def count_unread(db: Database, run: str, part: Iterable[TaskRow]) -> tuple[Unread, ...]:
    """Count what of a run is not in a part of it; within the snapshot of that."""
    counted: Counter[tuple[str, TaskState, bool]] = Counter()
    for phase, state, waits, count in db.execute(_COUNTS, {"run": run}):
        counted[str(phase), TaskState(str(state)), bool(waits)] = int(count or 0)
    counted.subtract((task.phase, task.state, task.unmet > 0) for task in part)
    return tuple(Unread(*of, count) for of, count in counted.items() if count > 0)


_BY_PHASE: Final = "SELECT t.id FROM task t JOIN phase p ON p.run = t.run AND p.name = t.phase "
# As `orders` has them: first that of the column, then those of the groups of the list.
_PENDING: Final = (
    (
        f"{_BY_PHASE} WHERE t.run = :run AND t.state = 'pending' "
        "ORDER BY p.ordinal, t.rank, t.ordinal LIMIT :top"
    ),
    (
        "SELECT id FROM task WHERE run = :run AND state = 'pending' AND unmet = 0 "
        "ORDER BY rank, ordinal LIMIT :top"
    ),
    (
        "SELECT id FROM task WHERE run = :run AND state = 'pending' AND unmet > 0 "
        "ORDER BY rank, ordinal LIMIT :top"
    ),
)
_DONE: Final = (
    (
        f"{_BY_PHASE} WHERE t.run = :run AND t.state = 'done' "
        "ORDER BY p.ordinal DESC, t.since DESC, t.ordinal LIMIT :top"
    ),
    (
        "SELECT id FROM task WHERE run = :run AND state = 'done' "
        "ORDER BY since DESC, ordinal LIMIT :top"
    ),
)
_OTHERS: Final = "WHERE run = :run AND state IN ('in_progress', 'blocked')"
_COUNTS: Final = (
    "SELECT phase, state, CASE WHEN unmet > 0 THEN 1 ELSE 0 END AS waits, count(*) FROM task "
    "WHERE run = :run AND state IN ('pending', 'done') GROUP BY phase, state, waits"
)
