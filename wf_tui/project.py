"""The project that a command is about: a repository, its folder for state, and its ledger.

Command line, board and doctor open the ledger here: to act, as the person who runs the program, or
to read alone. What a person may do with it is in `commands`.
"""

from __future__ import annotations

import contextlib
import getpass
import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from wf_tui.errors import UsageError
from wf_tui.ledger.model.states import PERSON
from wf_tui.ledger.stores import store_of
from wf_tui.paths import RepoPaths, require_own, state_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from wf_tui.git.repository import Repository
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.store.database import Database

__all__ = ["Project", "find_project", "open_ledger", "open_reads", "user_name"]


@dataclass(frozen=True)
class Project:
    """A repository and its folder in the state directory."""

    start: Path
    common_dir: Path
    paths: RepoPaths
    environ: Mapping[str, str] = field(repr=False)
    tell: Callable[[str], None] = field(default=lambda _: None, repr=False)
    """Takes what a person should know of what was done for them; the command line prints it."""

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

    common_dir, name = locate(start)
    paths = find_repo_paths(state_dir(environ), common_dir, name)
    return Project(start, common_dir, paths, environ, tell or (lambda _: None))


@contextlib.contextmanager
def open_ledger(project: Project, *, create: bool = False) -> Iterator[Ledger]:
    """Open the ledger of a repository; what is done through it is done by this user."""
    from wf_tui.ledger.ledger import Ledger  # noqa: PLC0415 - reading needs no rules

    with _database(project, create=create) as db:
        yield Ledger(db, actor=f"{PERSON}{user_name()}")


@contextlib.contextmanager
def open_reads(project: Project) -> Iterator[Database]:
    """Open the ledger of a repository for reading."""
    with _database(project, create=False) as db:
        yield db


@contextlib.contextmanager
def _database(project: Project, *, create: bool) -> Iterator[Database]:
    store = store_of(project.paths)
    if not create and not store.exists():
        raise UsageError("there is no run on this repository yet", "start one: wf run PLAN")
    if project.paths.root.exists():
        require_own(project.paths.root.parent)
    with contextlib.closing(store.open(create=create)) as db:
        yield db


def user_name() -> str:
    """Return who acts, for the event log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
