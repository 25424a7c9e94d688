"""Swarms from the command line, with real agents' processes: failures, a join, a kill in the middle.

| of a swarm | is shown by |
|---|---|
| 2 to 128 items, equal ones refused | `unit/swarm/test_plan.py` |
| any mix of profiles | `unit/swarm/test_plan.py::test_who_does_them`, here |
| 5 at once, then one each 700 ms | `unit/ledger/lanes/test_host_lane.py::test_five_start_at_once_and_then_one_each_700_ms` |
| one fewer at a 429, at most each 2 s, never none; one more after 3 quiet minutes | `test_host_lane.py::test_one_fewer_runs_after_a_refusal_once_in_two_seconds`, `::test_the_capacity_grows_with_each_three_quiet_minutes` |
| the pause doubles, to a minute, or is what was asked for | `test_host_lane.py::test_a_pause_without_a_time_doubles_up_to_a_minute`, `::test_the_pause_is_what_the_provider_asked_for` |
| a refused one goes on in its own session, before others | `unit/ledger/test_going_on.py`, `unit/ledger/test_swarms.py` |
| starts that fail at once slow down all of the lane | `test_host_lane.py::test_three_failures_in_a_row_are_taken_for_a_limit`, `unit/ledger/test_breaker.py` |
| nobody fails for being last; a quota is no rate; other failures are tried again; who cancels keeps what is done | `unit/ledger/test_swarms.py` |
| the join has what there is, and says what is missing | `unit/ledger/test_partial_results.py`, here |
| a time limit for each | `unit/swarm/test_plan.py::test_a_time_limit_is_of_each` |
| a worktree each | here |
| a bar for each | `unit/picture/test_swarm.py` |
| all survives the end of the process | here |
"""  # noqa: E501 - a row of a table is a line

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import scripted_agent
from tests.support.cli_harness import CliHarness, git, make_repository
from tests.support.waiting import until
from wf_tui.ledger.queries import reads
from wf_tui.project import find_project, open_reads

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

pytestmark = pytest.mark.slow


@pytest.fixture
def cli(tmp_path: Path) -> CliHarness:
    """Give a repository, and a configuration with two profiles of scripted agents."""
    (tmp_path / "script").mkdir()
    agent = [sys.executable, str(Path(scripted_agent.__file__))]
    (tmp_path / "config.toml").write_text(
        f"""
        [presets.scripted]
        maker = "script"
        [presets.scripted.agent]
        argv = {json.dumps(agent)}
        resume_argv = {json.dumps([*agent, "{session}"])}
        parser = "jsonl"
        env = {{SCRIPT_STATE = {json.dumps(str(tmp_path / "script"))}}}
        [profiles.one]
        preset = "scripted"
        kind = "agent"
        [profiles.two]
        preset = "scripted"
        kind = "agent"
        lane = "elsewhere"
        """
    )
    return CliHarness(tmp_path, make_repository(tmp_path / "repo"))


def tasks(cli: CliHarness) -> dict[str, TaskRow]:
    """Return the tasks of the newest run."""
    with open_reads(find_project(cli.repo, cli.environ)) as db:
        return {task.id: task for task in reads.tasks(db, reads.runs(db)[0].id)}


def items(cli: CliHarness, *lines: dict[str, str]) -> Path:
    """Write items as JSON Lines."""
    path = cli.root / "items.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def test_some_fail_and_the_join_says_which(cli: CliHarness) -> None:
    """What is done is merged, what is refused goes on, and the join is told what is missing."""
    stop = json.dumps({"ok": False, "kind": "budget", "why": "it is spent"})
    wait = json.dumps({"ok": False, "kind": "rate_limit", "why": "429", "retry_after": 0.1})
    found = items(
        cli,
        {"name": "a", "step": "say a"},
        {"name": "b", "step": f"end {stop}"},
        {"name": "c", "step": f"once c end {wait}"},
        {"name": "d", "step": "say d"},
    )
    done = cli.wf(
        *("swarm", "Make {{item.name}}\nDO {{item.step}}\nDO write {{item.name}}.txt x"),
        *("--items", found, "--profile", "one", "--profile", "two", "--scope", "{{item.name}}.txt"),
        *("--reduce", "Sum it up", "--headless"),
        WF_CONFIG=str(cli.root / "config.toml"),
    )
    assert done.returncode == 1, done.stderr
    kinds = {name: str(task.kind) for name, task in tasks(cli).items()}
    assert kinds == {"a": "merged", "b": "budget", "c": "merged", "d": "merged", "join": "answered"}
    workers = {str(task.last_worker).rstrip("-0123456789") for task in tasks(cli).values()}
    assert workers <= {"one", "two"}
    branch = git(cli.repo, "branch", "--list", "wf/*", "--format=%(refname:short)").strip()
    merged = git(cli.repo, "ls-tree", "--name-only", branch).split()
    assert merged == ["a.txt", "c.txt", "d.txt"]
    prompts = sorted((cli.root / "script").glob("prompt-*"))
    join = prompts[-1].read_text()
    assert "Sum it up" in join
    assert "1 of the 4 results below are missing" in join
    assert "result\n  All done." in done.stdout


def test_a_swarm_outlives_its_scheduler(cli: CliHarness) -> None:
    """Killed in the middle, it goes on where it was: what is done is done once."""
    pipe = cli.root / "pipe"
    os.mkfifo(pipe)
    config = str(cli.root / "config.toml")
    step = f"once hang tool exec 4> {pipe}; echo up >&4; sleep 300"
    found = items(cli, {"n": "a", "step": "say a"}, {"n": "b", "step": step})
    began = cli.wf(
        *("swarm", "{{item.n}}\nDO {{item.step}}\nDO write {{item.n}}.txt x", "--items", found),
        *("--profile", "one", "--detach", "--json"),
        WF_CONFIG=config,
    )
    scheduler = json.loads(began.stdout)["pid"]
    with pipe.open() as reader:
        assert reader.readline() == "up\n"
        until(lambda: tasks(cli)["a"].kind is not None, "the first one is done")
        handle = os.pidfd_open(scheduler)
        os.kill(scheduler, signal.SIGKILL)
    os.close(handle)
    assert cli.wf("resume", WF_CONFIG=config).returncode == 0
    until(lambda: tasks(cli)["b"].kind is not None, "the second one is done")
    assert {name: (str(task.kind), task.attempts) for name, task in tasks(cli).items()} == {
        "a": ("merged", 1),
        "b": ("merged", 2),
    }
    assert cli.wf("verify", WF_CONFIG=config).returncode == 0
    cli.wf("stop", "--now", WF_CONFIG=config)
