"""`wf clean --run` and `--older`: whole runs go, but for work that is nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.cli_harness import git
from wf_tui import locks
from wf_tui.paths import RunPaths

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

BRANCH = "git checkout -qb mine; echo w > new; git add -A; git commit -qm w; git checkout -q -"
COMMIT = "git add -A; git -c user.name=w -c user.email=w commit -qm w"
NESTED = f"mkdir app; cd app; git init -q; echo w > new; {COMMIT}"


def ended(cli: CliHarness, command: str) -> str:
    """Return a run that is over; its task did this."""
    task = f"{{id: t, mode: read_write, max_attempts: 1, run: '{command}'}}"
    plan = cli.root / "plan.yaml"
    plan.write_text(f"{{goal: g, phases: [{{name: p, tasks: [{task}]}}]}}")
    cli.here("run", str(plan), "--headless")
    return str(cli.json_here("runs")[0]["id"])


def one(cli: CliHarness, *words: str) -> dict[str, Any]:
    """Return what is said of the only run."""
    (found,) = cli.json_here("clean", *words)
    return dict(found)


def folder(cli: CliHarness, run: str) -> RunPaths:
    """Return the folder of a run."""
    (path,) = Path(cli.environ["WF_STATE_DIR"]).glob(f"*/runs/{run}")
    return RunPaths(path)


def test_what_is_merged_goes(cli: CliHarness) -> None:
    """Nothing of it is only there; it is shown first, then gone, and the ledger stays whole."""
    run, other = ended(cli, "echo x > a"), ended(cli, "echo y > b")
    shown = one(cli, "--run", run)
    assert (shown["only_here"], shown["removable"], shown["removed"]) == ([], True, False)
    root = folder(cli, run).root
    assert root.exists()
    assert one(cli, "--run", run, "--apply")["removed"]
    assert not root.exists()
    assert [row["id"] for row in cli.json_here("runs")] == [other]
    assert cli.here("status", run).exit_code == 2
    assert cli.here("verify", other).exit_code == 0
    assert git(cli.repo, "show", f"wf/{run}:a").strip() == "x"


def test_what_is_on_no_branch_is_named_first(cli: CliHarness) -> None:
    """Refs of what was left, and of work that was not merged, go with the run."""
    run = ended(cli, f"{BRANCH}; echo x > a; exit 1")
    names = [lost["ref"] for lost in one(cli, "--run", run)["only_here"]]
    assert [name.rpartition("/")[2] for name in names] == ["branch-1", "1"]
    assert f"on no branch of yours: {names[0]}" in cli.here("clean", "--run", run).stdout
    assert one(cli, "--run", run, "--apply")["removed"]


def test_a_branch_that_is_gone_is_named(cli: CliHarness) -> None:
    """Merged work whose branch the user has deleted, and never landed, is in the run alone."""
    run = ended(cli, "echo x > a")
    git(cli.repo, "branch", "-D", f"wf/{run}")
    assert f"refs/heads/wf/{run}" in [lost["ref"] for lost in one(cli, "--run", run)["only_here"]]


def test_work_in_a_worktree_keeps_the_run(cli: CliHarness) -> None:
    """A nested repository is in no ref: refused, with the worktree, until a person took it."""
    run = ended(cli, NESTED)
    assert "1 (it is dirty: app (nested repository))" in one(cli, "--run", run)["reason"]
    done = cli.here("clean", "--run", run, "--apply")
    assert (done.exit_code, "delete that worktree" in done.stderr) == (5, True)
    assert (folder(cli, run).trees / "1/app/new").exists()


def test_a_run_that_is_led_or_not_over_is_refused(cli: CliHarness) -> None:
    """Exit status 5, with or without --apply, and nothing is touched."""
    run = ended(cli, "echo x > a")
    with locks.held(folder(cli, run).scheduler_lock):
        assert cli.here("clean", "--run", run).exit_code == 5
    paused = cli.paused_run("{goal: g, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}")
    done = cli.here("clean", "--run", paused, "--apply")
    assert (done.exit_code, "wf abort" in done.stderr) == (5, True)
    assert folder(cli, paused).control.exists()


def test_older_ones_go_together(cli: CliHarness) -> None:
    """By the time that they ended; what is younger, or not over, is not listed."""
    run = ended(cli, "echo x > a")
    cli.paused_run("{goal: g, phases: [{name: p, tasks: [{id: t, run: 'true'}]}]}")
    assert cli.json_here("clean", "--older", "30d") == []
    assert one(cli, "--older", "0s", "--apply")["run"] == run


@pytest.mark.parametrize(
    "words", [("--older", "30"), ("--older", "d"), ("--older", "1d", "--run", "x"), ("--run", "zz")]
)
def test_wrong_words(cli: CliHarness, words: tuple[str, ...]) -> None:
    """What is no age, and no run, is named; exit status 2."""
    ended(cli, "echo x > a")
    assert cli.here("clean", *words).exit_code == 2


def test_what_a_crash_left_of_a_removal_is_trash(cli: CliHarness) -> None:
    """The ledger has it as removed: its folder goes with the next one that cleans."""
    run = ended(cli, "echo x > a")
    assert one(cli, "--run", run, "--apply")["removed"]
    rest = Path(cli.environ["WF_STATE_DIR"]).glob("*/runs")
    (next(rest) / run / "trees").mkdir(parents=True)
    (found,) = cli.json_here("clean", "--apply")
    assert (found["class"], found["removed"]) == ("trash", True)
