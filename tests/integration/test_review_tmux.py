"""A review in a real terminal: a comment goes back, the work comes again, is taken, and landed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness, git, make_repository
from tests.support.tmux import Tmux
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.tmux import Pane

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here"),
]


def plan_in(folder: Path) -> str:
    """Return a plan of one task that a person looks at, and that does better the second time."""
    first = f"mkdir {folder}/again 2>/dev/null && echo helo > hello.txt"
    task = {
        "id": "greet",
        "title": "Greeting",
        "mode": "read_write",
        "review": True,
        "run": f"{first} || echo hello > hello.txt",
    }
    return json.dumps({"goal": "Try it", "phases": [{"name": "p", "tasks": [task]}]})


def press_until(pane: Pane, key: str, taken: Callable[[], bool]) -> None:
    """Press a key until it is taken: in the moment after a screen or dialog has come it is dead."""

    def is_taken() -> bool:
        if taken():
            return True
        pane.press(key)
        return False

    until(is_taken, f"{key} is taken", within=40, every=0.5)


def test_a_comment_comes_back_and_the_work_lands(tmp_path: Path) -> None:
    """`R c … R y` sends it back, `R A` takes what came of it, `M Enter` brings it to main."""
    cli = CliHarness(tmp_path, make_repository(tmp_path / "repo"))
    cli.wf("run", cli.plan(plan_in(tmp_path), "plan.json"), "--detach")
    first = cli.wait_for("task_blocked", task="greet")
    tmux = Tmux(tmp_path)
    try:
        pane = tmux.open_board(cli, settings="[board]\nguard = 0\n")
        pane.until("1 needs you", "R review")
        pane.press("R")
        pane.until("0 of 1 seen", "+ helo")
        pane.press("c")
        pane.until("comment on line 1")
        # Six keys at once would be a paste, which never sends.
        pane.press(*"two", "Space", "l")
        pane.until("two l")
        pane.press("Enter")
        pane.until("you two l", "1 comment")
        pane.press("R")
        asked = "Send 1 comment back to shell-1?"
        pane.until(asked)
        press_until(pane, "y", lambda: asked not in pane.screen())
        cli.wait_for("task_blocked", since=first["seq"], task="greet")
        pane.until("1 needs you", "R review")
        pane.press("R")
        pane.until("changed since try 1", "+ hello")
        pane.press("A")
        assert cli.wait_for("run_ended")["data"]["state"] == "completed"
        pane.press("Escape")
        pane.until("M lands it")
        pane.press("M")
        pane.until("tried just now")
        press_until(pane, "Enter", (cli.repo / "hello.txt").exists)
        assert git(cli.repo, "show", "main:hello.txt") == "hello\n"
    finally:
        tmux.close()
