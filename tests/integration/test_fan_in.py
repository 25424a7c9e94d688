"""A task that joins what others have found: their results are its data, its answer is the run's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.cli_harness import CliHarness, make_repository

if TYPE_CHECKING:
    from pathlib import Path

PLAN = """
goal: g
phases:
- name: look
  parallel: true
  tasks:
  - {id: a, run: "echo found by a", mode: read_only}
  - {id: b, run: "echo found by b", mode: read_only}
- name: join
  tasks:
  - {id: middle, depends_on_results: [a], mode: read_only, run: "echo not the end"}
- name: end
  tasks:
  - id: join
    depends_on_results: [a, b, middle]
    mode: read_only
    run: |
      python3 -c 'import json, os; found = json.load(open(os.environ["WF_RESULTS"]));
      print(sorted(one["result"] for one in found.values()))'
"""
JOINED = "['found by a', 'found by b', 'not the end']"


def test_the_answer_of_the_join_is_that_of_the_run(tmp_path: Path) -> None:
    """The end of `wf run` and `wf status` print it, and scripts get it."""
    cli = CliHarness(tmp_path, make_repository(tmp_path / "repo"))
    ran = cli.wf("run", cli.plan(PLAN), "--headless")
    assert ran.returncode == 0, ran.stderr
    for printed in (ran.stdout, cli.wf("status").stdout):
        assert printed.endswith(f"result\n  {JOINED}\n")
    assert json.loads(cli.wf("status", "--json").stdout)["run"]["result"] == JOINED


def test_a_run_without_a_join_has_no_result(tmp_path: Path) -> None:
    """What a task prints that needs nobody is its own result, and no more."""
    cli = CliHarness(tmp_path, make_repository(tmp_path / "repo"))
    plan = "goal: g\nphases: [{name: p, tasks: [{id: a, run: 'echo x', mode: read_only}]}]"
    cli.wf("run", cli.plan(plan), "--headless")
    assert cli.json("status")["run"]["result"] is None
