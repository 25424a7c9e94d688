"""The table of RULES 3.1: each command on each state, and each report of a worker on each."""

from __future__ import annotations

import pytest

from tests.support import recount
from tests.support.ledger_harness import RUN, LedgerHarness
from tests.support.task_states import STATES
from tests.support.transitions import (
    ASKING,
    BY_HAND,
    BY_WORKER,
    COMMANDS,
    MERGING,
    REPORTS,
    RETRIABLE,
    RUNNING,
)
from wf_tui.errors import RefusedError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.queries import reads


@pytest.mark.parametrize("state", STATES)
def test_each_state_can_be_reached(drive: LedgerHarness, state: str) -> None:
    """The builders of this file lead to the states that they are named for."""
    STATES[state](drive)
    assert drive.where("t") == state.split(maxsplit=1)[0]
    recount.check(drive.db)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS)
def test_commands(drive: LedgerHarness, command: str, state: str) -> None:
    """A command leads where the table says; where the table has no move, nothing changes."""
    STATES[state](drive)
    before = drive.dump()
    (acted,) = COMMANDS[command](drive)
    expected = BY_HAND[command].get(state)
    assert acted.changed == (expected is not None)
    if expected is None:
        assert acted.reason.startswith("task 't' cannot be ")
        assert drive.dump() == before
    else:
        assert drive.where("t") == expected
    recount.check(drive.db)


@pytest.mark.parametrize("state", [*RUNNING, *MERGING, *ASKING])
@pytest.mark.parametrize("report", REPORTS)
def test_reports(drive: LedgerHarness, report: str, state: str) -> None:
    """A worker's report leads where the table says, or is refused as a whole."""
    STATES[state](drive)
    before = drive.dump()
    fence = Fence(RUN, "t", 1, "w1")
    expected = BY_WORKER[report].get(state)
    if expected is None:
        with pytest.raises(RefusedError):
            REPORTS[report](drive, fence)
        assert drive.dump() == before
    else:
        assert REPORTS[report](drive, fence)
        assert drive.where("t") == expected
    recount.check(drive.db)


@pytest.mark.parametrize("state", [*RUNNING, *ASKING])
@pytest.mark.parametrize("command", ["reassign", "release", "hold", "cancel", "skip"])
def test_a_stop_fences_and_keeps_the_attempt_open(
    drive: LedgerHarness, command: str, state: str
) -> None:
    """Taking a running task fences its attempt, which stays open until it is closed."""
    STATES[state](drive)
    COMMANDS[command](drive)
    (attempt,) = reads.attempts(drive.db, RUN, "t")
    assert (attempt.open, attempt.fenced) == (True, True)
    assert drive.run().open_attempts == 1
    assert drive.task("t").tries == 0


@pytest.mark.parametrize("state", RETRIABLE)
@pytest.mark.parametrize("command", ["retry", "reassign"])
def test_a_retry_gives_all_tries_back(drive: LedgerHarness, command: str, state: str) -> None:
    """After a retry or reassignment of a blocked task its failures count from zero."""
    STATES[state](drive)
    COMMANDS[command](drive)
    task = drive.task("t")
    assert (task.tries, task.conflicts, task.not_before) == (0, 0, None)
    assert task.pinned == ("w2" if command == "reassign" else "")


@pytest.mark.parametrize(
    ("away", "back"), [("hold", "unhold"), ("cancel", "retry"), ("skip", "retry")]
)
def test_p_star_is_blocked_while_a_result_is(drive: LedgerHarness, away: str, back: str) -> None:
    """What comes back to P* is blocked by its dependency while a result it needs is blocked."""
    STATES["P waiting"](drive)
    COMMANDS[away](drive)
    drive.wreck("u")
    assert COMMANDS[back](drive)[0].state == "blocked"
    assert drive.where("t") == "B:dependency"
    assert drive.task("t").detail == {"root": "u", "needs": "u"}
