"""Work that was held back, from the block to the merge, as a person goes through it."""

from __future__ import annotations

import os
import select
import shutil
import stat
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import git
from tests.support.tmux import Pane, Tmux
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.cli_harness import CliHarness

_HEAD = 'git --git-dir="$(git rev-parse --git-dir)/../../control.git" rev-parse HEAD'

pytestmark = pytest.mark.slow


def contested(cli: CliHarness) -> Path:
    """Return a plan whose task t meets another change of its file, also at its second attempt."""
    seen = cli.root / "seen"
    seen.mkdir()
    others = "\n".join(
        f"  - id: other-{n}\n    mode: read_write\n"
        f"    run: 'until test -d {seen}/{n}; do sleep 0.02; done; echo {n} > a.txt'"
        for n in range(2)
    )
    return cli.plan(f"""
goal: a conflict
scopes: race
phases:
- name: p
  parallel: true
  tasks:
  - id: t
    mode: read_write
    run: |
      mkdir {seen}/$(ls {seen} | wc -l)
      until [ "$({_HEAD})" != "$(git rev-parse wf-base)" ]; do sleep 0.02; done
      echo mine > a.txt
{others}
""")


def test_a_conflict_is_resolved_with_a_shell_and_accepted(cli: CliHarness) -> None:
    """Accepted too early it is refused; resolved and accepted it is in the branch."""
    assert cli.wf("run", contested(cli), "--headless").returncode == 1
    assert cli.wf("accept", "t").returncode == 5
    program = cli.root / "shell"
    program.write_text("#!/bin/sh\ngit diff > $OUT\necho both > a.txt\n")
    program.chmod(stat.S_IRWXU)
    done = cli.wf("shell", "t", SHELL=str(program), OUT=str(cli.root / "diff"))
    assert (done.returncode, "conflict in a.txt" in done.stderr) == (0, True)
    assert "+<<<<<<< " in (cli.root / "diff").read_text()
    assert cli.wf("accept", "t").returncode == 0
    run = cli.until_over()[0]["run"]
    assert git(cli.repo, "show", f"wf/{run}:a.txt") == "both\n"
    assert cli.wf("verify").returncode == 0


def test_work_outside_its_scope_is_accepted(cli: CliHarness) -> None:
    """It is merged as it is, with the files that its scope did not have."""
    task = "{id: t, mode: read_write, file_scope: [src], run: 'echo b > b.txt'}"
    plan = cli.plan(f"{{goal: g, phases: [{{name: p, tasks: [{task}]}}]}}")
    assert cli.wf("run", plan, "--headless").returncode == 1
    assert "-> wf accept t" in cli.wf("status").stdout
    assert cli.wf("accept", "--all-blocked").returncode == 0
    run = cli.until_over()[0]["run"]
    assert git(cli.repo, "show", f"wf/{run}:b.txt") == "b\n"
    assert cli.wf("verify").returncode == 0


def test_a_failed_gate_is_mended_with_a_shell_and_accepted(cli: CliHarness) -> None:
    """Its work is laid out where it can be edited; mended, it passes its gate and is merged."""
    fields = "mode: read_write, run: 'echo broken > a.txt', gate: 'grep fixed a.txt'"
    task = f"{{id: t, {fields}, max_attempts: 1, deliverables: [a.txt]}}"
    plan = cli.plan(f"{{goal: g, phases: [{{name: p, tasks: [{task}]}}]}}")
    assert cli.wf("run", plan, "--headless").returncode == 1
    program = cli.root / "shell"
    program.write_text("#!/bin/sh\ngit diff > $OUT\necho fixed > a.txt\n")
    program.chmod(stat.S_IRWXU)
    done = cli.wf("shell", "t", SHELL=str(program), OUT=str(cli.root / "diff"))
    assert (done.returncode, "wf accept t" in done.stderr) == (0, True)
    assert "+broken" in (cli.root / "diff").read_text()
    assert cli.wf("accept", "t").returncode == 0
    run = cli.until_over()[0]["run"]
    assert git(cli.repo, "show", f"wf/{run}:a.txt") == "fixed\n"
    assert cli.wf("verify").returncode == 0


def press(board: Pane, key: str, wanted: str) -> None:
    """Press a key until it has done something: one is ignored while a task has just changed."""

    def is_done() -> bool:
        if wanted not in board.screen():
            board.press(key)
        return wanted in board.screen()

    until(is_done, f"{wanted} is on the screen", within=20, every=0.9)


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")
def test_a_conflict_is_resolved_from_the_board(cli: CliHarness, tmp_path: Path) -> None:
    """The board steps aside for the shell, comes back, and one more key merges."""
    assert cli.wf("run", contested(cli), "--headless").returncode == 1
    tmux = Tmux(tmp_path)
    try:
        board = tmux.open_board(cli, "SHELL=/bin/sh")
        board.until("Blocked 1")
        board.press("2")
        press(board, "o", "wf accept t")
        board.until("conflict in a.txt")
        assert not board.is_alternate()
        board.press("cat a.txt; echo both > a.txt; exit 3", "Enter")
        board.until("A accepts what is in it now")
        press(board, "A", "accepted")
        board.press("1")
        board.until("completed: its work is on the branch", "3/3")
    finally:
        tmux.close()
    run = cli.until_over()[0]["run"]
    assert git(cli.repo, "show", f"wf/{run}:a.txt") == "both\n"


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")
def test_a_terminal_that_closes_under_the_shell_ends_the_board(
    cli: CliHarness, tmp_path: Path
) -> None:
    """Only the shell is told of it; the board must not stay behind without a screen."""
    task = "{id: t, mode: read_write, file_scope: [src], run: 'echo b > b.txt'}"
    plan = cli.plan(f"{{goal: g, phases: [{{name: p, tasks: [{task}]}}]}}")
    assert cli.wf("run", plan, "--headless").returncode == 1
    tmux = Tmux(tmp_path)
    board = tmux.open_board(cli, "SHELL=/bin/sh")
    board.until("Blocked 1")
    board.press("2")
    press(board, "o", "wf accept t")
    process = os.pidfd_open(int(board.pid_file.read_text()))
    tmux.close()
    gone, _, _ = select.select([process], [], [], 30)
    os.close(process)
    assert gone


def test_a_side_of_a_conflict_is_taken(cli: CliHarness) -> None:
    """A wrong path is exit 2, an open conflict exit 5 with its name, a side is in the branch."""
    assert cli.wf("run", contested(cli), "--headless").returncode == 1
    refused = cli.wf("accept", "t")
    assert (refused.returncode, "a.txt (content)" in refused.stderr) == (5, True)
    wrong = cli.wf("accept", "t", "--theirs", "b.txt")
    assert (wrong.returncode, "'b.txt' is not in conflict" in wrong.stderr) == (2, True)
    shown = cli.wf("show", "t").stdout
    assert "git says  CONFLICT (content): Merge conflict in a.txt" in shown
    assert "wf accept t --theirs a.txt, or --ours a.txt" in shown
    (reason,) = [task["reason"] for task in cli.json("status")["tasks"] if task["id"] == "t"]
    assert (reason["paths"], reason["kinds"]) == (["a.txt"], ["content"])
    assert reason["commands"][-1] == "wf accept t --ours a.txt"
    assert cli.wf("accept", "t", "--theirs", "a.txt").returncode == 0
    run = cli.until_over()[0]["run"]
    assert git(cli.repo, "show", f"wf/{run}:a.txt") == "mine\n"
    assert cli.wf("verify").returncode == 0


@pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")
def test_a_side_is_taken_on_the_board(cli: CliHarness, tmp_path: Path) -> None:
    """`A` on a conflict that nobody has touched asks, and shows the command that does the same."""
    assert cli.wf("run", contested(cli), "--headless").returncode == 1
    tmux = Tmux(tmp_path)
    try:
        board = tmux.open_board(cli, "SHELL=/bin/sh")
        board.until("Blocked 1")
        board.press("2")
        press(board, "A", "not settled")
        board.until("a.txt", "content")
        board.press("t")
        board.until("wf accept t --theirs a.txt")
        board.press("Enter")
        board.until("accepted")
    finally:
        tmux.close()
    run = cli.until_over()[0]["run"]
    assert git(cli.repo, "show", f"wf/{run}:a.txt") == "mine\n"
