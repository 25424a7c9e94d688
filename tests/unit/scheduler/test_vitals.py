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
    # A claim is looked at before its first step begins, and is not late from the boot on.
    assert vitals.own_since == 100.0
    vitals.note(Started(pid=1))
    clock.time = 130.0
    vitals.no_program()
    assert (vitals.running, vitals.own_since, vitals.evidence) == (False, 130.0, 100.0)


def test_time_that_is_spared_never_lies_ahead() -> None:
    """What nobody could have heard is not counted, but makes nothing younger than now."""
    vitals = Vitals(SetClock(), evidence=90.0, output=20.0, own_since=99.0)
    vitals.spare(30.0, now=100.0)
    assert (vitals.evidence, vitals.output, vitals.own_since) == (100.0, 50.0, 100.0)


def test_an_agent_is_heard_on_the_line_alone() -> None:
    """What an agent prints, and that it asks its model again, is no progress."""
    clock = SetClock()
    vitals = Vitals(clock, on_line=True)
    vitals.note(Started(pid=1))
    assert not vitals.running
    vitals.heard(progress=False)
    assert (vitals.running, vitals.silence(100.0)) == (True, 0.0)
    clock.time = 130.0
    vitals.note(Output(10_000))
    vitals.heard(progress=False)
    assert vitals.silence(130.0) == 30.0
    vitals.heard(progress=True)
    assert vitals.silence(130.0) == 0.0


def test_a_tool_may_take_three_times_as_long() -> None:
    """A build is silent for longer than a model that thinks."""
    vitals = Vitals(SetClock(), output=40.0, open_tools=1)
    assert vitals.silence(100.0) == 20.0
    vitals.open_tools = 0
    assert vitals.silence(100.0) == 60.0


def test_the_clock_stands_still_while_a_person_is_asked() -> None:
    """The time that a person takes for an answer is no silence of the worker."""
    clock = SetClock()
    vitals = Vitals(clock, output=90.0)
    vitals.asking(asks=True)
    clock.time = 5_000.0
    assert vitals.silence(5_000.0) == 10.0
    vitals.asking(asks=False)
    assert vitals.silence(5_000.0) == 10.0


def test_a_host_may_speak_before_the_shim() -> None:
    """A session that is told before the program's start is as a start: the silence begins there."""
    vitals = Vitals(SetClock())
    vitals.heard(progress=False)
    assert (vitals.running, vitals.silence(107.0)) == (True, 7.0)
