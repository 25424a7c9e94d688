"""`wf land --gate` and `--resolve`: the gate on the merged tree, and a task for a conflict."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import git
from tests.support.waiting import until
from wf_tui.git.control.control import Control, open_control
from wf_tui.paths import RunPaths

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

WHO = {
    "GIT_AUTHOR_NAME": "w",
    "GIT_AUTHOR_EMAIL": "w@w",
    "GIT_COMMITTER_NAME": "w",
    "GIT_COMMITTER_EMAIL": "w@w",
}


def commit_in_run(control: Control, name: str, text: str) -> str:
    """Put one more file on the branch of a run, and return the commit."""
    head = control.head()
    blob = control.git("hash-object", "-w", "--stdin", stdin=text.encode()).text
    kept = control.git("ls-tree", head).stdout.splitlines(keepends=True)
    others = b"".join(one for one in kept if not one.endswith(f"\t{name}\n".encode()))
    listing = others + f"100644 blob {blob}\t{name}\n".encode()
    tree = control.git("mktree", stdin=listing).text
    words = ("commit-tree", "-p", head, "-m", f"Add {name}", tree)
    commit = control.git(*words, variables=WHO).text
    assert control.move(control.ref, commit, head)
    return commit


def run_with(cli: CliHarness, gate: str, name: str = "b") -> Control:
    """Make a run with a gate and one commit; its plan has a setup and a variable."""
    plan = (
        f"goal: g\ngate: {gate!r}\nsetup: 'echo made > made.txt'\nenv: {{MINE: '7'}}\n"
        "phases: [{name: p, tasks: [{id: t, run: 'true'}]}]\n"
    )
    run = cli.paused_run(plan)
    control = open_control(RunPaths(Path(cli.json_here("status", run)["run"]["dir"])))
    commit_in_run(control, name, "b\n")
    return control


def test_the_gate_sees_the_merged_tree_and_nothing_stays(cli: CliHarness) -> None:
    """Both sides are there, set up as for a task's gate; worktree and folder are gone behind it."""
    gate = 'test -f b && test -f own && test -f made.txt && echo "$MINE $WF_GATE"'
    control = run_with(cli, gate)
    (cli.repo / "own").write_text("own\n")
    git(cli.repo, "add", ".")
    git(cli.repo, "commit", "-q", "-m", "own")
    old = git(cli.repo, "rev-parse", "main").strip()
    found = cli.json_here("land", "--dry-run", "--gate")["gate"]
    assert (found["passed"], found["text"]) == (True, "7 merge")
    assert (found["old"], found["head"]) == (old, control.head())
    assert list((control.git_dir.parent / "trees").iterdir()) == []
    assert not (control.git_dir.parent / "landing").exists()
    assert git(cli.repo, "status", "--porcelain") == ""
    assert cli.json_here("land", "--gate")["landed"]


def test_what_fails_its_gate_does_not_land(cli: CliHarness) -> None:
    """Exit 5 with the line that matters; the branch stays, and without --gate it lands."""
    run_with(cli, "echo AssertionError: 7; exit 3")
    base = git(cli.repo, "rev-parse", "main")
    for words in (("land", "--gate"), ("land", "--gate", "--dry-run")):
        refused = cli.here(*words)
        assert refused.exit_code == 5
        assert "the gate failed on the merged tree: exit 3: AssertionError: 7" in refused.stderr
    assert git(cli.repo, "rev-parse", "main") == base
    assert cli.json_here("land")["landed"]


def test_a_plan_without_a_gate_says_so(cli: CliHarness) -> None:
    """Nothing is run, and nothing lands that should have passed one."""
    cli.paused_run("{goal: g, phases: [{name: p, tasks: [{id: t, run: 'true', gate: x}]}]}")
    refused = cli.here("land", "--gate")
    assert (refused.exit_code, "the plan has no gate" in refused.stderr) == (5, True)


@pytest.mark.slow
def test_a_gate_that_is_ended_leaves_nothing_behind(cli: CliHarness) -> None:
    """Its programs die with the command, and the next one takes its worktree."""
    seen = cli.root / "pid"
    run_with(cli, f"echo $$ > {seen}.new; mv {seen}.new {seen}; exec sleep 300")
    words = (sys.executable, "-m", "wf_tui", "land", "--gate", "--repo", str(cli.repo))
    with subprocess.Popen(words, env=cli.environ) as process:
        until(seen.exists, "the gate runs", within=30)
        process.terminate()
    gate = Path(f"/proc/{seen.read_text().strip()}")
    until(lambda: not gate.exists(), "its program is gone", within=30)


def test_the_whole_patch_is_printed(cli: CliHarness) -> None:
    """As a patch that git takes; nothing moves."""
    run_with(cli, "true")
    base = git(cli.repo, "rev-parse", "main")
    assert "+++ b/b\n" in cli.here("land", "--diff").stdout
    assert git(cli.repo, "rev-parse", "main") == base


@pytest.mark.parametrize("as_json", [False, True])
def test_a_conflict_becomes_a_task(cli: CliHarness, *, as_json: bool) -> None:
    """Once; where it merges as it is there is none to be added."""
    control = run_with(cli, "true", "a.txt")
    assert "it merges into main as it is" in cli.here("land", "--resolve").stderr
    (cli.repo / "a.txt").write_text("mine\n")
    git(cli.repo, "commit", "-q", "-am", "own")
    assert "it conflicts in a.txt" in cli.here("land", "--gate").stderr
    done = cli.here("land", "--resolve", *(["--json"] if as_json else []))
    assert done.exit_code == 0, done.stderr
    assert "merge-main-into-wf-" in done.stdout
    own = git(cli.repo, "rev-parse", "main").strip()
    assert control.resolve(f"refs/wf/brought/{own}") == own
    assert "is there already" in cli.here("land", "--resolve").stderr
