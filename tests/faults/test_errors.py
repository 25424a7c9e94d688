"""An error of the machine at each named point: told in one line, and the run comes to its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.crash_scenario import CrashScenario
from wf_tui.fault_injection import Point

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness

ENVIRONMENT = 3
FATAL = [
    [Point.CLAIM_CHOSEN],
    [Point.CLAIM_COMMITTED],
    [Point.HARVEST_REF],
    [Point.INTEGRATE_MOVED],
    [Point.RECOVERY_SWEPT],
    [Point.RECOVERY_HARVESTED, Point.RECOVERY_SETTLED],
    [Point.RECOVERY_DONE],
    [Point.END_DECIDED],
    [Point.END_EXPORTED],
    [Point.END_TIDIED],
    [Point.END_SIGNED_OFF],
]
"""Where an error ends the scheduler: one of the ledger, or of the loop; one after the other.

With one attempt a recovery goes on, unless that is in the branch already.
"""
BY_CHANCE = {
    Point.RUN_STARTED,
    Point.GATE_BEGUN,
    Point.GATE_ENDED,
    Point.INTEGRATE_CONFLICT,
}
"""What else is in the transaction decides; there is a conflict, or a gate on a merge, only where
nothing else failed."""
OF_MODELS = {Point.RUN_KEPT}
"""What only the history of a model's conversation reaches, as `test_model_runs` shows."""
LIVED_THROUGH = sorted(
    set(Point) - BY_CHANCE - OF_MODELS - {point for group in FATAL for point in group}
)
"""Where it is one of an attempt, which is tried again, or is made up for later."""


def errors(*points: Point) -> str:
    """Return what plans an error for the first time at each of these points."""
    return ",".join(f"{point}:1:error" for point in points)


def told(point: Point) -> str:
    """Return how an error at a point is told."""
    return f"at {point}, as WF_FAULT says"


@pytest.mark.parametrize(
    "point",
    [
        Point.HARVEST_COMMIT,
        pytest.param(Point.RUN_ENDED, marks=pytest.mark.slow),
        pytest.param(Point.INTEGRATE_CONFLICT, marks=pytest.mark.slow),
    ],
)
def test_one_error(harness: RunHarness, point: Point) -> None:
    """An attempt fails with its reason, is tried again, and the scheduler goes on."""
    scenario = CrashScenario(harness)
    assert scenario.lead(errors(point)) == 0, scenario.said
    assert told(point) in "".join(str(event.data) for event in harness.events("attempt_ended"))
    assert scenario.faults() == []
    (line,) = [line for line in scenario.log.splitlines() if "the attempt failed" in line]
    assert re.search(r" ERROR .*: run \w+ task \w+ epoch \d+: the attempt failed", line)
    assert told(point) in scenario.log.partition(line)[2], "with its trace"


@pytest.mark.slow
def test_errors_that_are_lived_through(harness: RunHarness) -> None:
    """One after the other, as the attempts reach them: each is told, all work is done and safe."""
    scenario = CrashScenario(harness)
    assert scenario.lead(errors(*LIVED_THROUGH)) == 0, scenario.said
    said = scenario.log + "".join(str(event.data) for event in harness.events())
    assert [point for point in LIVED_THROUGH if told(point) not in said] == []
    assert scenario.lead() == 0, scenario.said
    assert scenario.faults() == []


@pytest.mark.slow
def test_errors_that_end_a_scheduler(harness: RunHarness) -> None:
    """Each says why in one line, and the next scheduler goes on from there."""
    scenario = CrashScenario(harness)
    for points in FATAL:
        assert scenario.lead(errors(*points)) == ENVIRONMENT, (points, scenario.said)
        assert scenario.said.count("\n") == 1
        assert any(told(point) in scenario.said for point in points), (points, scenario.said)
    assert told(Point.RECOVERY_HARVESTED) in scenario.log
    assert scenario.lead() == 0, scenario.said
    assert scenario.faults() == []


@pytest.mark.slow
def test_an_error_of_a_transaction_of_many(harness: RunHarness) -> None:
    """All that was in it is undone; whether or not that ends the scheduler, the run goes on."""
    scenario = CrashScenario(harness)
    assert scenario.lead(errors(Point.RUN_STARTED)) in {0, ENVIRONMENT}
    assert told(Point.RUN_STARTED) in scenario.said + scenario.log
    assert scenario.lead() == 0, scenario.said
    assert scenario.faults() == []
