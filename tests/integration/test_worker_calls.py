"""`wf` within a worker: it finds its run, looks, adds tasks, and moves nothing by hand."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.cli_harness import CliHarness

WF = shlex.join([sys.executable, "-m", "wf_tui"])


def played(cli: CliHarness, script: str, **fields: Any) -> int:
    """Run a task `t` of this script to its end, with a task beside it; return the exit status."""
    lines = "".join(f"\n    {name}: {value}" for name, value in fields.items())
    path = cli.plan(
        "goal: g\ndefaults: {max_attempts: 1}\nphases:\n- name: p\n  parallel: true\n  tasks:\n"
        "  - {id: other, run: 'true', mode: read_only}\n"
        f'  - id: t{lines}\n    run: |\n      wf() {{ {WF} "$@"; }}\n'
        + "".join(f"      {line}\n" for line in script.splitlines())
    )
    return cli.wf("run", path, "--headless").returncode


def test_it_finds_its_run(cli: CliHarness) -> None:
    """In its worktree and in a folder without a repository, whatever run is the newest."""
    older = cli.paused_run("goal: older\nphases: [{name: p, tasks: [{id: x, run: 'true'}]}]")
    script = (
        "wf status --json | grep -q '\"id\": \"'$WF_RUN'\"'\n"
        f"cd / && wf show $WF_TASK | grep -q ' t ' && wf status {older} > /dev/null"
    )
    assert played(cli, script) == 0


def test_it_adds_a_task_behind_its_own(cli: CliHarness) -> None:
    """What a worker adds runs after it, in the same run, and says who wanted it."""
    script = "wf add More --sh 'cat $WF_RESULTS'\necho result of t"
    assert played(cli, script) == 0
    task = cli.json("show", "more")
    assert (task["needs"], task["state"], task["phase"]) == (["t"], "done", "added")
    assert "result of t" in task["result"]
    assert "added     by the worker of t\n" in cli.wf("show", "more").stdout
    (added,) = [event for event in cli.until_over() if event["task"] == "more"][:1]
    assert added["actor"].startswith("worker:shell-")
    (prompt,) = cli.root.glob("state/*/runs/*/attempts/more-*/prompt.md")
    told, _, data = prompt.read_text().partition("BEGIN UNTRUSTED DATA")
    assert "A worker of this run asks for the work" in told
    assert "More" not in told
    assert '"asked_by": "t"' in data


@pytest.mark.slow
def test_it_moves_nothing_by_hand(cli: CliHarness) -> None:
    """Each act of a person ends with status 5 and a sentence, and changes nothing."""
    acts = (
        "retry other", "cancel other", "skip other", "hold other", "priority other 1", "undo",
        "edit other --title x", "pause", "resume", "stop", "abort", "jobs 1", "land", "clean",
        "run plan.yaml",
    )  # fmt: skip
    script = "".join(
        f"s=0; wf {act} 2>> err || s=$?; test $s = 5 || {{ echo {act}: $s; exit 1; }}\n"
        for act in acts
    )
    plan = "goal: g\\nphases: [{name: p, tasks: [{id: x, run: ls}]}]\\n"
    script = f"printf '{plan}' > plan.yaml\n{script}grep -c 'for a person to do' err\n"
    assert played(cli, script, mode="read_write") == 0
    assert cli.json("show", "t")["result"].splitlines()[-1] == str(len(acts))
    assert [event["kind"] for event in cli.until_over() if event["kind"] == "run_paused"] == []


def test_more_than_its_own_is_refused(cli: CliHarness) -> None:
    """What goes beyond its author is refused with status 5, and the reason."""
    script = (
        "s=0; wf add Wide --sh ls --mode read_write 2> $TMPDIR/err || s=$?; test $s = 5\n"
        "grep -q 'its scope is src' $TMPDIR/err\n"
        "wf add Deep --sh ls --scope src/deep"
    )
    script = script.replace("$TMPDIR", str(cli.root))
    assert played(cli, script, mode="read_write", file_scope="[src]") == 0
    assert cli.json("show", "deep")["state"] == "done"


def test_a_mark_that_was_left_behind_is_no_worker(cli: CliHarness, tmp_path: Path) -> None:
    """A person whose environment still has the mark of an attempt that is over is a person."""
    assert played(cli, f"env | grep ^WF_ > {tmp_path}/env") == 0
    left = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    assert left["WF_STATE_DIR"] == str(cli.root / "state")
    run, task, mark = (left[name] for name in ("WF_RUN", "WF_TASK", "WF_ATTEMPT"))
    added = cli.wf("add", "Mine", "--sh", "true", WF_RUN=run, WF_TASK=task, WF_ATTEMPT=mark)
    assert added.returncode == 0
    events = cli.until_over()
    assert {e["actor"].split(":")[0] for e in events if e["task"] == "mine"} >= {"user"}
