"""How a task moves, with all that follows for others without an event of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import BlockedKind, TaskState
from wf_tui.ledger.model.task_moves import blocked_by, counted, is_bad, settles, unclaimed
from wf_tui.ledger.queries.rivals import Standing, standing

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import Detail, TaskRow
    from wf_tui.picture.history.past import Past

__all__ = [
    "blocked_by_result",
    "blocked_needs",
    "fence",
    "move",
    "rivals_in",
    "to_pending",
    "turn_has_come",
]

_NO_DETAIL: Final[Detail] = {}


def move(past: Past, old: TaskRow | None, new: TaskRow) -> TaskRow:
    """Bring a task into another state: its age, the counts of the run, whoever is behind it."""
    if old is None or new.state is not old.state or new.kind is not old.kind:
        new = evolve(new, since=past.at)
    phase = past.tables.phases.get(new.phase)
    on_failure = phase.on_failure if phase is not None else None
    new = evolve(new, settled=settles(new, lambda: on_failure))
    past.put(past.tables.tasks, new.id, new)
    if old is None or old.state is not new.state:
        past.put_run(counted(past.run, old.state if old else None, new.state))
    if new.settled:
        _pass_turn_on(past, new)
    if old is not None and _root(old) != _root(new):
        _tell_of_root(past, new)
    return new


def to_pending(
    past: Past, old: TaskRow, new: TaskRow, *, note: str = "", detail: Detail = _NO_DETAIL
) -> TaskRow:
    """Put a task back into the queue; where a result that it needs is blocked, it is with it."""
    waiting = evolve(unclaimed(new), note=note, detail=detail)
    held = blocked_by_result(past, waiting)
    if held is not None:
        return move(past, old, held)
    return move(past, old, evolve(waiting, state=TaskState.PENDING, kind=None))


def fence(past: Past, task: TaskRow) -> None:
    """Note that the open attempt of a task is being stopped."""
    attempt = past.tables.attempts.get((task.id, task.open_epoch or 0))
    if attempt is not None:
        past.put_attempt(evolve(attempt, fenced=True))
    past.drop(past.tables.asked, task.id)


def blocked_needs(past: Past, task: str) -> list[TaskRow]:
    """Return the tasks whose results a task needs and cannot have, in the order of the plan."""
    edges, tasks = past.beginning.edges, past.tables.tasks
    names = list(edges.results.get(task, ()))
    rivals = edges.judged.get(task, ())
    if rivals and standing(_there(past, rivals)) is Standing.LOST:
        names += rivals
    return [tasks[name] for name in names if name in tasks and is_bad(tasks[name])]


def rivals_in(past: Past, phase: str) -> list[TaskRow]:
    """Return the tasks of a phase of which one is to be merged."""
    return [one for one in past.tables.tasks.values() if one.phase == phase and one.spec.rival]


def turn_has_come(past: Past, task: str) -> bool:
    """Whether no task before it in its phase keeps it waiting; once so, for ever."""
    return task not in past.beginning.edges.before or past.tables.turns.get(task, False)


def _there(past: Past, names: tuple[str, ...]) -> list[TaskRow]:
    return [past.tables.tasks[name] for name in names if name in past.tables.tasks]


def blocked_by_result(past: Past, task: TaskRow) -> TaskRow | None:
    """Return a task as blocked by a result that it needs, which it names; None where none is."""
    needs = blocked_needs(past, task.id)
    if not needs:
        return None
    need = min(needs, key=lambda one: one.ordinal)
    return blocked_by(task, need, _root(need))


def _tell_of_root(past: Past, task: TaskRow) -> None:
    """Name another root in those that are blocked behind a task: no event tells of that."""
    for name in past.beginning.edges.after.get(task.id, ()):
        row = past.tables.tasks.get(name)
        if row is None or row.kind is not BlockedKind.DEPENDENCY:
            continue
        again = blocked_by_result(past, row)
        if again is not None and again != row:
            move(past, row, again)


def _root(task: TaskRow) -> str | None:
    if not is_bad(task):
        return None
    return str(task.detail.get("root")) if task.kind is BlockedKind.DEPENDENCY else task.id


def _pass_turn_on(past: Past, task: TaskRow) -> None:
    """Let the next task of a phase in order come; what was over before its turn passes it on."""
    turn: TaskRow | None = task
    while turn is not None and turn.settled and turn_has_come(past, turn.id):
        name = past.beginning.edges.next_turn.get(turn.id, "")
        turn = past.tables.tasks.get(name)
        if turn is not None and not turn_has_come(past, name):
            past.put(past.tables.turns, name, True)
