"""What a person can do to a run: one function each, for keys and for the command line."""

from __future__ import annotations

import contextlib
import getpass
import os
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from wf_tui.clock import SystemClock
from wf_tui.errors import EnvironmentalError, RefusedError, UsageError
from wf_tui.kept_worktree import unresolved
from wf_tui.ledger.model.states import PERSON, Intent, RunState, TaskState
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.seats import more_seats
from wf_tui.ledger.stores import store_of
from wf_tui.paths import RepoPaths, repo_paths, require_own, state_dir
from wf_tui.processes import is_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from wf_tui.config import Config
    from wf_tui.git.repository import Repository
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import EventRow, TaskRow
    from wf_tui.ledger.rules.load import NewTask
    from wf_tui.ledger.rules.moves import Move, MoveResult
    from wf_tui.ledger.store.database import Database

__all__ = [
    "Ended",
    "Project",
    "abort",
    "add",
    "ensure_scheduler",
    "find_project",
    "move",
    "open_ledger",
    "open_reads",
    "pause",
    "resume",
    "run_here",
    "scheduler_alive",
    "set_jobs",
    "stop",
    "undo",
    "user_name",
]

_FOLLOW_EVERY: Final = 0.05
_LEAD_WITHIN: Final = 10.0
_LOOK_EVERY: Final = 0.01
_LONGEST_ID: Final = 40
_BUILT_IN: Final = "shell"
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True)
class Project:
    """A repository and its folder in the state directory."""

    start: Path
    common_dir: Path
    paths: RepoPaths
    environ: Mapping[str, str]

    @cached_property
    def repository(self) -> Repository:
        """The repository as it is now; raises where no run can start from it."""
        from wf_tui.git.repository import find_repository  # noqa: PLC0415 - not for --help

        return find_repository(self.start)


def find_project(start: Path, environ: Mapping[str, str]) -> Project:
    """Return where the runs of the repository around `start` are kept."""
    from wf_tui.git.repository import locate  # noqa: PLC0415 - not for --help

    common_dir, name = locate(start)
    paths = repo_paths(state_dir(environ), common_dir, name)
    return Project(start, common_dir, paths, environ)


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


def scheduler_alive(db: Database, run: str) -> bool:
    """Whether a scheduler leads this run now."""
    return is_alive(reads.leader(db, run))


def ensure_scheduler(
    project: Project, ledger: Ledger, run: str, *, leaving: bool = False
) -> int | None:
    """Start a scheduler for a run that can go on and has none; return its pid.

    `leaving` says that the one there may be about to go: then a stand-by is started behind it.
    """
    from wf_tui.scheduler.process import start_detached  # noqa: PLC0415 - not for --help

    row = reads.run_row(ledger.db, run)
    if reads.rests(ledger.db, row):
        return None
    if not leaving and scheduler_alive(ledger.db, run):
        return None
    pid = start_detached(project.paths, run, project.common_dir, project.environ)
    if not leaving:
        _wait_for_lead(project, ledger.db, run, pid)
    return pid


def _wait_for_lead(project: Project, db: Database, run: str, pid: int) -> None:
    """Wait until a scheduler has the lead, so that what is said next of the run is true."""
    deadline = time.monotonic() + _LEAD_WITHIN
    while not scheduler_alive(db, run) and time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended and status:
            log = project.paths.run(run).scheduler_log
            raise EnvironmentalError("the scheduler could not start", f"see why in {log}")
        if ended:
            return
        time.sleep(_LOOK_EVERY)


@dataclass(frozen=True)
class Ended:
    """How a run that was led from here ended."""

    state: str
    signalled: int
    """The signal that stopped it, or 0."""


def run_here(
    project: Project,
    run: str,
    config: Config,
    tell: Callable[[EventRow], None],
    *,
    since: int = 0,
    stay_when_stalled: bool = False,
) -> Ended:
    """Lead a run from this process until it is over; `tell` gets each event, on another thread.

    A run in the foreground ends when it stalls, unless somebody is there to help it on.
    """
    from wf_tui.scheduler.process import Lead  # noqa: PLC0415 - not for --help

    lead = Lead(
        project.paths,
        run,
        SystemClock(),
        project.environ,
        config.timing,
        foreground=not stay_when_stalled,
        port_base=config.port_base,
    )
    over = threading.Event()
    with ThreadPoolExecutor(1, "events") as pool:
        followed = pool.submit(_follow, project, run, since, over, tell)
        try:
            state = lead.run()
        finally:
            over.set()
        followed.result()
    return Ended(state, lead.signalled)


def _follow(
    project: Project, run: str, since: int, over: threading.Event, tell: Callable[[EventRow], None]
) -> None:
    """Pass on events as they are committed, and the last ones after the end.

    When they can no longer be told (a closed pipe, say), the run is stopped: nobody watches it.
    """
    with open_ledger(project) as ledger:
        try:
            _pass_on(ledger.db, run, since, over, tell)
        except BaseException:
            with contextlib.suppress(RefusedError):
                ledger.stop(run, now=True)
            raise


def _pass_on(
    db: Database, run: str, since: int, over: threading.Event, tell: Callable[[EventRow], None]
) -> None:
    last = False
    while True:
        for event in reads.events(db, run, since):
            since = event.seq
            tell(event)
        if last:
            return
        last = over.wait(_FOLLOW_EVERY)


# -- by hand, on tasks


def move(
    project: Project,
    ledger: Ledger,
    run: str,
    move: Move[_P],
    tasks: Sequence[str],
    *args: _P.args,
    **kwargs: _P.kwargs,
) -> list[MoveResult]:
    """Make a move of the table on some tasks; the keys of the board and the commands come here.

    Where the move gives the run something to do, a scheduler is there for it afterwards.
    """
    left = {}
    if move.from_tree:
        left = {task: why for task in tasks if (why := unresolved(ledger.db, run, task))}

    def make() -> list[MoveResult]:
        free = [task for task in tasks if task not in left]
        made = {one.task: one for one in ledger.move(run, move, free, *args, **kwargs)}
        return [made[task] if task in made else _left(task, left[task]) for task in tasks]

    return _with_scheduler(project, ledger, run, make) if move.wakes else make()


def _left(task: str, why: str) -> MoveResult:
    """Return that a task is blocked as before: what is in its worktree cannot be taken yet."""
    from wf_tui.ledger.rules.moves import MoveResult  # noqa: PLC0415 - reading needs no rules

    return MoveResult(task, changed=False, state=TaskState.BLOCKED.value, reason=why)


def add(project: Project, ledger: Ledger, run: str, task: NewTask, phase: str | None) -> TaskRow:
    """Add a task, with an id made of its title that no task of the run has."""

    def one() -> TaskRow:
        taken = {row.id for row in reads.tasks(ledger.db, run)}
        return ledger.add(run, replace(task, id=_free_id(task.title, taken)), phase)

    return _with_scheduler(project, ledger, run, one)


def _free_id(title: str, taken: set[str]) -> str:
    """Return an id made of the words of a title; the second of the same title ends in `-2`."""
    words = re.sub(r"[\W_]+", "-", title.lower()).strip("-")[:_LONGEST_ID].strip("-") or "task"
    name, number = words, 1
    while name in taken:
        number += 1
        name = f"{words}-{number}"
    return name


def undo(project: Project, ledger: Ledger, run: str) -> list[MoveResult]:
    """Take back this person's last act, where no worker has acted on it."""
    return _with_scheduler(project, ledger, run, lambda: ledger.undo(run))


# -- by hand, on the run


def pause(ledger: Ledger, run: str) -> bool:
    """Start nothing new; whether that changed anything."""
    return ledger.pause(run)


def resume(project: Project, ledger: Ledger, run: str) -> bool:
    """Claim again, and see to it that a scheduler does; whether that changed anything.

    A completed run claims nothing, but its last merges may still have to be exported.
    """
    if reads.run_row(ledger.db, run).unexported:
        from wf_tui.scheduler.process import start_detached  # noqa: PLC0415 - not for --help

        start_detached(project.paths, run, project.common_dir, project.environ)
        return True
    return _with_scheduler(project, ledger, run, lambda: ledger.resume(run))


def stop(ledger: Ledger, run: str, *, now: bool) -> list[str]:
    """Pause and let the scheduler exit; return the tasks that were taken back."""
    return ledger.stop(run, now=now)


def abort(project: Project, ledger: Ledger, run: str) -> None:
    """Cancel all that is not done; where its scheduler has died, a new one ends what is open."""
    _with_scheduler(project, ledger, run, lambda: ledger.abort(run))


def set_jobs(ledger: Ledger, run: str, jobs: int) -> bool:
    """Change how many attempts may be open; the built-in profile gets the seats for it."""
    with ledger.db.transaction(run):
        before = reads.run_row(ledger.db, run).jobs
        changed = ledger.set_jobs(run, jobs)
        seats = reads.workers(ledger.db, run)
        shell = [seat for seat in seats if seat.profile == _BUILT_IN]
        if len(shell) >= before and len(shell) < jobs:
            more = more_seats(shell[-1], jobs - len(shell), {seat.name for seat in seats})
            ledger.join_workers(run, [*seats, *more])
    return changed


def _with_scheduler(project: Project, ledger: Ledger, run: str, change: Callable[[], _T]) -> _T:
    """Make a change that may bring a run back, and see to it that a scheduler takes it up."""
    # One transaction: the scheduler that was there could else end the run between look and change.
    with ledger.db.transaction(run):
        before = reads.run_row(ledger.db, run)
        result = change()
    drained = before.state == RunState.PAUSED and before.intent != Intent.GO
    ensure_scheduler(project, ledger, run, leaving=drained or before.state.ended)
    return result
