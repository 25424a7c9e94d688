"""Several schedulers of one run: one leads, the others wait, and one of them takes over."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.support.audit import audit, look_at, processes_of
from tests.support.plans import parallel_plan
from tests.support.run_harness import RunHarness, attempt_started
from tests.support.schedulers import (
    kill_child,
    leader_pid,
    stand_by,
    wait_for_attempts,
    wait_for_end,
)
from tests.support.waiting import until
from wf_tui.project import open_reads
from wf_tui.scheduler.control import scheduler_alive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger

TWICE = "max_attempts: 2"
TIMING = "[timing]\nlease = 1.0\nheartbeat = 0.2\ngrace = 0.5\n"


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[RunHarness]:
    """Give a repository whose schedulers, in processes of their own, have short leases."""
    harness = RunHarness(tmp_path)
    (tmp_path / "config.toml").write_text(TIMING)
    harness.environ["WF_CONFIG"] = str(tmp_path / "config.toml")
    yield harness
    for pid in processes_of(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_stopped_leader_keeps_the_lead(harness: RunHarness, tmp_path: Path) -> None:
    """Stopped for three leases, it is not replaced; then it goes on with what it had begun."""
    flag, before = tmp_path / "flag", look_at(harness.repo)
    command = f"echo x > a.txt; until test -e {flag}; do sleep 0.05; echo .; done"
    harness.start(parallel_plan(f'id: a, run: "{command}", mode: read_write'))
    pid = harness.detach()
    harness.wait_for(attempt_started("a"))
    other = stand_by(harness)
    os.kill(pid, signal.SIGSTOP)
    threading.Event().wait(3.0)  # the time that it is stopped is the fault itself
    assert leader_pid(harness) == pid
    os.kill(pid, signal.SIGCONT)
    seen = harness.task("a").lease_until
    until(lambda: harness.task("a").lease_until != seen, "the lease is renewed")
    flag.touch()
    wait_for_end(pid, other)
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["succeeded"]
    assert len(harness.events("scheduler_started")) == 1
    assert audit(harness, before) == []


def test_a_stand_by_takes_over(harness: RunHarness, tmp_path: Path) -> None:
    """After kill -9 of the leader the one that waits goes on: at once, and nothing twice."""
    before = look_at(harness.repo)
    first = f"touch {tmp_path}/again; sleep 60"
    command = f"echo x > a.txt; test -e {tmp_path}/again || {{ {first}; }}"
    harness.start(parallel_plan(f'id: a, run: "{command}", mode: read_write, max_attempts: 2'))
    pid = harness.detach()
    harness.wait_for(attempt_started("a"))
    other = stand_by(harness)
    kill_child(pid)
    until(lambda: leader_pid(harness) == other, "the other one leads")
    wait_for_end(other)
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["lost", "succeeded"]
    assert len(harness.events("scheduler_lost")) == 1
    assert audit(harness, before) == []


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["jobs", "3"], "completed"),
        (["pause"], "completed"),
        (["stop"], "paused"),
        (["stop", "--now"], "paused"),
        (["abort"], "aborted"),
    ],
)
def test_a_command_between_two_leaders(
    harness: RunHarness, tmp_path: Path, words: list[str], state: str
) -> None:
    """What a person says while one leader is dead and no other there is heard by the next one."""
    before, flag = look_at(harness.repo), tmp_path / "flag"
    harness.start(
        parallel_plan(f'id: a, run: "until test -e {flag}; do sleep 0.05; done", {TWICE}')
    )
    pid = harness.detach()
    harness.wait_for(attempt_started("a"))
    other = stand_by(harness)
    os.kill(other, signal.SIGSTOP)
    kill_child(pid)
    assert wf(harness, *words) == 0
    os.kill(other, signal.SIGCONT)
    if words == ["pause"]:
        until(
            lambda: leader_pid(harness) == other and not harness.row().open_attempts,
            "the other one leads and has settled what was open",
        )
        assert harness.row().state == "paused"
        assert wf(harness, "resume") == 0
    flag.touch()
    wait_for_end(other)
    until(lambda: not processes_of(tmp_path), "no process of the run is left")
    assert harness.row().state == state
    assert audit(harness, before) == []


def wf(harness: RunHarness, *words: str) -> int:
    """Run a command line on the run, as from a terminal of its own."""
    environ = {**harness.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    line = [sys.executable, "-m", "wf_tui", *words, "--run", harness.run]
    return subprocess.run(line, cwd=harness.repo, env=environ, check=False).returncode


@pytest.mark.slow
def test_five_schedulers_and_four_die(harness: RunHarness) -> None:
    """Whoever leads is killed, four times; the last one brings the run to its end."""
    before = look_at(harness.repo)
    fields = "mode: read_write, max_attempts: 9"
    tasks = (f'id: t{n}, run: "sleep 0.2; echo {n} > f{n}", {fields}' for n in range(20))
    harness.start(parallel_plan(*tasks), jobs=4)
    waiting = {harness.detach() for _ in range(5)}
    for number in range(1, 5):
        wait_for_attempts(harness, 4 * number)
        lead = leader_pid(harness)
        waiting.remove(lead)
        kill_child(lead)
    wait_for_end(*waiting)
    assert harness.row().state == "completed"
    assert len(harness.events("scheduler_started")) == 5
    assert audit(harness, before) == []


def test_a_leader_of_another_boot_is_dead(harness: RunHarness) -> None:
    """After a reboot its number may be anybody's: that one is not it, and is left alone."""
    before = look_at(harness.repo)
    harness.start(parallel_plan('id: a, run: "true", max_attempts: 2'))
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", env={}) as stranger:
        harness.act(lambda ledger: leave_behind(ledger, harness.run, stranger.pid))
        with open_reads(harness.project) as db:
            assert not scheduler_alive(db, harness.run)
        assert harness.lead() == "completed"
        assert stranger.poll() is None
        stranger.kill()
    assert [attempt.outcome for attempt in harness.attempts("a")] == ["lost", "succeeded"]
    assert audit(harness, before) == []


def leave_behind(ledger: Ledger, run: str, pid: int) -> None:
    """Write down a leader of another boot and what it had in flight, all with a stranger's pid."""
    claim = ledger.claim(run, "shell-1")
    assert claim is not None
    identity: dict[str, str | int] = {"pid": pid, "host": os.uname().nodename, "boot": "another"}
    ledger.scheduler_started(run, {**identity, "pid_started": "1"})
    ledger.db.execute("UPDATE attempt SET pid = :pid WHERE run = :run", {"pid": pid, "run": run})
