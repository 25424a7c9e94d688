"""A storm of failures in a real run: it pauses, and goes on when a person says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.plans import parallel_plan
from wf_tui.config import Profile
from wf_tui.project import open_ledger
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness


def storm(harness: RunHarness, count: int) -> str:
    """Return a plan of tasks that fail at once; the profile pauses after three of them."""
    harness.profiles = {"shell": Profile(breaker=3)}
    return parallel_plan(*(f'id: t{number}, run: "false"' for number in range(count)))


def test_a_storm_pauses_until_a_person_resumes(harness: RunHarness) -> None:
    """Three failures stop the claims; `resume` lets the last two come, and the log is sound."""
    harness.start(storm(harness, 5), jobs=1)
    harness.when(
        lambda event: event.kind == "lane_limited", lambda ledger: ledger.resume(harness.run)
    )
    assert harness.lead() == "partial"
    kinds = [event.kind for event in harness.events()]
    assert kinds[: kinds.index("lane_limited")].count("task_claimed") == 3
    assert (kinds.count("task_claimed"), kinds.count("lane_open")) == (5, 1)
    with open_ledger(harness.project) as ledger:
        assert verify_run(ledger.db, harness.run, None).ok


@pytest.mark.slow
def test_the_pause_ends_by_itself(harness: RunHarness) -> None:
    """After it one attempt comes; the scheduler sleeps till then, and the run ends."""
    assert harness.play(storm(harness, 4), jobs=1) == "partial"
    limited, _ = harness.events("lane_limited")
    (late,) = [event for event in harness.events("task_claimed") if event.seq > limited.seq]
    assert late.at >= float(str(limited.data["until"]))
