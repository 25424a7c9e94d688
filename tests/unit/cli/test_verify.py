"""`wf verify`: what it prints, and its exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wf_tui.project import find_project, open_ledger

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = "{goal: g, max_concurrent: 2, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}"


@pytest.fixture
def run(cli: CliHarness) -> str:
    """Give a paused run."""
    return cli.paused_run(PLAN)


def spoil(cli: CliHarness) -> None:
    """Take the pause out of the log, behind the ledger's back."""
    project = find_project(cli.repo, cli.environ)
    with open_ledger(project) as ledger:
        ledger.db.execute("DELETE FROM event WHERE kind = 'task_added'")


def test_nothing_is_found(cli: CliHarness, run: str) -> None:
    """A good run is told in one line, and the exit status is 0."""
    result = cli.here("verify", run)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"run {run}: ")
    assert result.stdout.rstrip().endswith("no violation")
    found = cli.json_here("verify")
    assert list(found) == ["run", "events", "ok", "violations"]
    assert (found["run"], found["ok"], found["violations"]) == (run, True, [])


@pytest.mark.usefixtures("run")
def test_violations_are_listed(cli: CliHarness) -> None:
    """Each violation has its code, event, task and sentence; the exit status is 1."""
    spoil(cli)
    result = cli.here("verify")
    assert result.exit_code == 1
    assert "gap     event 3" in result.stdout
    found = cli.json_here("verify")
    assert (found["ok"], list(found["violations"][0])) == (False, ["code", "seq", "task", "text"])
    assert {"gap", "table"} <= {one["code"] for one in found["violations"]}


def test_an_unknown_run(cli: CliHarness) -> None:
    """A run that is not there is wrong usage, even where there is no ledger."""
    assert cli.here("verify", "nope").exit_code == 2
