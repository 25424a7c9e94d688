"""What a person can do to a run: one function each, for keys and for the command line."""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
import shutil
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.clock import SystemClock
from wf_tui.errors import UnknownNameError, UsageError
from wf_tui.ledger import reads
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.rows import RunRow, WorkerRow
from wf_tui.ledger.sqlite import SqliteDatabase
from wf_tui.ledger.words import Intent, RunState
from wf_tui.paths import RepoPaths, private_folder, repo_paths, state_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from wf_tui.config import Config
    from wf_tui.git.repository import Repository
    from wf_tui.ledger.rows import EventRow
    from wf_tui.plan.models import Plan

__all__ = [
    "Place",
    "create_run",
    "ensure_scheduler",
    "find_place",
    "open_ledger",
    "run_here",
    "scheduler_alive",
]

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_ID_LENGTH: Final = 6
_FOLLOW_EVERY: Final = 0.05


@dataclass(frozen=True)
class Place:
    """A repository and its folder in the state directory."""

    repository: Repository
    paths: RepoPaths
    environ: Mapping[str, str]


def find_place(start: Path, environ: Mapping[str, str]) -> Place:
    """Return where the runs of the repository around `start` are kept."""
    from wf_tui.git.repository import find_repository  # noqa: PLC0415 - not for --help

    repository = find_repository(start)
    paths = repo_paths(state_dir(environ), repository.common_dir, repository.name)
    return Place(repository, paths, environ)


@contextlib.contextmanager
def open_ledger(place: Place, *, create: bool = False) -> Iterator[Ledger]:
    """Open the ledger of a repository; what is done through it is done by this user."""
    db = SqliteDatabase(place.paths.ledger, create=create)
    try:
        yield Ledger(db, SystemClock(), actor=f"user:{user_name()}")
    finally:
        db.close()


def user_name() -> str:
    """Return who acts, for the event log."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def create_run(
    place: Place,
    ledger: Ledger,
    plan: Plan,
    config: Config,
    *,
    jobs: int | None = None,
    workers: Mapping[str, int] | None = None,
    lease: float | None = None,
    new_id: Callable[[], str] | None = None,
) -> RunRow:
    """Make a run of a checked plan: its private repository, its tasks, its seats."""
    from wf_tui.git.control import make_control  # noqa: PLC0415 - not for --help
    from wf_tui.git.export import branch_name  # noqa: PLC0415
    from wf_tui.ledger.load import of_plan  # noqa: PLC0415

    jobs = jobs or plan.max_concurrent
    run_id = (new_id or _new_id)()
    seats = _seats(run_id, config, jobs, workers or {})
    paths = place.paths.run(run_id)
    private_folder(paths.root)
    try:
        branch = branch_name(place.repository, run_id)
        control = make_control(place.repository, paths, branch, environ=place.environ)
        row = RunRow(
            id=run_id,
            goal=plan.goal,
            state=RunState.RUNNING.value,
            intent=Intent.GO.value,
            base=control.base,
            ref=control.ref,
            head=control.base,
            created_at=ledger.clock.now(),
            dir=str(paths.root),
            repo=str(place.repository.common_dir),
            jobs=jobs,
            lease=lease or config.timing.lease,
            scopes=plan.scopes.value,
            fold_case=paths.root.with_name(run_id.upper()).exists(),
        )
        with ledger.db.transaction():
            row = ledger.create_run(row, *of_plan(plan))
            ledger.join_workers(run_id, seats)
    except BaseException:
        shutil.rmtree(paths.root, ignore_errors=True)
        raise
    return row


def _new_id() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))


def _seats(run: str, config: Config, jobs: int, asked: Mapping[str, int]) -> list[WorkerRow]:
    """Return the seats of a run; a profile without a number has as many as jobs."""
    profiles = config.seats
    for name, count in asked.items():
        if name not in profiles:
            raise UnknownNameError("profile", name, profiles)
        if count < 0:
            raise UsageError(f"--worker {name}={count}: a number of seats is 0 or more")
    return [
        WorkerRow(
            run=run,
            name=f"{name}-{number + 1}",
            profile=name,
            kind=profile.kind,
            roles=profile.roles,
            lane=profile.lane,
            state="idle",
        )
        for name, profile in profiles.items()
        for number in range(asked.get(name, profile.seats or jobs))
    ]


def scheduler_alive(ledger: Ledger, run: str) -> bool:
    """Whether a scheduler leads this run now."""
    from wf_tui.scheduler.leader import is_alive  # noqa: PLC0415 - not for --help

    return is_alive(reads.leader(ledger.db, run))


def ensure_scheduler(place: Place, ledger: Ledger, run: str) -> int | None:
    """Start a scheduler for a run that can go on and has none; return its pid."""
    from wf_tui.scheduler.process import start_detached  # noqa: PLC0415 - not for --help

    row = reads.run_row(ledger.db, run)
    if RunState(row.state).ended or row.state == RunState.PAUSED or scheduler_alive(ledger, run):
        return None
    return start_detached(place.paths, run, place.repository.common_dir, place.environ)


@dataclass(frozen=True)
class Ended:
    """How a run that was led from here ended."""

    state: str
    signalled: int
    """The signal that stopped it, or 0."""


def run_here(
    place: Place,
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
        place.paths,
        run,
        SystemClock(),
        place.environ,
        config.timing,
        foreground=not stay_when_stalled,
    )
    over = threading.Event()
    follower = threading.Thread(
        target=_follow, args=(place, run, since, over, tell), name="events", daemon=True
    )
    follower.start()
    try:
        state = lead.run()
    finally:
        over.set()
        follower.join()
    return Ended(state, lead.signalled)


def _follow(
    place: Place, run: str, since: int, over: threading.Event, tell: Callable[[EventRow], None]
) -> None:
    """Pass on events as they are committed, and the last ones after the end."""
    with open_ledger(place) as ledger:
        last = False
        while True:
            for event in reads.events(ledger.db, run, since):
                since = event.seq
                tell(event)
            if last:
                return
            last = over.wait(_FOLLOW_EVERY)
