"""How much of its budget a run has used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.run_budget import read_budget

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.model.run_budget import RunBudget
    from wf_tui.ledger.model.usage import Usage

__all__ = ["is_used_up", "percent_used"]


def is_used_up(run: RunRow) -> bool:
    """Whether nothing of a run may start any more; asked by every claim, so cheap without one."""
    return run.budget != "{}" and percent_used(read_budget(run.budget), run.usage) >= 100  # noqa: PLR2004 - percent


def percent_used(budget: RunBudget, usage: Usage) -> int:
    """Return how much is used, as a whole number: 100 is all of it, or more.

    Of money what is known counts alone.
    """
    part = budget.part_used(usage.cost_microusd or 0, usage.tokens)
    return int(part * 100) if part < 1 else 100
