"""Triage in a real terminal, with a real worker that waits for the answer on its line."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness, make_repository
from tests.support.tmux import Tmux

if TYPE_CHECKING:
    from pathlib import Path

_ASKS = """
printf '%s\\n' '{"ev":"question","id":"1","kind":"execute","text":"run: npm install","options":[\
{"id":"once","kind":"allow_once"},{"id":"no","kind":"reject_once"}]}' >&3
touch ASKED
IFS= read -r answer <&3
case $answer in *once*) exit 0;; esac
exit 1
"""
_FAILS_ONCE = "until test -e ASKED; do sleep 0.02; done; ! mkdir SEEN 2>/dev/null"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here"),
]


def plan_in(folder: Path) -> str:
    """Return a plan of one task that asks and, once it has, one that fails the first time."""

    def task(name: str, title: str, line: str) -> dict[str, str]:
        run = line.replace("ASKED", f"{folder}/asked").replace("SEEN", f"{folder}/seen")
        return {"id": name, "title": title, "run": run}

    tasks = [task("ask", "Cookie flags", _ASKS), task("flaky", "Key store", _FAILS_ONCE)]
    phase = {"name": "p", "parallel": True, "tasks": tasks}
    defaults = {"backoff_secs": 0, "max_attempts": 1}
    return json.dumps({"goal": "Try it", "defaults": defaults, "phases": [phase]})


def test_triage(tmp_path: Path) -> None:
    """`y y N r` answers the one, retries the other, and the run comes to its end."""
    cli = CliHarness(tmp_path, make_repository(tmp_path / "repo"))
    cli.wf("run", cli.plan(plan_in(tmp_path), "plan.json"), "--detach")
    cli.wait_for("question_asked")
    cli.wait_for("task_blocked", task="flaky")
    tmux = Tmux(tmp_path)
    try:
        pane = tmux.open_board(cli, settings="[board]\nguard = 0\n")
        pane.until("2 need you", "Cookie flags")
        pane.press("y")
        assert "run: npm install" in pane.until("deny, the worker goes on without")
        pane.press("y")
        cli.wait_for("question_answered")
        pane.until("1 needs you")
        pane.press("N")
        pane.until("r retry")
        pane.press("r")
        assert cli.wait_for("run_ended")["data"]["state"] == "completed"
    finally:
        tmux.close()
