"""The project that a command is about: a repository, its folder for state, and its ledger.

Command line, board and doctor open the ledger here: to act, as the person who runs the program, or
to read alone. What a person may do with it is in `commands`.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from wf_tui.errors import RefusedError, RepositoryError, UsageError
from wf_tui.ledger.model.states import PERSON, WORKER
from wf_tui.ledger.queries import reads
from wf_tui.ledger.stores import store_of
from wf_tui.paths import (
    RepoPaths,
    RunPaths,
    attempt_mark,
    require_own,
    state_dir,
)
from wf_tui.values import field, frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from wf_tui.git.repository import Repository
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.store.database import Database

__all__ = [
    "Project",
    "find_project",
    "open_ledger",
    "open_reads",
    "speaking_worker",
    "user_name",
]

_RUN_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


@frozen
class Project:
    """A repository and its folder in the state directory."""

    start: Path
    common_dir: Path
    paths: RepoPaths
    environ: Mapping[str, str] = field(repr=False)
    tell: Callable[[str], None] = field(default=lambda _: None, repr=False)
    """Takes what a person should know of what was done for them; the command line prints it."""
    own_run: str | None = None
    """The run of the worker that runs us, where it is one of this repository."""

    @cached_property
    def repository(self) -> Repository:
        """The repository as it is now; raises where no run can start from it."""
        from wf_tui.git.repository import find_repository  # noqa: PLC0415 - not for --help

        return find_repository(self.start)


def find_project(
    start: Path, environ: Mapping[str, str], tell: Callable[[str], None] | None = None
) -> Project:
    """Return where the runs of the repository around `start` are kept; `tell` gets notices."""
    from wf_tui.git.known_repositories import find_repo_paths  # noqa: PLC0415 - not for --help
    from wf_tui.git.repository import locate  # noqa: PLC0415 - not for --help

    tell = tell or (lambda _: None)
    own = _own_run(environ)
    # In its worktree a worker finds its run, not the repository of that tree, which has none.
    if own is not None and start.resolve().is_relative_to(own.root.resolve()):
        return _of_worker(own, start, environ, tell)
    try:
        common_dir, name = locate(start)
    except RepositoryError:
        if own is not None and start.is_dir():
            return _of_worker(own, start, environ, tell)
        raise
    paths = find_repo_paths(state_dir(environ), common_dir, name)
    mine = own is not None and own.root == paths.run(own.root.name).root
    return Project(start, common_dir, paths, environ, tell, own.root.name if own and mine else None)


def _own_run(environ: Mapping[str, str]) -> RunPaths | None:
    """Return the folder of the run within whose attempt this process runs."""
    run = environ.get("WF_RUN", "")
    if not environ.get("WF_ATTEMPT") or not _RUN_NAME.fullmatch(run):
        return None
    found = sorted(state_dir(environ).glob(f"*/runs/{run}"))
    return RunPaths(found[0]) if found else None


def _of_worker(
    own: RunPaths, start: Path, environ: Mapping[str, str], tell: Callable[[str], None]
) -> Project:
    """Return the project of a worker's run; its repository is the one that the run works in."""
    paths = RepoPaths(own.root.parent.parent)
    return Project(start, own.control, paths, environ, tell, own.root.name)


@contextlib.contextmanager
def open_ledger(
    project: Project, *, create: bool = False, by_worker: bool = False
) -> Iterator[Ledger]:
    """Open the ledger of a repository, for what this user does, or the worker that runs us.

    The one place that knows who is speaking. A worker is refused, unless what follows is for
    workers, too (`by_worker`). That is a courtesy, no fence: it could speak as its user.
    """
    from wf_tui.ledger.ledger import Ledger  # noqa: PLC0415 - reading needs no rules

    with _database(project, create=create) as db:
        worker = speaking_worker(db, project)
        if worker and not by_worker:
            raise RefusedError(
                f"this is for a person to do, and {worker} asks for it from within its attempt",
                "a worker may look (wf status, wf show) and add tasks (wf add)",
            )
        yield Ledger(db, actor=f"{WORKER}{worker}" if worker else f"{PERSON}{user_name()}")


@contextlib.contextmanager
def open_reads(project: Project) -> Iterator[Database]:
    """Open the ledger of a repository for reading."""
    with _database(project, create=False, reader=True) as db:
        yield db


@contextlib.contextmanager
def _database(project: Project, *, create: bool, reader: bool = False) -> Iterator[Database]:
    store = store_of(project.paths)
    if not create and not store.exists():
        raise UsageError("there is no run on this repository yet", "start one: wf run PLAN")
    if project.paths.root.exists():
        require_own(project.paths.root.parent)
    with contextlib.closing(store.open(create=create, reader=reader)) as db:
        yield db


def speaking_worker(db: Database, project: Project) -> str | None:
    """Return the name of the worker within whose attempt this process runs, if it does.

    Known by the mark of an attempt that is open in this very ledger: of another run, or of one that
    is over, it is a variable that has been left in somebody's environment.
    """
    names = ("WF_RUN", "WF_TASK", "WF_ATTEMPT")
    run, task, mark = (project.environ.get(name, "") for name in names)
    if not (run and task and mark):
        return None
    for attempt in reads.attempts(db, run, task):
        folder = project.paths.run(run).attempt(task, attempt.epoch)
        if attempt.open and attempt_mark(run, folder.name) == mark:
            return attempt.worker
    return None


def user_name() -> str:
    """Return who acts, for the event log; `open_ledger` knows whether that is a person."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
