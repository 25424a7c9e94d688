"""After kill -9 of the scheduler the run goes on: nothing is lost, nothing is done twice."""

from __future__ import annotations

import os
import select
import shutil
import signal
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.unit.scheduler.test_scheduler import parallel, running
from wf_tui.errors import LedgerError
from wf_tui.workers.descendants import children_of
from wf_tui.workers.sweep import sweep_marked

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.scheduler.arena import Arena
    from wf_tui.ledger.ledger import Ledger


UNRECORDED = (
    "UPDATE task SET state = 'in_progress', kind = NULL, step = 'integrating', open_epoch = 1",
    "UPDATE task SET worker = 'shell-1', unmet = 1, settled = 0, commit_id = NULL",
    "UPDATE attempt SET open = 1, outcome = NULL",
    "UPDATE worker SET task = 'a', epoch = 1 WHERE name = 'shell-1'",
    "UPDATE run SET state = 'running', in_progress = 1, done = 0, open_attempts = 1, head = base",
    "UPDATE phase SET unsettled = 1, settled_at = NULL, open_attempts = 1",
)
"""The ledger as it was between a merge and its record."""


def forge(statement: str, ledger: Ledger) -> None:
    """Change the ledger behind its back."""
    ledger.db.execute(statement)


def kill(arena: Arena, pid: int) -> None:
    """Kill the scheduler and wait until it is gone."""
    handle = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PIDFD, handle, os.WEXITED)
    os.close(handle)
    assert arena.row().state == "running"


def test_killed_scheduler(arena: Arena, tmp_path: Path) -> None:
    """What was in flight is lost and counted, its work is kept, and the task runs again."""
    pipe, flag = tmp_path / "pipe", tmp_path / "again"
    os.mkfifo(pipe)
    first = f"touch {flag}; echo up > {pipe}; sleep 60"
    command = f"echo part > part.txt; test -e {flag} || {{ {first}; }}"
    arena.start(parallel(f'id: a, run: "{command}", mode: read_write, max_attempts: 2'))
    pid = arena.detach()
    assert pipe.read_text() == "up\n"
    kill(arena, pid)
    assert arena.lead() == "completed"
    lost, good = arena.attempts("a")
    assert (lost.outcome, lost.cause, good.outcome) == ("lost", "lost", "succeeded")
    assert lost.commit_id
    assert arena.merged("part.txt") == "part"
    assert [event.kind for event in arena.events("scheduler_lost")] == ["scheduler_lost"]


def test_no_worker_survives_its_scheduler(arena: Arena, tmp_path: Path) -> None:
    """A killed scheduler's programs are gone before anything can run twice."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    arena.start(parallel(f'id: a, run: "exec 3> {pipe}; echo up >&3; sleep 300"'))
    pid = arena.detach()
    with pipe.open() as reader:
        assert reader.readline() == "up\n"
        kill(arena, pid)
        assert reader.read() == ""
    assert sweep_marked(f"{arena.run}/") == 0


def test_what_outlives_even_the_shims_is_ended(arena: Arena, tmp_path: Path) -> None:
    """With the scheduler, the shim and their parent killed, the next one finds the program."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    arena.start(parallel(f'id: a, run: "echo $$ > {pipe}; exec sleep 300"'))
    pid = arena.detach()
    program = os.pidfd_open(int(pipe.read_text()))
    (parent,) = children_of(pid)
    os.kill(parent, signal.SIGSTOP)
    for one in [*children_of(parent), parent]:
        os.kill(one, signal.SIGKILL)
    kill(arena, pid)
    assert select.select([program], [], [], 0)[0] == []
    assert arena.lead() == "partial"
    assert select.select([program], [], [], 0)[0] == [program]
    os.close(program)


def test_git_of_a_dead_scheduler_is_ended(arena: Arena, tmp_path: Path) -> None:
    """A git command that a killed scheduler was waiting for writes no index under the next one."""
    pipe, fake = tmp_path / "pipe", tmp_path / "bin" / "git"
    os.mkfifo(pipe)
    fake.parent.mkdir()
    stuck = f'case "$*" in update-index*) echo $$ > {pipe}; exec sleep 1000;; esac'
    fake.write_text(f'#!/bin/sh\n{stuck}\nexec {shutil.which("git")} "$@"\n')
    fake.chmod(0o755)
    arena.start(parallel('id: a, run: "echo x > x", mode: read_write, max_attempts: 2'))
    path = arena.environ["PATH"]
    arena.environ["PATH"] = f"{fake.parent}:{path}"
    pid = arena.detach()
    arena.environ["PATH"] = path
    handle = os.pidfd_open(int(pipe.read_text()))
    kill(arena, pid)
    assert select.select([handle], [], [], 0)[0] == []
    assert arena.lead() == "completed"
    assert select.select([handle], [], [], 0)[0] == [handle]
    os.close(handle)


def test_recovery_twice(arena: Arena) -> None:
    """Attempts that were lost with their last try block their task, once."""
    arena.start(parallel('id: a, run: "sleep 60"'))
    pid = arena.detach()
    arena.wait_for(running("a"))
    kill(arena, pid)
    assert arena.lead() == "partial"
    assert arena.lead() == "partial"
    assert [attempt.outcome for attempt in arena.attempts("a")] == ["lost"]
    assert arena.task("a").note == "its scheduler died"


def test_fenced_attempt_of_a_dead_scheduler(arena: Arena) -> None:
    """A task that a person took back while no scheduler ran is put away at the next start."""
    arena.start(parallel('id: a, run: "sleep 60"'))
    pid = arena.detach()
    arena.wait_for(running("a"))
    kill(arena, pid)
    arena.act(lambda ledger: ledger.cancel(arena.run, "a"))
    assert arena.lead() == "partial"
    assert [attempt.outcome for attempt in arena.attempts("a")] == ["cancelled"]


def test_merge_that_was_not_recorded(arena: Arena) -> None:
    """A merge that happened before the crash is found, not made again."""
    arena.start(parallel('id: a, run: "echo x > x.txt", mode: read_write'))
    assert arena.lead() == "completed"
    head = arena.row().head
    for statement in UNRECORDED:
        arena.act(partial(forge, statement))
    assert arena.lead() == "completed"
    assert (arena.row().head, arena.task("a").kind) == (head, "merged")
    assert [attempt.epoch for attempt in arena.attempts("a")] == [1]


def test_an_unrecorded_harvest_keeps_its_tree(arena: Arena) -> None:
    """Where the ledger fails under an attempt, its tree is given to nobody: recovery needs it."""
    arena.environ["WF_FAULT"] = "harvest.ref:1:error"
    arena.start(parallel('id: a, run: "touch f", mode: read_write'))
    with pytest.raises(LedgerError, match="WF_FAULT"):
        arena.lead()
    assert not [*arena.place.paths.run(arena.run).indexes.glob("*.released")]
    del arena.environ["WF_FAULT"]
    assert arena.lead() == "partial"
    (attempt,) = arena.attempts("a")
    assert (attempt.outcome, bool(attempt.commit_id)) == ("lost", True)
