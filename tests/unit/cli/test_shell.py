"""`wf shell`: where it opens, what it says first, and what it never runs."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import stat
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wf_tui.git.control.control import open_control
from wf_tui.git.worktrees.pool import Pool
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.states import BlockedKind, Outcome
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.paths import RunPaths
from wf_tui.processes import own_identity
from wf_tui.project import find_project, open_ledger

if TYPE_CHECKING:
    from click.testing import Result

    from tests.support.cli_harness import CliHarness
    from wf_tui.git.worktrees.tree import Tree
    from wf_tui.ledger.ledger import Ledger

PLAN = """
goal: g
phases:
- name: p
  tasks:
  - {id: 'a b', mode: read_write, file_scope: [src/**], run: 'true'}
  - {id: later, run: 'true'}
"""
PROGRAM = """#!/bin/sh
{ pwd; echo "$# $WF_RUN $WF_TASK"; git status --short; } > "$OUT"
exit 7
"""


@dataclass(frozen=True)
class Bench:
    """A run whose first task has an attempt that works in a worktree."""

    cli: CliHarness
    fence: Fence
    pool: Pool
    tree: Tree

    def end(self, kind: BlockedKind, *paths: str, kept: bool = True) -> None:
        """Let the attempt end; its worktree is kept, or given back."""
        with open_ledger(find_project(self.cli.repo, {**os.environ})) as ledger:
            detail = {"paths": list(paths)}
            ledger.block(self.fence, Ending(Outcome.FAILED, kind.value, "t"), kind, detail)
        if not kept:
            self.pool.release(self.tree, saved=True)

    def shell(self, task: str = "a b") -> Result:
        """Open the shell."""
        return self.cli.here("shell", task)

    @property
    def told(self) -> list[str]:
        """What the shell wrote down."""
        return (self.cli.root / "told").read_text().splitlines()


@pytest.fixture
def bench(cli: CliHarness, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Give a run with work under way, and a shell that writes down what it sees."""
    monkeypatch.setenv("WF_STATE_DIR", cli.environ["WF_STATE_DIR"])
    program = cli.root / "my shell; exit 1"
    program.write_text(PROGRAM)
    program.chmod(stat.S_IRWXU)
    monkeypatch.setenv("SHELL", str(program))
    monkeypatch.setenv("OUT", str(cli.root / "told"))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    run = cli.paused_run(PLAN)
    with open_ledger(find_project(cli.repo, cli.environ)) as ledger:
        return _begun(cli, ledger, run)


def _begun(cli: CliHarness, ledger: Ledger, run: str) -> Bench:
    paths = RunPaths(Path(cli.json_here("status")["run"]["dir"]))
    pool = Pool(open_control(paths), paths)
    tree = pool.acquire(pool.control.base)
    (tree.path / "out.txt").write_text("x")
    ledger.scheduler_started(run, asdict(own_identity()))  # so that nothing starts one
    ledger.resume(run)
    claim = ledger.claim(run, "shell-1")
    assert claim is not None
    fence = Fence(run, claim.task.id, claim.epoch, claim.worker)
    ledger.prepared(fence, base=tree.base, tree=str(tree.number))
    return Bench(cli, fence, pool, tree)


def test_it_opens_in_the_kept_worktree(bench: Bench) -> None:
    """Git sees the work there, and the shell's own exit status is no failure of wf."""
    bench.end(BlockedKind.SCOPE, "out.txt")
    result = bench.shell()
    assert (result.exit_code, result.stdout) == (0, "")
    assert bench.told == [str(bench.tree.path), f"0 {bench.fence.run} a b", "?? out.txt"]


def test_it_says_where_what_and_how_to_go_on(bench: Bench) -> None:
    """One line before it starts: the folder, the paths, and what to type afterwards."""
    bench.end(BlockedKind.CONFLICT, *(f"f{number}" for number in range(7)), "\x1b[2J")
    (line,) = bench.shell().stderr.splitlines()
    assert line == (
        f"wf: in {bench.tree.path}; conflict in f0, f1, f2, f3, f4 and 3 more; "
        "exit, then: wf accept 'a b'"
    )


def test_a_running_task_may_be_looked_at(bench: Bench) -> None:
    """Its worker is named, and nobody is told to accept."""
    (line,) = bench.shell().stderr.splitlines()
    assert line == f"wf: in {bench.tree.path}; shell-1 works in it now: look, but change nothing"


def test_a_worktree_that_was_given_back_is_refused(bench: Bench) -> None:
    """Others work in it next; the refusal names what shows the work, and what makes more."""
    bench.end(BlockedKind.FAILED, kept=False)
    result = bench.shell()
    assert (result.exit_code, result.stdout) == (5, "")
    assert result.stderr == (
        "wf: task 'a b' has no worktree now\n"
        "    what it changed: wf diff 'a b'; another try: wf retry 'a b'\n"
    )
    assert bench.shell("later").exit_code == 5


def test_work_that_could_not_be_saved_can_be_entered(bench: Bench) -> None:
    """The worktree of such a failure is the only place where the work is."""
    bench.end(BlockedKind.FAILED)
    assert bench.shell().exit_code == 5
    with open_ledger(find_project(bench.cli.repo, os.environ)) as ledger:
        ledger.tree_gone(bench.fence.run, str(bench.tree.path), kept="too much")
    assert bench.shell().exit_code == 0


def test_a_link_in_place_of_the_worktree_is_not_followed(bench: Bench) -> None:
    """A worker that puts a link there gets nobody into another folder."""
    bench.end(BlockedKind.SCOPE)
    shutil.rmtree(bench.tree.path)
    bench.tree.path.symlink_to(bench.cli.repo)
    assert bench.shell().exit_code == 5


def test_a_shell_that_cannot_start_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is the environment's fault: exit 3."""
    monkeypatch.setenv("SHELL", "/no/such/shell")
    bench.end(BlockedKind.SCOPE)
    result = bench.shell()
    assert result.exit_code == 3
    assert "cannot start '/no/such/shell': No such file or directory" in result.stderr


def test_nobody_removes_the_worktree_under_a_person(bench: Bench) -> None:
    """Even when its task has gone on and nothing is in it: it goes once the shell is left."""
    wf = shlex.join([sys.executable, "-m", "wf_tui"])
    repo = shlex.quote(str(bench.cli.repo))
    lines = f"{wf} retry 'a b' --repo {repo}\n{wf} clean --apply --json --repo {repo} > $OUT\n"
    (bench.cli.root / "my shell; exit 1").write_text(f"#!/bin/sh\nunset GIT_DIR\n{lines}")
    (bench.tree.path / "out.txt").unlink()
    bench.end(BlockedKind.SCOPE)
    assert bench.shell().exit_code == 0
    (found,) = json.loads("\n".join(bench.told))
    assert (found["class"], found["reason"]) == ("clean", "a process works in it")
    assert bench.tree.path.is_dir()
    assert bench.cli.here("clean", "--apply").exit_code == 0
    assert not bench.tree.path.exists()
