"""A small application in a terminal that shows what it was sent; `python -m` runs it.

`q` leaves it, `s` steps aside for the program in PROGRAM, `f` fails, `w` fails in a worker, `d`
draws all the time.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from textual.widgets import Static

from wf_tui.board.terminal.app import TerminalApp
from wf_tui.cli.errors import report_errors

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.geometry import Size


class Probe(TerminalApp[int]):
    """Shows the keys, pastes and sizes that it was sent, in one line that ends with a bar."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.count = 0
        self.last_size: Size | None = None

    def compose(self) -> ComposeResult:
        """Show nothing but that it is there."""
        yield Static("ready|", id="seen", markup=False)
        yield Static("", id="noise", markup=False)

    def note(self, what: str) -> None:
        """Show one more thing that has come."""
        self.seen.append(what)
        self.query_one("#seen", Static).update(f"seen: {' '.join(self.seen)}|")

    def on_paste(self, event: events.Paste) -> None:
        """Show how much was pasted."""
        self.note(f"paste({event.text!r})")

    def on_resize(self, event: events.Resize) -> None:
        """Show the size."""
        if self.seen and event.size != self.last_size:
            self.note(f"{event.size.width}x{event.size.height}")
        self.last_size = event.size

    def on_click(self, event: events.Click) -> None:
        """Show where it was clicked."""
        self.note(f"click({event.screen_x},{event.screen_y})")

    def on_key(self, event: events.Key) -> None:
        """Show the key, and do what it stands for."""
        self.note(event.key)
        match event.key:
            case "q":
                self.exit(0)
            case "f":
                raise LookupError("the probe was told to fail")
            case "w":
                self.run_worker(self.fail())
            case "s":
                with self.suspend():
                    subprocess.run(["sh", "-c", os.environ["PROGRAM"]], check=False)
            case "d":
                self.set_interval(0.02, self.draw)

    async def fail(self) -> None:
        """Fail in the background."""
        raise LookupError("the probe was told to fail")

    def draw(self) -> None:
        """Change the whole screen."""
        self.count += 1
        noise = "\n".join(f"{self.count:>8}" * 14 for _ in range(30))
        self.query_one("#noise", Static).update(noise)


def main() -> int:
    """Run it as the command line runs the board."""
    probe = Probe()
    probe.run()
    return probe.return_code or 0


if __name__ == "__main__":
    sys.exit(report_errors(main))
