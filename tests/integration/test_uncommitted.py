"""Where a person is told that what they have not committed is not in a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.cli_harness import git

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = "{goal: g, phases: [{name: p, tasks: [{id: t, run: 'true', mode: read_only}]}]}"


def test_it_is_said_wherever_it_matters(cli: CliHarness) -> None:
    """By the check of a plan in the repository, at the start, in the status, by doctor."""
    plan = cli.plan(PLAN)
    tracked = git(cli.repo, "ls-files").split()[0]
    (cli.repo / tracked).write_text("changed\n")
    (cli.repo / "new.txt").write_text("new\n")
    head = git(cli.repo, "rev-parse", "HEAD")[:12]
    line = f"1 changed and 1 new files are not in the run: workers start from HEAD {head}"
    assert line in cli.wf("plan", "check", plan).stderr
    assert line in cli.wf("run", plan, "--headless").stderr
    assert line in cli.wf("status").stdout
    found = {one["check"]: one for one in cli.json("doctor")["checks"]}
    assert (found["uncommitted"]["level"], found["uncommitted"]["text"]) == ("note", line)


def test_a_clean_checkout_says_nothing(cli: CliHarness) -> None:
    """Nor does the status of a run that was started in one, whatever is changed later."""
    plan = cli.plan(PLAN)
    done = cli.wf("run", plan, "--headless")
    (cli.repo / "new.txt").write_text("new\n")
    assert "not in the run" not in done.stderr + cli.wf("status").stdout
