"""The scheduler as a process: takes the lead of a run, schedules it, and tidies up behind it."""

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
from wf_tui.git.merge.integrate import current_head
from wf_tui.git.worktrees.remove import remove_ended
from wf_tui.ledger.ledger import Ledger
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.trees import needed_trees, stale_trees
from wf_tui.ledger.store.store import Patience
from wf_tui.ledger.stores import store_of
from wf_tui.ledger.writer import Writer
from wf_tui.paths import private_opener
from wf_tui.processes import hide_memory, own_identity
from wf_tui.scheduler.context import open_run
from wf_tui.scheduler.notifier import NotifyCommand
from wf_tui.scheduler.run_log import RunLog, current_log
from wf_tui.scheduler.threads import Threads, started_threads
from wf_tui.text import plural
from wf_tui.workers.shim.channel import DEAF_AFTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wf_tui.clock import Clock
    from wf_tui.ledger.store.database import Database
    from wf_tui.ledger.store.store import Lead as RunLead
    from wf_tui.ledger.store.store import Store
    from wf_tui.paths import RepoPaths
    from wf_tui.scheduler.context import RunContext
    from wf_tui.settings import AnyTiming

__all__ = ["Lead", "start_detached"]

_PATIENCE: Final = Patience(most=1.0)
"""The writer's, which says itself what it waits for, and tries again."""
_LAST_WORD: Final = 2.0
"""How long a scheduler that is told to stop waits for a ledger that cannot be written."""
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Lead:
    """Leads one run from this process: the entrance to the scheduler (RULES 5).

    Made by `wf scheduler` and by `wf run` in the foreground; `run` is called once.
    """

    repo: RepoPaths
    common_dir: Path
    """The git directory of the user's repository, to which the run is exported."""
    run_id: str
    clock: Clock
    environ: Mapping[str, str]
    timing: AnyTiming
    foreground: bool = False
    """Whether a person waits for the end: then a run that stalls ends."""
    port_base: int = 20_000
    lane_budgets: Mapping[str, int] = field(default_factory=dict)
    """By lane: micro-dollars that it may cost on one day."""
    notify: NotifyCommand = field(default_factory=NotifyCommand)
    """What is run for each thing that a person is to be notified of."""
    patience: Patience = field(default_factory=Patience)
    """How long its reads wait for a program that locks the ledger against readers, too."""
    deaf_after: float = DEAF_AFTER
    """Seconds after the grace of its program in which a shim obeys a stop, or is killed."""
    signalled: int = 0
    """The signal that ended it, if one did."""
    faults: Faults = field(init=False)
    store: Store = field(init=False)
    _lead: RunLead | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Read what a fault test wants, before anything is touched."""
        self.faults = planned(self.environ)
        self.store = store_of(self.repo, self.clock)
        self._log = RunLog(self.run_id)

    def run(self) -> str:
        """Wait for the lead, then schedule until the run is over; return its state.

        Called on the main thread, where signals arrive; the event loop runs on it. Blocks for as
        long as another process leads, which is how a second one stands by. Raises what keeps the
        scheduler from starting or continuing: a `LedgerError`, `GitError` or `EnvironmentalError`.
        """
        logging.raiseExceptions = False  # a full disk must not flood what is still readable
        self._log.info("process %s asks for the lead", os.getpid())
        hide_memory()  # before any key is read
        with self.store.lead(self.run_id) as self._lead:
            return self._already_ended() or asyncio.run(self.schedule())

    def _already_ended(self) -> str | None:
        """Return the state of a run that the leader before, whom a stand-by waits for, ended.

        Ended in all its parts: closed attempts, an export that is up to date, and a leader that has
        signed off. A run that lacks one of them still has something to be done.
        """
        with self._view() as view:
            view.require_whole()
            row, signed_off = reads.run_row(view, self.run_id), not reads.leader(view, self.run_id)
        exported = row.head in {row.base, row.exported}
        over = row.state.ended and not row.open_attempts
        return row.state if over and exported and signed_off else None

    async def schedule(self) -> str:
        """Schedule, without asking for the lead, until the run is over; return its state.

        `run` calls it with the lead in hand; a test calls it without, inside a loop of its own.
        """

        def open_ledger() -> tuple[Ledger, Database]:
            # On the writer's thread, where this connection then stays.
            db = self.store.open(patience=_PATIENCE)
            return Ledger(db, lead=self._lead), db

        def after_pause(ledger: Ledger, why: str, seconds: float) -> None:
            ledger.written_again(self.run_id, why, seconds)

        current_log.set(self._log)
        # Before the first claim: a machine that gives too few threads has done no harm yet.
        executor = started_threads()
        asyncio.get_running_loop().set_default_executor(executor)  # which ends them, too
        writer = Writer(self.run_id, open_ledger, after_pause)
        writer.start()
        try:
            async with open_run(
                self.repo,
                self.common_dir,
                self.run_id,
                clock=self.clock,
                timing=self.timing,
                environ=self.environ,
                port_base=self.port_base,
                lane_budgets=self.lane_budgets,
                deaf_after=self.deaf_after,
                notify=self.notify,
                writer=writer,
                threads=Threads(executor, self.timing.step_deadline, self.faults),
            ) as context:
                try:
                    return await self._schedule(context)
                finally:
                    if context.lanes is not None:
                        await asyncio.to_thread(context.lanes.close)
        finally:
            # Last of all: until here somebody may wait for the answer of the ledger.
            await asyncio.to_thread(writer.close)

    async def _schedule(self, context: RunContext) -> str:
        """Recover, then schedule until the run is over and nobody has given it new work."""
        run, writer, threads = context.run, context.writer, context.threads
        row = await writer.submit(lambda ledger: reads.run_row(ledger.db, run))
        # The branch itself, not the row: a merge that a crash left unrecorded has moved it, and
        # somebody else may have.
        head = await threads.run(current_head, context.control, row.head)
        leader = own_identity()
        missing = context.environment.missing(self.environ)
        await writer.submit(lambda ledger: ledger.scheduler_started(run, asdict(leader), missing))
        if missing:
            self._log.warning("without the variables %s", ", ".join(missing))
        if context.environment.path not in {"", self.environ.get("PATH", "")}:
            self._log.info("programs keep the PATH of the start: %s", context.environment.path)
        self._log.info("led by process %s on %s", leader.pid, leader.host)
        exporter = context.exporter()
        attempts = context.attempts(exporter, head)
        with self._log.timed(self.clock, "recovery"):
            left = await context.recovery(attempts).recover()
        if left:
            self._log.info("a dead scheduler had left %s", plural(left, "attempt"))
        with self._view() as view, self._stopping(writer):
            while True:
                state = await context.scheduler(attempts, view, foreground=self.foreground).run()

                await threads.reach(Point.END_DECIDED)
                await exporter.export_now()
                await threads.reach(Point.END_EXPORTED)
                await self._tidy(context)
                await threads.reach(Point.END_TIDIED)
                # Last of all: a crash before it leaves a run that the next leader sees through. It
                # is not signed off where a person's act has brought the run back meanwhile.
                if await writer.submit(lambda ledger: ledger.scheduler_stopped(run)):
                    await threads.reach(Point.END_SIGNED_OFF)
                    self._log.info("ended: %s", state)
                    return state

    @contextlib.contextmanager
    def _view(self) -> Iterator[Database]:
        with contextlib.closing(self.store.open(patience=self.patience)) as db:
            yield db

    @contextlib.contextmanager
    def _stopping(self, writer: Writer) -> Iterator[None]:
        """Turn a signal into `wf stop --now`; the second one ends this process at once.

        Then the life-line breaks, and the shims kill what runs: nothing has to be done here, and
        what is left is what a `kill -9` leaves, which recovery knows. So it also helps where the
        loop, the writer or the disk hangs, for which a person presses the key again.
        """
        loop = asyncio.get_running_loop()

        def take_back(ledger: Ledger) -> None:
            actor = f"signal:{signal.Signals(self.signalled).name}"
            with contextlib.suppress(RefusedError):  # a run that is over cannot be stopped
                ledger.acting(actor).stop(self.run_id, now=True)

        def stop(number: int) -> None:
            if self.signalled:
                os._exit(128 + number)
            self.signalled = number
            self._log.info("stopped by %s", signal.Signals(number).name)
            writer.hurry(_LAST_WORD)
            stopped = writer.post(take_back)
            # A ledger that does not take even this is no reason to stay.
            stopped.add_done_callback(lambda done: done.exception() and os._exit(128 + number))

        # One that was ignored when this process began, by nohup say, stays ignored.
        handled = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        for number in handled:
            loop.add_signal_handler(number, stop, number)
        try:
            yield
        finally:
            for number in handled:
                loop.remove_signal_handler(number)

    async def _tidy(self, context: RunContext) -> None:
        """Remove the trees whose work is safe; those that a person needs stay.

        Where the repository of the run is damaged nothing is known to be safe.
        """
        run, writer, trees = context.run, context.writer, context.trees
        # In one transaction, so that no tree is missing from both lists.
        needed, stale = await writer.submit(
            lambda ledger: (needed_trees(ledger.db, run), stale_trees(ledger.db, run))
        )
        try:
            await context.threads.run(trees.shared.close)
            judged = await context.threads.run(remove_ended, trees.pool, keep=needed, save=stale)
        except (GitError, OSError) as error:
            self._log.warning("all worktrees are kept: %s", error)
            return
        for tree in judged:
            if tree.removed:
                await writer.submit(partial(Ledger.tree_gone, run=run, tree=str(tree.path)))
            else:
                self._log.info("kept %s: %s", tree.path, tree.reason)


def start_detached(repo: RepoPaths, run: str, cwd: Path, environ: Mapping[str, str]) -> int:
    """Start a scheduler in a session of its own, its output in the run's folder; return its pid.

    `cwd` is in the repository; the process itself works from the run's folder, where paths that
    the environment has relative to here would mean something else. Called by the commands that
    begin or resume a run; whether it takes the lead is seen in the ledger, not here. Raises
    `OSError` where it cannot be started.
    """
    planned(environ)  # what that process would not understand, it would say in its log alone
    paths = repo.run(run)
    absolute = {"WF_STATE_DIR": str(repo.root.parent)}
    if config := environ.get("WF_CONFIG"):
        absolute["WF_CONFIG"] = str(Path(config).absolute())
    with open(paths.scheduler_log, "ab", opener=private_opener) as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "wf_tui", "scheduler", "--run", run, "--repo", str(cwd)],
            cwd=paths.root,
            env={**environ, **absolute},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    process.returncode = 0  # it outlives this process, nobody here waits for it
    return process.pid
