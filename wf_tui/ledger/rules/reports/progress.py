"""What a program says of itself while it works: its session, its last words, how it judges itself.

All of it is a claim of a worker, and moves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.attempt_events import TaskProgress
from wf_tui.ledger.model.rows import evolve

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["said", "session_started"]

_LONGEST: Final = 400
"""Characters of what was said last."""


def session_started(
    tx: Change, task: TaskRow, session: str, model: str | None, preset: str | None
) -> None:
    """Note what an attempt calls its conversation, by which another attempt may go on with it.

    At the first word of it, since a crash would otherwise leave nobody who knows; a second one
    takes its place, where the program knew the first no more.
    """
    attempt = tx.attempt(task.id, task.epoch)
    named = evolve(
        attempt,
        session=session,
        model=model or attempt.model,
        preset=preset or attempt.preset,
    )
    tx.write(attempt, named)
    tx.emit(TaskProgress(session=session, model=model), task)


def said(
    tx: Change,
    task: TaskRow,
    text: str,
    *,
    tool: str | None,
    tools: int | None,
    plan: tuple[int, int] | None,
) -> None:
    """Note a worker's last words or tool, and how far its plan is: `plan` is done, of.

    The scheduler calls it twice a second at most.
    """
    attempt = tx.attempt(task.id, task.epoch)
    done, total = plan or (attempt.plan_done, attempt.plan_total)
    new = evolve(
        attempt,
        said=text[:_LONGEST] or attempt.said,
        said_at=tx.now,
        tools=attempt.tools if tools is None else tools,
        plan_done=done,
        plan_total=total,
    )
    tx.write(attempt, new)
    event = TaskProgress(
        text=text[:_LONGEST],
        tool=tool,
        tools=tools,
        plan={"done": plan[0], "of": plan[1]} if plan else None,
    )
    tx.emit(event, task)
