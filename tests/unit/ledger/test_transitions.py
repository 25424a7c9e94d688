"""The table of RULES 3.1: each command on each state, and each report of a worker on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.support import recount
from tests.support.ledger_harness import BAD, GOOD, RUN, LedgerHarness
from tests.support.task_states import STATES
from wf_tui.errors import RefusedError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Step
from wf_tui.ledger.queries import reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wf_tui.ledger.ledger import MoveResult

P = ["P ready", "P waiting", "P backoff"]
R = ["R:claimed", "R:preparing", "R:running", "R:harvesting", "R:checking"]
M, Q = ["M"], ["Q"]
B = [name for name in STATES if name.startswith("B:")]
OWN = [name for name in B if name not in {"B:dependency", "B:hold"}]


def _same(*groups: Iterable[str]) -> dict[str, str]:
    return {name: name.split()[0] for group in groups for name in group}


def _to(state: str, *groups: Iterable[str]) -> dict[str, str]:
    return {name: state for group in groups for name in group}


COMMANDS: Final[dict[str, Callable[[LedgerHarness], list[MoveResult]]]] = {
    "retry": lambda drive: drive.mine.retry(RUN, "t"),
    "reassign": lambda drive: drive.mine.reassign(RUN, "w2", "t"),
    "release": lambda drive: drive.mine.release(RUN, "t"),
    "hold": lambda drive: drive.mine.hold(RUN, "t"),
    "unhold": lambda drive: drive.mine.unhold(RUN, "t"),
    "cancel": lambda drive: drive.mine.cancel(RUN, "t"),
    "skip": lambda drive: drive.mine.skip(RUN, "t"),
    "accept": lambda drive: drive.mine.accept(RUN, "t"),
    "answer": lambda drive: drive.mine.answer(RUN, "t", "yes"),
    "edit": lambda drive: drive.mine.edit(RUN, "t", {"title": "anew"}),
    "priority": lambda drive: drive.mine.priority(RUN, "t", -1),
    "message": lambda drive: drive.mine.message(RUN, "t", "be quick"),
}
BY_HAND: Final[dict[str, dict[str, str]]] = {
    "retry": _to("P", ["P backoff"], OWN, Q, ["D:skipped"]),
    "reassign": _to("P", P, R, Q, OWN),
    "release": _to("P", R, Q),
    "hold": _to("B:hold", P, ["B:dependency"], R, Q),
    "unhold": _to("P", ["B:hold"]),
    "cancel": _to("B:cancelled", P, set(B) - {"B:cancelled"}, R, Q),
    "skip": _to("D:skipped", P, B, R, Q),
    "accept": {"B:scope": "R:checking", "B:conflict": "R:harvesting"},
    "answer": {"Q": "R:running", "B:question": "P"},
    "edit": _same(P, B, R, Q, M),
    "priority": _same(P, B, R, Q, M),
    "message": _same(P, B, R, Q, M),
}
"""For each command the states in which it is allowed, and where it leads; all others refuse it."""

REPORTS: Final[dict[str, Callable[[LedgerHarness, Fence], object]]] = {
    "merged": lambda drive, fence: drive.ledger.done(fence, DoneKind.MERGED, GOOD, ""),
    "no changes": lambda drive, fence: drive.ledger.done(fence, DoneKind.NO_CHANGES, GOOD, ""),
    "answered": lambda drive, fence: drive.ledger.done(fence, DoneKind.ANSWERED, GOOD, "42"),
    "failed": lambda drive, fence: drive.ledger.fail(fence, BAD),
    "gate": lambda drive, fence: drive.ledger.fail(fence, BAD, kind=BlockedKind.GATE),
    "scope": lambda drive, fence: drive.ledger.block(fence, BAD, BlockedKind.SCOPE),
    "budget": lambda drive, fence: drive.ledger.block(fence, BAD, BlockedKind.BUDGET),
    "conflict": lambda drive, fence: drive.ledger.conflict(fence, BAD, ("a",), "a differs"),
    "429": lambda drive, fence: drive.ledger.limited(fence, BAD, "rate", "far", 2e6),
    "quota": lambda drive, fence: drive.ledger.limited(fence, BAD, "quota", "far", 2e6),
    "auth": lambda drive, fence: drive.ledger.limited(fence, BAD, "auth", "far", 2e6),
    "question": lambda drive, fence: drive.ledger.ask(fence, "may I?"),
    "time-out": lambda drive, fence: drive.ledger.question_expired(fence),
    "run": lambda drive, fence: drive.ledger.step(fence, Step.RUNNING),
    "harvest": lambda drive, fence: drive.ledger.step(fence, Step.HARVESTING),
    "integrate": lambda drive, fence: drive.ledger.step(fence, Step.INTEGRATING),
}
BY_WORKER: Final[dict[str, dict[str, str]]] = {
    "merged": _to("D:merged", M),
    "no changes": _to("D:no_changes", R),
    "answered": _to("D:answered", R),
    "failed": _to("B:failed", R, Q, M),
    "gate": _to("B:gate", R, Q, M),
    "scope": _to("B:scope", R),
    "budget": _to("B:budget", R),
    "conflict": _to("P", M),
    "429": _to("P", R),
    "quota": _to("B:quota", R),
    "auth": _to("B:failed", R),
    "question": _to("Q", R),
    "time-out": _to("B:question", Q),
    "run": _to("R:running", R[:3]),
    "harvest": _to("R:harvesting", R[:4], Q),
    "integrate": _to("M", R, M),
}
"""The same for what a worker with a live claim reports; M again is how a recovery goes on."""


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


@pytest.mark.parametrize("state", [*R, *M, *Q])
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


@pytest.mark.parametrize("state", [*R, *Q])
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


@pytest.mark.parametrize("state", OWN)
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
