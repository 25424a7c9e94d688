"""By hand, on a run: pause, stop, abort, jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.desk import Desk

PLAN = "{goal: g, max_concurrent: 2, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}"


@pytest.fixture
def run(desk: Desk) -> str:
    """Give a paused run."""
    return desk.paused_run(PLAN)


def test_pausing_twice_changes_nothing(desk: Desk, run: str) -> None:
    """It is done as asked, and says that it was so already."""
    result = desk.here("pause")
    assert (result.exit_code, result.stdout) == (0, f"run {run}: was paused already\n")


def test_an_act_on_a_run_as_json_has_the_form_of_an_act(desk: Desk, run: str) -> None:
    """The task is null."""
    assert desk.json_here("stop", run) == [
        {"task": None, "changed": True, "state": "paused", "reason": "paused, its scheduler exits"}
    ]


@pytest.mark.usefixtures("run")
def test_abort_cancels_what_is_not_done(desk: Desk) -> None:
    """With nothing open the run is aborted at once; a second time it is refused."""
    assert desk.here("abort").exit_code == 0
    status = desk.json_here("status")
    assert (status["run"]["state"], status["tasks"][0]["reason"]["kind"]) == (
        "aborted",
        "cancelled",
    )
    assert desk.here("abort").exit_code == 5
    assert desk.here("pause").exit_code == 5


@pytest.mark.usefixtures("run")
def test_more_jobs_bring_more_seats(desk: Desk) -> None:
    """The built-in profile has a seat for each job; fewer jobs take none away."""
    desk.here("jobs", "4")
    desk.here("jobs", "1")
    desk.here("jobs", "5")
    status = desk.json_here("status")
    assert status["run"]["jobs"] == 5
    assert [seat["name"] for seat in status["workers"]] == [f"shell-{n}" for n in range(1, 6)]


def test_seats_that_a_person_counted_stay_as_many(desk: Desk) -> None:
    """`--worker shell=1` is not undone by more jobs."""
    desk.paused_run(PLAN, workers={"shell": 1})
    desk.here("jobs", "4")
    assert len(desk.json_here("workers")) == 1


@pytest.mark.usefixtures("run")
def test_the_same_number_of_jobs_changes_nothing(desk: Desk) -> None:
    """`changed` is false."""
    assert desk.json_here("jobs", "2")[0]["changed"] is False
    assert desk.here("jobs", "0").exit_code == 2
