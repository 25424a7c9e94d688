"""What a run may cost (RULES 5, Budgets): told at 80 and at 100 %, and at 100 % nothing starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.run_events import BudgetChanged, BudgetReached
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.model.run_budget import RunBudget, read_budget, write_budget
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.queries.budget_reads import is_used_up, percent_used
from wf_tui.ledger.rules.runs import wake_run

if TYPE_CHECKING:
    from wf_tui.ledger.model.usage import Usage
    from wf_tui.ledger.rules.change import Change

__all__ = ["note_usage", "restore_budget", "set_budget"]

_MARKS: Final = (80, 100)
"""Percent of a budget at which it is told."""


def note_usage(tx: Change, before: Usage) -> None:
    """Tell of each mark that the usage of the run has passed since it was `before`.

    Called in the transaction of the report, after the sums of the run were written.
    """
    if tx.run.budget == "{}":
        return
    budget = read_budget(tx.run.budget)
    was, now = percent_used(budget, before), percent_used(budget, tx.run.usage)
    for mark in _MARKS:
        if was < mark <= now:
            tx.emit(BudgetReached(of="run", percent=mark))


def restore_budget(tx: Change, budget: RunBudget) -> None:
    """Give a run the budget that it had before an act which is taken back."""
    old = read_budget(tx.run.budget)
    tx.update_run(evolve(tx.run, budget=write_budget(budget)))
    tx.emit(BudgetChanged(limit=budget.figures(), before=old.figures()))
    _tell_marks(tx, budget)


def _tell_marks(tx: Change, budget: RunBudget) -> None:
    now = percent_used(budget, tx.run.usage)
    if budget.limits:
        for mark in _MARKS:
            if now >= mark:
                tx.emit(BudgetReached(of="run", percent=mark))


def set_budget(tx: Change, budget: RunBudget) -> bool:
    """Give a run another budget at a person's word; False where it has that one.

    A run that had stopped for it goes on; one whose new budget is used up as well stops again.
    """
    old = read_budget(tx.run.budget)
    if budget == old:
        return False
    was_used_up = is_used_up(tx.run)
    undo = {"budget": tx.run.budget}
    tx.update_run(evolve(tx.run, budget=write_budget(budget)))
    tx.emit_act(BudgetChanged(limit=budget.figures(), before=old.figures()), undo=undo)
    _tell_marks(tx, budget)
    waits = tx.run.state in {RunState.STALLED, RunState.PARTIAL}
    if was_used_up and waits and not is_used_up(tx.run):
        wake_run(tx)
    return True
