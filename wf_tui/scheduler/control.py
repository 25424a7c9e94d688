"""Who sees to it that a run is led: by a scheduler in the background, or by this very process.

The command line and the board call it after what they changed; the scheduler itself knows nothing
of its callers.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.clock import SystemClock
from wf_tui.errors import EnvironmentalError, RefusedError
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.run_environment import environment_of
from wf_tui.ledger.queries import lane_reads, reads
from wf_tui.processes import is_alive
from wf_tui.profiles.keys import find_keys, missing_sentence
from wf_tui.profiles.stored import profiles_of
from wf_tui.project import open_ledger
from wf_tui.text import clean, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wf_tui.config import Config
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import EventRow, RunRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = [
    "Ended",
    "ensure_scheduler",
    "keys_that_lack_there",
    "run_here",
    "scheduler_alive",
]

_FOLLOW_EVERY: Final = 0.05
_LEAD_WITHIN: Final = 10.0
_LOOK_EVERY: Final = 0.01
_NAMED: Final = 5


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
    for line in environment_notices(row, project.environ):
        project.tell(line)
    pid = start_detached(project.paths, run, project.common_dir, project.environ)
    if not leaving:
        _wait_for_lead(project, ledger.db, run, pid)
    return pid


def environment_notices(run: RunRow, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield in what this environment differs from that in which the run was started."""
    kept = environment_of(run.environment)
    if missing := kept.missing(environ):
        yield (
            f"{listed(missing, _NAMED)}: not set here, so what needs it waits; "
            f"wf stop {run.id}, then wf resume {run.id} where it is set"
        )
    for profile in profiles_of(run.profiles).values():
        if lacking := find_keys(profile, environ).missing:
            yield f"profile {profile.name} waits: {missing_sentence(profile, lacking)}"
    if kept.path and environ.get("PATH", "") != kept.path:
        yield f"its programs keep the PATH that the run was started with: {clean(kept.path)}"


def keys_that_lack_there(db: Database, run: RunRow, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield which keys the scheduler of a run has not got, and this environment has.

    Nobody can hand a variable to a process that runs: another scheduler has to lead.
    """
    lanes = lane_reads.lanes(db, run.id)
    for profile in profiles_of(run.profiles).values():
        lane = lanes.get(profile.lane)
        shut = lane is not None and lane.state.status is LaneStatus.AUTH
        in_environment = any(key.source == "env" for key in profile.keys)
        if shut and in_environment and not find_keys(profile, environ).missing:
            yield (
                f"if its scheduler lacks the key of {profile.name}: wf stop {run.id},"
                f" then wf resume {run.id} here"
            )


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
    from wf_tui.scheduler.notifier import NotifyCommand  # noqa: PLC0415 - not for --help
    from wf_tui.scheduler.process import Lead  # noqa: PLC0415 - same

    lead = Lead(
        project.paths,
        project.common_dir,
        run,
        SystemClock(),
        project.environ,
        config.timing,
        foreground=not stay_when_stalled,
        port_base=config.port_base,
        lane_budgets=config.lane_budgets,
        notify=NotifyCommand(config.notifications.command, config.notifications.text),
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
