"""What views, commands and the scheduler read."""

from __future__ import annotations

import pytest

from tests.support.ledger_harness import RUN, LedgerHarness, a_run, phase, shell
from wf_tui.errors import UnknownNameError, UsageError
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import RELEASE


def test_finding_runs(drive: LedgerHarness) -> None:
    """A run is found by id, by a unique prefix, or as the newest."""
    with pytest.raises(UsageError, match="there is no run"):
        reads.find_run(drive.db, None)
    drive.make("a")
    drive.ledger.create_run(a_run(id="r2", created_at=2e6), [phase("p", "a")], {})
    assert [run.id for run in reads.runs(drive.db)] == ["r2", "r1"]
    assert (reads.find_run(drive.db, None).id, reads.find_run(drive.db, "r1").id) == ("r2", "r1")
    with pytest.raises(UsageError, match="run 'r' could be r2, r1"):
        reads.find_run(drive.db, "r")
    for find in (reads.find_run, reads.run_row):
        with pytest.raises(UnknownNameError, match="unknown run 'x'"):
            find(drive.db, "x")


def test_the_leader_is_recorded(drive: LedgerHarness) -> None:
    """Who leads a run is known from the ledger; the last one counts."""
    drive.make("a")
    assert reads.leader(drive.db, RUN) is None
    for pid in (7, 8):
        who: dict[str, str | int] = {"pid": pid, "host": "h", "boot": "b", "pid_started": "1"}
        drive.ledger.scheduler_started(RUN, who)
    leader = reads.leader(drive.db, RUN)
    assert leader is not None
    assert (leader.pid, leader.started_at) == (8, drive.clock.now())
    assert drive.kinds()[-1] == "scheduler_started"


def test_a_leader_signs_off(drive: LedgerHarness) -> None:
    """A leader may go when its run is over or stopped, not while a person has work for it."""
    drive.make("a")
    who: dict[str, str | int] = {"pid": 7, "host": "h", "boot": "b", "pid_started": "1"}
    drive.ledger.scheduler_started(RUN, who)
    assert not drive.ledger.scheduler_stopped(RUN)
    drive.mine.stop(RUN)
    assert drive.ledger.scheduler_stopped(RUN)
    assert reads.leader(drive.db, RUN) is None


def test_the_pulse(drive: LedgerHarness) -> None:
    """What the scheduler wakes for: what is open and fenced, which seats are idle, timers."""
    drive.make("a", "b")
    drive.expect_claim("a", "w2")
    drive.mine.move(RUN, RELEASE, ["a"])
    pulse = reads.pulse(drive.db, RUN, drive.clock.now())
    (opened,) = pulse.open
    assert (opened.task, opened.epoch, opened.worker, opened.fenced) == ("a", 1, "w2", True)
    assert (pulse.next_timer, pulse.seq) == (None, drive.run().seq)
    assert reads.open_attempts(drive.db, RUN) == pulse.open
    assert reads.idle_seats(drive.db, RUN) == ("w1", "w3")


def test_attempts_are_listed(drive: LedgerHarness) -> None:
    """The attempts of one task or of all are read oldest first."""
    drive.make("a", "b").finish("a", "b")
    assert [row.task for row in reads.attempts(drive.db, RUN)] == ["a", "b"]
    (attempt,) = reads.attempts(drive.db, RUN, "b")
    assert (attempt.outcome, attempt.commit_id, attempt.exit_code) == ("succeeded", "c1", 0)


def test_an_unknown_task(drive: LedgerHarness) -> None:
    """A task that does not exist is named with the nearest one."""
    drive.make("parser", "printer")
    with pytest.raises(UnknownNameError, match="unknown task 'pasrer'") as caught:
        reads.task(drive.db, RUN, "pasrer")
    assert caught.value.hint == "did you mean 'parser'?"


def test_events_in_pages(drive: LedgerHarness) -> None:
    """Events are read in order from a number on, a page at a time."""
    drive.make("a", "b")
    numbers = [event.seq for event in reads.events(drive.db, RUN, 2, page=2)]
    assert numbers == list(range(3, drive.run().seq + 1))


def test_the_events_of_one_task(drive: LedgerHarness) -> None:
    """The newest events of a task are read in order, without those of any other."""
    drive.make("a", "b").finish("a", "b")
    found = reads.task_events(drive.db, RUN, "b")
    assert found == [event for event in reads.events(drive.db, RUN) if event.task == "b"]
    assert reads.task_events(drive.db, RUN, "b", 2) == found[-2:]


def test_whether_a_claim_could_find_anything(drive: LedgerHarness) -> None:
    """Not where all jobs are taken, and not where all that is left waits for something."""
    drive.make("a", shell("b", "a"), shell("c", "a"), jobs=1)
    assert reads.may_claim(drive.db, RUN)
    fence = drive.expect_claim("a")
    assert not reads.may_claim(drive.db, RUN)
    drive.ledger.set_jobs(RUN, 2)
    assert not reads.may_claim(drive.db, RUN)
    drive.done(fence)
    assert reads.may_claim(drive.db, RUN)


def test_tasks_that_are_parked_are_found_when_nothing_is_open(drive: LedgerHarness) -> None:
    """A claim wakes them then, so one has to be tried."""
    drive.make(shell("a", scope=("x",)), shell("b", scope=("x",)))
    drive.expect_claim("a")
    assert drive.claim("w2") is None
    assert not reads.may_claim(drive.db, RUN)
    drive.db.execute("UPDATE run SET open_attempts = 0")
    assert reads.may_claim(drive.db, RUN)
