"""The program itself, in terminals of tmux: from `wf demo` to its end, and each way to leave it."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.tmux import Tmux
from tests.support.waiting import until
from wf_tui.ledger.model.states import Intent, RunState
from wf_tui.ledger.queries import reads
from wf_tui.project import find_project, open_reads
from wf_tui.scheduler.control import scheduler_alive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.tmux import Pane
    from wf_tui.ledger.model.rows import RunRow

_WF = Path(sys.executable).with_name("wf")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux here"),
]


@dataclass(frozen=True)
class Demo:
    """The demo's folders, and the terminals that look at it."""

    tmux: Tmux
    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        """What the programs see."""
        return {**os.environ, "WF_STATE_DIR": str(self.folder / "state")}

    def open(self, *words: str | Path) -> Pane:
        """Start wf in a terminal of its own."""
        return self.tmux.open("env", f"WF_STATE_DIR={self.folder / 'state'}", _WF, *words)

    def begin(self) -> Pane:
        """Start the demo, which opens the board."""
        return self.open("demo", "--pace", "0.1", "--dir", self.folder / "demo")

    def board(self) -> Pane:
        """Open another board on it."""
        return self.open("board", "--repo", self.repository)

    @property
    def repository(self) -> Path:
        """The sample repository."""
        return self.folder / "demo" / "till"

    def run(self) -> RunRow:
        """Return the run as the ledger has it."""
        with open_reads(find_project(self.repository, self.environ)) as db:
            (run,) = reads.runs(db)
            return run

    def is_led(self) -> bool:
        """Whether its scheduler is at work."""
        with open_reads(find_project(self.repository, self.environ)) as db:
            return scheduler_alive(db, self.run().id)

    def kinds(self, task: str) -> list[str]:
        """Return the kinds of the events of a task."""
        with open_reads(find_project(self.repository, self.environ)) as db:
            return [event.kind for event in reads.events(db, self.run().id) if event.task == task]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """Give the demo, not yet begun; nothing of it is left behind."""
    demo = Demo(Tmux(tmp_path), tmp_path)
    yield demo
    demo.tmux.close()
    # A run that is over is not stopped, which is no fault.
    stop: list[str | Path] = [_WF, "stop", "--now", "--repo", demo.repository]
    subprocess.run(stop, env=demo.environ, capture_output=True, check=False)


def leave(pane: Pane) -> None:
    """Take the first answer of the dialog, which is deaf for a moment after it was shown."""

    def is_left() -> bool:
        pane.press("Enter")
        return not pane.is_alternate()

    until(is_left, "the board is left", within=20, every=0.5)


def retry(board: Pane, demo: Demo) -> None:
    """Retry what is selected; a key is ignored as long as that has just changed."""

    def is_retried() -> bool:
        board.press("r")
        return bool(demo.kinds("licence").count("task_retried"))

    until(is_retried, "it is retried", within=20, every=0.8)


def test_a_person_helps_the_demo_to_its_end(demo: Demo) -> None:
    """The swarm works, one task needs a person, who retries it; then all of it is merged."""
    board = demo.begin()
    board.until("Add the licence", "◆ 1 needs you")
    board.press("!")
    board.until("Blocked 2", "Done 0 of")
    retry(board, demo)
    board.press("!")
    board.until("completed: its work is on the branch", "16/16")
    board.press("q")
    board.until("left with 0")
    assert (demo.run().state, demo.run().done) == (RunState.COMPLETED, 16)
    assert demo.kinds("licence").count("task_retried") == 1


def test_one_of_two_boards_is_killed(demo: Demo) -> None:
    """With kill -9, too, nothing of a board is missed by the other one or by the run."""
    board = demo.begin()
    board.until("Add the licence", "◆ 1 needs you")
    other = demo.board()
    other.until("Add the licence", "◆ 1 needs you")
    other.kill(signal.SIGKILL)
    other.until("left with 137")
    assert demo.is_led()
    board.press("!")
    board.until("Blocked 2", "Done 0 of")
    retry(board, demo)
    board.press("!")
    board.until("completed: its work is on the branch", "16/16")
    assert demo.run().state == RunState.COMPLETED


def test_the_swarm_goes_on_without_a_board(demo: Demo) -> None:
    """Quitting leaves it running; a board that is told to end gives the screen back at once."""
    board = demo.begin()
    board.until("working")
    board.press("q")
    board.until("Leave the swarm running")
    leave(board)
    board.until("left with 0", "its board again:")
    assert demo.is_led()
    again = demo.board()
    again.until("Add the licence", "◆ 1 needs you")
    assert again.is_alternate()
    again.kill(signal.SIGTERM)
    screen = again.until("left with 143", "goes on: wf opens it, wf status looks")
    assert not again.is_alternate()
    assert "Traceback" not in screen
    assert demo.is_led()
    assert demo.run().intent == Intent.GO


def test_ctrl_z_stops_the_whole_job(demo: Demo) -> None:
    """Below a launcher, too, which would not stop by itself; `fg` brings board and title back."""
    shell = demo.tmux.open("env", f"WF_STATE_DIR={demo.folder / 'state'}", "PS1=$ ", "sh", "-i")
    launcher = ["sh", "-c", """trap "" TSTP; "$@"; echo left""", "launcher", str(_WF), "demo"]
    words = [*launcher, "--pace", "0.1", "--dir", str(demo.folder / "demo")]
    shell.press(shlex.join(words), "Enter")
    shell.until("working")
    until(lambda: "/16 " in shell.title(), "the title says how far it is")
    shell.press("C-z")
    shell.until("Stopped")
    assert not shell.is_alternate()
    assert "/16 " not in shell.title()
    shell.press("fg", "Enter")
    shell.until("working", "◆")
    assert shell.is_alternate()
    assert "/16 " in shell.title()
    shell.press("q")
    shell.until("Leave the swarm running")
    leave(shell)
    shell.until("left", "its board again:")
    assert "/16 " not in shell.title()


def test_ctrl_z_is_refused_where_nobody_would_take_over(demo: Demo) -> None:
    """The only program of a pane would leave a terminal that nobody reads."""
    board = demo.begin()
    board.until("working")
    board.press("C-z")
    board.until("no shell would take over this terminal", "working")
    assert board.is_alternate()
