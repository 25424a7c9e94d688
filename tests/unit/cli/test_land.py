"""`wf land`: what it says, and what its exit status means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import git
from wf_tui.git.control.control import open_control
from wf_tui.landing.trial import plan
from wf_tui.ledger.queries import reads
from wf_tui.paths import RunPaths
from wf_tui.project import find_project, open_reads

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = "{goal: g, max_concurrent: 2, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}"


@pytest.fixture
def merged(cli: CliHarness) -> str:
    """Give a run with one commit on its branch and a task that is not done; return the commit."""
    run = cli.paused_run(PLAN)
    folder = Path(cli.json_here("status", run)["run"]["dir"])
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


def test_a_landing_is_told_and_recorded(cli: CliHarness, merged: str) -> None:
    """Commits and files are named, the branch and its checkout move, the event log says so."""
    base = git(cli.repo, "rev-parse", "main").strip()
    result = cli.here("land")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines() == [
        f"1 commit landed in main: fast-forward {base[:12]}..{merged[:12]}",
        f"  {merged[:12]} Add b",
        "        +1 -0  b",
    ]
    assert result.stderr.endswith("not done: t\n")
    assert (cli.repo / "b").read_text() == "b\n"
    assert git(cli.repo, "status", "--porcelain") == ""
    events = cli.here("events", "--json").stdout.splitlines()
    assert f'"branch": "main", "old": "{base}", "new": "{merged}"' in events[-1]
    assert f"landed in main: {base[:7]}" in cli.here("events").stdout
    assert cli.here("land").stdout == "main has all of it already\n"


def test_a_dry_run_changes_nothing(cli: CliHarness, merged: str) -> None:
    """No branch, no object, no event; what would come is told, as JSON too."""
    before = git(cli.repo, "for-each-ref"), git(cli.repo, "count-objects", "-v")
    base = git(cli.repo, "rev-parse", "main").strip()
    assert cli.here("land", "--dry-run").stdout.startswith("1 commit would land in main")
    assert cli.json_here("land", "--dry-run") == {
        "run": cli.json_here("runs")[0]["id"],
        "branch": "main",
        "how": "fast_forward",
        "old": base,
        "new": merged,
        "landed": False,
        "commits": [{"commit": merged, "subject": "Add b"}],
        "files": [{"path": "b", "added": 1, "removed": 0}],
        "not_done": [{"task": "t", "state": "pending", "kind": None}],
    }
    assert (git(cli.repo, "for-each-ref"), git(cli.repo, "count-objects", "-v")) == before
    assert "landed" not in cli.here("events", "--json").stdout


@pytest.mark.usefixtures("merged")
def test_a_dirty_checkout_is_refused(cli: CliHarness) -> None:
    """Exit 5, and the file is named; a dry run says so too, after it has shown what would come."""
    (cli.repo / "b").write_text("mine\n")
    git(cli.repo, "add", "b")
    refused, dry = cli.here("land"), cli.here("land", "--dry-run")
    assert (refused.exit_code, dry.exit_code) == (5, 5)
    assert "in files that the run changed, too: b" in refused.stderr
    assert dry.stdout.startswith("1 commit would land")
    assert (cli.repo / "b").read_text() == "mine\n"


@pytest.mark.usefixtures("merged")
def test_another_branch_can_be_named(cli: CliHarness) -> None:
    """`--into` moves it alone; an unknown one is wrong usage, the run's own is refused."""
    git(cli.repo, "branch", "release")
    assert cli.json_here("land", "--into", "release")["landed"]
    assert not (cli.repo / "b").exists()
    assert cli.here("land", "--into", "relase").exit_code == 2
    run = cli.json_here("runs")[0]["id"]
    assert cli.here("land", "--into", f"wf/{run}").exit_code == 5


@pytest.mark.usefixtures("merged")
def test_what_is_not_exported_does_not_land(cli: CliHarness) -> None:
    """A branch of the run that the user has checked out is theirs: exit 5."""
    run = cli.json_here("runs")[0]["id"]
    git(cli.repo, "branch", f"wf/{run}")
    git(cli.repo, "commit", "-q", "--allow-empty", "-m", "own")
    git(cli.repo, "branch", "-f", f"wf/{run}", "main")
    refused = cli.here("land")
    assert refused.exit_code == 5
    assert "not exported: the branch was moved" in refused.stderr
    assert f"git branch -m wf/{run} NAME keeps what it is now" in refused.stderr


@pytest.mark.usefixtures("merged")
def test_without_a_branch_one_has_to_be_named(cli: CliHarness) -> None:
    """On a detached head nobody knows which one is meant."""
    git(cli.repo, "checkout", "-q", "--detach")
    assert cli.here("land").exit_code == 5
    assert cli.json_here("land", "--into", "main")["landed"]


def test_a_run_without_work_lands_nothing(cli: CliHarness) -> None:
    """It is done as asked."""
    cli.paused_run(PLAN)
    assert not cli.json_here("land")["landed"]


def test_a_squash_is_one_commit_with_its_tasks_named(cli: CliHarness, merged: str) -> None:
    """It has the tree of the run and only the branch before it; the message is the person's."""
    base = git(cli.repo, "rev-parse", "main").strip()
    done = cli.json_here("land", "--squash", "--message", "Teach it b")
    assert (done["how"], done["landed"]) == ("squash", True)
    assert git(cli.repo, "log", "--format=%P|%s", "-1").strip() == f"{base}|Teach it b"
    assert git(cli.repo, "rev-parse", "main^{tree}") == git(
        cli.repo, "rev-parse", f"{merged}^{{tree}}"
    )
    assert (cli.repo / "b").read_text() == "b\n"
    assert cli.here("land").stdout == "main has all of it already\n"


def test_what_was_not_seen_does_not_land(cli: CliHarness, merged: str) -> None:
    """With --expect either side that has moved is named, and nothing changes."""
    base = git(cli.repo, "rev-parse", "main").strip()
    refused = cli.here("land", "--expect", f"{base}..{base}")
    assert refused.exit_code == 5
    assert "the branch of the run has moved since you looked" in refused.stderr
    moved = cli.here("land", "--expect", f"{merged}..{merged}")
    assert "main has moved since you looked" in moved.stderr
    assert git(cli.repo, "rev-parse", "main").strip() == base
    assert cli.json_here("land", "--expect", f"{base}..{merged}")["landed"]


@pytest.mark.usefixtures("merged")
def test_nothing_is_merged_again_while_neither_side_moves(cli: CliHarness) -> None:
    """What was tried holds for its two commits; whether the checkout is clean is asked anew."""
    project = find_project(cli.repo, cli.environ)
    with open_reads(project) as db:
        run = reads.find_run(db, None)
        first = plan(project, db, run, cli.environ)
        (cli.repo / "b").write_text("mine\n")
        again = plan(project, db, run, cli.environ, before=first)
        assert again.trial is first.trial
        assert "would be overwritten" in again.refusal
        git(cli.repo, "commit", "-q", "--allow-empty", "-m", "own")
        assert plan(project, db, run, cli.environ, before=again).trial is not first.trial
