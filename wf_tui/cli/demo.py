"""`wf demo`: a whole run on a sample repository, without a key and without a server."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from wf_tui import commands
from wf_tui.cli.board import ascii_option, on_terminal, show_board
from wf_tui.cli.context import print_line
from wf_tui.cli.foreground import event_printer, exit_status, log_to_file, until_output_closes
from wf_tui.cli.options import parse_seats, worker_option
from wf_tui.config import Config, load_config
from wf_tui.demo.folder import DemoFolder, choose_folder, plan_of, prepare
from wf_tui.demo.person import Person
from wf_tui.demo.summary import summary
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import RETRY
from wf_tui.new_run import create_run
from wf_tui.picture.status import read_status
from wf_tui.profiles.choice import choose_profiles
from wf_tui.profiles.resolve import resolve
from wf_tui.project import find_project, open_ledger, open_reads
from wf_tui.scheduler.control import ensure_scheduler, run_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import EventRow, RunRow
    from wf_tui.project import Project

__all__ = ["demo"]

_PACE: Final = 1.0
"""Seconds that each task takes longer on the board, so that an eye can follow."""


@click.command
@click.option(
    "--dir",
    "wanted",
    type=click.Path(path_type=Path),
    metavar="D",
    help="A new or empty folder for the sample repository (default: a temporary one).",
)
@click.option("--headless", is_flag=True, help="One line for each event, then a summary.")
@click.option(
    "--pace",
    type=click.FloatRange(0, 60),
    metavar="SECONDS",
    help="Make each task take about this many seconds longer, for watching (on the board: 1).",
)
@worker_option
@ascii_option
def demo(
    *,
    wanted: Path | None,
    headless: bool,
    pace: float | None,
    workers: tuple[str, ...],
    ascii_only: bool,
) -> int:
    """Run a sample swarm in a sample repository: it needs git, and nothing else.

    A task that fails is tried again, a conflict is solved, and a blocked task needs a person: you,
    on the board; without a terminal or with --headless it gets a helping hand. With --worker of an
    agent's profile, that agent does what can be said in a prompt.
    """
    watched = on_terminal() and not headless
    asked = parse_seats(workers)
    config = load_config(os.environ) if asked else Config()
    by_agents = any(resolve(config, name).takes == "prompt" for name, n in asked.items() if n)
    if asked:
        # What is missing is said before anything is made: else the next try finds the folder full.
        nowhere = plan_of(DemoFolder(Path.cwd()), 0, by_agents=by_agents)
        choose_profiles(nowhere, config, asked, os.environ)
    folder = choose_folder(wanted)
    # Too fast to watch would be too fast to believe; without a watcher it wastes no second.
    if pace is None:
        pace = _PACE if watched else 0
    plan = prepare(folder, pace, by_hand=watched, by_agents=by_agents)
    # The tasks' `python3` is then the one that runs wf: no other need be there.
    own = str(Path(sys.executable).parent)
    path = os.pathsep.join([own, os.environ.get("PATH", os.defpath)])
    environ = {**os.environ, "PATH": path}
    project = find_project(folder.repository, environ)
    choice = choose_profiles(plan, config, asked, environ)
    with open_ledger(project, create=True) as ledger:
        run = create_run(project, ledger, plan, config, choice=choice)
        if watched:
            ensure_scheduler(project, ledger, run.id)
    if not watched:
        return _run_headless(project, folder, run, config)
    status = show_board(project, run.id, ascii_only=ascii_only, says=False)
    again = f"{_wf_command(os.environ)} board --repo {shlex.quote(str(folder.repository))}"
    print_line(f"the demo is in {folder.root}; to open its board again: {again}")
    return status


def _run_headless(project: Project, folder: DemoFolder, run: RunRow, config: Config) -> int:
    """Lead the run here, print what happens and what was shown; return the exit status."""
    paths = project.paths.run(run.id)
    log_to_file(paths.scheduler_log)
    person = _make_person(project, folder, run.id)
    print_event = until_output_closes(event_printer(run))

    def see(event: EventRow) -> None:
        print_event(event)
        person.see(event)  # also when nobody reads: the demo would stall without its person

    # A stalled run is what the person of the demo waits for, so it must not end the scheduler.
    ended = run_here(project, run.id, config, see, stay_when_stalled=True)
    with open_reads(project) as db:
        for line in summary(db, run.id, folder, _wf_command(os.environ)):
            print_line(line)
        status = read_status(db, run.id, run.created_at, paths)
        return exit_status(status, ended.signalled)


def _make_person(project: Project, folder: DemoFolder, run: str) -> Person:
    # Called on the thread that prints, while the scheduler writes: each act opens a ledger of its
    # own, as a connection belongs to one thread.
    def retry(task: str) -> None:
        with open_ledger(project) as ledger:
            commands.move(project, ledger, run, RETRY, [task])

    def give_up() -> None:
        with open_ledger(project) as ledger:
            if reads.run_row(ledger.db, run).state == RunState.STALLED:
                commands.stop(ledger, run, now=True)

    return Person(folder, retry, give_up)


def _wf_command(environ: Mapping[str, str]) -> str:
    """Return what calls wf from any folder; inside `uv run` its name alone may not, later."""
    own = Path(sys.executable).parent / "wf"
    if "VIRTUAL_ENV" in environ and own.exists():
        return shlex.quote(str(own))
    return "wf" if shutil.which("wf") else f"{shlex.quote(sys.executable)} -m wf_tui"
