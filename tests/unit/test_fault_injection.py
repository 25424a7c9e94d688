"""`WF_FAULT` is read strictly, counts for itself, and its points are those of the page on them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from wf_tui.errors import LedgerError, UsageError
from wf_tui.fault_injection import Fault, Faults, Point, planned

PAGE = Path(__file__).parents[1] / "faults" / "README.md"


def test_the_page_lists_each_point_with_its_sentence() -> None:
    """What the page says of the points is what the code says."""
    rows = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| (.*) \|$", PAGE.read_text(), re.MULTILINE)
    assert rows == [(str(point), point.happened) for point in Point]


def test_each_point_is_reached_somewhere() -> None:
    """No point is declared that no code reaches."""
    package = Path(__file__).parents[2] / "wf_tui"
    code = "".join(path.read_text() for path in package.rglob("*.py"))
    reached = re.findall(r"reach\(Point\.(\w+)\)", code)
    assert set(reached) == {point.name for point in Point}


def test_several_faults_are_read() -> None:
    """They stand one after the other, with commas."""
    faults = planned({"WF_FAULT": "run.ended:2:error, export.moved:1:delay=0.5"}).planned
    assert [(f.point, f.nth, str(f.action), f.seconds) for f in faults] == [
        (Point.RUN_ENDED, 2, "error", 0.0),
        (Point.EXPORT_MOVED, 1, "delay", 0.5),
    ]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("run.end:1:kill", "did you mean 'run.ended'?"),
        ("run.ended:1:kil", "did you mean 'kill'?"),
        ("run.ended:1:delay", "delay=SECONDS"),
        ("run.ended:1:kill=2", "delay=SECONDS"),
        ("run.ended:0:kill", "point:nth:action"),
        ("run.ended", "point:nth:action"),
    ],
)
def test_what_is_not_understood_is_a_usage_error(text: str, hint: str) -> None:
    """It names the nearest right word, or the form."""
    with pytest.raises(UsageError) as caught:
        planned({"WF_FAULT": text})
    assert hint in caught.value.hint


def test_an_error_comes_once_at_its_time() -> None:
    """The second time, and neither before nor after it; a transaction fails as the ledger does."""
    faults = Faults((Fault.parse("run.ended:2:error"), Fault.parse("claim.chosen:1:error")))
    faults.reach(Point.RUN_ENDED)
    with pytest.raises(OSError, match=r"run\.ended"):
        faults.reach(Point.RUN_ENDED)
    faults.reach(Point.RUN_ENDED)
    with pytest.raises(LedgerError, match=r"claim\.chosen"):
        faults.reach(Point.CLAIM_CHOSEN)


def test_a_kill_is_a_kill() -> None:
    """The process is gone by SIGKILL before the next statement."""
    code = "import os; from wf_tui.fault_injection import *; f = planned(os.environ)"
    code += "; f.reach(Point.RUN_ENDED); print('alive')"
    environ = {"WF_FAULT": "run.ended:1:kill"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        env=environ,
        capture_output=True,
        cwd=PAGE.parents[2],
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")


def test_nothing_planned_costs_nothing() -> None:
    """Without `WF_FAULT` not even a counter is kept."""
    faults = planned({})
    faults.reach(Point.RUN_ENDED)
    assert not faults._times
