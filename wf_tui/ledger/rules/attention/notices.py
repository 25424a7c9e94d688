"""What a person is to be notified of: each item once, whoever looks and however often (RULES 7).

The scheduler takes what has come since the last time, and the run remembers up to which event that
was in the same transaction. So a restart tells nothing twice, and a crash between the two at most
leaves something untold.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.queries.snoozes import snooze_of
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["Notice", "NoticeKind", "take_notices"]

_NEEDS: Final = ("task_blocked", "question_asked", "task_woken")
"""Events after which a task may need a person that did not before."""
_OF_RUN: Final = ("run_stalled", "run_ended", "run_resumed", "budget_reached")
_WARNS: Final = 80
_LOOKED_THROUGH: Final = 500
"""Events."""


class NoticeKind(StrEnum):
    """What there is to tell."""

    NEEDS_YOU = "needs_you"
    STALLED = "stalled"
    ENDED = "ended"
    BUDGET = "budget"


@frozen
class Notice:
    """One thing to tell a person."""

    kind: NoticeKind
    at: float
    """UTC seconds."""
    state: str = ""
    """Of the run, where that has ended."""
    task: TaskRow | None = None
    """What needs the person."""


def take_notices(tx: Change) -> list[Notice]:
    """Return what has come since this was last called; a task only if it needs a person still."""
    if tx.run.seq <= tx.run.notified:
        return []
    names = ", ".join(f"'{kind}'" for kind in (*_NEEDS, *_OF_RUN))
    rows = tx.db.execute(
        f"SELECT kind, task, at, data FROM event WHERE run = :run AND seq > :seq "
        f"AND kind IN ({names}) ORDER BY seq",
        {"run": tx.run.id, "seq": tx.run.notified},
    )
    # Not for each step of a busy run: what says nothing is looked through again, for a while.
    if rows or tx.run.seq - tx.run.notified > _LOOKED_THROUGH:
        tx.update_run(evolve(tx.run, notified=tx.run.seq))
    events = [(str(row[0]), row[1], float(row[2] or 0), str(row[3])) for row in rows]
    tasks = {str(task): at for kind, task, at, _ in events if task and kind in _NEEDS}
    needs = [Notice(NoticeKind.NEEDS_YOU, at, task=row) for row, at in _needing(tx, tasks)]
    return [*needs, *_of_run([(kind, at, data) for kind, _, at, data in events])]


def _needing(tx: Change, tasks: dict[str, float]) -> Iterator[tuple[TaskRow, float]]:
    for name, at in tasks.items():
        task = tx.task(name)
        needs = task.state is TaskState.BLOCKED and task.block and task.block.waits_for_person
        if needs and snooze_of(tx.db, tx.run.id, name, tx.now) is None:
            yield task, at


def _of_run(events: list[tuple[str, float, str]]) -> Iterator[Notice]:
    """Yield what is to be told of the run as a whole; of what it was in between, nothing."""
    last: Notice | None = None
    for kind, at, text in events:
        data = json.loads(text)
        if kind == "run_stalled":
            last = Notice(NoticeKind.STALLED, at)
        elif kind == "run_ended":
            last = Notice(NoticeKind.ENDED, at, state=str(data.get("state")))
        elif kind == "run_resumed":
            last = None
        elif kind == "budget_reached" and data.get("of") == "run" and data["percent"] == _WARNS:
            yield Notice(NoticeKind.BUDGET, at)
    if last is not None:
        yield last
