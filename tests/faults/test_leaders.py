"""Several schedulers of one run: one leads, the others wait, and one of them takes over."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.faults.audit import audit, look_at, processes_of
from tests.unit.scheduler.arena import Arena
from tests.unit.scheduler.test_scheduler import parallel, running
from wf_tui.commands import open_reads, scheduler_alive
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wf_tui.ledger.ledger import Ledger

TWICE = "max_attempts: 2"
TIMING = "[timing]\nlease = 1.0\nheartbeat = 0.2\ngrace = 0.5\n"


@pytest.fixture
def arena(tmp_path: Path) -> Iterator[Arena]:
    """Give a repository whose schedulers, in processes of their own, have short leases."""
    arena = Arena(tmp_path)
    (tmp_path / "config.toml").write_text(TIMING)
    arena.environ["WF_CONFIG"] = str(tmp_path / "config.toml")
    yield arena
    for pid in processes_of(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def until(happened: Callable[[], object]) -> None:
    """Wait until something is so."""
    while not happened():
        threading.Event().wait(0.01)


def stand_by(arena: Arena) -> int:
    """Start a scheduler that waits for the lead; return when it does."""
    pid = arena.detach()
    until(lambda: f"FLOCK  ADVISORY  WRITE {pid} " in blocked())
    return pid


def blocked() -> str:
    """Return the locks that processes wait for."""
    lines = Path("/proc/locks").read_text().splitlines()
    return "\n".join(line for line in lines if "->" in line)


def kill(pid: int) -> None:
    """Kill a scheduler that this process has started, and wait for its end."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def leader(arena: Arena) -> int:
    """Return the process that leads the run."""
    with open_reads(arena.place) as db:
        row = reads.leader(db, arena.run)
    assert row is not None
    return row.pid


def begun(arena: Arena, number: int) -> Callable[[], bool]:
    """Return a test for that many attempts having been started."""
    return lambda: len(arena.events("attempt_started")) >= number


def ended(*pids: int) -> None:
    """Wait for the end of schedulers."""
    for pid in pids:
        os.waitpid(pid, 0)


def test_a_stopped_leader_keeps_the_lead(arena: Arena, tmp_path: Path) -> None:
    """Stopped for three leases, it is not replaced; then it goes on with what it had begun."""
    flag, before = tmp_path / "flag", look_at(arena.repo)
    command = f"echo x > a.txt; until test -e {flag}; do sleep 0.05; echo .; done"
    arena.start(parallel(f'id: a, run: "{command}", mode: read_write'))
    pid = arena.detach()
    arena.wait_for(running("a"))
    other = stand_by(arena)
    os.kill(pid, signal.SIGSTOP)
    threading.Event().wait(3.0)  # the time that it is stopped is the fault itself
    assert leader(arena) == pid
    os.kill(pid, signal.SIGCONT)
    seen = arena.task("a").lease_until
    until(lambda: arena.task("a").lease_until != seen)
    flag.touch()
    ended(pid, other)
    assert [attempt.outcome for attempt in arena.attempts("a")] == ["succeeded"]
    assert len(arena.events("scheduler_started")) == 1
    assert audit(arena, before) == []


def test_a_stand_by_takes_over(arena: Arena, tmp_path: Path) -> None:
    """After kill -9 of the leader the one that waits goes on: at once, and nothing twice."""
    before = look_at(arena.repo)
    first = f"touch {tmp_path}/again; sleep 60"
    command = f"echo x > a.txt; test -e {tmp_path}/again || {{ {first}; }}"
    arena.start(parallel(f'id: a, run: "{command}", mode: read_write, max_attempts: 2'))
    pid = arena.detach()
    arena.wait_for(running("a"))
    other = stand_by(arena)
    kill(pid)
    until(lambda: leader(arena) == other)
    ended(other)
    assert [attempt.outcome for attempt in arena.attempts("a")] == ["lost", "succeeded"]
    assert len(arena.events("scheduler_lost")) == 1
    assert audit(arena, before) == []


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
    arena: Arena, tmp_path: Path, words: list[str], state: str
) -> None:
    """What a person says while one leader is dead and no other there is heard by the next one."""
    before, flag = look_at(arena.repo), tmp_path / "flag"
    arena.start(parallel(f'id: a, run: "until test -e {flag}; do sleep 0.05; done", {TWICE}'))
    pid = arena.detach()
    arena.wait_for(running("a"))
    other = stand_by(arena)
    os.kill(other, signal.SIGSTOP)
    kill(pid)
    assert wf(arena, *words) == 0
    os.kill(other, signal.SIGCONT)
    if words == ["pause"]:
        until(lambda: leader(arena) == other and not arena.row().open_attempts)
        assert arena.row().state == "paused"
        assert wf(arena, "resume") == 0
    flag.touch()
    ended(other)
    until(lambda: not processes_of(tmp_path))
    assert arena.row().state == state
    assert audit(arena, before) == []


def wf(arena: Arena, *words: str) -> int:
    """Run a command line on the run, as from a terminal of its own."""
    environ = {**arena.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    line = [sys.executable, "-m", "wf_tui", *words, "--run", arena.run]
    return subprocess.run(line, cwd=arena.repo, env=environ, check=False).returncode


@pytest.mark.slow
def test_five_schedulers_and_four_die(arena: Arena) -> None:
    """Whoever leads is killed, four times; the last one brings the run to its end."""
    before = look_at(arena.repo)
    fields = "mode: read_write, max_attempts: 9"
    tasks = (f'id: t{n}, run: "sleep 0.2; echo {n} > f{n}", {fields}' for n in range(20))
    arena.start(parallel(*tasks), jobs=4)
    waiting = {arena.detach() for _ in range(5)}
    for number in range(1, 5):
        until(begun(arena, 4 * number))
        lead = leader(arena)
        waiting.remove(lead)
        kill(lead)
    ended(*waiting)
    assert arena.row().state == "completed"
    assert len(arena.events("scheduler_started")) == 5
    assert audit(arena, before) == []


def test_a_leader_of_another_boot_is_dead(arena: Arena) -> None:
    """After a reboot its number may be anybody's: that one is not it, and is left alone."""
    before = look_at(arena.repo)
    arena.start(parallel('id: a, run: "true", max_attempts: 2'))
    with subprocess.Popen(["/bin/sleep", "60"], cwd="/", env={}) as stranger:
        arena.act(lambda ledger: leave_behind(ledger, arena.run, stranger.pid))
        with open_reads(arena.place) as db:
            assert not scheduler_alive(db, arena.run)
        assert arena.lead() == "completed"
        assert stranger.poll() is None
        stranger.kill()
    assert [attempt.outcome for attempt in arena.attempts("a")] == ["lost", "succeeded"]
    assert audit(arena, before) == []


def leave_behind(ledger: Ledger, run: str, pid: int) -> None:
    """Write down a leader of another boot and what it had in flight, all with a stranger's pid."""
    claim = ledger.claim(run, "shell-1")
    assert claim is not None
    identity: dict[str, str | int] = {"pid": pid, "host": os.uname().nodename, "boot": "another"}
    ledger.scheduler_started(run, {**identity, "pid_started": "1"}, 60.0)
    ledger.db.execute("UPDATE attempt SET pid = ? WHERE run = ?", (pid, run))
