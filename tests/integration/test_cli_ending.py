"""After a run: its work lands, its worktrees go, and nothing is found amiss."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import git

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

pytestmark = pytest.mark.slow
PLAN = """
goal: two files
max_concurrent: 2
phases:
  - name: write
    parallel: true
    tasks:
      - {id: one, run: "echo 1 > one", max_attempts: 1, mode: read_write}
      - {id: bad, run: "echo 2 > two; exit 1", max_attempts: 1, mode: read_write}
"""


def test_a_run_lands_and_is_cleaned_up(cli: CliHarness) -> None:
    """What was merged is in the checkout; a failed task is named and does not keep the rest."""
    assert cli.wf("run", cli.plan(PLAN), "--headless").returncode == 1
    shown = cli.wf("land", "--dry-run")
    assert (shown.returncode, "would land in main" in shown.stdout) == (0, True), shown.stderr
    landed = cli.wf("land")
    assert landed.returncode == 0, landed.stderr
    assert "1 task of run" in landed.stderr
    assert (cli.repo / "one").read_text() == "1\n"
    assert git(cli.repo, "status", "--porcelain") == ""
    assert cli.json("clean") == []  # the run has put its worktrees away itself
    assert cli.wf("verify").returncode == 0
    assert cli.wf("doctor").returncode == 0
    git(cli.repo, "fsck", "--strict")
