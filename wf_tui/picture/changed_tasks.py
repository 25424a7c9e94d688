"""Which tasks some events changed, read as they are now.

Most changes come with an event of their task. Three come without one: the counters of tasks that
wait for another task or for a phase, and the root that is named by a task which is blocked through
others. Those are found along the edges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.read import changes_row, reaches_dependants
from wf_tui.ledger.model.events.run_events import PhaseSettled
from wf_tui.ledger.model.events.task_events import TaskAdded
from wf_tui.ledger.model.rows import EventRow, TaskRow, decode, select
from wf_tui.ledger.model.states import BlockedKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wf_tui.ledger.store.database import Database

__all__ = ["changed_tasks", "marks", "parts"]

_MANY: Final = 500
"""Names in one statement; SQLite takes 32,766 parameters, but a longer list costs no less."""


def changed_tasks(db: Database, run_id: str, events: Sequence[EventRow]) -> list[TaskRow]:
    """Return the tasks that these events changed, as they are now, in declaration order.

    Called within the snapshot that the events were read in. Too many are no mistake, since a row
    that did not change is dropped later; one too few would leave a card standing. Each comes once,
    as it is at the end of these events.
    """
    found: dict[str, TaskRow] = {}
    named = {e.task for e in events if e.task is not None and changes_row(e.kind)}
    found |= _by_id(db, run_id, named)
    moving = {e.task for e in events if e.task is not None and reaches_dependants(e.kind)}
    _follow(db, run_id, moving, found)
    # A phase that settles frees those behind it; a task that is added may open one again that was
    # over. Both move the counters of every task of the phases behind, without an event of theirs.
    kinds = {PhaseSettled.event_kind, TaskAdded.event_kind}
    phases = {str(event.data.get("phase")) for event in events if event.kind in kinds}
    for phase in sorted(_names(db, _NEXT_PHASES, run_id, phases)):
        rows = db.execute(
            select(TaskRow, "WHERE run = :run AND phase = :phase"),
            {"run": run_id, "phase": phase},
        )
        found |= {task.id: task for task in (decode(TaskRow, row) for row in rows)}
    return sorted(found.values(), key=lambda task: task.ordinal)


def _follow(db: Database, run_id: str, moving: set[str], found: dict[str, TaskRow]) -> None:
    """Add those that wait for these tasks; through a blocked result, those behind them as well."""
    # A task that is blocked through others names the first of the chain, so when that one changes
    # each of them does; a task that merely waits passes nothing on.
    seen: set[str] = set()
    todo = moving
    while todo:
        seen |= todo
        # Without those seen before: a plan has no circle, but many ways lead to the same task.
        names = _names(db, _DEPENDANTS, run_id, todo) - seen
        fresh = _by_id(db, run_id, names - found.keys())
        found |= fresh
        todo = {name for name in names if found[name].kind == BlockedKind.DEPENDENCY}


def _by_id(db: Database, run_id: str, names: Iterable[str]) -> dict[str, TaskRow]:
    found = {}
    for part in parts(names):
        where = f"WHERE run = :run AND id IN ({marks(part)})"
        for row in db.execute(select(TaskRow, where), {"run": run_id, **part}):
            task = decode(TaskRow, row)
            found[task.id] = task
    return found


def _names(db: Database, statement: str, run_id: str, names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for part in parts(names):
        rows = db.execute(statement.format(marks(part)), {"run": run_id, **part})
        found |= {str(row[0]) for row in rows}
    return found


def parts(names: Iterable[str]) -> Iterator[Mapping[str, str]]:
    """Yield the names in portions that one statement can hold, each under a parameter's name.

    With `marks`, for an `IN` of any length; sorted, so that the same read runs the same statements.
    """
    every = sorted(names)
    for place in range(0, len(every), _MANY):
        portion = every[place : place + _MANY]
        yield {f"name{number}": name for number, name in enumerate(portion)}


def marks(part: Iterable[str]) -> str:
    """Return the parameters of an `IN` with these names; values never stand in the SQL itself."""
    return ", ".join(f":{name}" for name in part)


_DEPENDANTS: Final = "SELECT DISTINCT dst FROM edge WHERE run = :run AND src IN ({})"
_NEXT_PHASES: Final = "SELECT DISTINCT dst FROM phase_edge WHERE run = :run AND src IN ({})"
