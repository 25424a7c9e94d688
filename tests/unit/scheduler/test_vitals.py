"""Signs of life: what counts as evidence, as output, and as the scheduler's own work."""

from __future__ import annotations

from dataclasses import dataclass

from wf_tui.scheduler.attempts.vitals import Vitals
from wf_tui.workers.protocol import Alive, Output, Started


@dataclass
class SetClock:
    """A clock that a test sets."""

    time: float = 100.0

    def now(self) -> float:
        """Return the time that was set."""
        return self.time

    def monotonic(self) -> float:
        """Return the time that was set."""
        return self.time


def test_a_tick_of_the_shim_is_evidence_but_no_output() -> None:
    """A silent program lives, and its silence goes on."""
    clock = SetClock()
    vitals = Vitals(clock)
    vitals.note(Started(pid=1))
    clock.time = 107.0
    vitals.note(Alive())
    assert (vitals.running, vitals.evidence, vitals.output) == (True, 107.0, 100.0)
    clock.time = 109.0
    vitals.note(Output(3))
    assert (vitals.evidence, vitals.output) == (109.0, 109.0)


def test_without_a_program_the_scheduler_is_at_work() -> None:
    """From the end of a program on it is the scheduler that has to be in time."""
    clock = SetClock()
    vitals = Vitals(clock)
    vitals.note(Started(pid=1))
    clock.time = 130.0
    vitals.no_program()
    assert (vitals.running, vitals.own_since, vitals.evidence) == (False, 130.0, 100.0)


def test_time_that_is_spared_never_lies_ahead() -> None:
    """What nobody could have heard is not counted, but makes nothing younger than now."""
    vitals = Vitals(SetClock(), evidence=90.0, output=20.0, own_since=99.0)
    vitals.spare(30.0, now=100.0)
    assert (vitals.evidence, vitals.output, vitals.own_since) == (100.0, 50.0, 100.0)
