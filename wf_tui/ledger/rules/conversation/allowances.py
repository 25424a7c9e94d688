"""What a person allowed for the rest of a run, so that wf answers it by itself (RULES 5, Persons).

A rule of wf's own: the agent is told `allow_once` each time, since what it is allowed for good it
writes into settings that stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.task_events import AllowanceEnded, AllowanceMade
from wf_tui.ledger.model.rows import AllowanceRow, decode, evolve, select
from wf_tui.ledger.rules.task_guards import refused

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import QuestionRow, TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["PROFILE", "TASK", "allow", "allowance_for", "end_all", "forget"]

TASK: Final = "task"
PROFILE: Final = "profile"
_ALIVE: Final = "WHERE run = :run AND ended_at IS NULL "


def allow(tx: Change, task: TaskRow, question: QuestionRow, extent: str) -> None:
    """Allow from now on what a question asks about: to its task, or to the profile that asked."""
    profile = tx.attempt(task.id, question.epoch).profile if extent == PROFILE else None
    rows = tx.db.execute("SELECT max(id) FROM allowance WHERE run = :run", {"run": tx.run.id})
    made = AllowanceRow(
        run=tx.run.id,
        id=int(rows[0][0] or 0) + 1,
        task=None if profile else task.id,
        profile=profile,
        tool_kind=question.kind,
        text=question.text,
        actor=tx.actor,
        at=tx.now,
    )
    tx.insert(made)
    event = AllowanceMade(id=made.id, profile=profile, tool_kind=question.kind, text=question.text)
    tx.emit(event, task)


def allowance_for(tx: Change, task: TaskRow, tool_kind: str, text: str) -> AllowanceRow | None:
    """Return what allows exactly this to the live attempt of a task; None where a person is asked.

    Exactly: what differs in one character is something else.
    """
    rows = tx.db.execute(
        select(
            AllowanceRow,
            _ALIVE + "AND tool_kind = :tool_kind AND text = :text AND (task = :task OR profile = "
            "(SELECT profile FROM attempt WHERE run = :run AND task = :task AND epoch = :epoch)) "
            "ORDER BY id LIMIT 1",
        ),
        {
            "run": tx.run.id,
            "task": task.id,
            "epoch": task.epoch,
            "tool_kind": tool_kind,
            "text": text,
        },
    )
    return decode(AllowanceRow, rows[0]) if rows else None


def forget(tx: Change, task: TaskRow) -> TaskRow:
    """Ask again for all that was allowed to a task, or to a profile that has worked on it."""
    rows = tx.db.execute(
        select(
            AllowanceRow,
            _ALIVE + "AND (task = :task OR profile IN "
            "(SELECT profile FROM attempt WHERE run = :run AND task = :task)) ORDER BY id",
        ),
        {"run": tx.run.id, "task": task.id},
    )
    if not rows:
        raise refused(task, "asked for again: nothing was allowed to it")
    for row in (decode(AllowanceRow, one) for one in rows):
        tx.write(row, evolve(row, ended_at=tx.now))
        tx.emit_act(AllowanceEnded(id=row.id), task)
    return task


def end_all(tx: Change) -> None:
    """End all that was allowed: the run is over."""
    rows = tx.db.execute(select(AllowanceRow, _ALIVE + "ORDER BY id"), {"run": tx.run.id})
    for row in (decode(AllowanceRow, one) for one in rows):
        tx.write(row, evolve(row, ended_at=tx.now))
        tx.emit(AllowanceEnded(id=row.id))
