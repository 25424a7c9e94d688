"""What an ending does: one decision for each kind of failure, and the floor below a success."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wf_tui.ledger.model.states import Cause, NextSeat
from wf_tui.scheduler.attempts.endings import DECISIONS, Decision, Effect, decide, no_work
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.model.model_worker import HOST_DIED
from wf_tui.workers.protocol import Failure, Lost


def test_each_kind_of_failure_has_a_decision() -> None:
    """The table is whole, and what is not known counts like the work's own failure."""
    assert set(DECISIONS) == set(FailureKind)
    assert decide(Failure("exit", "exit 1")) == DECISIONS[FailureKind.UNKNOWN]


def test_what_is_nobodys_fault_goes_on_where_it_was() -> None:
    """A session is resumed after what the model's work had no part in, and after nothing else."""
    resumed = {kind for kind, one in DECISIONS.items() if one.next_seat is NextSeat.SAME}
    begun_anew = {"task", "verifier", "context", "cancelled", "unknown"}
    assert resumed == set(FailureKind) - begun_anew
    assert decide(Lost("gone")).next_seat is NextSeat.SAME
    assert DECISIONS[FailureKind.CONTEXT].next_seat is NextSeat.FALLBACK


def test_only_what_may_pass_is_counted() -> None:
    """A limit costs no try; what no try can mend is not tried."""
    counted = {kind for kind, decision in DECISIONS.items() if decision.effect is Effect.COUNTED}
    uncounted = {"rate_limit", "quota", "auth", "config", "budget"}
    assert counted == set(FailureKind) - uncounted


def test_a_host_that_died_is_interrupted_until_it_dies_too_often() -> None:
    """Another host may do better; the third time its link says that a person has to look."""
    died = Failure(HOST_DIED, "it has ended", kind=FailureKind.TRANSPORT)
    assert Cause(HOST_DIED) is Cause.HOST
    assert decide(died) == Decision(Effect.INTERRUPTED, NextSeat.SAME)
    assert decide(replace(died, kind=FailureKind.CONFIG)).effect is Effect.REFUSED


@pytest.mark.parametrize(
    ("writes", "changed", "tools", "answer", "passes"),
    [
        (True, False, 0, "All done!", False),
        (True, True, 0, "", True),
        (True, False, 1, "nothing to do", True),
        (False, False, 3, " \n", False),
        (False, False, 0, "It is 42.", True),
    ],
)
def test_the_floor(*, writes: bool, changed: bool, tools: int, answer: str, passes: bool) -> None:
    """A claim to be done needs a trace: a change or a tool, or an answer of one that reads."""
    fault = no_work(writes=writes, changed=changed, tools=tools, answer=answer)
    assert (fault is None) is passes
