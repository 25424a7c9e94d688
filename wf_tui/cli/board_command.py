"""`wf board`: the board of a run; without one that is named, what `wf` alone opens."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time

import click

from wf_tui.cli.board import ascii_option, on_terminal, show_board
from wf_tui.cli.context import reading
from wf_tui.cli.options import run_argument
from wf_tui.errors import UsageError

__all__ = ["board"]


@click.command
@run_argument
@ascii_option
def board(*, run: str | None, repo: Path | None, ascii_only: bool) -> int:
    """Watch and operate a run; leaving the board changes nothing in the run.

    Without RUN and --repo it is the same as `wf` alone.
    """
    if run is None and repo is None and on_terminal():
        from wf_tui.cli.no_command import open_newest_run  # noqa: PLC0415 - loads other commands

        return open_newest_run(ascii_only=ascii_only)
    # Which run is asked before the terminal: a wrong name is told as such, also in a pipe.
    with reading(run, repo) as found:
        project, run_id = found.project, found.run.id
    if not on_terminal():
        raise UsageError("the board needs a terminal", "without one: wf status, wf events --follow")
    return show_board(project, run_id, ascii_only=ascii_only)
