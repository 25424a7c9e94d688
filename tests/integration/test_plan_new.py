"""A goal becomes a plan and a run: by a scripted model, real schedulers and command lines."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import git
from tests.support.planning_harness import GOOD, SCOPE, UNKNOWN, PlanningHarness, answer
from tests.support.terminal import open_terminal
from tests.support.waiting import until

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

pytestmark = pytest.mark.slow


def test_a_model_that_is_wrong_twice_is_right_the_third_time(cli: CliHarness) -> None:
    """Errors go back to its session. The planning is a run, which nobody means by the newest."""
    person = PlanningHarness(cli, answer(UNKNOWN), "I cannot.", answer(GOOD))
    out = cli.root / "out.yaml"
    done = person.wf("plan", "new", "Write it", "-o", out)
    assert done.exit_code == 0, done.stderr
    assert out.read_text() == GOOD == done.stdout
    first, second, third = person.prompts()
    assert "a.txt" in first
    assert "[unknown_key]" in second
    assert "the answer holds no plan" in third
    assert first.split("\n")[0] == second.split("\n")[0] == third.split("\n")[0], "one session"
    person.until("completed")
    assert person.json("runs") == []
    assert git(cli.repo, "branch", "--list", "wf/*") == "", "it has nothing to show"
    (run,) = person.json("runs", "--all")
    assert run["purpose"] == "planning"
    for command in ("status", "events", "logs plan", "land", "verify"):
        assert person.wf(*command.split()).exit_code == 2, command
    assert person.json("status", run["id"])["run"]["usage"]["cost_microusd"] == 30_000
    assert person.wf("verify", run["id"]).exit_code == 0
    assert "I had a look" in person.wf("logs", "plan", "--run", run["id"], "--attempt", "3").stdout


def test_three_wrong_answers_are_the_end(cli: CliHarness) -> None:
    """Exit 1, with the errors, and the last answer where a person finds it; nothing runs on."""
    person = PlanningHarness(cli, answer(SCOPE))
    done = person.wf("plan", "new", "Write it", "--yes", "--json")
    assert done.exit_code == 1
    assert "[invalid_file_scope]" in done.stderr
    assert json.loads(done.stdout)["errors"][0]["code"] == "invalid_file_scope"
    assert len(person.prompts()) == 3
    (named,) = [line for line in done.stderr.splitlines() if "last answer" in line]
    assert "../out" in Path(named.split(": ", 2)[2]).read_text()
    person.until("aborted")


def test_yes_runs_the_plan_at_once(cli: CliHarness) -> None:
    """The run is the newest, and its work is done by the same profile."""
    person = PlanningHarness(cli, answer(GOOD))
    started = person.start("plan", "new", "Write it", "--yes", "--headless")
    said = started.communicate(timeout=60)[1]
    assert started.returncode == 0, said
    assert person.json("status")["run"]["state"] == "completed"
    (kept,) = (cli.root / "state").glob("*/plans/write-it.yaml")
    assert kept.read_text() == GOOD
    assert person.json("plan", "check", kept)["valid"]


def test_an_interrupt_ends_the_planning(cli: CliHarness) -> None:
    """Nothing of it runs on, and no file is left."""
    person = PlanningHarness(cli, answer(GOOD))
    (person.folder / "hold").touch()
    out = cli.root / "out.yaml"
    with person.start("plan", "new", "Write it", "-o", out) as started:
        until(lambda: bool(person.prompts()), "the model was asked")
        started.send_signal(signal.SIGINT)
        assert started.wait(30) == 130
    person.until("aborted")
    assert not out.exists()


def test_a_planning_goes_on_after_its_command_was_killed(cli: CliHarness) -> None:
    """The model's work is not lost: --resume takes it up, with the file that was asked for."""
    person = PlanningHarness(cli, answer(GOOD))
    (person.folder / "hold").touch()
    out = cli.root / "out.yaml"
    with person.start("plan", "new", "Write it", "-o", out) as started:
        until(lambda: bool(person.prompts()), "the model was asked")
        os.kill(started.pid, signal.SIGKILL)
    (person.folder / "hold").unlink()
    found = person.json("plan", "new", "--resume", "-o", out)
    assert found == {**person.json("plan", "check", out), "path": str(out)}
    assert out.read_text() == GOOD
    assert len(person.prompts()) == 1


def test_a_person_interrupts_a_planning(cli: CliHarness) -> None:
    """At a real terminal the screen is shown; Ctrl-C ends what plans."""
    person = PlanningHarness(cli, answer(GOOD))
    (person.folder / "hold").touch()
    command = [sys.executable, "-m", "wf_tui", "plan", "new", "Write it"]
    with open_terminal(command, cwd=cli.repo, environ=person.environ) as terminal:
        terminal.until(b"esc stops it")
        terminal.type(b"\x03")
        assert terminal.end() in {130, -signal.SIGINT}
        assert b"is stopped" in terminal.written
    person.until("aborted")
