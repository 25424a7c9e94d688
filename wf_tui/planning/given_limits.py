"""Seats and a budget that a person gave for a run before it had a plan, written into that."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from wf_tui.errors import RefusedError
from wf_tui.ledger.model.run_budget import NO_BUDGET, RunBudget, changed_budget
from wf_tui.planning.editing.edits import budget_in, set_limits, set_seats

__all__ = ["NONE_GIVEN", "GivenLimits", "LimitName", "write_limits"]

LimitName: TypeAlias = Literal["jobs", "amounts"]
"""The fields of `GivenLimits`."""


@dataclass(frozen=True)
class GivenLimits:
    """What the command line or the start screen says of the run that a plan is made for."""

    jobs: int | None = None
    """How many tasks run at once; None leaves it to the plan."""
    amounts: tuple[str, ...] = ()
    """What it may cost, each as `changed_budget` takes it, one after the other."""

    def without(self, name: LimitName) -> GivenLimits:
        """Return it for a plan that has another word on one of them."""
        return replace(self, jobs=None) if name == "jobs" else replace(self, amounts=())

    def check(self) -> None:
        """Raise `UsageError` for what is no budget: before a model is paid for a plan."""
        self.budget(NO_BUDGET)

    def budget(self, planned: RunBudget) -> RunBudget:
        """Return what a run may cost whose plan says something else."""
        for amount in self.amounts:
            planned = changed_budget(planned, amount)
        return planned


NONE_GIVEN: Final = GivenLimits()


def write_limits(text: str, given: GivenLimits) -> tuple[str, GivenLimits]:
    """Return a plan with what was given, and of that what a plan cannot say.

    Those are more seats than it may have, and all of it where the plan is a tree, or cannot be
    read yet; it counts beside the plan then.
    """
    left = given
    if given.jobs is not None:
        with suppress(RefusedError):
            text, left = set_seats(text, given.jobs), left.without("jobs")
    if given.amounts:
        with suppress(RefusedError):
            text = set_limits(text, given.budget(budget_in(text)))
            left = left.without("amounts")
    return text, left
