"""What a failure does to all that comes after it, as a person sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

RELEASE = """
goal: release
defaults: {max_attempts: 1, mode: read_only}
phases:
- name: test
  tasks: [{id: unit, run: 'exit 1'}, {id: tag, run: echo tagged}]
- name: deploy
  depends_on: [test]
  tasks: [{id: deploy, run: echo deployed}]
"""
GOES_ON = RELEASE.replace("- name: test\n", "- name: test\n  on_failure: skip_continue\n")


def test_a_failure_stops_what_comes_after(cli: CliHarness) -> None:
    """Neither the next task of a sequence nor the phase behind it runs; both say for whom."""
    done = cli.wf("run", cli.plan(RELEASE), "--headless")
    assert done.returncode == 1
    assert "stalled, nothing can continue before: unit" in done.stdout
    tasks = {task["id"]: task for task in cli.json("status", "--json")["tasks"]}
    waiting = [tasks[name] for name in ("tag", "deploy")]
    assert [task["state"] for task in waiting] == ["pending", "pending"]
    assert {task["reason"]["text"] for task in waiting} == {
        "waits for unit, which failed: a person decides"
    }


@pytest.mark.parametrize("move", [("skip", "unit"), ("retry", "unit")])
def test_a_person_lets_it_go_on(cli: CliHarness, move: tuple[str, str]) -> None:
    """A skip, or a retry that succeeds, brings the run to its end."""
    cli.wf("run", cli.plan(RELEASE), "--headless")
    cli.wf("edit", "unit", "--sh", "true")
    cli.wf(*move)
    events = cli.until_over()
    assert events[-1]["data"]["state"] == "completed"


def test_a_plan_may_say_that_a_failure_is_passed_over(cli: CliHarness) -> None:
    """Then the rest runs, and the run is partial all the same."""
    done = cli.wf("run", cli.plan(GOES_ON), "--headless")
    assert done.returncode == 1
    states = {task["id"]: task["state"] for task in cli.json("status", "--json")["tasks"]}
    assert states == {"unit": "blocked", "tag": "done", "deploy": "done"}


@pytest.mark.parametrize(
    ("plan", "words"),
    [(RELEASE, "a failure holds what comes after"), (GOES_ON, "a failure is passed over")],
)
def test_show_draws_what_a_failure_does(cli: CliHarness, plan: str, words: str) -> None:
    """For each phase, also where the plan says nothing of it."""
    shown = cli.wf("plan", "show", cli.plan(plan)).stdout
    assert words in next(line for line in shown.splitlines() if line.startswith("  test ("))
