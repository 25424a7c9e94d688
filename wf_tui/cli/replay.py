"""`wf replay`: the board over what has happened in a run."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time

import click

from wf_tui.cli.board import Replay, ascii_option, on_terminal, show_board
from wf_tui.cli.context import reading
from wf_tui.cli.options import run_argument
from wf_tui.clock import SystemClock
from wf_tui.errors import UsageError

__all__ = ["replay"]


@click.command
@run_argument
@click.option(
    "--speed",
    type=click.IntRange(1, 3600),
    default=60,
    show_default=True,
    metavar="N",
    help="Seconds of the run that go by in one.",
)
@click.option(
    "--from",
    "start",
    metavar="SEQ|TIME",
    default="0",
    help="Where to begin: 12:56, -20m, a date and time, or the number of an event.",
)
@ascii_option
def replay(*, run: str | None, repo: Path | None, speed: int, start: str, ascii_only: bool) -> int:
    """Watch on the board what has happened in a run; Space stops it, F shows the run of now."""
    from wf_tui.picture.history.history import read_history  # noqa: PLC0415 - not for --help
    from wf_tui.picture.history.moments import find_moment  # noqa: PLC0415 - same

    with reading(run, repo) as found:
        project, run_id = found.project, found.run.id
        first = find_moment(start, read_history(found.db, run_id), SystemClock().now())
    if not on_terminal():
        raise UsageError("a replay needs a terminal", "without one: wf events, wf status --at")
    return show_board(project, run_id, ascii_only=ascii_only, replay=Replay(str(first), speed))
