"""`wf` without a command: the newest run's board, or, without a run, what to start with."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from wf_tui.cli.board import limit_frames_as_set, show_board
from wf_tui.cli.context import print_line, project_at
from wf_tui.cli.demo import demo
from wf_tui.cli.doctor import doctor
from wf_tui.cli.run import run
from wf_tui.clock import SystemClock
from wf_tui.errors import RepositoryError, WfError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.stores import store_of
from wf_tui.paths import state_dir
from wf_tui.picture.runs.projects import project_of
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from wf_tui.board.forms.goal_form import Goal
    from wf_tui.board.screens.start_screen import OneTask

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


def _runs_of_all(*, in_repository: bool = False) -> int:
    """Open the list of all runs, above the board of the one that has changed last."""
    from wf_tui.picture.runs.reading import read_runs  # noqa: PLC0415 - not for --help

    found = read_runs(state_dir(os.environ), SystemClock())
    one = next((one for one in found if one.runs), None)
    if one is None and in_repository:
        print_line("there is no run in any repository yet")
        return 0
    if one is None:
        return _start_screen(in_repository=False)
    return show_board(project_of(one, os.environ), one.runs[0].id, screen="runs", says=False)


def _start_screen(*, in_repository: bool) -> int:
    limit_frames_as_set()
    from wf_tui.board.screens.start_screen import StartApp, find_plans  # noqa: PLC0415 - loads Textual

    plans: list[str] = []
    ready: list[str] = []
    problem = ""
    if in_repository:
        plans = find_plans(Path.cwd())
        ready, problem = _planners()
    app = StartApp(
        plans, in_repository=in_repository, planners=ready, problem=problem, place=Path.cwd()
    )
    choice = app.run()
    if choice is None:
        return app.return_code or 0
    return _begin(choice)


def _begin(choice: str | Goal | OneTask) -> int:
    """Do what was chosen as if it had been typed: each command parses its own defaults.

    Only once Textual has given the terminal back, since a command may open a board itself.
    """
    from wf_tui.board.forms.goal_form import Goal  # noqa: PLC0415 - loads Textual
    from wf_tui.board.screens.start_screen import OneTask, StartApp  # noqa: PLC0415 - same

    if isinstance(choice, Goal):
        from wf_tui.cli.plan_screen import plan_goal  # noqa: PLC0415 - loads Textual

        return plan_goal(choice)
    if isinstance(choice, OneTask):
        return _run_one(choice)
    if choice == StartApp.RUNS:
        return _runs_of_all(in_repository=True)
    if choice == StartApp.DOCTOR:
        status = doctor.main([], standalone_mode=False)
    elif choice == StartApp.DEMO:
        status = demo.main([], standalone_mode=False)
    else:
        status = run.main([choice], standalone_mode=False)
    return status if isinstance(status, int) else 0


def _run_one(one: OneTask) -> int:
    """Run a plan of one task, whose work waits for the person's look."""
    kind = "run" if one.is_command else "prompt"
    task = {"id": "task", "mode": "read_write", "review": True, kind: one.text}
    plan = {"goal": one.text, "phases": [{"name": "work", "tasks": [task]}]}
    with tempfile.TemporaryDirectory(prefix="wf-") as folder:
        file = Path(folder, "plan.json")
        file.write_text(json.dumps(plan), encoding="utf-8")
        status = run.main([str(file)], standalone_mode=False)
    return status if isinstance(status, int) else 0


def _planners() -> tuple[list[str], str]:
    """Return the profiles that could plan a goal here, and why there are none where that is so."""
    from wf_tui.config import load_config  # noqa: PLC0415 - loads pydantic
    from wf_tui.planning.planner import choose_planner, planners  # noqa: PLC0415 - same

    try:
        config = load_config(os.environ)
        ready = planners(config, os.environ)
        if not ready:
            choose_planner(config, "", os.environ)
    except WfError as error:
        return [], f"{error.message}; {error.hint}; n makes a command task"
    return ready, ""
