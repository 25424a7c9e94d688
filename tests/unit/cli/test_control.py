"""By hand, on a run: pause, stop, abort, jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = "{goal: g, max_concurrent: 2, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}"


@pytest.fixture
def run(cli: CliHarness) -> str:
    """Give a paused run."""
    return cli.paused_run(PLAN)


def test_pausing_twice_changes_nothing(cli: CliHarness, run: str) -> None:
    """It is done as asked, and says that it was so already."""
    result = cli.here("pause")
    assert (result.exit_code, result.stdout) == (0, f"run {run}: was paused already\n")


def test_an_act_on_a_run_as_json_has_the_form_of_an_act(cli: CliHarness, run: str) -> None:
    """The task is null."""
    assert cli.json_here("stop", run) == [
        {"task": None, "changed": True, "state": "paused", "reason": "paused, its scheduler exits"}
    ]


@pytest.mark.usefixtures("run")
def test_abort_cancels_what_is_not_done(cli: CliHarness) -> None:
    """With nothing open the run is aborted at once; a second time it is refused."""
    assert cli.here("abort").exit_code == 0
    status = cli.json_here("status")
    assert (status["run"]["state"], status["tasks"][0]["reason"]["kind"]) == (
        "aborted",
        "cancelled",
    )
    assert cli.here("abort").exit_code == 5
    assert cli.here("pause").exit_code == 5


@pytest.mark.usefixtures("run")
def test_more_jobs_bring_more_seats(cli: CliHarness) -> None:
    """The built-in profile has a seat for each job; fewer jobs take none away."""
    cli.here("jobs", "4")
    cli.here("jobs", "1")
    cli.here("jobs", "5")
    status = cli.json_here("status")
    assert status["run"]["jobs"] == 5
    assert [seat["name"] for seat in status["workers"]] == [f"shell-{n}" for n in range(1, 6)]


def test_seats_that_a_person_counted_stay_as_many(cli: CliHarness) -> None:
    """`--worker shell=1` is not undone by more jobs."""
    cli.paused_run(PLAN, workers={"shell": 1})
    cli.here("jobs", "4")
    assert len(cli.json_here("workers")) == 1


@pytest.mark.usefixtures("run")
def test_the_same_number_of_jobs_changes_nothing(cli: CliHarness) -> None:
    """`changed` is false."""
    assert cli.json_here("jobs", "2")[0]["changed"] is False
    assert cli.here("jobs", "0").exit_code == 2
