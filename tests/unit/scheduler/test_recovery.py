"""After kill -9 of the scheduler the run goes on: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import signal
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock

import pytest

from tests.support.forged_ledger import UNRECORDED_MERGE, forge
from tests.support.plans import parallel_plan
from tests.support.run_harness import attempt_started
from tests.support.schedulers import kill_scheduler
from wf_tui.errors import LedgerError
from wf_tui.ledger.rules.moves import CANCEL
from wf_tui.scheduler.recovery import Recovery
from wf_tui.workers.shim.descendants import children_of
from wf_tui.workers.shim.sweep import sweep_marked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.model.rows import AttemptRow, TaskRow


def test_killed_scheduler(harness: RunHarness, tmp_path: Path) -> None:
    """What was in flight is lost and counted, its work is kept, and the task runs again."""
    pipe, flag = tmp_path / "pipe", tmp_path / "again"
    os.mkfifo(pipe)
    first = f"touch {flag}; echo up > {pipe}; sleep 60"
    command = f"echo part > part.txt; test -e {flag} || {{ {first}; }}"
    harness.start(parallel_plan(f'id: a, run: "{command}", mode: read_write, max_attempts: 2'))
    pid = harness.detach()
    assert pipe.read_text() == "up\n"
    kill_scheduler(harness, pid)
    assert harness.lead() == "completed"
    lost, good = harness.attempts("a")
    assert (lost.outcome, lost.cause, good.outcome) == ("lost", "lost", "succeeded")
    assert lost.commit_id
    assert harness.merged("part.txt") == "part"
    assert [event.kind for event in harness.events("scheduler_lost")] == ["scheduler_lost"]


def test_no_worker_survives_its_scheduler(harness: RunHarness, tmp_path: Path) -> None:
    """A killed scheduler's programs are gone before anything can run twice."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    harness.start(parallel_plan(f'id: a, run: "exec 3> {pipe}; echo up >&3; sleep 300"'))
    pid = harness.detach()
    with pipe.open() as reader:
        assert reader.readline() == "up\n"
        kill_scheduler(harness, pid)
        assert reader.read() == ""
    assert sweep_marked(f"{harness.run}/") == 0


def test_what_outlives_even_the_shims_is_ended(harness: RunHarness, tmp_path: Path) -> None:
    """With the scheduler, the shim and their parent killed, the next one finds the program."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    harness.start(parallel_plan(f'id: a, run: "echo $$ > {pipe}; exec sleep 300"'))
    pid = harness.detach()
    program = os.pidfd_open(int(pipe.read_text()))
    (parent,) = [one for one in children_of(pid) if children_of(one)]  # git that stays has none
    # Each would end the program when it sees that the shim is gone.
    for one in (pid, parent):
        os.kill(one, signal.SIGSTOP)
    for one in [*children_of(parent), parent]:
        os.kill(one, signal.SIGKILL)
    kill_scheduler(harness, pid)
    assert select.select([program], [], [], 0)[0] == []
    assert harness.lead() == "partial"
    assert select.select([program], [], [], 0)[0] == [program]
    os.close(program)


def test_git_of_a_dead_scheduler_is_ended(harness: RunHarness, tmp_path: Path) -> None:
    """A git command that a killed scheduler was waiting for writes no index under the next one."""
    pipe, fake = tmp_path / "pipe", tmp_path / "bin" / "git"
    os.mkfifo(pipe)
    fake.parent.mkdir()
    stuck = f'case "$*" in update-index*) echo $$ > {pipe}; exec sleep 1000;; esac'
    fake.write_text(f'#!/bin/sh\n{stuck}\nexec {shutil.which("git")} "$@"\n')
    fake.chmod(0o755)
    harness.start(parallel_plan('id: a, run: "echo x > x", mode: read_write, max_attempts: 2'))
    path = harness.environ["PATH"]
    harness.environ["PATH"] = f"{fake.parent}:{path}"
    pid = harness.detach()
    harness.environ["PATH"] = path
    handle = os.pidfd_open(int(pipe.read_text()))
    kill_scheduler(harness, pid)
    assert select.select([handle], [], [], 0)[0] == []
    assert harness.lead() == "completed"
    assert select.select([handle], [], [], 0)[0] == [handle]
    os.close(handle)


def test_recovery_twice(harness: RunHarness) -> None:
    """Attempts that were lost with their last try block their task, once."""
    harness.start(parallel_plan('id: a, run: "sleep 60"'))
    pid = harness.detach()
    harness.wait_for(attempt_started("a"))
    kill_scheduler(harness, pid)
    assert harness.lead() == "partial"
    assert harness.lead() == "partial"
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["lost"]
    assert harness.task("a").note == "its scheduler died"


def test_fenced_attempt_of_a_dead_scheduler(harness: RunHarness) -> None:
    """A task that a person took back while no scheduler ran is put away at the next start."""
    harness.start(parallel_plan('id: a, run: "sleep 60"'))
    pid = harness.detach()
    harness.wait_for(attempt_started("a"))
    kill_scheduler(harness, pid)
    harness.act(lambda ledger: ledger.move(harness.run, CANCEL, ["a"]))
    assert harness.lead() == "partial"
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["cancelled"]


def test_merge_that_was_not_recorded(harness: RunHarness) -> None:
    """A merge that happened before the crash is found, not made again."""
    harness.start(parallel_plan('id: a, run: "echo x > x.txt", mode: read_write'))
    assert harness.lead() == "completed"
    head = harness.row().head
    for statement in UNRECORDED_MERGE:
        harness.act(partial(forge, statement))
    assert harness.lead() == "completed"
    assert (harness.row().head, harness.task("a").kind) == (head, "merged")
    assert [attempt.epoch for attempt in harness.attempts("a")] == [1]


def test_an_unrecorded_harvest_keeps_its_tree(harness: RunHarness) -> None:
    """Where the ledger fails under an attempt, its tree is given to nobody: recovery needs it."""
    harness.environ["WF_FAULT"] = "harvest.ref:1:error"
    harness.start(parallel_plan('id: a, run: "touch f", mode: read_write'))
    with pytest.raises(LedgerError, match="WF_FAULT"):
        harness.lead()
    assert not [*harness.project.paths.run(harness.run).indexes.glob("*.released")]
    del harness.environ["WF_FAULT"]
    assert harness.lead() == "partial"
    (attempt,) = harness.attempts("a")
    assert (attempt.outcome, bool(attempt.commit_id)) == ("lost", True)


told: list[str] = []


class Watched(Recovery):
    """A recovery that notes when it begins and ends an attempt, and settles none."""

    async def _recover_one(self, attempt: AttemptRow, task: TaskRow) -> None:
        del attempt  # the task says enough
        told.append(f"{task.id} begins")
        await asyncio.sleep(0)
        if task.id == "bad":
            raise LedgerError(task.id)
        told.append(f"{task.id} ends")


async def settled(**trees: str | None) -> list[str]:
    """Return what begins and ends where these tasks have left attempts in these trees."""
    told.clear()
    anything: Any = SimpleNamespace(reach=AsyncMock())
    recovery = Watched("run", anything, anything, anything, anything)
    left: Any = [(SimpleNamespace(tree=trees[one]), SimpleNamespace(id=one)) for one in trees]
    await recovery._settle_by_tree(left)
    return told


async def test_attempts_are_settled_side_by_side() -> None:
    """But for those that are in one tree: they count who is in it, and share its files."""
    assert await settled(a="1", b="2", c="1", d=None, e=None) == [
        *("a begins", "b begins", "d begins", "e begins"),
        *("a ends", "c begins", "b ends", "d ends", "e ends"),
        "c ends",
    ]


async def test_one_that_cannot_be_settled_ends_no_other_half_way() -> None:
    """The others come to an end before the scheduler does."""
    with pytest.raises(LedgerError, match="bad"):
        await settled(bad="1", b="2")
    assert told == ["bad begins", "b begins", "b ends"]
