"""A run in the background, worked on from other processes."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import git

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.cli_harness import CliHarness


pytestmark = pytest.mark.slow


def plan_of(flag: Path) -> str:
    """Return a plan with a task that fails until `flag` exists, and one that needs it."""
    return f"""
goal: waits for a person
defaults: {{backoff_secs: 0, max_attempts: 1}}
phases:
- name: p
  parallel: true
  tasks:
  - {{id: picky, run: 'test -e {flag}'}}
  - {{id: writes, run: 'echo w > w.txt', mode: read_write, file_scope: [w.txt]}}
- name: q
  depends_on: [p]
  tasks: [{{id: after, run: 'true', depends_on_results: [picky]}}]
"""


def test_a_blocked_task_is_retried_from_another_terminal(cli: CliHarness) -> None:
    """detach, wait, look, help, retry: the run goes on to its end by itself."""
    flag = cli.root / "flag"
    told = cli.json("run", cli.plan(plan_of(flag)), "--detach")
    assert list(told) == ["run", "dir", "pid"]
    stalled = cli.wait_for("run_stalled")
    status = cli.json("status")
    assert (status["run"]["state"], status["run"]["roots"]) == ("stalled", ["picky"])
    scheduler = status["run"]["scheduler"]
    assert (scheduler["pid"], scheduler["alive"]) == (told["pid"], True)
    flag.touch()
    assert cli.json("retry", "picky")[0]["changed"] is True
    events = cli.until_over()
    assert events[-1]["seq"] > stalled["seq"]
    assert cli.wf("status").returncode == 0
    assert git(cli.repo, "show", f"wf/{told['run']}:w.txt") == "w\n"


def test_run_alone_goes_on_in_the_background_and_says_how_to_watch(cli: CliHarness) -> None:
    """One line tells of the run, one how to follow it."""
    plan = "{goal: g, phases: [{name: p, tasks: [{id: t, run: 'true', mode: read_only}]}]}"
    done = cli.wf("run", cli.plan(plan))
    assert done.returncode == 0
    assert "continues in the background" in done.stdout
    assert "wf events" in done.stderr
    assert cli.until_over()[-1]["data"]["state"] == "completed"


def test_a_task_added_to_an_ended_run_starts_it_again(cli: CliHarness) -> None:
    """The run of a foreground scheduler is over; `add` brings it back in the background."""
    plan = "{goal: g, phases: [{name: p, tasks: [{id: t, run: 'true', mode: read_only}]}]}"
    assert cli.wf("run", cli.plan(plan), "--headless").returncode == 0
    since = cli.json("status")["run"]["ended_at"]
    added = cli.json("add", "More", "--sh", "echo more > m.txt", "--scope", "m.txt")
    assert added[0]["task"] == "more"
    cli.wait_for("task_done", task="more")
    cli.until_over()
    status = cli.json("status")
    assert status["run"]["state"] == "completed"
    assert status["run"]["ended_at"] > since
    assert status["tasks"][1]["reason"]["kind"] == "merged"


def test_accepting_in_a_stopped_run(cli: CliHarness) -> None:
    """A scheduler comes for what a person has accepted, and leaves the rest paused."""
    task = "{id: t, run: 'echo x > other', mode: read_write, file_scope: [src]}"
    cli.wf("run", cli.plan(f"{{goal: g, phases: [{{name: p, tasks: [{task}]}}]}}"), "--detach")
    cli.wait_for("run_stalled")
    assert cli.wf("stop").returncode == 0
    cli.wf("scheduler", "--run", cli.json("status")["run"]["id"])  # returns when it may lead
    assert cli.json("accept", "t")[0]["changed"] is True
    assert cli.wait_for("task_done", task="t")["data"]["kind"] == "merged"


WAITS = "{goal: waits, phases: [{name: p, tasks: [{id: long, run: 'echo up; sleep 60'}]}]}"


def test_a_running_task_is_held_and_let_go(cli: CliHarness) -> None:
    """Its attempt is stopped and closed, and a new one starts after `unhold`."""
    cli.wf("run", cli.plan(WAITS), "--detach")
    first = cli.wait_for("task_step", task="long", data={"step": "running", "before": "preparing"})
    assert cli.wf("hold", "long").returncode == 0
    ended = cli.wait_for("attempt_ended", first["seq"])
    assert ended["data"]["outcome"] == "cancelled"
    assert cli.json("status")["tasks"][0]["reason"]["kind"] == "hold"
    cli.wf("unhold", "long")
    again = cli.wait_for("task_claimed", ended["seq"])
    assert again["epoch"] == 2
    cli.wf("abort")
    assert cli.until_over()[-1]["data"]["state"] == "aborted"


def test_logs_follow_until_the_attempt_ends(cli: CliHarness) -> None:
    """What a program prints is there while it runs; the end of the attempt ends it."""
    cli.wf("run", cli.plan(WAITS), "--detach")
    following = cli.start("logs", "long", "--follow")
    assert following.stdout is not None
    assert following.stderr is not None
    with following, following.stdout as lines, following.stderr:
        assert lines.readline() == "up\n"
        cli.wf("skip", "long")
        assert lines.read() == ""
    assert following.returncode == 0
    assert cli.until_over()[-1]["data"]["state"] == "completed"


@pytest.mark.parametrize("words", [("events",), ("logs", "long")], ids=lambda words: words[0])
def test_who_follows_is_told_that_the_ledger_is_gone(
    cli: CliHarness, words: tuple[str, ...]
) -> None:
    """Nothing more can come: it ends with one line, as the scheduler does."""
    cli.wf("run", cli.plan(WAITS), "--detach")
    cli.wait_for("task_step", task="long", data={"step": "running", "before": "preparing"})
    following = cli.start(*words, "--follow")
    assert following.stdout is not None
    assert following.stderr is not None
    with following, following.stdout as lines, following.stderr as errors:
        lines.readline()
        next(cli.root.glob("state/*/ledger.db")).unlink()
        assert "was deleted while it was in use" in errors.read()
    assert following.returncode == 3


def test_resume_exports_what_a_killed_scheduler_did_not(cli: CliHarness) -> None:
    """Kill -9 after the last merge: the run is completed, its branch comes with `wf resume`."""
    plan = "{goal: g, phases: [{name: p, tasks: [{id: w, run: 'echo w > w', mode: read_write}]}]}"
    fault = "end.decided:1:kill,export.begun:1:delay=60"
    cli.wf("run", cli.plan(plan), "--headless", WF_FAULT=fault)
    run = cli.json("status")["run"]
    assert (run["state"], git(cli.repo, "branch", "--list", "wf/*")) == ("completed", "")
    assert (
        f"when that is put right, this brings it: wf resume {run['id']}" in cli.wf("status").stdout
    )
    assert "resumed, with a new scheduler" in cli.wf("resume").stdout
    cli.wf("scheduler", "--run", run["id"])  # a stand-by: returns when it may lead
    assert git(cli.repo, "rev-parse", f"wf/{run['id']}").strip() == run["integration"]["commit"]
    assert cli.wf("resume").returncode == 5


def test_stop_now_ends_the_scheduler_and_resume_starts_one(cli: CliHarness) -> None:
    """The run is paused with its task back in the queue; `resume` goes on with a new scheduler."""
    told = cli.json("run", cli.plan(WAITS), "--detach")
    started = cli.wait_for("attempt_started")
    assert "1 task stopped: long" in cli.wf("stop", "--now").stdout
    cli.wf("scheduler", "--run", told["run"])  # a stand-by: returns when the other is gone
    shown = cli.wf("status").stdout
    assert "no scheduler is running; start one with: wf resume" in shown
    assert cli.wf("resume").returncode == 0
    cli.wait_for("task_claimed", started["seq"], epoch=2)
    assert cli.json("status")["run"]["state"] == "running"


def test_a_dead_scheduler_is_told_and_replaced(cli: CliHarness) -> None:
    """Kill -9: `status` says so and how to go on; `resume` recovers the run."""
    told = cli.json("run", cli.plan(WAITS), "--detach")
    started = cli.wait_for("attempt_started")
    os.kill(told["pid"], signal.SIGKILL)
    os.waitid(os.P_PID, told["pid"], os.WEXITED) if _is_child(told["pid"]) else None
    shown = cli.wf("status").stdout
    assert "its scheduler is dead" in shown
    assert "wf resume" in shown
    assert cli.json("status")["run"]["scheduler"]["alive"] is False
    assert "with a new scheduler" in cli.wf("resume").stdout
    lost = cli.wait_for("attempt_ended", started["seq"])
    assert lost["data"]["outcome"] == "lost"


def _is_child(pid: int) -> bool:
    """Whether this process has to see the end of that one."""
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


@pytest.mark.parametrize("words", [["cancel", "long"], ["abort"]])
def test_giving_up_ends_the_run(cli: CliHarness, words: list[str]) -> None:
    """What runs is stopped, and the exit status of `status` says that it is not done."""
    cli.wf("run", cli.plan(WAITS), "--detach")
    cli.wait_for("attempt_started")
    assert cli.wf(*words).returncode == 0
    cli.wait_for("attempt_ended")
    assert cli.wf("status").returncode == 1
