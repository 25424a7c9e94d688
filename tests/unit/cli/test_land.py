"""`wf land`: what it says, and what its exit status means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desk import git
from wf_tui.git.control.control import open_control
from wf_tui.paths import RunPaths

if TYPE_CHECKING:
    from tests.desk import Desk

PLAN = "{goal: g, max_concurrent: 2, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}"


@pytest.fixture
def merged(desk: Desk) -> str:
    """Give a run with one commit on its branch and a task that is not done; return the commit."""
    run = desk.paused_run(PLAN)
    folder = Path(desk.json_here("status", run)["run"]["dir"])
    control = open_control(RunPaths(folder))
    blob = control.git("hash-object", "-w", "--stdin", stdin=b"b\n").text
    tree = control.git(
        "mktree",
        stdin=control.git("ls-tree", control.base).stdout + f"100644 blob {blob}\tb\n".encode(),
    ).text
    who = {"GIT_AUTHOR_NAME": "w", "GIT_AUTHOR_EMAIL": "w@w"}
    who |= {"GIT_COMMITTER_NAME": "w", "GIT_COMMITTER_EMAIL": "w@w"}
    words = ("commit-tree", "-p", control.base, "-m", "Add b", tree)
    commit = control.git(*words, variables=who).text
    assert control.move(control.ref, commit, control.base)
    return commit


def test_a_landing_is_told_and_recorded(desk: Desk, merged: str) -> None:
    """Commits and files are named, the branch and its checkout move, the event log says so."""
    base = git(desk.repo, "rev-parse", "main").strip()
    result = desk.here("land")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [
        f"1 commit landed in main: fast-forward {base[:12]}..{merged[:12]}",
        f"  {merged[:12]} Add b",
        "        +1 -0  b",
    ]
    assert result.stderr.endswith("not done: t\n")
    assert (desk.repo / "b").read_text() == "b\n"
    assert git(desk.repo, "status", "--porcelain") == ""
    events = desk.here("events", "--json").stdout.splitlines()
    assert f'"branch": "main", "old": "{base}", "new": "{merged}"' in events[-1]
    assert f"landed in main: {base[:7]}" in desk.here("events").stdout
    assert desk.here("land").stdout == "main has all of it already\n"


def test_a_dry_run_changes_nothing(desk: Desk, merged: str) -> None:
    """No branch, no object, no event; what would come is told, as JSON too."""
    before = git(desk.repo, "for-each-ref"), git(desk.repo, "count-objects", "-v")
    base = git(desk.repo, "rev-parse", "main").strip()
    assert desk.here("land", "--dry-run").stdout.startswith("1 commit would land in main")
    assert desk.json_here("land", "--dry-run") == {
        "run": desk.json_here("runs")[0]["id"],
        "branch": "main",
        "how": "fast_forward",
        "old": base,
        "new": merged,
        "landed": False,
        "commits": [{"commit": merged, "subject": "Add b"}],
        "files": [{"path": "b", "added": 1, "removed": 0}],
        "not_done": [{"task": "t", "state": "pending", "kind": None}],
    }
    assert (git(desk.repo, "for-each-ref"), git(desk.repo, "count-objects", "-v")) == before
    assert "landed" not in desk.here("events", "--json").stdout


@pytest.mark.usefixtures("merged")
def test_a_dirty_checkout_is_refused(desk: Desk) -> None:
    """Exit 5, and the file is named; a dry run says so too, after it has shown what would come."""
    (desk.repo / "a.txt").write_text("mine\n")
    refused, dry = desk.here("land"), desk.here("land", "--dry-run")
    assert (refused.exit_code, dry.exit_code) == (5, 5)
    assert "not committed: a.txt" in refused.stderr
    assert dry.stdout.startswith("1 commit would land")
    assert (desk.repo / "a.txt").read_text() == "mine\n"


@pytest.mark.usefixtures("merged")
def test_another_branch_can_be_named(desk: Desk) -> None:
    """`--into` moves it alone; an unknown one is wrong usage, the run's own is refused."""
    git(desk.repo, "branch", "release")
    assert desk.json_here("land", "--into", "release")["landed"]
    assert not (desk.repo / "b").exists()
    assert desk.here("land", "--into", "relase").exit_code == 2
    run = desk.json_here("runs")[0]["id"]
    assert desk.here("land", "--into", f"wf/{run}").exit_code == 5


@pytest.mark.usefixtures("merged")
def test_what_is_not_exported_does_not_land(desk: Desk) -> None:
    """A branch of the run that the user has checked out is theirs: exit 5."""
    run = desk.json_here("runs")[0]["id"]
    git(desk.repo, "branch", f"wf/{run}")
    git(desk.repo, "commit", "-q", "--allow-empty", "-m", "own")
    git(desk.repo, "branch", "-f", f"wf/{run}", "main")
    refused = desk.here("land")
    assert refused.exit_code == 5
    assert "not exported: the branch was moved" in refused.stderr


@pytest.mark.usefixtures("merged")
def test_without_a_branch_one_has_to_be_named(desk: Desk) -> None:
    """On a detached head nobody knows which one is meant."""
    git(desk.repo, "checkout", "-q", "--detach")
    assert desk.here("land").exit_code == 5
    assert desk.json_here("land", "--into", "main")["landed"]


def test_a_run_without_work_lands_nothing(desk: Desk) -> None:
    """It is done as asked."""
    desk.paused_run(PLAN)
    assert not desk.json_here("land")["landed"]
