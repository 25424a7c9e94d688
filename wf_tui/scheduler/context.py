"""What every part of the scheduler works with: the run, its ledger, its git, its programs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from wf_tui.config import Timing
from wf_tui.fault_injection import Faults
from wf_tui.git.runner import git_limit
from wf_tui.ledger.model.worktree_setup import WorktreeSetup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import ThreadPoolExecutor

    from wf_tui.clock import Clock
    from wf_tui.fault_injection import Point
    from wf_tui.git.control.control import Control
    from wf_tui.git.repository import Repository
    from wf_tui.git.worktrees.pool import Pool
    from wf_tui.git.worktrees.shared import SharedTree
    from wf_tui.git.worktrees.snapshots import Snapshots
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.writer import Writer
    from wf_tui.paths import RunPaths
    from wf_tui.scheduler.ports import Ports
    from wf_tui.workers.launcher import Launcher
    from wf_tui.workers.protocol import Worker

__all__ = ["RunContext"]

_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass
class RunContext:
    """Where a run is worked on."""

    run: str
    paths: RunPaths
    clock: Clock
    writer: Writer
    control: Control
    repository: Repository
    pool: Pool
    snapshots: Snapshots
    shared: SharedTree
    launcher: Launcher
    threads: ThreadPoolExecutor
    workers: Mapping[str, Worker]
    """A worker for each kind of seat."""
    environment: Mapping[str, str]
    """What every program gets of the scheduler's environment."""
    timing: Timing = field(default_factory=Timing)
    worktree: WorktreeSetup = field(default_factory=WorktreeSetup)
    """How each worktree is set up."""
    ports: Ports | None = None
    """The ranges of ports for attempts."""
    faults: Faults = field(default_factory=Faults)
    """What a fault test has planned for this scheduler."""

    async def ledger(self, rule: Callable[[Ledger], _T]) -> _T:
        """Run a rule of the ledger; the answer comes after its commit."""
        return await self.writer.submit(rule)

    async def reach(self, point: Point) -> None:
        """Pass a named point, where a fault test may have planned something."""
        if self.faults.planned:
            await self.thread(self.faults.reach, point)

    async def thread(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Run a call that blocks, git above all, off the loop; git that hangs is killed."""

        def patiently() -> _T:
            with git_limit(self.timing.step_deadline):
                return call(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self.threads, patiently)
