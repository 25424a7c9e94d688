"""By hand, on a run: pause, stop, abort, jobs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from wf_tui.commands import reload_profiles
from wf_tui.config import Config, Profile
from wf_tui.ledger.model.run_environment import environment_of
from wf_tui.ledger.queries import reads
from wf_tui.profiles.stored import profiles_of
from wf_tui.project import find_project, open_ledger

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


def test_a_run_takes_over_todays_profiles(cli: CliHarness, run: str) -> None:
    """Its seats are as they are configured now, and it is told; what is the same is no change."""
    config = Config(profiles={"shell": Profile(roles=("test",), env={"A": "1"})})
    project = find_project(cli.repo, cli.environ)
    with open_ledger(project) as ledger:
        first = reload_profiles(project, ledger, run, config)
        again = reload_profiles(project, ledger, run, config)
        row, (seat, *_) = reads.run_row(ledger.db, run), reads.workers(ledger.db, run)
    assert (first, again) == ((("shell",), ()), ((), ()))
    assert seat.roles == ("test",)
    assert environment_of(row.environment).profiles["shell"].env == ("A=1",)
    assert profiles_of(row.profiles)["shell"].roles == ("test",)
    events = [json.loads(line) for line in cli.here("events", "--json").stdout.splitlines()]
    told = [event["data"] for event in events if event["kind"] == "profiles_changed"]
    assert told == [{"profiles": ["shell"]}]
    assert cli.here("verify").exit_code == 0
