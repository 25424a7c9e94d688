"""Making a run of a plan for a benchmark, with an id of its own."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from wf_tui.config import Config
from wf_tui.new_run import create_run
from wf_tui.plan.models import Plan
from wf_tui.project import open_ledger

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.support.run_harness import RunHarness

__all__ = ["make_run", "plan_of"]

_NUMBERS = itertools.count(1)


def plan_of(tasks: Sequence[Mapping[str, object]]) -> Plan:
    """Return a plan of one phase whose tasks may all run at once."""
    phase = {"name": "all", "parallel": True, "tasks": tasks}
    return Plan.model_validate({"goal": "be measured", "phases": [phase]}, strict=False)


def make_run(harness: RunHarness, plan: Plan, jobs: int) -> None:
    """Make the harness's next run."""
    harness.run = f"{harness.run[:16]}{next(_NUMBERS)}"
    project = harness.project
    with open_ledger(project, create=True) as ledger:
        create_run(project, ledger, plan, Config(), jobs=jobs, new_id=lambda: harness.run)
