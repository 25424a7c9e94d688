"""What a model used: added up in the transaction that tells of it, never computed by a view.

It counts whoever holds the claim by then: what a stopped attempt used was used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.attempt_events import UsageTold
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.usage import NO_USAGE, WITHOUT_FIGURES, Usage
from wf_tui.ledger.rules.limits import budgets
from wf_tui.plan.choices import Takes
from wf_tui.text import dollars

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.rules.change import Change

__all__ = ["budget_used_up", "used", "without_figures"]

_MICRO: Final = 1_000_000


def used(tx: Change, task: TaskRow, attempt: AttemptRow, step: Usage) -> TaskRow:
    """Add what an attempt used to the sums of attempt, task, seat and run; return the task.

    `step` is what came since the last report. A lane is the sum of its seats.
    """
    before = attempt.usage or NO_USAGE
    tx.write(attempt, evolve(attempt, usage=before + step))
    task = tx.write(task, evolve(task, usage=task.usage + step))
    for seat in tx.workers():
        if seat.name == attempt.worker:
            tx.write(seat, evolve(seat, usage=seat.usage + step))
    of_run = tx.run.usage
    tx.update_run(evolve(tx.run, usage=of_run + step))
    known = {name: value for name, value in step.figures().items() if value is not None}
    event = UsageTold(**{**known, "unknown": step.unknown or None})
    tx.emit(event, task, (attempt.worker, attempt.epoch))
    budgets.note_usage(tx, of_run)
    return task


def without_figures(tx: Change, task: TaskRow, attempt: AttemptRow) -> TaskRow:
    """Count an attempt that is over and gave no figures, though a model worked on it.

    Called as it is closed. A command used nothing; so did what was never started.
    """
    silent = attempt.usage is None and attempt.pid is not None and not attempt.by_hand
    if silent and task.takes is Takes.PROMPT:
        return used(tx, task, attempt, WITHOUT_FIGURES)
    return task


def budget_used_up(task: TaskRow) -> str:
    """Return which limit of tokens or money a task has reached since it was raised; "" if none."""
    since = task.usage.since(task.budget_from)
    tokens, cost = task.spec.max_tokens, task.spec.max_cost_usd
    if tokens is not None and since.tokens >= tokens:
        return f"used {since.tokens:,} of {tokens:,} tokens"
    spent = since.cost_microusd
    if cost is not None and spent is not None and spent >= cost * _MICRO:
        return f"used {dollars(spent)} of {dollars(cost * _MICRO)}"
    return ""
