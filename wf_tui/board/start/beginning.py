"""What a person has chosen on the start screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Beginning", "What"]


class What(StrEnum):
    """What is begun."""

    GOAL = "goal"
    PLAN = "plan"
    TASK = "task"
    COMMAND = "command"
    """One task that is a command line, and no prompt for an agent."""
    RUNS = "runs"
    DEMO = "demo"
    DOCTOR = "doctor"


@dataclass(frozen=True)
class Beginning:
    """What is begun, and with what; the command line does it."""

    what: What
    text: str = ""
    """The goal, the file of the plan, or the task."""
    planner: str = ""
    """The profile that plans a goal; "" leaves it to the settings."""
    jobs: int | None = None
    """How many tasks at once; None leaves it to the plan."""
    budget: str = ""
    """What the run may cost, as `wf run --budget` takes it; "" leaves it to the plan."""
