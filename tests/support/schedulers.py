"""Schedulers as processes of their own: which one leads, which waits, how each dies."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.support.waiting import until
from wf_tui.ledger.queries import reads
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness


ACCEPT_POINTS: Final = (
    "harvest.begun",
    "harvest.commit",
    "harvest.ref",
    "harvest.recorded",
    "check.begun",
    "check.ended",
    "integrate.begun",
    "integrate.intent",
    "integrate.moved",
    "integrate.recorded",
    "finish.recorded",
)
"""Where a scheduler can be killed while it takes accepted work, one after the other."""


def wait_until_killed(pid: int) -> None:
    """Wait until a scheduler has died of its planned fault."""
    handle = os.pidfd_open(pid)
    died = os.waitid(os.P_PIDFD, handle, os.WEXITED)
    os.close(handle)
    assert died is not None
    assert died.si_status == signal.SIGKILL


def kill_scheduler(harness: RunHarness, pid: int) -> None:
    """Kill the scheduler and wait until it is gone."""
    handle = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PIDFD, handle, os.WEXITED)
    os.close(handle)
    assert harness.row().state == "running"


def stand_by(harness: RunHarness) -> int:
    """Start a scheduler that waits for the lead; return when it does."""
    pid = harness.detach()
    wait_for_stand_by(pid)
    return pid


def wait_for_stand_by(pid: int) -> None:
    """Wait until a process waits for a lock that another one has."""

    def is_waiting() -> bool:
        # The kernel marks who waits for a lock, and does not have it, by an arrow.
        lines = Path("/proc/locks").read_text().splitlines()
        return any("->" in line and f"FLOCK  ADVISORY  WRITE {pid} " in line for line in lines)

    until(is_waiting, f"process {pid} waits for the lead")


def kill_child(pid: int) -> None:
    """Kill a scheduler that this process has started, and wait for its end."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def wait_for_end(*pids: int) -> None:
    """Wait for the end of schedulers."""
    for pid in pids:
        os.waitpid(pid, 0)


def leader_pid(harness: RunHarness) -> int:
    """Return the process that leads the run."""
    with open_reads(harness.project) as db:
        row = reads.leader(db, harness.run)
    assert row is not None
    return row.pid


def wait_for_attempts(harness: RunHarness, number: int) -> None:
    """Wait until that many attempts have started, whatever became of them."""
    started = f"{number} attempts have started"
    until(lambda: len(harness.events("attempt_started")) >= number, started)
