"""A program in a terminal of tmux: what is on the screen, and how the program is left."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.waiting import until

if TYPE_CHECKING:
    import signal

    from tests.support.cli_harness import CliHarness

__all__ = ["Pane", "Tmux"]

_LIMIT = 40.0
_WF = Path(sys.executable).with_name("wf")


@dataclass
class Tmux:
    """A tmux server of its own."""

    folder: Path
    panes: list[Pane] = field(default_factory=list)

    def __call__(self, *words: str) -> str:
        """Run a command of tmux."""
        command = ["tmux", "-f", "/dev/null", "-S", str(self.folder / "tmux"), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def open(self, *command: str | Path, width: int = 140, height: int = 40) -> Pane:
        """Start a program in a terminal of its own; a line tells how it was left."""
        pane = Pane(self, f"s{len(self.panes)}")
        words = shlex.join(map(str, command))
        start = f"echo $$ > {shlex.quote(str(pane.pid_file))}; exec {words}"
        environ = ("env", "-u", "COLUMNS", "-u", "LINES", "TERM=tmux-256color")
        line = f"{shlex.join([*environ, 'sh', '-c', start])}; echo left with $?; exec cat"
        size = ("-x", str(width), "-y", str(height))
        self("new-session", "-d", "-s", pane.name, *size, line)
        self.panes.append(pane)
        return pane

    def open_board(self, cli: CliHarness, *environ: str, settings: str = "") -> Pane:
        """Start the board of a person; `settings` is what their file of settings has."""
        if settings:
            path = self.folder / "config.toml"
            path.write_text(settings)
            environ = (*environ, f"WF_CONFIG={path}")
        state = f"WF_STATE_DIR={cli.environ['WF_STATE_DIR']}"
        return self.open("env", state, *environ, _WF, "board", "--repo", cli.repo)

    def close(self) -> None:
        """End the server and all that runs in it."""
        if self.panes:
            self("kill-server")


@dataclass(frozen=True)
class Pane:
    """One terminal."""

    tmux: Tmux
    name: str

    @property
    def pid_file(self) -> Path:
        """Where the number of the program is."""
        return self.tmux.folder / f"{self.name}.pid"

    def screen(self) -> str:
        """Return what is on the screen."""
        return self.tmux("capture-pane", "-p", "-t", self.name)

    def until(self, *wanted: str) -> str:
        """Wait until all of these words are on the screen at once, and return the screen."""
        screen = ""

        def is_there() -> bool:
            nonlocal screen
            screen = self.screen()
            return all(word in screen for word in wanted)

        try:
            until(is_there, f"{wanted} are on the screen", within=_LIMIT, every=0.05)
        except AssertionError as error:
            error.add_note(screen)
            raise
        return screen

    def press(self, *keys: str) -> None:
        """Press keys."""
        self.tmux("send-keys", "-t", self.name, *keys)

    def kill(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(int(self.pid_file.read_text()), number)

    def title(self) -> str:
        """Return the title of the terminal."""
        return self.tmux("display", "-p", "-t", self.name, "#{pane_title}")

    def is_alternate(self) -> bool:
        """Whether the program still has the screen that is not the shell's."""
        return self.tmux("display", "-p", "-t", self.name, "#{alternate_on}").strip() == "1"
