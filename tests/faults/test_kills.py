"""kill -9 of a scheduler at each named point: the run ends as it would have without it (G5)."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.crash_scenario import CrashScenario, start
from tests.support.plans import parallel_plan
from wf_tui.fault_injection import Point

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

    from tests.support.run_harness import RunHarness

RECOVERY = [point for point in Point if point.startswith("recovery.")]
QUICK = {Point.CLAIM_COMMITTED, Point.HARVEST_REF, Point.INTEGRATE_MOVED}
LATER = ("claim.chosen:3", "harvest.ref:3", "integrate.moved:4", "export.moved:2")


@pytest.fixture
def scenario(harness: RunHarness) -> CrashScenario:
    """Give a run with a little of everything, not yet begun."""
    return CrashScenario(harness)


def first_time(point: Point) -> ParameterSet:
    """Return the first time that a point is reached; most of them only for slow tests."""
    return pytest.param(f"{point}:1", marks=[] if point in QUICK else [pytest.mark.slow])


@pytest.mark.parametrize(
    ("point", "outcomes"),
    [
        (Point.CLAIM_COMMITTED, ["lost", "succeeded"]),
        (Point.RUN_ENDED, ["lost", "succeeded"]),
        (Point.HARVEST_RECORDED, ["lost", "succeeded"]),
        (Point.CHECK_ENDED, ["succeeded"]),
        (Point.INTEGRATE_BEGUN, ["succeeded"]),
        (Point.INTEGRATE_INTENT, ["succeeded"]),
        (Point.INTEGRATE_MOVED, ["succeeded"]),
        (Point.FINISH_RECORDED, ["succeeded"]),
    ],
)
def test_what_counts(harness: RunHarness, point: Point, outcomes: list[str]) -> None:
    """An attempt is lost until its worker has done its work: that is judged again, and finished."""
    harness.start(parallel_plan('id: a, run: "echo x > x.txt", mode: read_write, max_attempts: 2'))
    with start(harness, f"{point}:1:kill") as scheduler:
        assert scheduler.wait() == -signal.SIGKILL
    assert harness.lead() == "completed"
    assert [attempt.outcome for attempt in harness.attempts("a")] == outcomes
    assert len(harness.events("integrated")) == 1


def test_a_fault_that_does_not_exist(harness: RunHarness) -> None:
    """It is wrong usage, told before anything is led."""
    harness.start(parallel_plan("id: a, run: ls"))
    with start(harness, "run.endet:1:kill") as scheduler:
        said, _ = scheduler.communicate()
    assert (scheduler.returncode, "did you mean 'run.ended'?" in said) == (2, True)
    assert not harness.events("scheduler_started")


def test_without_a_fault(scenario: CrashScenario) -> None:
    """The run ends as the scenario says, so what the other tests find is of the fault."""
    assert scenario.lead() == 0, scenario.said
    assert scenario.faults() == []


@pytest.mark.parametrize(
    "moment",
    [
        *(first_time(point) for point in Point if point not in {*RECOVERY, Point.RUN_KEPT}),
        *(pytest.param(moment, marks=pytest.mark.slow) for moment in LATER),
    ],
)
def test_killed_once(scenario: CrashScenario, moment: str) -> None:
    """The next scheduler brings the run to the same end, and the user's files are as before."""
    assert scenario.lead(f"{moment}:kill") == -signal.SIGKILL, scenario.said
    assert scenario.lead() == 0, scenario.said
    assert scenario.faults() == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "moment",
    [
        "claim.committed:1",
        "run.started:2",
        "harvest.ref:1",
        "integrate.moved:5",
        "integrate.conflict:1",
    ],
)
def test_killed_in_its_recovery_too(scenario: CrashScenario, moment: str) -> None:
    """A recovery that dies, at whatever point, is done again by the next scheduler."""
    assert scenario.lead(f"{moment}:kill") == -signal.SIGKILL, scenario.said
    for point in RECOVERY:
        assert scenario.lead(f"{point}:1:kill") == -signal.SIGKILL, (point, scenario.said)
    assert scenario.lead() == 0, scenario.said
    assert scenario.faults() == []
