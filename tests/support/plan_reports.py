"""What checking a plan of plain values comes to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wf_tui.plan.read import parse_plan

if TYPE_CHECKING:
    from wf_tui.plan.models import (
        Plan,
        Task,
    )
    from wf_tui.plan.report import Problem, Report

__all__ = ["good", "only", "report", "the_task", "with_task"]


def report(plan: object) -> Report:
    """Return what checking these values comes to."""
    return parse_plan(json.dumps(plan), "json", "plan.json")


def with_task(**fields: object) -> Report:
    """Return what a plan with one task of these fields comes to."""
    task = {"id": "t", "prompt": "p", **fields}
    return report({"goal": "g", "phases": [{"name": "a", "tasks": [task]}]})


def the_task(found: Report) -> Task:
    """Return the first task of a good plan."""
    assert found.plan is not None, found.text()
    return found.plan.tasks[0]


def good(plan: dict[str, object]) -> Plan:
    """Return a plan that has to be good."""
    found = report({"goal": "g", **plan})
    assert found.plan is not None, found.text()
    return found.plan


def only(found: Report) -> Problem:
    """Return the one parse error of a report; what the rules found beside it is another matter."""
    (error,) = [error for error in found.errors if error.code == "parse_error"]
    assert found.plan is None
    return error
