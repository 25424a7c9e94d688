"""What passes between a person and a task: questions, answers, messages, accepting, undoing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.states import BlockedKind, Step, TaskState
from wf_tui.ledger.rules.claims import contention, open_attempt
from wf_tui.ledger.rules.operator_moves import claimed_dependant, edited_values
from wf_tui.ledger.rules.runs import fence, in_progress, refused, wake_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["accept", "answer", "ask", "message", "question_expired", "undo"]


def ask(tx: Change, task: TaskRow, text: str, options: Sequence[str]) -> TaskRow:
    """Let a worker ask a person; it keeps its claim and its time limit stands still."""
    if not in_progress(task):
        raise refused(task, "asked about")
    tx.db.execute(
        "INSERT INTO question VALUES (?, ?, ?, ?, ?, ?, 'open', NULL)",
        (tx.run.id, task.id, task.epoch, tx.now, text, json.dumps(list(options))),
    )
    tx.event("question_asked", task, text=text, options=list(options))
    return tx.update_task(
        task, state=TaskState.BLOCKED, kind=BlockedKind.QUESTION.value, note=text, detail={}
    )


def answer(tx: Change, task: TaskRow, text: str) -> TaskRow:
    """Answer a question: the worker goes on, or, when it is gone, the next one is told."""
    if task.kind != BlockedKind.QUESTION:
        raise refused(task, "answered")
    tx.db.execute(
        "UPDATE question SET state = 'answered', answer = ? WHERE run = ? AND task = ? "
        "AND state IN ('open', 'expired')",
        (text, tx.run.id, task.id),
    )
    if not task.claimed:
        wake_run(tx)
    tx.event("question_answered", task, text=text)
    if task.claimed:
        return tx.update_task(
            task,
            state=TaskState.IN_PROGRESS,
            kind=None,
            note="",
            step=Step.RUNNING.value,
            step_deadline=_put_off(task, tx.now),
            lease_until=tx.now + tx.run.lease,
        )
    message(tx, task, text)
    return tx.to_pending(task)


def _put_off(task: TaskRow, now: float) -> float | None:
    """Return the deadline of the work without the time that the question took."""
    return None if task.step_deadline is None else task.step_deadline + now - task.since


def question_expired(tx: Change, task: TaskRow) -> TaskRow:
    """Stop a worker whose question nobody answered; the question stays."""
    if not task.asking:
        raise refused(task, "given up on")
    tx.db.execute(
        "UPDATE question SET state = 'expired' WHERE run = ? AND task = ? AND state = 'open'",
        (tx.run.id, task.id),
    )
    tx.event("task_blocked", task, kind=BlockedKind.QUESTION.value, before="question", stopped=True)
    fence(tx, task)
    return tx.update_task(
        task, worker=None, lease_until=None, step=None, step_at=None, step_deadline=None
    )


def message(tx: Change, task: TaskRow, text: str) -> TaskRow:
    """Leave a message for the task's next attempt."""
    if task.state is TaskState.DONE:
        raise refused(task, "written to")
    tx.db.execute(
        "INSERT INTO message VALUES (?, ?, ?, ?, ?, NULL)",
        (tx.run.id, task.id, tx.now, tx.actor, text),
    )
    tx.event("message_sent", task, text=text)
    return task


def accept(tx: Change, task: TaskRow) -> TaskRow:
    """Take work that was held back: a person's claim, with a fence of its own."""
    steps = {BlockedKind.SCOPE.value: Step.CHECKING, BlockedKind.CONFLICT.value: Step.HARVESTING}
    step = steps.get(task.kind or "")
    if task.state is not TaskState.BLOCKED or step is None or task.open_epoch is not None:
        raise refused(task, "accepted")
    _refuse_shared(tx, task)
    wake_run(tx)
    epoch = task.epoch + 1
    claim: dict[str, object] = {
        "state": TaskState.IN_PROGRESS,
        "kind": None,
        "note": "",
        "step": step.value,
        "step_at": tx.now,
        "step_deadline": None,
        "worker": tx.actor,
        "last_worker": tx.actor,
        "epoch": epoch,
        "lease_until": tx.now + tx.run.lease,
        "open_epoch": epoch,
        "attempts": task.attempts + 1,
        "unmet": task.unmet + 1,
        "scope_waived": True,
        "detail": {**task.detail, "accepted": task.kind},
    }
    # Told before those that it blocked go on, so that the log has cause before effect.
    tx.event(
        "task_claimed",
        evolve(task, **claim),
        lease_until=claim["lease_until"],
        tries=task.tries,
        scope=list(task.scope),
        isolation=task.isolation,
        mode=task.mode,
        before=task.kind,
    )
    held = tx.update_task(task, **claim)
    opened = open_attempt(tx, held, tx.phase(task.phase), "user")
    left = tx.attempt(task.id, task.epoch)
    # A conflict's tree was filled anew, on the head that the work did not merge with.
    base = str(task.detail.get("head") or left.base or "")
    tx.write(opened, evolve(opened, base=base or None, tree=left.tree))
    return held


def _refuse_shared(tx: Change, task: TaskRow) -> None:
    """Keep a person's claim, too, out of a part of the shared workspace that is in use."""
    holder = contention(tx.run, task, tx.open_attempts()) if task.isolation == "shared" else None
    if holder:
        raise RefusedError(
            f"task {task.id!r} cannot be accepted: {holder.task!r} works on {holder.holds}",
            "accept it when that one is over",
        )


def undo(tx: Change) -> list[TaskRow]:
    """Take back the actor's last act, if nothing has happened to its tasks since."""
    rows = tx.db.execute(
        "SELECT max(json_extract(data, '$.command')) FROM event WHERE run = ?1 AND actor = ?2 "
        "AND json_extract(data, '$.undo') IS NOT NULL AND json_extract(data, '$.command') NOT IN "
        "(SELECT json_extract(data, '$.undoes') FROM event WHERE run = ?1 AND kind = 'undone')",
        (tx.run.id, tx.actor),
    )
    if rows[0][0] is None:
        raise RefusedError(f"{tx.actor.removeprefix('user:')} has done nothing that can be undone")
    command = int(str(rows[0][0]))
    acts = tx.db.execute(
        "SELECT seq, task, data FROM event WHERE run = ? "
        "AND json_extract(data, '$.command') = ? ORDER BY seq DESC",
        (tx.run.id, command),
    )
    restored = []
    for seq, task_id, text in acts:
        task, data = tx.task(str(task_id)), json.loads(str(text))
        _refuse_too_late(tx, task, int(str(seq)), data)
        tx.event("undone", task, undoes=command, fields=data.get("was"))
        restored.append(_restore(tx, task, data))
    return restored


def _refuse_too_late(tx: Change, task: TaskRow, seq: int, data: dict[str, object]) -> None:
    later = tx.db.execute(
        "SELECT kind FROM event WHERE run = ? AND task = ? AND seq > ? ORDER BY seq LIMIT 1",
        (tx.run.id, task.id, seq),
    )
    if data.get("stopped"):
        raise RefusedError(f"cannot undo: the attempt of {task.id!r} was stopped")
    if later:
        raise RefusedError(f"cannot undo: {task.id!r} has moved on since ({later[0][0]})")
    begun = claimed_dependant(tx, task) if task.state is TaskState.DONE else None
    if begun:
        raise RefusedError(f"cannot undo: {begun!r}, which waited for {task.id!r}, has begun")


def _restore(tx: Change, task: TaskRow, data: dict[str, object]) -> TaskRow:
    was = data.get("undo")
    fields = dict(was) if isinstance(was, dict) else {}
    state = TaskState(str(fields.pop("state")))
    kind = fields.pop("kind")
    edited = data.get("was")
    if isinstance(edited, dict):
        task = _unedited(tx, task, edited)
    wake_run(tx)
    if state is TaskState.PENDING or kind == BlockedKind.DEPENDENCY:
        return tx.to_pending(task, **fields)
    return tx.update_task(task, state=state, kind=kind, **fields)


def _unedited(tx: Change, task: TaskRow, was: dict[str, object]) -> TaskRow:
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in was.items()}
    return tx.update_task(task, **edited_values(task, values))
