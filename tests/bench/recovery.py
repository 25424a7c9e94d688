"""How long a run stands still after kill -9 of its scheduler: to the next one's first claim."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final

from tests.bench.figures import Aim, Figure, Section, against
from tests.support.audit import audit, look_at
from tests.support.plans import parallel_plan
from tests.support.run_harness import RunHarness
from tests.support.schedulers import kill_child, leader_pid, stand_by, wait_for_attempts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.ledger.model.rows import EventRow

__all__ = ["SECTION"]

_PROMISE: Final = 1.0
_JOBS: Final = 4
_TASK: Final = 'run: "sleep 600", mode: read_write, max_attempts: 99'


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    harness = RunHarness(folder)
    before = look_at(harness.repo)
    harness.start(parallel_plan(*(f"id: t{number}, {_TASK}" for number in range(8))), jobs=_JOBS)
    leading = harness.detach()
    waited, fresh = [], []
    for number in range(1 if quick else 5):
        wait_for_attempts(harness, _JOBS * (2 * number + 1))
        leading, took = _replaced(harness, leading, stand_by(harness))
        waited.append(took)
        wait_for_attempts(harness, _JOBS * (2 * number + 2))
        leading, took = _replaced(harness, leading, None)
        fresh.append(took)
    promised = [_PROMISE]
    for who, seconds, aim in (
        ("the stand-by", waited, Aim.RECOVERY_STANDBY),
        ("a new one", fresh, Aim.RECOVERY_NEW),
    ):
        yield against(f"kill -9 to a claim of {who}", "s", seconds, promised, aim=aim)
    harness.act(lambda ledger: ledger.abort(harness.run))
    os.waitpid(leading, 0)
    faults = audit(harness, before)
    note = faults[0] if faults else ""
    yield Figure("faults of the run", len(faults), "must be 0", note=note, wrong=bool(faults))


def _replaced(harness: RunHarness, leading: int, waiting: int | None) -> tuple[int, float]:
    """Kill the leader; return the next one, and the seconds from there to its first claim.

    Where nobody waits for the lead, a new scheduler is started, as `wf resume` does.
    """
    seen, death = harness.row().seq, time.time()
    kill_child(leading)
    pid = waiting or harness.detach()
    claim = harness.wait_for(lambda event: _is_claim(event, seen))
    assert leader_pid(harness) == pid
    return pid, claim.at - death


def _is_claim(event: EventRow, since: int) -> bool:
    return event.seq > since and event.kind == "task_claimed"


SECTION: Final = Section("recovery", "the second in which a stand-by has taken over", _measure)
