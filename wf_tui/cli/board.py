"""What opens the board on a run, for all commands that do."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.context import print_line
from wf_tui.ledger.model.states import RunState
from wf_tui.settings import read_settings

if TYPE_CHECKING:
    from wf_tui.picture.header import Header
    from wf_tui.project import Project

__all__ = ["Replay", "ascii_option", "on_terminal", "show_board"]

_HUNG_UP: Final = 129
_MOST_FRAMES: Final = 60
"""Frames a second that Textual draws unless it is told."""

ascii_option = click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII only.")


@dataclass(frozen=True)
class Replay:
    """What of a run is shown again when the board opens."""

    start: str
    """The moment that it begins with."""
    speed: int
    """Seconds of the run that go by in one."""


def on_terminal() -> bool:
    """Whether a person can see and type here; Textual draws on stderr.

    All three have to be terminals, so that `wf run plan | cat` prints instead of drawing.
    """
    streams = (sys.stdin, sys.stdout, sys.stderr)
    # Python has None for one that is closed.
    are_terminals = all(stream is not None and stream.isatty() for stream in streams)
    return are_terminals and os.environ.get("TERM") != "dumb"


def show_board(
    project: Project,
    run_id: str,
    *,
    ascii_only: bool = False,
    says: bool = True,
    replay: Replay | None = None,
    screen: str = "",
) -> int:
    """Open the board on a run until the person leaves it; return the exit status.

    The run does not depend on it: its scheduler is a process of its own. When the board is left, it
    `says` how the run is seen again. It begins on another `screen` where one is named.
    """
    config = read_settings(os.environ)
    # The person's own programs get the environment as it is now.
    environ = dict(os.environ)
    limit_frames(config.board.fps)
    from wf_tui.board.app import BoardApp  # noqa: PLC0415 - loads Textual
    from wf_tui.board.widgets.glyph_sets import needs_ascii  # noqa: PLC0415 - loads rich

    width = config.board.ambiguous_width
    ascii_only = ascii_only or needs_ascii(environ, sys.stdout.encoding, width)
    app = BoardApp(project, run_id, ascii=ascii_only, environ=environ, config=config)
    if replay is not None:
        app.begin_with(replay.start, replay.speed)
    if screen:
        app.begin_on(screen)
    app.run()
    status = app.return_code or 0
    if says and status != _HUNG_UP and app.live.run is not None:
        print_line(last_words(app.live.header))
    return status


def limit_frames(fps: int) -> None:
    """Have Textual draw so many frames a second at most; it reads that once, when it is loaded.

    Where the variable is set already, it is the person's own and counts.
    """
    if fps != _MOST_FRAMES:
        os.environ.setdefault("TEXTUAL_FPS", str(fps))


def last_words(header: Header) -> str:
    """Return what a person who has left the board can do about the run."""
    run, state = header.run_id, header.state
    if state == RunState.COMPLETED:
        return f"run {run} is complete: wf land brings its work to your branch"
    if state.ended:
        return f"run {run} is {state}: wf status looks"
    if not header.scheduler_alive or state == RunState.PAUSED:
        return f"run {run} stands still: wf resume continues it, wf status looks"
    return f"run {run} goes on: wf opens it, wf status looks"
