"""Which shell runs which command of a plan: that of the place where the command is written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from wf_tui.ledger.model.new_tasks import of_plan
from wf_tui.ledger.model.worktree_setup import WorktreeSetup
from wf_tui.plan.read import parse_plan

if TYPE_CHECKING:
    from wf_tui.ledger.model.spec import Spec
    from wf_tui.plan.models import Plan

Table = dict[str, object]
BASH = ("bash", "-eo", "pipefail", "-c")
PYTHON = ("python3", "-c")


def plan(task: Table, fields: Table | None = None) -> Plan:
    """Return a plan of one task that writes."""
    work = {"id": "t", "run": "x", "mode": "read_write", **task}
    text = {"goal": "g", "phases": [{"name": "p", "tasks": [work]}], **(fields or {})}
    read = parse_plan(json.dumps(text), "json", "plan.json").plan
    assert read is not None
    return read


def spec(task: Table, fields: Table | None = None) -> Spec:
    """Return what the ledger knows of the one task of a plan."""
    ((phase,), _) = of_plan(plan(task, fields))
    return phase.tasks[0].spec


def test_the_shell_of_a_task_comes_before_that_of_the_plan() -> None:
    """A task has the shell of the plan, of the defaults, or its own, the last one that is there."""
    assert spec({}).shell == ()
    assert spec({}, {"shell": "bash"}).shell == BASH
    assert spec({}, {"shell": ["python3", "-c"], "defaults": {"shell": "bash"}}).shell == BASH
    assert spec({"shell": ["python3", "-c"]}, {"shell": "bash"}).shell == PYTHON


def test_a_gate_has_the_shell_of_where_it_is_written() -> None:
    """A task in another language is still judged by its plan's gate as the plan runs it."""
    python: Table = {"shell": ["python3", "-c"]}
    assert spec(python, {"gate": "make"}).gate_shell == ()
    assert spec(python, {"gate": "make", "shell": "bash"}).gate_shell == BASH
    assert spec(python, {"defaults": {"gate": "make", "shell": "bash"}}).gate_shell == BASH
    assert spec({**python, "gate": "print()"}, {"gate": "make"}).gate_shell == PYTHON


def test_setup_and_teardown_have_the_shell_of_the_plan() -> None:
    """They are the plan's, whatever a task is written in."""
    assert WorktreeSetup.of(plan({}, {"setup": "x", "shell": "bash"}), None).shell == BASH
    assert WorktreeSetup.of(plan({}, {"shell": "bash"}), None).data is None


def test_silence_is_limited_where_the_plan_says_so() -> None:
    """The plan's limit is each task's that has none, and 0 of a task takes it off."""
    assert spec({}).stall_after is None
    assert spec({}, {"stall_after": 5}).stall_after == 5
    assert spec({"stall_after": 0}, {"stall_after": 5}).stall_after == 0
    assert spec({}, {"stall_after": 5, "defaults": {"stall_after": 7}}).stall_after == 7
