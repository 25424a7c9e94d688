"""Of what really happens the checker has nothing to say."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.support.histories import history, long_history, of, run_at_random
from tests.support.ledger_harness import BAD, GOOD, RUN, STOPPED, merging, shell
from tests.support.seeds import seeds
from tests.support.task_states import STATES
from tests.support.transitions import COMMANDS, REPORTS
from wf_tui.errors import RefusedError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.events.attempt_events import WorkHarvested
from wf_tui.ledger.model.states import BlockedKind, DoneKind, Step
from wf_tui.ledger.rules.moves import ACCEPT
from wf_tui.verify.replay import replay
from wf_tui.verify.replay_state import ReplayState

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from tests.support.stores import MakeStore


@pytest.mark.parametrize("seed", seeds(8, quick=2))
def test_random_histories(seed: int, make_store: MakeStore) -> None:
    """After many random acts the replay agrees with the tables, and finds no violation."""
    swarm = run_at_random(make_store, seed, 250)
    assert history(swarm.drive.db).found() == []
    swarm.end()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_on_every_state(drive: LedgerHarness, command: str, state: str) -> None:
    """What a person may do is legal in the log, and so is taking it back."""
    STATES[state](merging(drive))
    COMMANDS[command](drive)
    assert history(drive.db).found() == []
    with suppress(RefusedError):
        drive.mine.undo(RUN)
    assert history(drive.db).found() == []


@pytest.mark.parametrize("state", ["R:running", "R:checking", "M", "Q"])
@pytest.mark.parametrize("report", REPORTS)
def test_every_report_on_every_state(drive: LedgerHarness, report: str, state: str) -> None:
    """What a worker may report is legal in the log, also when it comes too late."""
    STATES[state](merging(drive))
    fence = Fence(RUN, "t", 1, "w1")
    with suppress(RefusedError):
        REPORTS[report](drive, fence)
    assert history(drive.db).found() == []
    drive.ledger.fail(fence, BAD)
    assert history(drive.db).found() == []


def test_a_snapshot_that_readers_changed(drive: LedgerHarness) -> None:
    """That is told when the last of them has left it, after its end; only of one that had it."""
    merging(drive).make(shell("a", mode="read_only", scope=()))
    fence = drive.expect_claim("a", step=Step.CHECKING)
    drive.ledger.done(fence, DoneKind.ANSWERED, GOOD, "ok")
    drive.ledger.harvested(fence, WorkHarvested(files=0, snapshot_changed=("cache",)))
    assert history(drive.db).found() == []
    drive.db.execute("UPDATE event SET worker = 'w2' WHERE kind = 'harvested'")
    assert history(drive.db).found() == ["stale"]


@pytest.mark.parametrize("state", STATES)
def test_abort_in_every_state(drive: LedgerHarness, state: str) -> None:
    """An abort and its end are legal in the log."""
    STATES[state](merging(drive))
    with suppress(RefusedError):
        drive.mine.abort(RUN)
    if state != "M":
        drive.ledger.close(Fence(RUN, "t", 1, "w1"), STOPPED)
    assert history(drive.db).found() == []


def test_accepted_and_added_work(drive: LedgerHarness) -> None:
    """An accepted task sets free what it held up; a new one is held up by what is blocked."""
    merging(drive).make("a", shell("b", "a"))
    drive.ledger.block(drive.expect_claim("a", "w1", Step.CHECKING), BAD, BlockedKind.SCOPE)
    drive.mine.add(RUN, shell("c", "a"))
    (accepted,) = drive.mine.move(RUN, ACCEPT, ["a"])
    assert accepted.changed
    assert history(drive.db).found() == []
    drive.done(Fence(RUN, "a", 2, "user:ann"))
    assert drive.where() == "D:merged P P"
    assert history(drive.db).found() == []


@pytest.mark.parametrize(("isolation", "allowed"), [("worktree", True), ("shared", False)])
def test_accepting_what_overlaps(drive: LedgerHarness, isolation: str, *, allowed: bool) -> None:
    """Finished work in a tree of its own disturbs nobody; in the shared workspace it would."""
    both = {"isolation": isolation, "scope": ("src",)}
    merging(drive).make(shell("a", **both), shell("b", **both))
    drive.ledger.block(drive.expect_claim("a", step=Step.CHECKING), BAD, BlockedKind.SCOPE)
    drive.expect_claim("b")
    (acted,) = drive.mine.move(RUN, ACCEPT, ["a"])
    assert acted.changed is allowed
    assert history(drive.db).found() == []


def test_a_log_of_an_older_release(drive: LedgerHarness) -> None:
    """Where a log does not tell how many tries there are, they are not judged."""
    merging(drive).make(shell("a", max_attempts=2))
    drive.wreck("a")
    plain = history(drive.db).changed(of("task_added"), max_attempts=None)
    assert plain.found() == []


def test_many_events_in_a_few_seconds() -> None:
    """A long history costs each event the same: 20,000 take a fifth of what 100,000 may."""
    events = tuple(long_history(tasks=4_000))
    begun = time.process_time()
    replayed = ReplayState()
    for event in events:
        replay(replayed, event)
    assert replayed.violations == []
    assert len(events) > 20_000
    assert time.process_time() - begun < 2.0
