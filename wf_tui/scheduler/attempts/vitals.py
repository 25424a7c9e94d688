"""The signs of life of an attempt: written by its steps, judged by the heartbeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.workers.protocol import Alive, Started

if TYPE_CHECKING:
    from wf_tui.clock import Clock
    from wf_tui.workers.protocol import WorkerEvent

__all__ = ["Vitals"]

_IN_A_TOOL: Final = 3
"""How many times longer an agent may be silent while it uses a tool (RULES 3.3)."""


@dataclass
class Vitals:
    """When there was evidence of an attempt, by the monotonic clock; used on the event loop alone.

    Either a program runs, and what its shim says is the evidence; or the scheduler itself is at
    work on the attempt, and has to be through with that in time.
    """

    clock: Clock
    running: bool = False
    """Whether a program runs, so that signs of life are to be expected."""
    evidence: float = 0.0
    """When there was a sign of life."""
    output: float = 0.0
    """When its program last wrote something."""
    own_since: float = 0.0
    """Since when the scheduler itself is at work on it; at first since the claim."""
    waiting: bool = False
    """Whether it waits for other attempts, so that nothing is to be expected of it."""
    overdue: bool = False
    """Whether it was recorded that the scheduler itself takes too long."""
    on_line: bool = False
    """Whether what it does is heard on the line alone: what an agent prints is no progress."""
    open_tools: int = 0
    """Its tool calls that have begun and not ended."""
    tools_at_end: bool = False
    """Whether its tool calls are heard of only when they are over."""
    asked: float = 0.0
    """Seconds that persons took for their answers."""
    asking_since: float | None = None
    """Since when a question of it is open, so that its clocks stand still."""

    def __post_init__(self) -> None:
        """Let its time begin now: the heartbeat may look before its first step has."""
        self.own_since = self.own_since or self.clock.monotonic()

    def note(self, event: WorkerEvent) -> None:
        """Take what a worker or a gate reports; the shim's own tick is no output.

        A start counts as output: a program that has just begun has not been silent yet. An agent
        runs with the first thing that it says: until then, the start deadline is its limit.
        """
        self.evidence = self.clock.monotonic()
        if self.on_line:
            return
        if isinstance(event, Started):
            self.running = True
        # A program that hangs has a shim that ticks all the same: that is no sign of work.
        if not isinstance(event, Alive):
            self.output = self.evidence

    def heard(self, *, progress: bool) -> None:
        """Take note that something came on the line; a retry of a request is no progress."""
        self.evidence = self.clock.monotonic()
        if progress or not self.running:  # a host may speak before the shim says that all began
            self.output = self.evidence
        self.running = True

    def asking(self, *, asks: bool) -> None:
        """Let the clock of its progress stand still for as long as it waits for a person."""
        now = self.clock.monotonic()
        if asks and self.asking_since is None:
            self.asking_since = now
        elif not asks and self.asking_since is not None:
            waited = now - self.asking_since
            self.output = min(now, self.output + waited)
            self.asked += waited
            self.asking_since = None

    def worked(self, since: float) -> float:
        """Return for how many seconds it has worked since a time, without what persons took."""
        until = self.clock.monotonic() if self.asking_since is None else self.asking_since
        return until - since - self.asked

    def silence(self, now: float) -> float:
        """Return for how many seconds nothing of its work was heard, by the monotonic clock.

        A third of the time while it uses a tool, which may be a long build.
        """
        until = now if self.asking_since is None else self.asking_since
        patience = _IN_A_TOOL if self.open_tools or self.tools_at_end else 1
        return (until - self.output) / patience

    def no_program(self) -> None:
        """Take note that no program runs: what comes next is the scheduler's own work.

        Called at every change from one to the other, so that each own step has its whole time.
        """
        self.running = self.on_line = self.tools_at_end = False
        self.open_tools, self.asking_since, self.asked = 0, None, 0.0
        self.own_since = self.clock.monotonic()

    def spare(self, seconds: float, now: float) -> None:
        """Do not count seconds in which the scheduler could not have heard anything.

        `now` is of the monotonic clock, and no time is moved beyond it: what happened during the
        seconds would otherwise be spared for longer than it lasted.
        """
        self.evidence = min(now, self.evidence + seconds)
        self.output = min(now, self.output + seconds)
        self.own_since = min(now, self.own_since + seconds)
