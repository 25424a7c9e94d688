"""`wf` without a command: the newest run's board, or, without a run, what to start with."""

from __future__ import annotations

from pathlib import Path

from wf_tui.cli.board import show_board
from wf_tui.cli.context import project_at
from wf_tui.cli.demo import demo
from wf_tui.cli.run import run
from wf_tui.errors import RepositoryError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.stores import store_of
from wf_tui.project import open_reads

__all__ = ["open_newest_run"]


def open_newest_run() -> int:
    """Open the board on the newest run, or ask what to do where there is none.

    Outside a repository nothing can be run but the demo, which makes one of its own.
    """
    try:
        project = project_at(None)
    except RepositoryError:
        return _start_screen(in_repository=False)
    # Without a ledger there never was a run here, which is no error but the usual start.
    if store_of(project.paths).exists():
        with open_reads(project) as db:
            newest = reads.newest_run(db)
        if newest is not None:
            return show_board(project, newest.id)
    return _start_screen(in_repository=True)


def _start_screen(*, in_repository: bool) -> int:
    from wf_tui.board.screens.start_screen import StartApp, find_plans  # noqa: PLC0415 - loads Textual

    app = StartApp(find_plans(Path.cwd()) if in_repository else [], in_repository=in_repository)
    choice = app.run()
    if choice is None:
        return app.return_code or 0
    # As if it had been typed: the chosen command parses its own defaults. Only once Textual has
    # given the terminal back, since the command may open a board itself.
    if choice == StartApp.DEMO:
        status = demo.main([], standalone_mode=False)
    else:
        status = run.main([choice], standalone_mode=False)
    return status if isinstance(status, int) else 0
