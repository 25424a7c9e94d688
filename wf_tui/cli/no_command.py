"""`wf` without a command: the newest run's board, or, without a run, what to start with."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wf_tui.cli.board import limit_frames, show_board
from wf_tui.cli.context import print_line, project_at
from wf_tui.cli.demo import demo
from wf_tui.cli.doctor import doctor
from wf_tui.cli.run import run
from wf_tui.cli.start_run import RunOptions
from wf_tui.clock import SystemClock
from wf_tui.errors import RepositoryError, WfError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.stores import store_of
from wf_tui.paths import state_dir
from wf_tui.picture.runs.projects import project_of
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from wf_tui.board.start.beginning import Beginning
    from wf_tui.config import Config

__all__ = ["open_newest_run"]


def open_newest_run(*, ascii_only: bool = False) -> int:
    """Open the board on the newest run, or ask what to do where there is none.

    Outside a repository it is the list of all runs; without any nothing can be run but the demo,
    which makes a repository of its own.
    """
    try:
        project = project_at(None)
    except RepositoryError:
        return _runs_of_all(ascii_only=ascii_only)
    # Without a ledger there never was a run here, which is no error but the usual start.
    if store_of(project.paths).exists():
        with open_reads(project) as db:
            newest = reads.newest_run(db)
        if newest is not None:
            return show_board(project, newest.id, ascii_only=ascii_only)
    return _start_screen(in_repository=True, ascii_only=ascii_only)


def _runs_of_all(*, ascii_only: bool, asked: bool = False) -> int:
    """Open the list of all runs, above the board of the one that has changed last.

    Where there is none it is the start screen, unless they were `asked` for there.
    """
    from wf_tui.picture.runs.reading import read_runs  # noqa: PLC0415 - not for --help

    found = read_runs(state_dir(os.environ), SystemClock(), os.environ)
    one = next((one for one in found if one.runs), None)
    if one is None and asked:
        print_line("there is no run in any repository yet")
        return 0
    if one is None:
        return _start_screen(in_repository=False, ascii_only=ascii_only)
    project, run_id = project_of(one, os.environ), one.runs[0].id
    return show_board(project, run_id, screen="runs", says=False, ascii_only=ascii_only)


def _start_screen(*, in_repository: bool, ascii_only: bool) -> int:
    config = _config()
    limit_frames(config.board.fps)
    from wf_tui.board.screens.start_screen import Offers, StartApp  # noqa: PLC0415 - loads Textual
    from wf_tui.board.start.agents import Readiness, look_for_agents  # noqa: PLC0415 - same
    from wf_tui.board.start.surroundings import find_plans, look_around  # noqa: PLC0415 - same
    from wf_tui.board.widgets.glyph_sets import needs_ascii  # noqa: PLC0415 - same

    here, environ = Path.cwd(), dict(os.environ)
    plans = find_plans(here) if in_repository else []
    ready = look_for_agents(config, environ) if in_repository else Readiness()
    look = partial(
        look_around,
        *(here, config, environ),
        in_repository=in_repository,
        plan=plans[0] if plans else "",
        agents=ready.planners,
    )
    width = config.board.ambiguous_width
    app = StartApp(
        Offers(in_repository, plans, here, ready),
        look,
        config=config,
        environ=environ,
        ascii=ascii_only or needs_ascii(environ, sys.stdout.encoding, width),
    )
    app.run()
    if app.beginning is None:
        return app.return_code or 0
    return _begin(app.beginning, ascii_only=ascii_only)


def _config() -> Config:
    """Return the settings; what is wrong with them is said by what is begun."""
    from wf_tui.config import Config, load_config  # noqa: PLC0415 - loads pydantic

    try:
        return load_config(os.environ)
    except WfError:
        return Config()


def _begin(begin: Beginning, *, ascii_only: bool) -> int:
    """Do what was chosen as if it had been typed: each command parses its own defaults.

    Only once Textual has given the terminal back, since a command may open a board itself.
    """
    from wf_tui.board.start.beginning import What  # noqa: PLC0415 - only once it is left

    options = [f"--jobs={begin.jobs}"] if begin.jobs else []
    options += [f"--budget={begin.budget}"] if begin.budget else []
    options += ["--ascii"] if ascii_only else []
    match begin.what:
        case What.GOAL:
            from wf_tui.board.forms.goal_form import Goal  # noqa: PLC0415 - loads Textual
            from wf_tui.cli.plan_settling import plan_goal  # noqa: PLC0415 - same

            amounts = (begin.budget,) if begin.budget else ()
            how = RunOptions(jobs=begin.jobs, amounts=amounts, ascii_only=ascii_only)
            return plan_goal(Goal(begin.text, begin.planner), how)
        case What.TASK | What.COMMAND:
            return _run_one(begin.text, options, is_command=begin.what is What.COMMAND)
        case What.RUNS:
            return _runs_of_all(ascii_only=ascii_only, asked=True)
        case What.DOCTOR:
            status = doctor.main([], standalone_mode=False)
        case What.DEMO:
            status = demo.main(["--ascii"] if ascii_only else [], standalone_mode=False)
        case What.PLAN:
            status = run.main([*options, "--", begin.text], standalone_mode=False)
    return status if isinstance(status, int) else 0


def _run_one(text: str, options: list[str], *, is_command: bool) -> int:
    """Run a plan of one task, whose work waits for the person's look."""
    kind = "run" if is_command else "prompt"
    task = {"id": "task", "mode": "read_write", "review": True, kind: text}
    plan = {"goal": text, "phases": [{"name": "work", "tasks": [task]}]}
    with tempfile.TemporaryDirectory(prefix="wf-") as folder:
        file = Path(folder, "plan.json")
        file.write_text(json.dumps(plan), encoding="utf-8")
        status = run.main([*options, str(file)], standalone_mode=False)
    return status if isinstance(status, int) else 0
