"""What a run is worked on with: opened by its scheduler process, and given out in parts."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.git.control.control import keeping_git, open_control
from wf_tui.git.repository import Repository
from wf_tui.git.worktrees.local_files import LocalFiles
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.shared import SharedTree
from wf_tui.git.worktrees.snapshots import Snapshots
from wf_tui.ledger.model.run_environment import environment_of
from wf_tui.ledger.model.worktree_setup import worktree_setup_of
from wf_tui.ledger.queries import lane_reads, reads
from wf_tui.profiles.logins import Logins
from wf_tui.profiles.run_profiles import RunProfiles
from wf_tui.scheduler.attempts.attempt import Steps
from wf_tui.scheduler.attempts.check import Check
from wf_tui.scheduler.attempts.factory import AttemptFactory
from wf_tui.scheduler.attempts.gate import Gate, MergeGate
from wf_tui.scheduler.attempts.harvest import Harvest
from wf_tui.scheduler.attempts.job import JobMaker
from wf_tui.scheduler.attempts.prepare import Prepare
from wf_tui.scheduler.attempts.run_program import RunProgram
from wf_tui.scheduler.attempts.setup_teardown import SetupTeardown
from wf_tui.scheduler.attempts.workspace import Trees
from wf_tui.scheduler.descriptors import raise_descriptor_limit
from wf_tui.scheduler.exporter import Exporter
from wf_tui.scheduler.heartbeat import BEATS
from wf_tui.scheduler.integrator import Integrator
from wf_tui.scheduler.lanes.make import run_lanes
from wf_tui.scheduler.lanes.providers import Providers
from wf_tui.scheduler.notifier import Notifier
from wf_tui.scheduler.ports import Ports
from wf_tui.scheduler.recovery import Recovery
from wf_tui.scheduler.run_log import RunLog
from wf_tui.scheduler.scheduler import Scheduler
from wf_tui.settings import with_lease
from wf_tui.values import frozen
from wf_tui.workers.registry import KINDS, open_workers
from wf_tui.workers.shim.launcher import Launcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from wf_tui.clock import Clock
    from wf_tui.git.control.control import Control
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.ledger.model.run_environment import RunEnvironment
    from wf_tui.ledger.model.worktree_setup import WorktreeSetup
    from wf_tui.ledger.store.database import Database
    from wf_tui.ledger.writer import Writer
    from wf_tui.paths import RepoPaths, RunPaths
    from wf_tui.scheduler.lanes.run_lanes import RunLanes
    from wf_tui.scheduler.notifier import NotifyCommand
    from wf_tui.scheduler.threads import Threads
    from wf_tui.settings import AnyTiming
    from wf_tui.workers.worker import Worker

__all__ = ["RunContext", "open_run"]

_ALIVE_EVERY: Final = 4.0
"""Seconds between a shim's signs of life; more often where the lease is short."""


@frozen
class RunContext:
    """All that one scheduler works with. Only its process holds it: each part gets what it needs.

    Each method makes a part; they are called once, but for `scheduler`. Nothing is handed the
    context itself, so that the arguments of a part say all that it can touch.
    """

    run: str
    paths: RunPaths
    clock: Clock
    timing: AnyTiming
    writer: Writer
    threads: Threads
    control: Control
    repository: Repository
    trees: Trees
    launcher: Launcher
    workers: Mapping[str, Worker]
    """One for each kind of seat."""
    environment: RunEnvironment
    """What the run was started with, and which variables go to whom."""
    environ: Mapping[str, str]
    """The environment of the scheduler itself."""
    profiles: RunProfiles
    """What its seats are made from, with the keys as this scheduler finds them."""
    worktree: WorktreeSetup
    """How each worktree is set up."""
    ports: Ports
    """The ranges of ports for attempts."""
    log: RunLog
    lanes: RunLanes | None = None
    """The lanes of the host; None where all seats of the run are local."""
    notifier: Notifier | None = None
    """What runs the command of a person who wants to be notified; None where they have none."""

    def exporter(self) -> Exporter:
        """Make what shows merged work to the user's repository."""
        return Exporter(
            self.run, self.control, self.repository, self.writer, self.threads, self.log
        )

    def attempts(self, exporter: Exporter, head: str) -> AttemptFactory:
        """Make the steps of all attempts; `head` is where the branch of the run is.

        One set for the life of the scheduler: the integrator in it is the one queue to the branch,
        and two of them would merge side by side.
        """
        timing, threads, clock = self.timing, self.threads, self.clock
        jobs = JobMaker(
            self.paths,
            self.control,
            self.environment,
            self.environ,
            timing.grace,
            self.ports,
            self.profiles,
        )
        pool, gate = self.trees.pool, Gate(self.launcher)
        setup = SetupTeardown(
            self.launcher, self.worktree, timing.setup_deadline, timing.start_deadline
        )
        merge_gate = MergeGate(gate, jobs, setup, pool, threads, clock)
        steps = Steps(
            Prepare(self.trees, jobs, threads),
            setup,
            RunProgram(KINDS, self.workers, threads, clock, self.lanes),
            Harvest(self.control, threads, clock, timing.step_deadline, self.profiles),
            Check(gate, threads, self.control, self.profiles),
            Integrator(head, self.control, pool, threads, clock, exporter, merge_gate),
            threads,
            Providers(self.lanes, self.profiles.profiles),
        )
        return AttemptFactory(steps, self.writer, clock, threads.faults)

    def recovery(self, attempts: AttemptFactory) -> Recovery:
        """Make what settles the attempts of a scheduler that has died, by the steps of `attempts`.

        Its `recover` is called before the first claim (RULES 5.1).
        """
        return Recovery(self.run, self.paths, self.writer, self.threads, attempts)

    def scheduler(self, attempts: AttemptFactory, view: Database, *, foreground: bool) -> Scheduler:
        """Make the loop; it is made anew when a person's act brings back a run that was over.

        `view` is a connection of its own on the loop's thread, which sees what other processes
        change; in the `foreground` a run that stalls ends at once (RULES 3.1).
        """
        return Scheduler(
            self.run,
            self.writer,
            view,
            self.clock,
            self.timing,
            self.threads,
            attempts,
            self.ports,
            self.lanes,
            self.notifier,
            foreground=foreground,
        )


@contextlib.asynccontextmanager
async def open_run(
    repo: RepoPaths,
    common_dir: Path,
    run: str,
    *,
    clock: Clock,
    timing: AnyTiming,
    environ: Mapping[str, str],
    port_base: int,
    lane_budgets: Mapping[str, int],
    deaf_after: float,
    notify: NotifyCommand,
    writer: Writer,
    threads: Threads,
) -> AsyncIterator[RunContext]:
    """Open a run's repositories and start the parent of its shims; that ends with the block.

    Whatever still runs then is killed: an attempt has no program that its scheduler does not see.
    `deaf_after` are the seconds after its grace in which a shim has to obey a stop. Raises a
    `GitError`, or `EnvironmentalError` where the parent of the shims cannot be started.
    """
    paths = repo.run(run)

    def read(ledger: Ledger) -> tuple[RunRow, WorktreeSetup, list[str]]:
        lanes = lane_reads.seat_lanes(ledger.db, run)
        return reads.run_row(ledger.db, run), worktree_setup_of(ledger.db, run), lanes

    row, worktree, lanes = await writer.submit(read)
    profiles = await threads.run(_profiles, row, environ, paths, repo)
    top = Path(worktree.checkout) if worktree.checkout else None
    # A shim has to speak as often as a lease is renewed, or a healthy program would look lost.
    often = min(_ALIVE_EVERY, row.lease / BEATS)
    async with (
        Launcher(environ=environ, alive_every=often, deaf_after=deaf_after) as shims,
        open_workers(shims, paths.root, environ) as workers,
        contextlib.AsyncExitStack() as stack,
    ):
        # Behind the start of the parent: programs inherit its limit, which is the user's.
        raise_descriptor_limit()
        control = stack.enter_context(keeping_git(open_control(paths)))
        pool = Pool(control, paths, LocalFiles(top, worktree.link, worktree.copy).lay_out)
        yield RunContext(
            run=run,
            paths=paths,
            clock=clock,
            # The lease of the run, which the ledger renews by; the configuration may have changed.
            timing=with_lease(timing, row.lease),
            writer=writer,
            threads=threads,
            control=control,
            repository=export_target(common_dir, control.base, control.object_format),
            trees=Trees(pool, Snapshots(pool), SharedTree(pool)),
            launcher=shims,
            workers=workers,
            environment=environment_of(row.environment),
            environ=environ,
            profiles=profiles,
            worktree=worktree,
            ports=Ports(repo.root.parent / "ports", port_base),
            log=RunLog(run),
            lanes=run_lanes(repo, run, clock, profiles, lane_budgets) if lanes else None,
            notifier=(
                Notifier(run, str(common_dir), notify, environ, writer, RunLog(run))
                if notify.words
                else None
            ),
        )


def _profiles(
    row: RunRow, environ: Mapping[str, str], paths: RunPaths, repo: RepoPaths
) -> RunProfiles:
    """Read the profiles of a run and their keys, and take back what was lent by a dead scheduler.

    Programs are looked up, and keys are read, with the PATH that the run was started with.
    """
    logins = Logins(repo.root.parent / "logins")
    profiles = RunProfiles.read(row.profiles, environ, paths.homes, logins)
    profiles.recover()
    return profiles


def export_target(common_dir: Path, base: str, object_format: str) -> Repository:
    """Return the user's repository as export needs it, whatever has become of its checkout.

    It is not opened: the checkout that the run began in may have moved or be gone, and the export
    needs no more than the git directory (`common_dir`), the first commit of the run (`base`) and
    the kind of its object names.
    """
    return Repository(
        common_dir=common_dir,
        git_dir=common_dir,
        top=None,
        name=common_dir.name,
        object_format=object_format,
        head=base,
        branch=None,
        shallow=False,
    )
