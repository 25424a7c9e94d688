"""`wf` without a command: the newest run's board, or, without a run, what to begin with."""

from __future__ import annotations

from pathlib import Path

from wf_tui import commands
from wf_tui.cli.board import show_board
from wf_tui.cli.context import project_at
from wf_tui.cli.demo import demo
from wf_tui.cli.run import run
from wf_tui.errors import RepositoryError
from wf_tui.ledger.queries import reads

__all__ = ["begin"]


def begin() -> int:
    """Open the board on the newest run, or ask what to do where there is none."""
    try:
        project = project_at(None)
    except RepositoryError:
        return _ask(in_repository=False)
    if project.paths.ledger.exists():
        with commands.open_reads(project) as db:
            newest = reads.runs(db)[:1]
        if newest:
            return show_board(project, newest[0].id)
    return _ask(in_repository=True)


def _ask(*, in_repository: bool) -> int:
    from wf_tui.board.screens.start_screen import StartApp, plans  # noqa: PLC0415 - loads Textual

    app = StartApp(plans(Path.cwd()) if in_repository else [], in_repository=in_repository)
    wanted = app.run()
    if wanted is None:
        return app.return_code or 0
    command, words = (demo, []) if wanted == StartApp.DEMO else (run, [wanted])
    status = command.main(words, standalone_mode=False)
    return status if isinstance(status, int) else 0
