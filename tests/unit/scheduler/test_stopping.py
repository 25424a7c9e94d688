"""What stops an attempt on its way, beside its own program."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.plans import parallel_plan
from tests.support.run_harness import RunHarness, attempt_started
from tests.support.waiting import until
from wf_tui.config import Timing
from wf_tui.errors import LedgerError
from wf_tui.ledger.rules.moves import RELEASE
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.scheduler.process import Lead
from wf_tui.workers.shim.sweep import sweep_marked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import EventRow


def claimed(event: EventRow) -> bool:
    """Whether a task was claimed."""
    return event.kind == "task_claimed"


def test_stop_in_the_gate(harness: RunHarness, tmp_path: Path) -> None:
    """A task released while its gate runs is put back; its gate is stopped."""
    flag = tmp_path / "gate"
    gate = f"test -e {flag} && exit 0; touch {flag}; sleep 60"
    fields = 'run: "echo x > x.txt", mode: read_write'
    harness.start(parallel_plan(f'id: a, {fields}, gate: "{gate}"'))

    def release(ledger: Ledger) -> None:
        until(flag.exists, "its gate runs")
        ledger.move(harness.run, RELEASE, ["a"])

    harness.when(lambda event: event.data.get("step") == "checking", release)
    assert harness.lead() == "completed"
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["cancelled", "succeeded"]


def test_stop_before_the_program(harness: RunHarness) -> None:
    """A task released as soon as it is claimed runs again, whichever step it had come to."""
    harness.start(parallel_plan('id: a, run: "echo x > x.txt", mode: read_write'))
    harness.when(claimed, lambda ledger: ledger.move(harness.run, RELEASE, ["a"]))
    assert harness.lead() == "completed"
    assert {attempt.outcome for attempt in harness.attempts("a")} <= {
        "cancelled",
        "rejected",
        "succeeded",
    }


def test_fault_of_the_machine(harness: RunHarness) -> None:
    """When wf itself cannot go on, the attempt fails with what was wrong, not with a trace."""
    harness.start(parallel_plan("id: a, run: ls"))
    (harness.project.paths.run(harness.run).root / "attempts").write_text("in the way")
    assert harness.lead() == "partial"
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, attempt.cause) == ("failed", "machine")


def test_killed_shim(harness: RunHarness) -> None:
    """A program that kills what watches it is lost, and that counts."""
    harness.play(parallel_plan('id: a, run: "kill -9 $PPID; sleep 60"'))
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, attempt.cause) == ("lost", "lost")


def test_shared_attempt_that_fails(harness: RunHarness, tmp_path: Path) -> None:
    """What a failed attempt left in the shared tree is not there for the next one."""
    flag = tmp_path / "flag"
    command = f"test -e {flag} && {{ test ! -e a.txt; exit; }}; touch {flag} a.txt; exit 1"
    fields = f'run: "{command}", mode: read_write, isolation: shared, file_scope: [a.txt]'
    assert harness.play(parallel_plan(f"id: a, {fields}, max_attempts: 2")) == "completed"


def test_terminated_scheduler(harness: RunHarness) -> None:
    """SIGTERM takes running work back and ends the scheduler; the run is paused."""
    harness.start(parallel_plan('id: a, run: "sleep 60"'))
    harness.when(attempt_started("a"), lambda _: os.kill(os.getpid(), signal.SIGTERM))
    assert harness.lead() == "paused"
    assert harness.task("a").state == "pending"
    assert [event.actor for event in harness.events("run_paused")] == ["signal:SIGTERM"]


def test_expired_lease(tmp_path: Path) -> None:
    """An attempt whose shim says nothing for longer than the lease is lost; all of it is killed."""
    harness = RunHarness(tmp_path, Timing(grace=0.2, lease=0.5), deaf_after=0.1)
    go = tmp_path / "go"
    waits = f"until [ -e {go} ]; do sleep 0.01; done"
    harness.start(parallel_plan(f'id: a, run: "{waits}; kill -STOP $PPID; sleep 60"'))
    harness.when(attempt_started("a"), lambda _: go.touch())
    assert harness.lead() == "partial"
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, attempt.cause) == ("lost", "lease")
    assert sweep_marked(f"{harness.run}/") == 0


def test_a_shim_that_is_frozen_at_once(tmp_path: Path) -> None:
    """A program may stop its shim before that could say that it has started one."""
    harness = RunHarness(tmp_path, Timing(grace=0.2, lease=0.5, start_deadline=1.0), deaf_after=0.1)
    assert harness.play(parallel_plan('id: a, run: "kill -STOP $PPID; sleep 60"')) == "partial"
    (attempt,) = harness.attempts("a")
    assert attempt.cause in {"lease", "start"}
    assert sweep_marked(f"{harness.run}/") == 0


def test_short_lease(tmp_path: Path) -> None:
    """A program that says nothing outlives its lease: its shim speaks for it, often enough."""
    harness = RunHarness(tmp_path, Timing(lease=0.6))
    assert harness.play(parallel_plan('id: a, run: "sleep 1.5"')) == "completed"


def test_silent_gate(tmp_path: Path) -> None:
    """A gate that hangs is stopped like a program that does."""
    harness = RunHarness(tmp_path, Timing(grace=0.2))
    fields = 'run: "echo x > x.txt", mode: read_write, gate: "sleep 60", stall_after: 0.4'
    assert harness.play(parallel_plan(f"id: a, {fields}")) == "partial"
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, attempt.cause) == ("timed_out", "stall")


@pytest.mark.slow
def test_deep_folders(harness: RunHarness) -> None:
    """A worktree deeper than Python's stack is harvested, or refused, but the run ends."""
    dig = "import os; [(os.mkdir('a'), os.chdir('a')) for _ in range(1400)]; open('f', 'w')"
    fields = f'run: "python3 -c \\"{dig}\\"", mode: read_write'
    assert harness.play(parallel_plan(f"id: a, {fields}")) in {"completed", "partial"}
    assert not any(attempt.open for attempt in harness.attempts("a"))


def test_ledger_that_breaks(harness: RunHarness) -> None:
    """When the ledger takes nothing any more the scheduler ends with its error, and stops all."""
    harness.start(parallel_plan('id: a, run: "sleep 60"'))
    harness.when(
        attempt_started("a"),
        lambda ledger: ledger.db.execute("ALTER TABLE attempt RENAME TO away"),
    )
    with pytest.raises(LedgerError):
        harness.lead()
    assert sweep_marked(f"{harness.run}/") == 0


class Blind(SqliteDatabase):
    """A view of the ledger that fails as a disk does."""

    def changed(self) -> bool:
        """Fail."""
        raise LedgerError("cannot be read")


class BlindLead(Lead):
    """A lead that cannot see whether others change its ledger."""

    @contextlib.contextmanager
    def _view(self) -> Iterator[SqliteDatabase]:
        with contextlib.closing(Blind(self.repo.ledger)) as view:
            yield view


def test_view_that_breaks(harness: RunHarness) -> None:
    """A scheduler that no longer sees what others do ends at once, with the error."""
    harness.start(parallel_plan('id: a, run: "sleep 60"'))
    project, timing = harness.project, harness.timing
    lead = BlindLead(
        project.paths, project.common_dir, harness.run, harness.clock, harness.environ, timing
    )
    with pytest.raises(LedgerError, match="cannot be read"):
        lead.run()
    assert sweep_marked(f"{harness.run}/") == 0


def test_second_scheduler_stands_by(harness: RunHarness) -> None:
    """A second scheduler waits for the lead, and finds nothing left to do."""
    harness.start(parallel_plan('id: a, run: "echo once"'))
    pid = harness.detach()
    harness.wait_for(lambda event: event.kind == "scheduler_started")
    assert harness.lead() == "completed"
    assert len(harness.attempts("a")) == 1
    assert pid


def test_cancelled_lead(harness: RunHarness) -> None:
    """A lead that is cancelled sees off what flies: no program is left."""
    harness.start(parallel_plan('id: a, run: "sleep 60"'))
    lead = harness.leader()

    async def cancel() -> None:
        task = asyncio.create_task(lead.schedule())
        await asyncio.to_thread(harness.wait_for, attempt_started("a"))
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(cancel())
    assert harness.task("a").state == "in_progress"
