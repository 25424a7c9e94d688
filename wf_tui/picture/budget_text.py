"""The budget of a run: its limit, what was spent of it, and what is to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.run_budget import read_budget
from wf_tui.ledger.queries.budget_reads import percent_used
from wf_tui.picture.usage_text import budget_words, count_words, usage_text
from wf_tui.text import dollars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.queries.forecast import Forecast

__all__ = ["budget_json", "budget_lines"]


def budget_json(run: RunRow, ahead: Forecast | None) -> dict[str, object]:
    """Return the object of `wf budget --json`: a contract, keys are only ever added."""
    return {
        "run": run.id,
        "limit": read_budget(run.budget).figures(),
        "spent": run.usage.figures(),
        "forecast": None if ahead is None else ahead.figures(),
    }


def budget_lines(run: RunRow, ahead: Forecast | None) -> Iterator[str]:
    """Yield what was spent of what, and what is to come; nothing of a run that asks no model."""
    budget, used = read_budget(run.budget), usage_text(run.usage)
    if budget.limits:
        of = f"{percent_used(budget, run.usage)} % of {budget_words(budget.figures())}"
        yield f"budget {of}" + (f"  used {used}" if used else "")
        if percent_used(budget, run.usage) >= 100:  # noqa: PLR2004 - percent
            yield "it is used up, so nothing starts; more of it: wf budget +5usd"
    elif used:
        yield f"used {used}"
    if ahead is not None and ahead.tokens is not None:
        cost = "" if ahead.cost_microusd is None else f", {dollars(ahead.cost_microusd)}"
        yield f"in the end about {count_words(ahead.tokens)} tokens{cost}"
