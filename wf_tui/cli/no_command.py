"""`wf` without a command: the newest run's board, or, without a run, what to start with."""

from __future__ import annotations

import os
from pathlib import Path

from wf_tui.cli.board import limit_frames_as_set, show_board
from wf_tui.cli.context import project_at
from wf_tui.cli.demo import demo
from wf_tui.cli.run import run
from wf_tui.clock import SystemClock
from wf_tui.errors import RepositoryError, WfError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.stores import store_of
from wf_tui.paths import state_dir
from wf_tui.picture.runs.projects import project_of
from wf_tui.project import open_reads

__all__ = ["open_newest_run"]


def open_newest_run() -> int:
    """Open the board on the newest run, or ask what to do where there is none.

    Outside a repository it is the list of all runs; without any nothing can be run but the demo,
    which makes a repository of its own.
    """
    try:
        project = project_at(None)
    except RepositoryError:
        return _runs_of_all()
    # Without a ledger there never was a run here, which is no error but the usual start.
    if store_of(project.paths).exists():
        with open_reads(project) as db:
            newest = reads.newest_run(db)
        if newest is not None:
            return show_board(project, newest.id)
    return _start_screen(in_repository=True)


def _runs_of_all() -> int:
    """Open the list of all runs, above the board of the one that has changed last."""
    from wf_tui.picture.runs.reading import read_runs  # noqa: PLC0415 - not for --help

    found = read_runs(state_dir(os.environ), SystemClock())
    one = next((one for one in found if one.runs), None)
    if one is None:
        return _start_screen(in_repository=False)
    return show_board(project_of(one, os.environ), one.runs[0].id, screen="runs", says=False)


def _start_screen(*, in_repository: bool) -> int:
    limit_frames_as_set()
    from wf_tui.board.forms.goal_form import Goal  # noqa: PLC0415 - loads Textual
    from wf_tui.board.screens.start_screen import StartApp, find_plans  # noqa: PLC0415 - loads Textual

    plans: list[str] = []
    ready: list[str] = []
    if in_repository:
        plans, ready = find_plans(Path.cwd()), _planners()
    app = StartApp(plans, in_repository=in_repository, planners=ready)
    choice = app.run()
    if choice is None:
        return app.return_code or 0
    # As if it had been typed: the chosen command parses its own defaults. Only once Textual has
    # given the terminal back, since the command may open a board itself.
    if isinstance(choice, Goal):
        from wf_tui.cli.plan_screen import plan_goal  # noqa: PLC0415 - loads Textual

        return plan_goal(choice)
    if choice == StartApp.DEMO:
        status = demo.main([], standalone_mode=False)
    else:
        status = run.main([choice], standalone_mode=False)
    return status if isinstance(status, int) else 0


def _planners() -> list[str]:
    """Return the profiles that could plan a goal here; none where the settings cannot be read."""
    from wf_tui.config import load_config  # noqa: PLC0415 - loads pydantic
    from wf_tui.planning.planner import planners  # noqa: PLC0415 - same

    try:
        return planners(load_config(os.environ), os.environ)
    except WfError:
        return []
