"""What a signal, a second one, and a closed terminal do: nothing stays behind, nothing is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.desk import Desk, make_repository
from tests.faults.audit import processes_of
from tests.integration.test_cli_detached import until
from tests.terminal import open_terminal
from wf_tui.workers.sweep import sweep_marked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]
LONG = "{goal: g, phases: [{name: p, tasks: [{id: long, run: 'echo up; exec sleep 60'}]}]}"
DEAF = """
goal: deaf
phases:
- name: p
  tasks: [{id: long, run: 'trap "" TERM INT HUP; (trap "" TERM; sleep 60) & sleep 60'}]
"""
WAIT = 10.0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give a repository of one commit; what is left of its schedulers is killed."""
    yield Desk(tmp_path, make_repository(tmp_path / "repo"))
    for pid in processes_of(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def gone(desk: Desk) -> None:
    """Wait until no process of the desk's runs is left, for two seconds at most (G4)."""
    end = time.monotonic() + 2
    while processes_of(desk.root) and time.monotonic() < end:
        time.sleep(0.02)
    assert processes_of(desk.root) == {}


def shell_status(returncode: int) -> int:
    """Return the exit status as a shell shows it: 128 and the signal's number."""
    return 128 - returncode if returncode < 0 else returncode


def headless(desk: Desk, plan: str, grace: float) -> subprocess.Popen[str]:
    """Lead a run in the foreground, and return when its program runs."""
    (desk.root / "config.toml").write_text(f"[timing]\ngrace = {grace}\n")
    environ = {**desk.environ, "WF_CONFIG": str(desk.root / "config.toml")}
    words = [sys.executable, "-m", "wf_tui", "run", str(desk.plan(plan)), "--headless"]
    process = subprocess.Popen(words, cwd=desk.repo, env=environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert any("● long running" in line for line in process.stdout)
    return process


def test_a_deaf_program_keeps_nobody_waiting(desk: Desk) -> None:
    """Within its grace it is killed, with all it started; its task is back in the queue."""
    with headless(desk, DEAF, 0.5) as process:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT)
    assert process.returncode == 143
    gone(desk)
    status = desk.json("status")
    assert (status["run"]["state"], status["tasks"][0]["state"]) == ("paused", "pending")
    assert status["tasks"][0]["tries"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_waits_for_nothing(desk: Desk, number: signal.Signals) -> None:
    """While the first one gives a long grace, the second ends all; `wf resume` goes on."""
    with headless(desk, DEAF, 60.0) as process:
        process.send_signal(signal.SIGINT)
        until(desk, "run_paused")
        process.send_signal(number)
        process.communicate(timeout=WAIT)
    assert process.returncode == 128 + number
    gone(desk)
    desk.wf("edit", "long", "--sh", "true")
    assert desk.wf("resume").returncode == 0
    assert desk.until_over()[-1]["data"]["state"] == "completed"
    assert desk.wf("verify").returncode == 0


def test_a_scheduler_in_the_background_is_told(desk: Desk) -> None:
    """It stops what runs, and goes; the run is paused, not lost."""
    told = desk.json("run", desk.plan(LONG), "--detach")
    until(desk, "attempt_started")
    os.kill(told["pid"], signal.SIGHUP)
    desk.wf("scheduler", "--run", told["run"])  # a stand-by: returns when the other is gone
    assert desk.json("status")["run"]["state"] == "paused"
    ended = until(desk, "attempt_ended")
    assert ended["data"]["outcome"] == "cancelled"
    gone(desk)


@pytest.mark.slow
def test_a_stand_by_goes_at_once(desk: Desk) -> None:
    """One that only waits for the lead has nothing to put away."""
    told = desk.json("run", desk.plan(LONG), "--detach")
    until(desk, "attempt_started")
    for number in SIGNALS:
        with desk.start("scheduler", "--run", told["run"]) as waiting:
            while f"FLOCK  ADVISORY  WRITE {waiting.pid} " not in locks():
                time.sleep(0.01)
            waiting.send_signal(number)
            waiting.communicate(timeout=WAIT)
        assert shell_status(waiting.returncode) == 128 + number
    assert desk.json("status")["run"]["scheduler"]["alive"]


def locks() -> str:
    """Return the locks of this machine that are waited for."""
    with open("/proc/locks") as listed:  # noqa: PTH123 - a file of the kernel
        return "".join(line for line in listed if "->" in line)


@pytest.mark.slow
@pytest.mark.parametrize("words", [["events", "--follow"], ["logs", "long", "--follow"]])
def test_who_only_follows_goes_at_once(desk: Desk, words: list[str]) -> None:
    """A signal ends it without a trace-back, and the run does not notice."""
    desk.wf("run", desk.plan(LONG), "--detach")
    until(desk, "attempt_started")
    for number in SIGNALS:
        with desk.start(*words) as following:
            assert following.stdout is not None
            assert following.stdout.readline()
            following.send_signal(number)
            _, complaints = following.communicate(timeout=WAIT)
        assert shell_status(following.returncode) == 128 + number
        assert complaints.strip() == ""
    assert desk.json("status")["tasks"][0]["state"] == "in_progress"


def test_a_window_closed_on_a_run_in_the_foreground(desk: Desk) -> None:
    """It is a hang-up: what runs is taken back, and no process is left."""
    words = [sys.executable, "-m", "wf_tui", "run", str(desk.plan(LONG)), "--headless"]
    with open_terminal(words, desk.environ, desk.repo) as terminal:
        terminal.until("● long running".encode())
        assert terminal.close() == 129
    gone(desk)
    status = desk.json("status")
    assert (status["run"]["state"], status["tasks"][0]["state"]) == ("paused", "pending")


def test_a_window_closed_on_the_board_of_a_run(desk: Desk) -> None:
    """The board goes; its run was in the background all the time, and stays there."""
    words = [sys.executable, "-m", "wf_tui", "run", str(desk.plan(LONG))]
    with open_terminal(words, desk.environ, desk.repo) as terminal:
        terminal.until(b"running")
        assert terminal.close() == 129
    status = desk.json("status")
    assert status["run"]["scheduler"]["alive"]
    assert status["tasks"][0]["step"] == "running"
    assert sweep_marked(f"{status['run']['id']}/") > 0


def test_ctrl_c_on_a_run_in_the_foreground(desk: Desk) -> None:
    """Typed at the terminal it reaches the whole foreground; the run is paused in good order."""
    words = [sys.executable, "-m", "wf_tui", "run", str(desk.plan(LONG)), "--headless"]
    with open_terminal(words, desk.environ, desk.repo) as terminal:
        terminal.until("● long running".encode())
        terminal.type(b"\x03")
        assert terminal.end() == 130
        assert b"Traceback" not in terminal.written
    gone(desk)
    assert desk.json("status")["run"]["state"] == "paused"
