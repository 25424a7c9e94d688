"""`wf swarm`: what it prints, what it refuses, and the run that it makes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from wf_tui.ledger.queries import reads
from wf_tui.plan.read import parse_plan
from wf_tui.project import find_project, open_reads

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

EACH = ("--sh", "echo {{item}} > {{item}}.txt", "--scope", "{{item}}.txt", "--items", "b c,d")


def test_a_dry_run_prints_a_plan_and_starts_nothing(cli: CliHarness) -> None:
    """The plan is on stdout, so that it can be kept and run; what it means is on stderr."""
    shown = cli.here("swarm", *EACH, "--jobs", "2", "--budget", "5usd", "--dry-run")
    assert shown.exit_code == 0
    plan = parse_plan(shown.stdout, "yaml", "x").plan
    assert plan is not None
    assert [task.run for task in plan.tasks] == [
        "echo 'b c' > 'b c'.txt",
        "echo d > d.txt",
    ]
    assert "wave 1" in shown.stderr
    assert "run it with: wf run FILE --jobs=2 --budget=5usd" in shown.stderr
    assert not (cli.root / "state").exists()


def test_a_dry_run_as_json(cli: CliHarness) -> None:
    """As JSON it is the object of `plan check`, with the text of the plan."""
    found = json.loads(cli.here("swarm", *EACH, "--dry-run", "--json").stdout)
    assert (found["valid"], found["path"]) == (True, None)
    assert found["task_batches"] == [
        {"phase": "items", "parallel": True, "batches": [["b-c", "d"]]}
    ]
    assert parse_plan(found["plan"], "yaml", "x").plan


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("x {{item}}", "--items", "a,b", "--scope", "../{{item}}"), "[invalid_file_scope]"),
        (("x {{item}}", "--items", "glob:../*"), "[invalid_file_scope]"),
        (("x", "--items", "a,b"), "the template has no {{item}}"),
        (("x {{item}}", "--items", "a,b", "--budget", "x", "--dry-run"), "'x'"),
        (("--items", "a,b"), "there is no template"),
        (("x {{item}}", "--sh", "y {{item}}", "--items", "a,b"), "exclude each other"),
        (("x {{item}}", "--items", "a,b", "--profile", "shell"), "runs commands"),
        (("x {{item}}", "--items", "a,b", "--profile", "shel"), "unknown profile 'shel'"),
        (("x {{item}}", "--items", "a,b", "--spread", "robin"), "unknown spread 'robin'"),
        (
            ("x {{item}}", "--items", "a,b", "--role", "review", "--mode", "read_write"),
            "only reads",
        ),
        (("x {{item}}", "--items", "a,b", "--mode", "read_only", "--scope", "y"), "only read"),
        (("x {{item}}", "--items", "a,b", "--reduce-scope", "y"), "is for --reduce"),
        (("x {{item}}", "--items", "a,b", "--reduce", " "), "--reduce is empty"),
        (("x {{item}}", "--items", "a,b", "--headless", "--detach"), "exclude each other"),
        (("x {{item}}", "--items", "a,b"), "no profile takes a prompt"),
    ],
)
def test_what_cannot_be_meant(cli: CliHarness, words: tuple[str, ...], message: str) -> None:
    """Each is refused with status 2, and leaves no run behind."""
    refused = cli.here("swarm", *words)
    assert (refused.exit_code, message in refused.stderr) == (2, True), refused.stderr
    assert "a worktree each" not in refused.stderr
    assert not list((cli.root / "state").glob("*/runs/*"))


def test_it_is_a_run_like_any_other(cli: CliHarness) -> None:
    """Every item is done in a worktree of its own and merged."""
    done = cli.here("swarm", *EACH, "--headless", "--goal", "Files")
    assert done.exit_code == 0
    assert "2 items, a worktree each: each task may change {{item}}.txt" in done.stderr
    project = find_project(cli.repo, cli.environ)
    with open_reads(project) as db:
        run = reads.runs(db)[0]
        kinds = {task.id: str(task.kind) for task in reads.tasks(db, run.id)}
    assert run.goal == "Files"
    assert kinds == {"b-c": "merged", "d": "merged"}


def test_many_are_looked_at_before_they_start(cli: CliHarness) -> None:
    """More than 128 items are printed without a further word, and start only with one."""
    many = ("swarm", "--sh", "echo {{item}}", "--items", ",".join(map(str, range(129))))
    assert len(json.loads(cli.here(*many, "--dry-run", "--json").stdout)["task_batches"]) == 1
    refused = cli.here(*many)
    assert (refused.exit_code, "129 items: more than 128" in refused.stderr) == (2, True)
