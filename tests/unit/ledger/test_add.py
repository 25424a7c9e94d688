"""Adding tasks to a run that is under way (RULES 3.1, *add*)."""

from __future__ import annotations

import pytest

from tests.support import recount
from tests.support.ledger_harness import RUN, LedgerHarness, phase, shell
from wf_tui.errors import RefusedError, UnknownNameError, UsageError
from wf_tui.ledger.rules.moves import RETRY


def test_without_a_phase(drive: LedgerHarness) -> None:
    """A task without a phase goes into the parallel phase `added` and waits for no phase."""
    drive.make(phase("p", "a"), phase("q", "b", after=["p"]))
    added = drive.mine.add(RUN, shell("x"))
    assert (added.phase, added.unmet, drive.run().pending) == ("added", 0, 3)
    drive.mine.add(RUN, shell("y"))
    assert drive.phase("added").unsettled == 2
    assert drive.events("task_added")[-1].actor == "user:ann"


def test_needs(drive: LedgerHarness) -> None:
    """An added task waits for the results it needs, done ones not counted, twice named once."""
    drive.make("a", "b").finish("a")
    assert drive.mine.add(RUN, shell("x", "a", "b", "b")).unmet == 1
    drive.finish("b", "x")


def test_needs_a_blocked_task(drive: LedgerHarness) -> None:
    """A task that needs a blocked result is blocked from the start, and freed with it."""
    drive.make("a", shell("b", "a")).wreck("a")
    added = drive.mine.add(RUN, shell("x", "b"))
    assert (drive.where("x"), added.detail) == ("B:dependency", {"root": "a", "needs": "b"})
    assert drive.events("task_blocked", task="x")[0].data["before"] == "pending"
    drive.mine.move(RUN, RETRY, ["a"])
    assert drive.where("x") == "P"
    recount.check(drive.db)


def test_into_a_phase_that_waits(drive: LedgerHarness) -> None:
    """A task added to a phase that has not started waits with it."""
    drive.make(phase("p", "a"), phase("q", "b", after=["p"]))
    assert drive.mine.add(RUN, shell("x"), "q").unmet == 1
    drive.finish("a", "b", "x")


def test_into_a_sequence(drive: LedgerHarness) -> None:
    """A task added to a sequential phase waits for its last one, unless that is over."""
    drive.make(phase("p", "a", parallel=False))
    assert drive.mine.add(RUN, shell("x"), "p").unmet == 1
    drive.finish("a", "x")
    assert drive.mine.add(RUN, shell("y"), "p").unmet == 0
    recount.check(drive.db)


def test_into_a_settled_phase(drive: LedgerHarness) -> None:
    """A settled phase takes a task while nothing that waited for it has begun."""
    drive.make(phase("p", "a"), phase("q", "b", after=["p"])).finish("a")
    drive.mine.add(RUN, shell("x"), "p")
    assert (drive.phase("p").settled_at, drive.phase("q").unmet) == (None, 1)
    drive.finish("x", "b")
    recount.check(drive.db)


def test_into_a_phase_that_was_built_on(drive: LedgerHarness) -> None:
    """A settled phase takes no task once one that waited for it was claimed."""
    drive.make(phase("p", "a"), phase("q", "b", after=["p"])).finish("a", "b")
    before = drive.dump()
    with pytest.raises(RefusedError, match="phase 'p' is over, and 'b'"):
        drive.mine.add(RUN, shell("x"), "p")
    assert drive.dump() == before


def test_before_a_phase_that_settled_too(drive: LedgerHarness) -> None:
    """Nor when the next phase has settled without a claim."""
    first = phase("p", "a", on_failure="skip_continue")
    following = phase("q", shell("b", "a"), after=["p"], on_failure="skip_continue")
    drive.make(first, following).wreck("a")
    with pytest.raises(RefusedError, match="phase 'p' is over, and 'q'"):
        drive.mine.add(RUN, shell("x"), "p")


def test_a_cycle_is_refused(drive: LedgerHarness) -> None:
    """A task may not need one that waits, through any phases, for the phase it joins."""
    drive.make(
        phase("p", "a"), phase("q", "b", after=["p"]), phase("r", shell("c", "b"), after=["q"])
    )
    for need in ("b", "c"):
        with pytest.raises(UsageError, match="a cycle"):
            drive.mine.add(RUN, shell("x", need), "p")
    drive.mine.add(RUN, shell("x", "a"), "p")
    drive.mine.add(RUN, shell("y", "x", "c"), "r")


def test_bad_names(drive: LedgerHarness) -> None:
    """A taken id and an unknown need or phase are usage errors, and nothing is stored."""
    drive.make("a")
    before = drive.dump()
    with pytest.raises(UsageError, match="there is a task 'a' already"):
        drive.mine.add(RUN, shell("a"))
    with pytest.raises(UnknownNameError, match="unknown task 'b'"):
        drive.mine.add(RUN, shell("x", "b"))
    with pytest.raises(UnknownNameError, match="unknown phase 'p'"):
        drive.mine.add(RUN, shell("x"), "p")
    assert drive.dump() == before


def test_adding_wakes_an_ended_run(drive: LedgerHarness) -> None:
    """A task added to a completed run brings it back."""
    drive.make("a").finish("a")
    assert drive.ledger.end_when_idle(RUN, foreground=False) == "completed"
    drive.mine.add(RUN, shell("x", "a"))
    assert drive.run().state == "running"
    drive.finish("x")


def test_added_tasks_keep_the_order(drive: LedgerHarness) -> None:
    """Added tasks come after all others in declaration order."""
    drive.make("a")
    drive.mine.add(RUN, shell("x"))
    drive.mine.add(RUN, shell("y"))
    assert [drive.task(name).ordinal for name in "axy"] == [0, 1, 2]
