"""The kinds of workers that there are; a further one is a class and a line here."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Final, Literal

from wf_tui.values import frozen
from wf_tui.workers.acp.acp_worker import AcpWorker
from wf_tui.workers.agent.agent_worker import AgentWorker
from wf_tui.workers.model.host_link import HOST_FILE, HostLink
from wf_tui.workers.model.model_worker import ModelWorker
from wf_tui.workers.shell import ShellWorker
from wf_tui.workers.shim.launcher import Launcher
from wf_tui.workers.worker import Worker

__all__ = ["KINDS", "WorkerKind", "open_workers"]


@frozen
class WorkerKind:
    """What workers of one kind can do, and how one is made."""

    takes: Literal["command", "prompt"]
    """What its tasks have."""
    can_ask: bool
    """Whether it can ask a person while it runs."""
    can_hear: bool
    """Whether messages of a person reach it while it runs; some agents hear by their profile."""
    has_floor: bool
    """Whether work without a trace of it is not done (RULES 3.1)."""
    factory: Callable[[Launcher, HostLink], Worker]
    """Makes the worker that stands for all seats of the kind, once for each scheduler."""
    keeps_history: bool = False
    """Whether its conversation is kept by wf, for the attempt that goes on with it."""


KINDS: Final[Mapping[str, WorkerKind]] = {
    "acp": WorkerKind(
        takes="prompt",
        can_ask=True,
        can_hear=True,
        has_floor=True,
        factory=lambda launcher, _: AcpWorker(launcher),
    ),
    "agent": WorkerKind(
        takes="prompt",
        can_ask=False,
        can_hear=False,
        has_floor=True,
        factory=lambda launcher, _: AgentWorker(launcher),
    ),
    "model": WorkerKind(
        takes="prompt",
        can_ask=True,
        can_hear=True,
        has_floor=True,
        keeps_history=True,
        factory=ModelWorker,
    ),
    "shell": WorkerKind(
        takes="command",
        can_ask=True,
        can_hear=False,
        has_floor=False,
        factory=lambda launcher, _: ShellWorker(launcher),
    ),
}
"""By the `kind` of a profile."""


@contextlib.asynccontextmanager
async def open_workers(
    launcher: Launcher, folder: Path, environ: Mapping[str, str] = os.environ
) -> AsyncIterator[Mapping[str, Worker]]:
    """Make a worker for each kind, and end what they have started between attempts with the block.

    `folder` is that of the run, where a host of models is named for recovery; `environ` is that of
    the scheduler. Entered on the event loop, within the life of the launcher.
    """
    async with HostLink(folder / HOST_FILE, environ) as link:
        yield {name: kind.factory(launcher, link) for name, kind in KINDS.items()}
