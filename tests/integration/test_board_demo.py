"""The program itself, in a terminal of tmux: from `wf demo` to the retried task and the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wf_tui import commands
from wf_tui.ledger import reads
from wf_tui.ledger.words import RunState

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMIT = 40.0
_WF = Path(sys.executable).with_name("wf")
pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here")


@dataclass
class Tmux:
    """A terminal in a tmux server of its own."""

    socket: Path

    def __call__(self, *words: str) -> str:
        """Run a command of tmux."""
        done = subprocess.run(
            ["tmux", "-f", "/dev/null", "-S", str(self.socket), *words],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def until(self, *wanted: str) -> str:
        """Wait until all of these words are on the screen at once, and return the screen."""
        over = time.monotonic() + _LIMIT
        screen = ""
        while time.monotonic() < over:
            screen = self("capture-pane", "-p")
            if all(word in screen for word in wanted):
                return screen
            time.sleep(0.05)
        raise AssertionError(f"{wanted} did not appear:\n{screen}")


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    """Give a terminal of 140 columns and 40 lines in which the demo has been started."""
    terminal = Tmux(tmp_path / "tmux")
    words = [f"WF_STATE_DIR={tmp_path / 'state'}", "TERM=tmux-256color", str(_WF), "demo"]
    line = " ".join(
        ["env -u COLUMNS -u LINES", *words, "--pace", "0.1", "--dir", str(tmp_path / "demo")]
    )
    size = ("-x", "140", "-y", "40")
    terminal("new-session", "-d", *size, f"{line}; echo left with $?; exec cat")
    yield terminal
    terminal("kill-server")
    subprocess.run(
        [_WF, "stop", "--now", "--repo", tmp_path / "demo" / "till"],
        env={**os.environ, "WF_STATE_DIR": str(tmp_path / "state")},
        capture_output=True,
        check=False,  # a run that is over is not stopped
    )


def test_a_person_helps_the_demo_to_its_end(tmux: Tmux, tmp_path: Path) -> None:
    """The swarm works, one task needs a person, who retries it; then all of it is merged."""
    tmux.until("Add the licence", "◆ 1 needs you")
    tmux("send-keys", "!")
    tmux.until("Blocked 2", "Pending 0 of")
    tmux("send-keys", "r")
    tmux.until("retried licence")
    tmux("send-keys", "!")
    tmux.until("completed: its work is on the branch", "16/16")
    tmux("send-keys", "q")
    tmux.until("left with 0")
    place = commands.find_place(
        tmp_path / "demo" / "till", {**os.environ, "WF_STATE_DIR": str(tmp_path / "state")}
    )
    with commands.open_reads(place) as db:
        (run,) = reads.runs(db)
        kinds = [event.kind for event in reads.events(db, run.id) if event.task == "licence"]
    assert (run.state, run.done) == (RunState.COMPLETED, 16)
    assert kinds.count("task_retried") == 1
