"""Schedulers as processes of their own: which one leads, which waits, how each dies."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.waiting import until
from wf_tui.commands import open_reads
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.run_harness import RunHarness


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
    until(lambda: f"FLOCK  ADVISORY  WRITE {pid} " in lock_waiters())
    return pid


def lock_waiters() -> str:
    """Return the locks that processes wait for."""
    lines = Path("/proc/locks").read_text().splitlines()
    return "\n".join(line for line in lines if "->" in line)


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


def has_started(harness: RunHarness, number: int) -> Callable[[], bool]:
    """Return a test for that many attempts having been started."""
    return lambda: len(harness.events("attempt_started")) >= number
