"""`wf clean`: what is shown of each worktree, and that only the safe ones go."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cli_harness import git
from wf_tui import locks
from wf_tui.git.control.control import open_control
from wf_tui.git.worktrees.pool import Pool
from wf_tui.ledger.ledger import Fence
from wf_tui.paths import RunPaths
from wf_tui.project import find_project, open_ledger

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = "{goal: g, max_concurrent: 2, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}"


@pytest.fixture
def pool(cli: CliHarness) -> Pool:
    """Give the worktrees of a run: 1 is clean, 2 holds work that was never saved."""
    run = cli.paused_run(PLAN)
    paths = RunPaths(Path(cli.json_here("status", run)["run"]["dir"]))
    pool = Pool(open_control(paths), paths)
    pool.acquire(pool.control.base)
    (pool.acquire(pool.control.base).path / "work").write_text("x" * 10_000)
    return pool


def _trees(pool: Pool) -> list[str]:
    return sorted(path.name for path in pool.paths.trees.iterdir())


def _picture(top: Path) -> dict[str, tuple[int, bytes]]:
    """Return all files of a folder with what they hold and when they were written."""
    files = (path for path in top.rglob("*") if path.is_file())
    return {str(file): (file.stat().st_mtime_ns, file.read_bytes()) for file in files}


def _classes(found: list[dict[str, Any]]) -> list[tuple[str, str, bool, bool]]:
    return [(one["tree"], one["class"], one["removable"], one["removed"]) for one in found]


def test_without_apply_all_stays(cli: CliHarness, pool: Pool) -> None:
    """Each is listed with class, size and why it stays; the user's repository is not touched."""
    before = _picture(cli.repo)
    found = cli.json_here("clean")
    assert _classes(found) == [("1", "clean", True, False), ("2", "dirty", False, False)]
    assert found[1]["size"] - found[0]["size"] >= 10_000
    assert found[1]["reason"] == "it holds work that is nowhere else"
    lines = cli.here("clean").stdout.splitlines()
    assert lines[0].endswith("can be removed")
    assert "2 worktrees" in lines[-1]
    assert _trees(pool) == ["1", "2"]
    assert _picture(cli.repo) == before


def test_only_the_safe_ones_go(cli: CliHarness, pool: Pool) -> None:
    """What is dirty stays; the removal is in the event log, and old trash goes too."""
    (pool.paths.trash / "9-1-1").mkdir()
    before = _picture(cli.repo)
    assert _classes(cli.json_here("clean", "--apply")) == [
        ("1", "clean", True, True),
        ("2", "dirty", False, False),
        ("9-1-1", "trash", True, True),
    ]
    assert _trees(pool) == ["2"]
    assert list(pool.paths.trash.iterdir()) == []
    assert "worktree_removed" in cli.here("events", "--json").stdout
    assert _picture(cli.repo) == before
    assert "1 worktree, " in cli.here("clean", "--apply").stdout


def test_a_led_run_keeps_all(cli: CliHarness, pool: Pool) -> None:
    """While a scheduler has the lead, nobody else removes a tree."""
    with locks.held(pool.paths.scheduler_lock):
        found = cli.json_here("clean", "--apply")
    assert [one["removed"] for one in found] == [False, False]
    assert found[0]["reason"] == "a scheduler leads the run"
    assert _trees(pool) == ["1", "2"]


def test_the_tree_of_an_open_attempt_stays(cli: CliHarness, pool: Pool) -> None:
    """Its scheduler may be dead: what is in it is yet to be harvested."""
    project = find_project(cli.repo, cli.environ)
    with open_ledger(project) as ledger:
        run = cli.json_here("runs")[0]["id"]
        ledger.resume(run)
        claim = ledger.claim(run, "shell-1")
        assert claim is not None
        fence = Fence(run, claim.task.id, claim.epoch, claim.worker)
        ledger.prepared(fence, base=pool.control.base, tree="1")
    found = cli.json_here("clean", "--apply")
    assert _classes(found)[0] == ("1", "live", False, False)
    assert found[0]["reason"] == "an attempt works in it"


def test_a_tree_with_a_shell_in_it_stays(cli: CliHarness, pool: Pool) -> None:
    """Whoever stands in it is not surprised."""
    with subprocess.Popen(["cat"], cwd=pool.paths.trees / "1", stdin=subprocess.PIPE):
        found = cli.json_here("clean", "--apply")
    assert (found[0]["removed"], found[0]["reason"]) == (False, "a process works in it")


def test_what_nobody_knows_stays(cli: CliHarness, pool: Pool) -> None:
    """A folder beside the runs, and the trees of a run whose repository is gone."""
    (pool.paths.root.parent / "zz").mkdir()
    pool.paths.control.rename(pool.paths.root / "away")
    found = cli.json_here("clean", "--apply")
    assert {one["class"] for one in found} == {"foreign"}
    assert [one["tree"] for one in found] == ["1", "2", "zz"]
    assert not any(one["removed"] for one in found)


def test_a_repository_without_runs_has_none(cli: CliHarness) -> None:
    """It is done as asked."""
    assert cli.here("clean").stdout == "no worktrees\n"
    assert cli.json_here("clean") == []
    assert git(cli.repo, "status", "--porcelain") == ""


def test_what_is_nowhere_else_is_named(cli: CliHarness, pool: Pool) -> None:
    """A branch of a worker's, in a tree whose files are as they were."""
    tree = pool.paths.trees / "1"
    git(tree, "checkout", "-q", "-b", "mine")
    (tree / "a.txt").write_text("mine")
    git(tree, "commit", "-q", "-a", "-m", "mine")
    git(tree, "checkout", "-q", "wf-task")
    found = cli.json_here("clean", "--apply")[0]
    assert (found["class"], found["removed"]) == ("dirty", False)
    assert found["reason"] == "it holds work that is nowhere else: branch mine"
