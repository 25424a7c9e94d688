"""`wf demo`: a whole run on a sample repository, without a key and without a server."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wf_tui.ledger.words import RunState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.commands import Ended, Place
    from wf_tui.demo.folder import DemoFolder
    from wf_tui.demo.person import Person
    from wf_tui.ledger.rows import EventRow

__all__ = ["demo"]


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    metavar="D",
    help="A new or empty folder for the sample repository; else a temporary one.",
)
@click.option("--headless", is_flag=True, help="One line for each event, then a summary.")
@click.option(
    "--pace",
    type=click.FloatRange(0, 60),
    default=0,
    show_default=True,
    metavar="SECONDS",
    help="Make each task take about this much longer, for watching.",
)
@click.pass_context
def demo(context: click.Context, folder: Path | None, *, headless: bool, pace: float) -> None:
    """Show a whole run on a sample repository: needs git, and nothing else."""
    del headless
    context.exit(_show(folder, pace))


def _show(wanted: Path | None, pace: float) -> int:
    """Make the sample, run its plan, tell what happens; return the exit status."""
    from wf_tui import commands  # noqa: PLC0415 - what follows is not needed for --help
    from wf_tui.config import Config  # noqa: PLC0415
    from wf_tui.demo.folder import choose_folder, prepare  # noqa: PLC0415
    from wf_tui.demo.summary import summary  # noqa: PLC0415
    from wf_tui.picture.line import QUIET, event_line  # noqa: PLC0415

    folder = choose_folder(wanted)
    plan = prepare(folder, pace)
    place = commands.find_place(folder.repository, _own_python_first(os.environ))
    with commands.open_ledger(place, create=True) as ledger:
        row = commands.create_run(place, ledger, plan, Config())
    person = _person(folder, place, row.id)

    def tell(event: EventRow) -> None:
        if event.kind not in QUIET:
            click.echo(event_line(event, row.created_at))
        person.see(event)

    ended = commands.run_here(place, row.id, Config(), tell, stay_when_stalled=True)
    with commands.open_reads(place) as db:
        lines = summary(db, row.id, folder, _how_to_call(os.environ))
    click.echo("\n".join(lines))
    return _exit_status(ended)


def _person(folder: DemoFolder, place: Place, run: str) -> Person:
    from wf_tui import commands  # noqa: PLC0415 - not for --help
    from wf_tui.demo.person import Person  # noqa: PLC0415
    from wf_tui.ledger import reads  # noqa: PLC0415

    def retry(task: str) -> None:
        with commands.open_ledger(place) as ledger:
            commands.retry(place, ledger, run, [task])

    def give_up() -> None:
        with commands.open_ledger(place) as ledger:
            if reads.run_row(ledger.db, run).state == RunState.STALLED:
                commands.stop(ledger, run, now=True)

    return Person(folder, retry, give_up)


def _own_python_first(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which the tasks' `python3` is the one that runs wf."""
    own = str(Path(sys.executable).parent)
    return {**environ, "PATH": os.pathsep.join([own, environ.get("PATH", os.defpath)])}


def _how_to_call(environ: Mapping[str, str]) -> str:
    """Return what calls wf from any folder; inside `uv run` its name alone may not, later."""
    own = Path(sys.executable).parent / "wf"
    if "VIRTUAL_ENV" in environ and own.exists():
        return shlex.quote(str(own))
    return "wf" if shutil.which("wf") else f"{shlex.quote(sys.executable)} -m wf_tui"


def _exit_status(ended: Ended) -> int:
    if ended.signalled:
        return 128 + ended.signalled
    return {RunState.COMPLETED: 0, RunState.ABORTED: 4}.get(RunState(ended.state), 1)
