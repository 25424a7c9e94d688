"""Taking back the last thing that a person did, while nothing has come of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.events.task_events import TaskBlocked, TaskUnblocked, Undone
from wf_tui.ledger.model.states import TaskState
from wf_tui.ledger.rules.decisions import nodes
from wf_tui.ledger.rules.decisions.rivals import check_chosen
from wf_tui.ledger.rules.operator_moves import claimed_dependant
from wf_tui.ledger.rules.transaction import FOLLOWS
from wf_tui.ledger.rules.undo.acts import Act, last_act
from wf_tui.ledger.rules.undo.restore import RESTORERS, restore_run, restore_task
from wf_tui.values import frozen

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["TakenBack", "UndoRefusedError", "undo"]

_SINCE: Final = {
    "task_claimed": "a worker has begun with it",
    "task_added": "tasks were added",
}
"""What has happened to a task since, in words; anything else is said by its name."""


@frozen
class TakenBack:
    """An act that was taken back, and the tasks that it was done to, as they are again."""

    act: Act
    tasks: tuple[TaskRow, ...]
    lane: tuple[str, bool] | None = None
    """The lane whose pause it changed, and whether it is paused again."""


class UndoRefusedError(RefusedError):
    """The act cannot be taken back; it is named, for whoever wants to go one further."""

    def __init__(self, act: Act, message: str, hint: str = "") -> None:
        """Keep the act beside the sentence."""
        super().__init__(message, hint)
        self.act = act


def undo(tx: Change, expect: int | None = None, before: int | None = None) -> TakenBack:
    """Take back the actor's last act, if nothing has happened since to what it changed.

    Called again, it takes back the one before, since what was taken back is left out. `expect` is
    the number of the act that the actor was shown as the last: where it is another one, that is
    named, and nothing is done. With `before` it is the last act with a smaller number, past one
    that stays. Raises `UndoRefusedError`; then nothing is brought back, since the whole transaction
    is undone. Raises `RefusedError` where there is no act.
    """
    act = last_act(tx.db, tx.run.id, tx.actor, before)
    if act is None:
        raise RefusedError("nothing to undo", "only your own last action can be undone")
    if expect is not None and act.number != expect:
        raise UndoRefusedError(act, f"you did something elsewhere since: {act.name}")
    if not act.undoable:
        raise UndoRefusedError(act, act.refusal)
    rows = tx.db.execute(
        "SELECT seq, task, kind, data FROM event WHERE run = :run AND command = :command "
        "AND kind <> :undone ORDER BY seq DESC",
        {"run": tx.run.id, "command": act.number, "undone": Undone.event_kind},
    )
    # Last first: what was changed of a task may have followed from one that came before it. What is
    # only said of a task comes last: the row that is brought back would end a snooze again.
    events = [(str(row[1] or ""), str(row[2]), json.loads(str(row[3]))) for row in rows]
    moves = [one for one in events if "state" in one[2]["undo"]]
    last = max(int(str(row[0])) for row in rows)
    try:
        tx.undoing, tx.ages = act.number, _ages_behind(tx, act)
        for task_id in dict.fromkeys(one[0] for one in events if one[0]):
            _refuse_too_late(tx, tx.task(task_id), act, last)
        for task_id, _, data in moves:
            _restore(tx, act, tx.task(task_id), data)
        for task_id, kind, data in events:
            if "state" not in data["undo"]:
                _restore_rest(tx, act, task_id, kind, data["undo"])
    except UndoRefusedError:
        raise
    except RefusedError as error:
        raise UndoRefusedError(act, f"{act.name} cannot be undone: {error.message}") from error
    first = events[-1][2]["undo"]
    lane = (str(first["lane"]), bool(first["paused"])) if "lane" in first else None
    return TakenBack(act, tuple(tx.task(name) for name in act.tasks), lane)


def _ages_behind(tx: Change, act: Act) -> dict[str, tuple[str, float]]:
    """Return what the tasks were that moved since the act did, and since when."""
    rows = tx.db.execute(
        "SELECT task, data FROM event WHERE run = :run AND seq > :act AND at = :at "
        "AND command IS NULL AND kind IN (:blocked, :unblocked) ORDER BY seq DESC",
        {
            "run": tx.run.id,
            "act": act.number,
            "at": act.at,
            "blocked": TaskBlocked.event_kind,
            "unblocked": TaskUnblocked.event_kind,
        },
    )
    ages: dict[str, tuple[str, float]] = {}
    for task, text in rows:
        data = json.loads(str(text))
        behind = data.get(FOLLOWS)
        if behind is not None and behind["act"] == act.number:
            # The first of its events is the last here, and has what was before the act.
            ages[str(task)] = str(data["before"]), float(behind["since"])
    return ages


def _restore(tx: Change, act: Act, task: TaskRow, data: dict[str, Any]) -> None:
    if task.state is TaskState.DONE:
        _refuse_counted_on(tx, task)
    check_chosen(tx, task, "brought back")
    restore_task(tx, task, data, act.number)


def _restore_rest(tx: Change, act: Act, task_id: str, kind: str, record: dict[str, Any]) -> None:
    if not task_id:
        restore_run(tx, record, act.number)
        return
    task = tx.task(task_id)
    # Told before the event that says how it is again, so that the log has cause before effect.
    tx.emit(Undone(undoes=act.number, id=record.get("message")), task)
    RESTORERS[kind](tx, task, record)


def _refuse_too_late(tx: Change, task: TaskRow, act: Act, last: int) -> None:
    """Refuse where anything was made of the task since the last event of the act.

    What was taken back has not been: of that act and of its end nothing is left.
    """
    later = tx.db.execute(
        "SELECT kind FROM event WHERE run = :run AND task = :task AND seq > :seq "
        "AND (command IS NULL OR command NOT IN (SELECT command FROM event WHERE run = :run "
        "AND command IS NOT NULL AND kind = :undone)) ORDER BY seq LIMIT 1",
        {"run": tx.run.id, "task": task.id, "seq": last, "undone": Undone.event_kind},
    )
    if later:
        kind = str(later[0][0])
        words = _SINCE.get(kind, f"it has moved on since ({kind.replace('_', ' ')})")
        raise UndoRefusedError(act, f"{act.name} cannot be undone: {words}")


def _refuse_counted_on(tx: Change, task: TaskRow) -> None:
    """Refuse where others have begun since the task counts as done."""
    if nodes.has_decided(tx, task):
        raise RefusedError(f"{task.id!r} has decided what comes after it")
    begun = claimed_dependant(tx, task)
    if begun:
        raise RefusedError(f"{begun!r}, which waited for {task.id!r}, has begun")
