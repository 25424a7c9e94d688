"""The kinds of workers that there are; a further one is a class and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from wf_tui.workers.acp.acp_worker import AcpWorker
from wf_tui.workers.agent.agent_worker import AgentWorker
from wf_tui.workers.shell import ShellWorker
from wf_tui.workers.shim.launcher import Launcher
from wf_tui.workers.worker import Worker

__all__ = ["KINDS", "WorkerKind"]


@dataclass(frozen=True)
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
    factory: Callable[[Launcher], Worker]
    """Makes the worker that stands for all seats of the kind, once for each scheduler."""


KINDS: Final[Mapping[str, WorkerKind]] = {
    "acp": WorkerKind(
        takes="prompt", can_ask=True, can_hear=True, has_floor=True, factory=AcpWorker
    ),
    "agent": WorkerKind(
        takes="prompt", can_ask=False, can_hear=False, has_floor=True, factory=AgentWorker
    ),
    "shell": WorkerKind(
        takes="command", can_ask=True, can_hear=False, has_floor=False, factory=ShellWorker
    ),
}
"""By the `kind` of a profile."""
