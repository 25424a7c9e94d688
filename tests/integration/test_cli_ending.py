"""After a run: its work lands, its worktrees go, and nothing is found amiss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.desk import git

if TYPE_CHECKING:
    from tests.desk import Desk

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


def test_a_run_lands_and_is_cleaned_up(desk: Desk) -> None:
    """What was merged is in the checkout; a failed task is named and does not keep the rest."""
    assert desk.wf("run", desk.plan(PLAN), "--headless").returncode == 1
    shown = desk.wf("land", "--dry-run")
    assert (shown.returncode, "would land in main" in shown.stdout) == (0, True), shown.stderr
    landed = desk.wf("land")
    assert landed.returncode == 0, landed.stderr
    assert "1 task of run" in landed.stderr
    assert (desk.repo / "one").read_text() == "1\n"
    assert git(desk.repo, "status", "--porcelain") == ""
    found = desk.json("clean", "--apply")
    assert all(one["removed"] for one in found), found
    assert desk.json("clean") == []
    assert desk.wf("verify").returncode == 0
    assert desk.wf("doctor").returncode == 0
    git(desk.repo, "fsck", "--strict")
