"""An error of the machine at each named point: told in one line, and the run comes to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.drill import Drill
from tests.faults.test_kills import RECOVERY
from wf_tui.faults import Point

if TYPE_CHECKING:
    from tests.unit.scheduler.arena import Arena

ENVIRONMENT = 3
LIVED_THROUGH = frozenset({"prepare", "run", "harvest", "check", "integrate", "finish", "export"})
"""Where an error is one of an attempt, or waits: the scheduler goes on."""
QUICK = {Point.INTEGRATE_MOVED, Point.HARVEST_REF}


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(point, marks=[] if point in QUICK else [pytest.mark.slow])
        for point in Point
        if point not in RECOVERY
    ],
)
def test_error_once(arena: Arena, point: Point) -> None:
    """An attempt fails and is tried again; or the scheduler says why it ends, the next goes on."""
    drill = Drill(arena)
    status = drill.lead(f"{point}:1:error")
    told = f"at {point}, as WF_FAULT says"
    if status:
        assert (status, drill.said.count("\n"), told in drill.said) == (ENVIRONMENT, 1, True)
    else:
        assert told in drill.log + "".join(str(event.data) for event in arena.events())
        assert point.partition(".")[0] in LIVED_THROUGH
    assert drill.lead() == 0, drill.said
    assert drill.faults() == []


@pytest.mark.slow
@pytest.mark.parametrize("point", RECOVERY)
def test_error_in_recovery(arena: Arena, point: Point) -> None:
    """What goes wrong with one attempt is its failure; else the next scheduler does it again."""
    drill = Drill(arena)
    drill.lead(f"{Point.INTEGRATE_INTENT}:2:kill")
    status = drill.lead(f"{point}:1:error")
    assert status == (0 if point is Point.RECOVERY_HARVESTED else ENVIRONMENT)
    assert f"at {point}, as WF_FAULT says" in drill.said + drill.log
    assert drill.lead() == 0, drill.said
    assert drill.faults() == []
