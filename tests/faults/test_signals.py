"""What a signal, a second one, and a closed terminal do: nothing stays behind, nothing is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.audit import processes_of
from tests.support.cli_harness import CliHarness, make_repository
from tests.support.schedulers import wait_for_stand_by
from tests.support.terminal import open_terminal
from tests.support.waiting import until
from wf_tui.workers.shim.sweep import sweep_marked

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
def cli(tmp_path: Path) -> Iterator[CliHarness]:
    """Give a repository of one commit; what is left of its schedulers is killed."""
    yield CliHarness(tmp_path, make_repository(tmp_path / "repo"))
    for pid in processes_of(tmp_path):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def gone(cli: CliHarness) -> None:
    """Wait until no process of the harness's runs is left, for two seconds at most (G4)."""
    until(lambda: not processes_of(cli.root), "no process of the run is left", within=2)


def shell_status(returncode: int) -> int:
    """Return the exit status as a shell shows it: 128 and the signal's number."""
    return 128 - returncode if returncode < 0 else returncode


def headless(cli: CliHarness, plan: str, grace: float) -> subprocess.Popen[str]:
    """Lead a run in the foreground, and return when its program runs."""
    (cli.root / "config.toml").write_text(f"[timing]\ngrace = {grace}\n")
    environ = {**cli.environ, "WF_CONFIG": str(cli.root / "config.toml")}
    words = [sys.executable, "-m", "wf_tui", "run", str(cli.plan(plan)), "--headless"]
    process = subprocess.Popen(words, cwd=cli.repo, env=environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert any("● long running" in line for line in process.stdout)
    return process


def test_a_deaf_program_keeps_nobody_waiting(cli: CliHarness) -> None:
    """Within its grace it is killed, with all it started; its task is back in the queue."""
    with headless(cli, DEAF, 0.5) as process:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT)
    assert process.returncode == 143
    gone(cli)
    status = cli.json("status")
    assert (status["run"]["state"], status["tasks"][0]["state"]) == ("paused", "pending")
    assert status["tasks"][0]["tries"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_waits_for_nothing(cli: CliHarness, number: signal.Signals) -> None:
    """While the first one gives a long grace, the second ends all; `wf resume` goes on."""
    with headless(cli, DEAF, 60.0) as process:
        process.send_signal(signal.SIGINT)
        cli.wait_for("run_paused")
        process.send_signal(number)
        process.communicate(timeout=WAIT)
    assert process.returncode == 128 + number
    gone(cli)
    cli.wf("edit", "long", "--sh", "true")
    assert cli.wf("resume").returncode == 0
    assert cli.until_over()[-1]["data"]["state"] == "completed"
    assert cli.wf("verify").returncode == 0


def test_a_scheduler_in_the_background_is_told(cli: CliHarness) -> None:
    """It stops what runs, and goes; the run is paused, not lost."""
    told = cli.json("run", cli.plan(LONG), "--detach")
    cli.wait_for("attempt_started")
    os.kill(told["pid"], signal.SIGHUP)
    cli.wf("scheduler", "--run", told["run"])  # a stand-by: returns when the other is gone
    assert cli.json("status")["run"]["state"] == "paused"
    ended = cli.wait_for("attempt_ended")
    assert ended["data"]["outcome"] == "cancelled"
    gone(cli)


@pytest.mark.slow
def test_a_stand_by_goes_at_once(cli: CliHarness) -> None:
    """One that only waits for the lead has nothing to put away."""
    told = cli.json("run", cli.plan(LONG), "--detach")
    cli.wait_for("attempt_started")
    for number in SIGNALS:
        with cli.start("scheduler", "--run", told["run"]) as waiting:
            wait_for_stand_by(waiting.pid)
            waiting.send_signal(number)
            waiting.communicate(timeout=WAIT)
        assert shell_status(waiting.returncode) == 128 + number
    assert cli.json("status")["run"]["scheduler"]["alive"]


@pytest.mark.slow
@pytest.mark.parametrize("words", [["events", "--follow"], ["logs", "long", "--follow"]])
def test_who_only_follows_goes_at_once(cli: CliHarness, words: list[str]) -> None:
    """A signal ends it without a trace-back, and the run does not notice."""
    cli.wf("run", cli.plan(LONG), "--detach")
    cli.wait_for("attempt_started")
    for number in SIGNALS:
        with cli.start(*words) as following:
            assert following.stdout is not None
            assert following.stdout.readline()
            following.send_signal(number)
            _, complaints = following.communicate(timeout=WAIT)
        assert shell_status(following.returncode) == 128 + number
        assert complaints.strip() == ""
    assert cli.json("status")["tasks"][0]["state"] == "in_progress"


def test_a_window_closed_on_a_run_in_the_foreground(cli: CliHarness) -> None:
    """It is a hang-up: what runs is taken back, and no process is left."""
    words = [sys.executable, "-m", "wf_tui", "run", str(cli.plan(LONG)), "--headless"]
    with open_terminal(words, cli.environ, cli.repo) as terminal:
        terminal.until("● long running".encode())
        assert terminal.close() == 129
    gone(cli)
    status = cli.json("status")
    assert (status["run"]["state"], status["tasks"][0]["state"]) == ("paused", "pending")


def test_a_window_closed_on_the_board_of_a_run(cli: CliHarness) -> None:
    """The board goes; its run was in the background all the time, and stays there."""
    words = [sys.executable, "-m", "wf_tui", "run", str(cli.plan(LONG))]
    with open_terminal(words, cli.environ, cli.repo) as terminal:
        terminal.until(b"working")
        until(lambda: cli.json("status")["tasks"][0]["step"] == "running", "the task runs")
        assert terminal.close() == 129
    status = cli.json("status")
    assert status["run"]["scheduler"]["alive"]
    assert status["tasks"][0]["step"] == "running"
    assert sweep_marked(f"{status['run']['id']}/") > 0


def test_ctrl_c_on_a_run_in_the_foreground(cli: CliHarness) -> None:
    """Typed at the terminal it reaches the whole foreground; the run is paused in good order."""
    words = [sys.executable, "-m", "wf_tui", "run", str(cli.plan(LONG)), "--headless"]
    with open_terminal(words, cli.environ, cli.repo) as terminal:
        terminal.until("● long running".encode())
        terminal.type(b"\x03")
        assert terminal.end() == 130
        assert b"Traceback" not in terminal.written
    gone(cli)
    assert cli.json("status")["run"]["state"] == "paused"
