"""What the board greys is what the ledger refuses."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, phase, shell
from tests.support.picture_harness import PictureHarness
from tests.support.seeds import seeds
from wf_tui.errors import RefusedError, UsageError
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.rules.moves import (
    ACCEPT,
    ANSWER,
    CANCEL,
    EDIT,
    HOLD,
    MESSAGE,
    MOVES,
    PRIORITY,
    REASSIGN,
    RELEASE,
    RETRY,
    SKIP,
    SNOOZE,
    UNHOLD,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.ledger_harness import LedgerHarness
    from tests.support.random_runs import RandomRuns
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import MoveResult

ACTS: dict[str, Callable[[Ledger, str], list[MoveResult]]] = {
    "retry": lambda ledger, task: ledger.move(RUN, RETRY, [task]),
    "reassign": lambda ledger, task: ledger.move(RUN, REASSIGN, [task], to="w1"),
    "release": lambda ledger, task: ledger.move(RUN, RELEASE, [task]),
    "hold": lambda ledger, task: ledger.move(RUN, HOLD, [task]),
    "unhold": lambda ledger, task: ledger.move(RUN, UNHOLD, [task]),
    "cancel": lambda ledger, task: ledger.move(RUN, CANCEL, [task]),
    "skip": lambda ledger, task: ledger.move(RUN, SKIP, [task]),
    "accept": lambda ledger, task: ledger.move(RUN, ACCEPT, [task]),
    "answer": lambda ledger, task: ledger.move(RUN, ANSWER, [task], text="yes"),
    "edit": lambda ledger, task: ledger.move(RUN, EDIT, [task], fields={"title": "new"}),
    "priority": lambda ledger, task: ledger.move(RUN, PRIORITY, [task], number=3),
    "message": lambda ledger, task: ledger.move(RUN, MESSAGE, [task], text="hear"),
    "snooze": lambda ledger, task: ledger.move(RUN, SNOOZE, [task], until=None),
}
RUN_ACTS: dict[str, Callable[[Ledger], object]] = {
    "pause": lambda ledger: ledger.pause(RUN),
    "resume": lambda ledger: ledger.resume(RUN),
    "stop": lambda ledger: ledger.stop(RUN),
    "stop_now": lambda ledger: ledger.stop(RUN, now=True),
    "abort": lambda ledger: ledger.abort(RUN),
    "add": lambda ledger: ledger.add(RUN, shell("one more")),
}


class _TakenBackError(Exception):
    """The act was only tried."""


def possible(drive: LedgerHarness, act: Callable[[Ledger], object]) -> bool:
    """Try an act and take it back; whether the ledger did it."""
    changed = True
    try:
        with drive.db.transaction(RUN):
            acted = act(drive.mine)
            if isinstance(acted, list) and acted and not isinstance(acted[0], str):
                changed = acted[0].changed
            raise _TakenBackError  # noqa: TRY301 - an exception is what takes a transaction back
    except _TakenBackError:
        return changed
    except RefusedError:
        return False


def test_every_move_is_tried() -> None:
    """The moves of these tests are those of the table."""
    assert set(ACTS) == set(MOVES)


@pytest.mark.parametrize(("swarm", "seed"), seeds(4, quick=1, times=2), indirect=["swarm"])
def test_the_board_greys_what_the_ledger_refuses(swarm: RandomRuns, seed: int) -> None:
    """For every state that a run gets into, a move is possible on the board if it is in truth."""
    random = Random(seed)  # noqa: S311 - the same history each time
    drive, view = swarm.drive, PictureHarness(swarm.drive)
    for number in range(100):
        swarm.act(random) if number != 90 else swarm.abort()
        drive.ledger.release_due(RUN)
        view.look()
        for move in random.sample(sorted(ACTS), 3):
            for task in random.sample(sorted(view.picture.cards), 5):
                why = view.picture.why_not(move, task)
                try:
                    assert possible(drive, lambda ledger: ACTS[move](ledger, task)) is (why is None)  # noqa: B023 - called at once
                except UsageError:
                    assert move == "reassign"
        move = random.choice(sorted(RUN_ACTS))
        assert possible(drive, RUN_ACTS[move]) is (view.picture.why_not(move) is None), move


def test_the_reason_is_a_sentence(drive: LedgerHarness, view: PictureHarness) -> None:
    """What is not possible says why, in the words of the ledger."""
    drive.make("a")
    drive.finish("a")
    view.look()
    assert (
        view.picture.why_not("cancel", "a") == "task 'a' cannot be cancelled: it is done (merged)"
    )


def test_a_skip_that_was_used_stays(drive: LedgerHarness, view: PictureHarness) -> None:
    """A skipped task can come back until one that needs its result was claimed."""
    drive.make("a", shell("b", "a"))
    drive.mine.move(RUN, SKIP, ["a"])
    view.look()
    assert view.picture.why_not("retry", "a") is None
    drive.expect_claim("b")
    view.look()
    assert view.picture.why_not("retry", "a") is not None


def test_a_skip_that_the_next_in_turn_used_stays(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """In a sequential phase the claim of the next one keeps a skipped task from coming back."""
    drive.make(phase("p", "a", "b", "c", parallel=False))
    drive.mine.move(RUN, SKIP, ["a"])
    drive.expect_claim("b")
    view.look()
    assert view.picture.why_not("retry", "a") is not None


def test_a_skip_that_a_later_phase_used_stays(drive: LedgerHarness, view: PictureHarness) -> None:
    """So does a claim in a phase that waited for this one."""
    drive.make(phase("p", "a"), phase("q", "b", after=["p"]))
    drive.mine.move(RUN, SKIP, ["a"])
    drive.expect_claim("b")
    view.look()
    assert view.picture.why_not("retry", "a") is not None


def test_a_run_that_is_being_aborted_takes_nothing_up(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """While a merge keeps an aborted run open, retry waits and hold does not."""
    drive.make("a", "b")
    drive.expect_claim("a", step=Step.INTEGRATING)
    drive.mine.abort(RUN)
    view.look()
    assert view.picture.why_not("retry", "b") == "run r1 is being aborted: wait for that to end"
    assert view.picture.why_not("add") == "run r1 is being aborted: wait for that to end"
    assert view.picture.why_not("pause") == "run r1 is being aborted"
    assert not possible(drive, lambda ledger: ledger.move(RUN, RETRY, ["b"]))
