"""The scheduler as a process: builds what a run needs, leads it, and tidies up behind it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.errors import GitError, RefusedError
from wf_tui.fault_injection import Faults, Point, planned
from wf_tui.git.control.control import open_control
from wf_tui.git.merge.integrate import standing_head
from wf_tui.git.repository import Repository
from wf_tui.git.worktrees.local_files import LocalFiles
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.remove import remove_ended
from wf_tui.git.worktrees.shared import SharedTree
from wf_tui.git.worktrees.snapshots import Snapshots
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.model.worktree_setup import WorktreeSetup, worktree_setup_of
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.trees import needed_trees, stale_trees
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.ledger.store.sqlite.write_lock import Patience
from wf_tui.ledger.writer import Writer
from wf_tui.processes import own_identity
from wf_tui.scheduler.context import RunContext
from wf_tui.scheduler.descriptors import more_descriptors
from wf_tui.scheduler.heartbeat import BEATS
from wf_tui.scheduler.integrator import Integrator
from wf_tui.scheduler.leader import leadership
from wf_tui.scheduler.ports import Ports
from wf_tui.scheduler.recovery import recover
from wf_tui.scheduler.scheduler import Scheduler
from wf_tui.scheduler.threads import started_threads
from wf_tui.workers.environment import base_environment
from wf_tui.workers.launcher import Launcher
from wf_tui.workers.shell import ShellWorker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from concurrent.futures import ThreadPoolExecutor

    from wf_tui.clock import Clock
    from wf_tui.config import Timing
    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RepoPaths

__all__ = ["Lead", "start_detached"]

_log = logging.getLogger(__name__)
_PATIENCE: Final = Patience(most=1.0)
"""The writer's, which says itself what it waits for, and tries again."""
_LAST_WORD: Final = 2.0
"""How long a scheduler that is told to stop waits for a ledger that cannot be written."""
_ALIVE_EVERY: Final = 4.0
"""Seconds between a shim's signs of life; more often where the lease is short."""
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Lead:
    """Leads one run from this process."""

    repo: RepoPaths
    run_id: str
    clock: Clock
    environ: Mapping[str, str]
    timing: Timing
    foreground: bool = False
    port_base: int = 20_000
    signalled: int = 0
    """The signal that ended it, if one did."""
    faults: Faults = field(init=False)

    def __post_init__(self) -> None:
        """Read what a fault test wants, before anything is touched."""
        self.faults = planned(self.environ)

    def run(self) -> str:
        """Wait for the lead, then schedule until the run is over; return its state."""
        logging.raiseExceptions = False  # a full disk must not flood what is still readable
        with leadership(self.repo.run(self.run_id).scheduler_lock):
            return self._settled() or asyncio.run(self.schedule())

    def _settled(self) -> str | None:
        """Return the state of a run that the leader before, whom a stand-by waits for, ended."""
        with self._view() as view:
            view.require_whole()
            row, signed_off = reads.run_row(view, self.run_id), not reads.leader(view, self.run_id)
        exported = row.head in {row.base, row.exported}
        over = RunState(row.state).ended and not row.open_attempts
        return row.state if over and exported and signed_off else None

    async def schedule(self) -> str:
        """Schedule, without asking for the lead, until the run is over; return its state."""
        threads = started_threads()
        asyncio.get_running_loop().set_default_executor(threads)  # which ends them, too
        writer = Writer(self._open, self._after_pause)
        writer.start()
        try:
            async with self._site(writer, threads) as site:
                return await self._schedule(site)
        finally:
            await asyncio.to_thread(writer.close)

    def _open(self) -> tuple[Ledger, Database]:
        db = SqliteDatabase(self.repo.ledger, patience=_PATIENCE)
        return Ledger(db, self.clock), db

    def _after_pause(self, ledger: Ledger, why: str, seconds: float) -> None:
        ledger.written_again(self.run_id, why, seconds)

    @contextlib.asynccontextmanager
    async def _site(self, writer: Writer, threads: ThreadPoolExecutor) -> AsyncIterator[RunContext]:
        paths = self.repo.run(self.run_id)
        row, worktree = await writer.submit(
            lambda ledger: (
                reads.run_row(ledger.db, self.run_id),
                worktree_setup_of(ledger.db, self.run_id),
            )
        )
        control = open_control(paths)
        pool = Pool(control, paths, _foreign(worktree).lay_out)
        timing = self.timing.model_copy(update={"lease": row.lease})
        often = min(_ALIVE_EVERY, row.lease / BEATS)
        async with Launcher(environ=self.environ, alive_every=often) as launcher:
            more_descriptors()
            yield RunContext(
                run=self.run_id,
                paths=paths,
                clock=self.clock,
                writer=writer,
                control=control,
                repository=_repository(Path(row.repo), control.base, control.object_format),
                pool=pool,
                snapshots=Snapshots(pool),
                shared=SharedTree(pool),
                launcher=launcher,
                threads=threads,
                workers={"shell": ShellWorker(launcher)},
                environment=base_environment(self.environ),
                timing=timing,
                worktree=worktree,
                ports=Ports(self.repo.root.parent / "ports", self.port_base),
                faults=self.faults,
            )

    async def _schedule(self, site: RunContext) -> str:
        row = await site.ledger(lambda ledger: reads.run_row(ledger.db, site.run))
        integrator = Integrator(site, await site.thread(standing_head, site.control, row.head))
        identity = asdict(own_identity())
        await site.ledger(
            lambda ledger: ledger.scheduler_started(site.run, identity, site.timing.lease)
        )
        await recover(site, integrator)
        with self._view() as view, self._stopping(site):
            while True:
                state = await Scheduler(site, integrator, view, foreground=self.foreground).run()
                await site.reach(Point.END_DECIDED)
                await integrator.export_now()
                await site.reach(Point.END_EXPORTED)
                await self._tidy(site)
                await site.reach(Point.END_TIDIED)
                if await site.ledger(lambda ledger: ledger.scheduler_stopped(site.run)):
                    await site.reach(Point.END_SIGNED_OFF)
                    return state

    @contextlib.contextmanager
    def _view(self) -> Iterator[SqliteDatabase]:
        with contextlib.closing(SqliteDatabase(self.repo.ledger)) as db:
            yield db

    @contextlib.contextmanager
    def _stopping(self, site: RunContext) -> Iterator[None]:
        """Turn a signal into `wf stop --now`; the second one ends this process at once.

        Then the life-line breaks, and the shims kill what runs.
        """
        loop = asyncio.get_running_loop()

        def stop(number: int) -> None:
            if self.signalled:
                os._exit(128 + number)
            self.signalled = number
            site.writer.hurry(_LAST_WORD)
            told = site.writer.post(lambda ledger: _stop_run(ledger, site.run, number))
            told.add_done_callback(lambda done: done.exception() and os._exit(128 + number))

        # One that was ignored when this process began, by nohup say, stays ignored.
        heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        for number in heard:
            loop.add_signal_handler(number, stop, number)
        try:
            yield
        finally:
            for number in heard:
                loop.remove_signal_handler(number)

    async def _tidy(self, site: RunContext) -> None:
        """Remove the trees whose work is safe; those that a person needs stay.

        Where the repository of the run is damaged nothing is known to be safe.
        """
        needed, stale = await site.ledger(
            lambda ledger: (needed_trees(ledger.db, site.run), stale_trees(ledger.db, site.run))
        )
        try:
            await site.thread(site.shared.close)
            judged = await site.thread(remove_ended, site.pool, keep=needed, save=stale)
        except (GitError, OSError) as error:
            _log.warning("all worktrees are kept: %s", error)
            return
        gone = [str(one.path) for one in judged if one.removed]
        for path in gone:
            await site.ledger(partial(_tree_gone, run=site.run, path=path))
        for one in judged:
            if not one.removed:
                _log.info("kept %s: %s", one.path, one.reason)


def start_detached(repo: RepoPaths, run: str, cwd: Path, environ: Mapping[str, str]) -> int:
    """Start a scheduler in a session of its own, its output in the run's folder; return its pid.

    `cwd` is in the repository; the process itself works from the run's folder, where paths that
    the environment has relative to here would mean something else.
    """
    planned(environ)  # what this process would not understand, it would say in its log alone
    paths = repo.run(run)
    here = {"WF_STATE_DIR": str(repo.root.parent)}
    if config := environ.get("WF_CONFIG"):
        here["WF_CONFIG"] = str(Path(config).absolute())
    with paths.scheduler_log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "wf_tui", "scheduler", "--run", run, "--repo", str(cwd)],
            cwd=paths.root,
            env={**environ, **here},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    process.returncode = 0  # it outlives this process, nobody here waits for it
    return process.pid


def _foreign(worktree: WorktreeSetup) -> LocalFiles:
    top = Path(worktree.checkout) if worktree.checkout else None
    return LocalFiles(top, worktree.link, worktree.copy)


def _tree_gone(ledger: Ledger, run: str, path: str) -> None:
    ledger.tree_gone(run, path)


def _stop_run(ledger: Ledger, run: str, number: int) -> None:
    with contextlib.suppress(RefusedError):
        ledger.acting(f"signal:{signal.Signals(number).name}").stop(run, now=True)


def _repository(common_dir: Path, base: str, object_format: str) -> Repository:
    """Return the user's repository as export needs it, whatever has become of its checkout."""
    return Repository(
        common_dir=common_dir,
        top=None,
        name=common_dir.name,
        object_format=object_format,
        head=base,
        branch=None,
        shallow=False,
    )
