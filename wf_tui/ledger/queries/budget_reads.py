"""How much of its budget a run has used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.run_budget import read_budget

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import RunRow, TaskRow
    from wf_tui.ledger.model.run_budget import RunBudget
    from wf_tui.ledger.model.usage import Usage

__all__ = ["is_used_up", "money_left", "percent_used"]

_MICRO: Final = 1_000_000
_LEAST: Final = 0.01
"""What a program is told that has nothing left: of nothing at all some would make no limit."""


def is_used_up(run: RunRow) -> bool:
    """Whether nothing of a run may start any more; asked by every claim, so cheap without one."""
    return run.budget != "{}" and percent_used(read_budget(run.budget), run.usage) >= 100  # noqa: PLR2004 - percent


def money_left(run: RunRow, task: TaskRow, of_attempt: float | None) -> float | None:
    """Return the dollars that an attempt may still cost: by its task, its run and its profile.

    None where nothing limits it. For programs that keep to it themselves, since what they used may
    be told only at their end.
    """
    left = [] if of_attempt is None else [of_attempt]
    if task.spec.max_cost_usd is not None:
        used = task.usage.since(task.budget_from).cost_microusd or 0
        left.append(task.spec.max_cost_usd - used / _MICRO)
    limit = read_budget(run.budget).cost_microusd
    if limit is not None:
        left.append((limit - (run.usage.cost_microusd or 0)) / _MICRO)
    return max(_LEAST, min(left)) if left else None


def percent_used(budget: RunBudget, usage: Usage) -> int:
    """Return how much is used, as a whole number: 100 is all of it, or more.

    Of money what is known counts alone.
    """
    part = budget.part_used(usage.cost_microusd or 0, usage.tokens)
    return int(part * 100) if part < 1 else 100
