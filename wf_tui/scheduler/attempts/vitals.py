"""The signs of life of an attempt: written by its steps, judged by the heartbeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.workers.protocol import Alive, Started

if TYPE_CHECKING:
    from wf_tui.clock import Clock
    from wf_tui.workers.protocol import WorkerEvent

__all__ = ["Vitals"]


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
    """Since when the scheduler itself is at work on it."""
    waiting: bool = False
    """Whether it waits for other attempts, so that nothing is to be expected of it."""
    overdue: bool = False
    """Whether it was recorded that the scheduler itself takes too long."""

    def note(self, event: WorkerEvent) -> None:
        """Take what a worker or a gate reports; the shim's own tick is no output.

        A start counts as output: a program that has just begun has not been silent yet.
        """
        self.evidence = self.clock.monotonic()
        if isinstance(event, Started):
            self.running = True
        # A program that hangs has a shim that ticks all the same: that is no sign of work.
        if not isinstance(event, Alive):
            self.output = self.evidence

    def no_program(self) -> None:
        """Take note that no program runs: what comes next is the scheduler's own work.

        Called at every change from one to the other, so that each own step has its whole time.
        """
        self.running = False
        self.own_since = self.clock.monotonic()

    def spare(self, seconds: float, now: float) -> None:
        """Do not count seconds in which the scheduler could not have heard anything.

        `now` is of the monotonic clock, and no time is moved beyond it: what happened during the
        seconds would otherwise be spared for longer than it lasted.
        """
        self.evidence = min(now, self.evidence + seconds)
        self.output = min(now, self.output + seconds)
        self.own_since = min(now, self.own_since + seconds)
