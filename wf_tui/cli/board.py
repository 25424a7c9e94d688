"""`wf board` and what else opens the board on a run."""

from __future__ import annotations

import os
import sys
from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time
from typing import TYPE_CHECKING

import click

from wf_tui.cli.context import reading, run_argument
from wf_tui.errors import UsageError

if TYPE_CHECKING:
    from wf_tui.project import Project

__all__ = ["ascii_option", "board", "on_terminal", "show_board"]

ascii_option = click.option("--ascii", "ascii_only", is_flag=True, help="Draw with ASCII only.")


@click.command
@run_argument
@ascii_option
def board(*, run: str | None, repo: Path | None, ascii_only: bool) -> int:
    """Watch and operate a run; leaving the board changes nothing in the run."""
    # Which run is asked before the terminal: a wrong name is told as such, also in a pipe.
    with reading(run, repo) as found:
        project, run_id = found.project, found.run.id
    if not on_terminal():
        raise UsageError("the board needs a terminal", "without one: wf status, wf events --follow")
    return show_board(project, run_id, ascii_only=ascii_only)


def on_terminal() -> bool:
    """Whether a person can see and type here; Textual draws on stderr.

    All three have to be terminals, so that `wf run plan | cat` prints instead of drawing.
    """
    streams = (sys.stdin, sys.stdout, sys.stderr)
    # Python has None for one that is closed.
    are_terminals = all(stream is not None and stream.isatty() for stream in streams)
    return are_terminals and os.environ.get("TERM") != "dumb"


def show_board(project: Project, run_id: str, *, ascii_only: bool = False) -> int:
    """Open the board on a run until the person leaves it; return the exit status.

    The run does not depend on it: its scheduler is a process of its own.
    """
    from wf_tui.board.app import BoardApp  # noqa: PLC0415 - loads Textual
    from wf_tui.board.widgets.glyph_sets import needs_ascii  # noqa: PLC0415 - loads rich
    from wf_tui.config import load_config  # noqa: PLC0415 - loads pydantic

    config = load_config(os.environ)
    width = config.board.ambiguous_width
    ascii_only = ascii_only or needs_ascii(os.environ, sys.stdout.encoding, width)
    app = BoardApp(project, run_id, ascii=ascii_only, environ=os.environ, config=config)
    app.run()
    return app.return_code or 0
