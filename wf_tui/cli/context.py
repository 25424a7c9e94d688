"""What commands share: which repository and run they are about, and how they print."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.cli.errors import warn
from wf_tui.errors import UsageError
from wf_tui.ledger.queries import reads
from wf_tui.project import find_project, open_ledger, open_reads
from wf_tui.text import clean
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RunPaths
    from wf_tui.project import Project

__all__ = [
    "Acting",
    "Reading",
    "acting",
    "print_json",
    "print_line",
    "project_at",
    "reading",
]

_LONGEST: Final = 100_000
_COLOURS: Final = {"red": 31, "green": 32, "yellow": 33, "cyan": 36}


@frozen
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


@frozen
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
    if colour is not None and sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        line = f"\x1b[{_COLOURS[colour]}m{line}\x1b[0m"
    _print(line)


def print_json(value: object) -> None:
    """Print a value as one line of JSON, all of it ASCII, so that it cannot act on a terminal.

    One line a value, also for `wf events --json`, so that a reader may take it line by line.
    """
    # DEL is ASCII to JSON, and a control character to a terminal.
    _print(json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f"))


def _print(line: str) -> None:
    """Print a line at once, for who follows a run; a process may have no output at all."""
    if sys.stdout is not None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
