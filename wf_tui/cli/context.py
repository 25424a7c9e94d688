"""What commands share: which repository and run they are about, and how they print."""

from __future__ import annotations

import contextlib
import functools
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from wf_tui.cli.errors import warn
from wf_tui.errors import UsageError
from wf_tui.ledger.queries import reads
from wf_tui.project import find_project, open_ledger, open_reads
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RunPaths
    from wf_tui.project import Project

__all__ = [
    "Acting",
    "Reading",
    "acting",
    "json_option",
    "lenient_option",
    "parse_seats",
    "print_json",
    "print_line",
    "project_at",
    "reading",
    "repo_option",
    "run_argument",
    "run_option",
    "worker_option",
]

_LONGEST: Final = 100_000
_Command = TypeVar("_Command", bound="Callable[..., Any]")

repo_option = click.option(
    "--repo",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A folder in the repository (default: the current one).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
lenient_option = click.option(
    "--lenient", is_flag=True, help="Take unknown keys of a plan for warnings, not for errors."
)
worker_option = click.option(
    "--worker",
    "workers",
    multiple=True,
    metavar="PROFILE=N",
    help="How many seats of a profile; can be repeated.",
)


def parse_seats(words: Iterable[str]) -> Mapping[str, int]:
    """Return how many seats `--worker` asks for, by profile; raises `UsageError`."""
    seats = {}
    for word in words:
        name, equals, count = word.partition("=")
        if not (name and equals and count.isdecimal()):
            raise UsageError(
                f"--worker {word!r}: expected PROFILE=N", "for example --worker shell=4"
            )
        seats[name] = int(count)
    return seats


def run_option(command: _Command) -> _Command:
    """Give a command about a task of a run its options for which run, in which repository.

    Its argument is the task, so the run is an option; `run_argument` is for commands about runs.
    """
    which = click.option("--run", "run", metavar="RUN", help="The run (default: the newest).")
    return which(repo_option(command))


def run_argument(command: Callable[..., object]) -> Callable[..., object]:
    """Give a command about a run its argument for which, and its option for which repository.

    `--run RUN` means the same, since commands about tasks have it so.
    """

    @functools.wraps(command)
    def with_one_run(*, run: str | None, named: str | None, **rest: object) -> object:
        # Twice the same is no contradiction: scripts add --run to every command.
        if run and named and run != named:
            raise UsageError(f"two runs are named: {run} and {named}", "name one")
        return command(run=run or named, **rest)

    which = click.argument("run", required=False, metavar="[RUN]")
    again = click.option("--run", "named", metavar="RUN", help="The same as RUN.")
    return which(again(repo_option(with_one_run)))


@dataclass(frozen=True)
class Reading:
    """A run that is looked at; `db` is open within `reading`, and writes nothing.

    The row is as it was when the run was opened: who follows a run reads it again.
    """

    project: Project
    db: Database
    run: RunRow

    @property
    def paths(self) -> RunPaths:
        """The folder of the run."""
        return self.project.paths.run(self.run.id)


@dataclass(frozen=True)
class Acting:
    """A run that is acted on; the ledger is open within `acting`.

    The row is as it was when the run was opened. Whether an act is allowed is asked again in its
    own transaction, so nothing here has to be fresh.
    """

    project: Project
    ledger: Ledger
    run: RunRow

    @property
    def paths(self) -> RunPaths:
        """The folder of the run."""
        return self.project.paths.run(self.run.id)


def project_at(repo: Path | None) -> Project:
    """Return where the runs of a repository are kept; by default the one around us.

    Raises UsageError where that folder is gone, RepositoryError where it is in no repository.
    """
    try:
        start = repo or Path.cwd()
    except FileNotFoundError:
        raise UsageError("the folder you are in is gone", "go to another one") from None
    return find_project(start, os.environ, warn)


@contextlib.contextmanager
def reading(run: str | None, repo: Path | None) -> Iterator[Reading]:
    """Open a run for reading; `run` is an id, the beginning of one, or None for the newest.

    For a worker that is its own run.
    Nothing is made or written, but an older ledger is brought up to date.
    """
    project = project_at(repo)
    with open_reads(project) as db:
        yield Reading(project, db, reads.find_run(db, run or project.own_run))


@contextlib.contextmanager
def acting(run: str | None, repo: Path | None, *, by_worker: bool = False) -> Iterator[Acting]:
    """Open a run for acting on it; `run` as in `reading`. Each act is a transaction of its own.

    `by_worker` says that a worker may act so, too, from within its attempt.
    """
    project = project_at(repo)
    with open_ledger(project, by_worker=by_worker) as ledger:
        yield Acting(project, ledger, reads.find_run(ledger.db, run or project.own_run))


def print_line(text: str, colour: str | None = None) -> None:
    """Print one line of data; whatever it holds, it cannot act on the terminal.

    A colour is only for a terminal, and not where `NO_COLOR` says so.
    """
    line = clean(text, limit=_LONGEST)
    plain = colour is None or bool(os.environ.get("NO_COLOR"))
    click.echo(line if plain else click.style(line, fg=colour))


def print_json(value: object) -> None:
    """Print a value as one line of JSON, all of it ASCII, so that it cannot act on a terminal.

    One line a value, also for `wf events --json`, so that a reader may take it line by line.
    """
    # DEL is ASCII to JSON, and a control character to a terminal.
    click.echo(json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f"))
