"""A task whose answer has to be a plan: what is wrong with one goes back to who wrote it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.plans import parallel_plan
from tests.support.scripted_runs import prompts_given, scripted, scripted_harness

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "goal: g\nphases:\n  - name: p\n    tasks: [{id: a, run: ls}]\n"


def says(plan: str) -> str:
    """Return a step that ends with a plan."""
    verdict = {"ok": True, "text": f"```yaml\n{plan}```"}
    return f"end {json.dumps(verdict)}"


def test_a_plan_with_errors_goes_back_to_its_session(tmp_path: Path) -> None:
    """It is an attempt that failed, and the next one is told each error with its line."""
    harness = scripted_harness(tmp_path)
    steps = (f"once first {says(GOOD.replace('run:', 'rum:'))}", says(GOOD))
    more = "mode: read_only, agent_type: planner, result: plan, max_attempts: 3, backoff_secs: 0"
    harness.start(parallel_plan(scripted("a", *steps, more=more)))
    assert harness.lead() == "completed"
    task = harness.task("a")
    assert task.attempts == 2
    assert task.result is not None
    assert "run: ls" in task.result
    first, second = prompts_given(harness)
    assert "one fenced block" in first
    assert "# Your plan has errors" in second
    assert "plan:4:" in second
    assert "[unknown_key]" in second
