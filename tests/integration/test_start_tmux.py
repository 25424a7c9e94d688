"""A newcomer's way in a real terminal, with an empty home: nothing, a plan, then all runs."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness, make_repository
from tests.support.tmux import Tmux

if TYPE_CHECKING:
    from tests.support.tmux import Pane

_WF = Path(sys.executable).with_name("wf")
_PLAN = """\
goal: Greet people
phases: [{name: a, tasks: [{id: t, mode: read_write, run: echo hello > hello.txt}]}]
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here"),
]


def test_from_nothing_to_a_run_and_to_the_runs_of_all(tmp_path: Path) -> None:
    """Outside a repository the demo alone; in one its plan, by `p`; then outside the list."""
    cli = CliHarness(tmp_path, make_repository(tmp_path / "shop"))
    (cli.repo / "plan.yaml").write_text(_PLAN)
    for folder in ("home", "nowhere"):
        (tmp_path / folder).mkdir()
    tmux = Tmux(tmp_path)

    def wf_in(folder: Path) -> Pane:
        environ = (f"HOME={tmp_path / 'home'}", f"WF_STATE_DIR={tmp_path / 'state'}")
        return tmux.open("env", "-C", folder, *environ, _WF, width=80, height=24)

    try:
        pane = wf_in(tmp_path / "nowhere")
        assert "One task" not in pane.until("Demo", "none yet", "git 2")
        pane.press("6")
        pane.until("there is no run in any repository yet")
        pane.press("q")
        pane.until("left with 0")
        pane = wf_in(cli.repo)
        pane.until(
            "/shop main, 1 uncommitted file", "1 phase, 1 task", "no agent or model is ready"
        )
        pane.press("p")
        pane.until("completed")
        pane.press("q")
        pane.until("left with 0")
        pane = wf_in(tmp_path / "nowhere")
        pane.until("Greet people", "M lands it", "1 repository")
        pane.press("M")
        pane.until("hello.txt")
    finally:
        tmux.close()
