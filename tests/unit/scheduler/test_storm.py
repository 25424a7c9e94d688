"""A storm of failures in a real run: it pauses, and goes on when a person says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.scheduler.test_scheduler import parallel
from wf_tui.commands import open_ledger
from wf_tui.config import Profile
from wf_tui.verify.verify import verify_run

if TYPE_CHECKING:
    from tests.unit.scheduler.arena import Arena


def storm(arena: Arena, count: int) -> str:
    """Return a plan of tasks that fail at once; the profile pauses after three of them."""
    arena.profiles = {"shell": Profile(breaker=3)}
    return parallel(*(f'id: t{number}, run: "false"' for number in range(count)))


def test_a_storm_pauses_until_a_person_resumes(arena: Arena) -> None:
    """Three failures stop the claims; `resume` lets the last two come, and the log is sound."""
    arena.start(storm(arena, 5), jobs=1)
    arena.when(lambda event: event.kind == "lane_limited", lambda ledger: ledger.resume(arena.run))
    assert arena.lead() == "partial"
    kinds = [event.kind for event in arena.events()]
    assert kinds[: kinds.index("lane_limited")].count("task_claimed") == 3
    assert (kinds.count("task_claimed"), kinds.count("lane_open")) == (5, 1)
    with open_ledger(arena.place) as ledger:
        assert verify_run(ledger.db, arena.run, None).ok


@pytest.mark.slow
def test_the_pause_ends_by_itself(arena: Arena) -> None:
    """After it one attempt comes; the scheduler sleeps till then, and the run ends."""
    assert arena.play(storm(arena, 4), jobs=1) == "partial"
    limited, _ = arena.events("lane_limited")
    (late,) = [event for event in arena.events("task_claimed") if event.seq > limited.seq]
    assert late.at >= float(str(limited.data["until"]))
