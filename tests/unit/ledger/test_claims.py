"""Claims: which task a seat gets, and when it gets none (RULES 4.3)."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import BAD, RUN, LedgerHarness, phase, seat, shell
from wf_tui.errors import UnknownNameError
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import LimitKind, Step
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import HOLD, PRIORITY, REASSIGN, RELEASE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.stores import MakeStore


def test_declaration_order(drive: LedgerHarness) -> None:
    """Without priorities the first task of the plan is claimed first."""
    drive.make("b", "a", "c")
    assert [drive.expect_claim(name, f"w{n}").task for n, name in enumerate("bac", 1)] == [
        "b",
        "a",
        "c",
    ]


def test_priority_comes_first(drive: LedgerHarness) -> None:
    """A lower priority number is claimed first, whatever its chain is."""
    drive.make("a", shell("b", priority=-1), chains={"a": 900, "b": 1})
    drive.expect_claim("b")


def test_the_longest_path_comes_next(drive: LedgerHarness) -> None:
    """Of the same priority, the task that most work waits for is claimed first."""
    drive.make("a", "b", chains={"a": 1, "b": 5})
    drive.expect_claim("b")


def test_priority_by_hand(drive: LedgerHarness) -> None:
    """A task moved to the front by a person is claimed first."""
    drive.make("a", "b")
    drive.mine.move(RUN, PRIORITY, ["b"], number=-3)
    drive.expect_claim("b")


def test_a_claim_says_what_it_holds(drive: LedgerHarness) -> None:
    """A claim carries the task, its epoch, the worker and the head to start from."""
    drive.make("a")
    claim = drive.ledger.claim(RUN, "w1", start_deadline=7.0)
    assert claim is not None
    assert (claim.task.id, claim.epoch, claim.worker, claim.head) == ("a", 1, "w1", "b0")
    task = drive.task("a")
    assert (task.worker, task.step, task.attempts) == ("w1", Step.CLAIMED, 1)
    now = drive.clock.now()
    assert (task.step_deadline, task.lease_until) == (now + 7.0, now + 60.0)


def test_a_seat_holds_one_task(drive: LedgerHarness) -> None:
    """A seat that holds a task gets no second one."""
    drive.make("a", "b").expect_claim("a")
    assert drive.claim("w1") is None
    assert (drive.seat("w1").task, drive.seat("w1").state) == ("a", "busy")


def test_a_task_has_one_claim(drive: LedgerHarness) -> None:
    """A task that is held is not claimed by another seat."""
    drive.make("a").expect_claim("a")
    assert drive.claim("w2") is None


def test_only_what_waits_is_claimed(drive: LedgerHarness) -> None:
    """What is done or held waits for nothing, and is not claimed all the same."""
    drive.make("a", "b").finish("a")
    drive.mine.move(RUN, HOLD, ["b"])
    assert drive.claim() is None


def test_an_unknown_seat_is_named(drive: LedgerHarness) -> None:
    """A claim for a seat that has not joined names the nearest one."""
    drive.make("a")
    with pytest.raises(UnknownNameError, match="unknown worker 'w9'"):
        drive.claim("w9")


def test_epochs_grow(drive: LedgerHarness) -> None:
    """Only a claim raises the epoch, by one."""
    drive.make(shell("a", max_attempts=9, backoff=0))
    for epoch in (1, 2, 3):
        fence = drive.expect_claim("a", "w1" if epoch % 2 else "w2")
        assert fence.epoch == epoch
        drive.fail(fence)
    assert drive.task("a").epoch == 3


def test_jobs_cap(drive: LedgerHarness) -> None:
    """No more attempts are open than the run has jobs; lowering them interrupts nothing."""
    drive.make("a", "b", "c", jobs=2)
    first = drive.expect_claim("a")
    drive.expect_claim("b", "w2")
    assert drive.claim("w3") is None
    drive.ledger.set_jobs(RUN, 1)
    drive.done(first)
    assert drive.claim("w3") is None
    assert drive.run().open_attempts == 1


def test_wip_of_a_phase(drive: LedgerHarness) -> None:
    """A phase at its limit is passed over; the next phase that may start goes on."""
    drive.make(phase("p", "a", "b", wip=1), phase("q", "c")).expect_claim("a")
    assert drive.claim("w2") == Fence(RUN, "c", 1, "w2")
    assert drive.claim("w3") is None


def test_a_limited_lane_claims_nothing(drive: LedgerHarness) -> None:
    """A seat of a limited lane gets nothing until its time; other lanes go on."""
    drive.make("a", "b", seats=[seat("w1", lane="far"), seat("w2")])
    drive.ledger.limited(
        drive.expect_claim("a"), BAD, LimitKind.RATE, "far", drive.clock.now() + 30
    )
    assert drive.claim("w1") is None
    drive.expect_claim("a", "w2")
    drive.clock.move(30)
    drive.expect_claim("b", "w1")


def test_kinds(drive: LedgerHarness) -> None:
    """A seat of commands takes no task that has only a prompt, and the other way round."""
    seats = [seat("w1"), seat("m1", "model", kind="prompt")]
    drive.make(shell("a", spec=Spec(prompt="think")), "b", seats=seats)
    drive.expect_claim("b", "w1")
    drive.expect_claim("a", "m1")


def test_roles(drive: LedgerHarness) -> None:
    """A seat with roles takes only tasks of those; one without takes any."""
    seats = [seat("r1", roles=("review", "test")), seat("w1")]
    drive.make(shell("a", role="implement"), shell("b", role="test"), seats=seats)
    drive.expect_claim("b", "r1")
    drive.expect_claim("a", "w1")


def test_a_role_goes_to_the_profile_that_lists_it(drive: LedgerHarness) -> None:
    """Of prompts: a general seat leaves them to it, unless its pin says otherwise."""
    prompt = Spec(prompt="look")
    seats = [
        *(seat(f"any-{number}", "any", kind="agent") for number in (1, 2)),
        seat("eye-1", "eye", kind="agent", roles=("review",)),
    ]
    drive.make(
        shell("a", spec=prompt, role="review"),
        shell("b", spec=prompt, role="general"),
        shell("c", spec=prompt, role="review", worker="any", priority=1),
        seats=seats,
    )
    drive.expect_claim("b", "any-1")
    drive.expect_claim("a", "eye-1")
    drive.expect_claim("c", "any-2")


@pytest.mark.parametrize("pin", ["w2", "other"])
def test_pins(drive: LedgerHarness, pin: str) -> None:
    """A task pinned to a seat or a profile is left to it."""
    drive.make(shell("a", worker=pin), seats=[seat("w1"), seat("w2", "other")])
    assert drive.claim("w1") is None
    drive.expect_claim("a", "w2")


def test_a_pin_of_the_plan_is_stolen_in_time(drive: LedgerHarness) -> None:
    """A task pinned by the plan to a busy seat is anybody's after `steal_after`."""
    drive.make("x", shell("a", worker="w1")).expect_claim("x", "w1")
    drive.clock.move(300)
    assert drive.claim("w2") is None
    drive.clock.move(1)
    drive.expect_claim("a", "w2")


def test_a_pin_to_an_idle_seat_is_not_stolen(drive: LedgerHarness) -> None:
    """However long it waits, a task is not taken from a seat that is free to do it."""
    drive.make(shell("a", worker="w1"))
    drive.clock.move(5000)
    assert drive.claim("w2") is None


def test_a_pin_of_a_person_is_never_stolen(drive: LedgerHarness) -> None:
    """A task that a person gave to a busy seat waits for that seat."""
    drive.make("x", "a").expect_claim("x", "w1")
    drive.mine.move(RUN, REASSIGN, ["a"], to="w1")
    drive.clock.move(5000)
    assert drive.claim("w2") is None


def test_a_failure_prefers_another_seat(drive: LedgerHarness) -> None:
    """After a failure a seat leaves the task to another idle one that can do it."""
    drive.make(shell("a", max_attempts=3, backoff=0), "b", seats=2).wreck("a")
    drive.expect_claim("b", "w1")
    drive.expect_claim("a", "w2")


def test_a_failure_alone_is_tried_again(drive: LedgerHarness) -> None:
    """Where no other seat is idle and fit, the same one takes the task again."""
    seats = [seat("w1"), seat("r1", roles=("review",))]
    drive.make(shell("a", max_attempts=3, backoff=0), seats=seats).wreck("a")
    drive.expect_claim("a", "w1")


def test_fallback_profiles(drive: LedgerHarness) -> None:
    """From the second failure on the next profile of its `fallback` has a try, the last for good.

    The first time another seat of the profile looks at it; what has no seat is passed over.
    """
    spec = Spec(command="true", fallback=("second", "gone", "third"))
    seats = [seat("w1"), seat("w2"), seat("s1", "second"), seat("t1", "third")]
    drive.make(shell("a", spec=spec, max_attempts=9, backoff=0), seats=seats)
    for name in ("w1", "w2", "s1", "t1", "t1"):
        drive.wreck("a", worker=name)
    assert (drive.task("a").pinned, drive.task("a").pinned_by) == ("third", "plan")


def test_fallback_spares_a_pin_by_hand(drive: LedgerHarness) -> None:
    """A task that a person gave to a seat stays with it after a failure."""
    spec = Spec(command="true", fallback=("second",))
    drive.make(
        shell("a", spec=spec, max_attempts=9, backoff=0), seats=[seat("w1"), seat("s", "second")]
    )
    drive.mine.move(RUN, REASSIGN, ["a"], to="w1")
    drive.wreck("a")
    drive.expect_claim("a", "w1")


def test_a_heartbeat_renews_the_lease(drive: LedgerHarness) -> None:
    """A sign of life moves the lease on by the run's lease, also of a question and a merge."""
    drive.make("a", "b", "c", lease=40.0)
    alive = [drive.expect_claim("a"), drive.ask(drive.expect_claim("b", "w2"))]
    alive.append(drive.expect_claim("c", "w3", Step.INTEGRATING))
    drive.clock.move(25)
    drive.ledger.heartbeat(RUN, alive)
    leases = {drive.task(name).lease_until for name in "abc"}
    assert leases == {drive.clock.now() + 40.0}
    assert drive.seat("w1").heartbeat_at == drive.clock.now()


def test_a_late_heartbeat_is_nothing(drive: LedgerHarness) -> None:
    """A heartbeat of a claim that is gone, or of nobody, changes nothing."""
    fence = drive.make("a").expect_claim("a")
    drive.mine.move(RUN, RELEASE, ["a"])
    before = drive.dump()
    drive.ledger.heartbeat(RUN, [fence])
    drive.ledger.heartbeat(RUN, [])
    assert drive.dump()["task"] == before["task"]
    assert drive.dump()["event"] == before["event"]


def test_a_stalled_run_wakes_with_a_claim(drive: LedgerHarness) -> None:
    """A run that stalled for want of a worker goes on when one joins and claims."""
    drive.make("a", seats=0)
    assert drive.ledger.end_when_idle(RUN, foreground=False) == "stalled"
    drive.ledger.join_workers(RUN, [seat("w1")])
    drive.expect_claim("a")
    assert drive.run().state == "running"
    assert "run_resumed" in drive.kinds()


def test_many_unfit_tasks_are_passed_over(drive: LedgerHarness) -> None:
    """A seat finds the one task it fits behind more than a page of tasks that it must not take."""
    drive.make(*(f"t{n}" for n in range(150)), shell("last"), seats=[seat("w1"), seat("w2")])
    fence = drive.expect_claim("t0", "w2")
    drive.db.execute("UPDATE task SET tries = 1, last_worker = 'w1' WHERE id <> 'last'")
    drive.done(fence)
    drive.expect_claim("last", "w1")


def test_racing_claims(make_store: MakeStore, tmp_path: Path) -> None:
    """Two threads with connections of their own that claim at once never get the same task."""
    drive = LedgerHarness(make_store(tmp_path)).make(*(f"t{n}" for n in range(40)), jobs=99)
    drive.db.close()
    got: dict[str, list[str]] = {"w1": [], "w2": []}
    threads = [
        threading.Thread(target=_race, args=(make_store, tmp_path, name, got[name])) for name in got
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got["w1"] + got["w2"]) == sorted(f"t{n}" for n in range(40))


def _race(make_store: MakeStore, folder: Path, worker: str, got: list[str]) -> None:
    drive = LedgerHarness(make_store.again(folder))
    while fence := drive.claim(worker):
        drive.done(fence)
        got.append(fence.task)
    drive.db.close()


def test_seats_that_leave_are_gone(drive: LedgerHarness) -> None:
    """A scheduler's seats replace those of the one before; what stays may have changed."""
    drive.make("a", seats=[seat("w1"), seat("w2")])
    drive.ledger.join_workers(RUN, [seat("w2", roles=("review",)), seat("w3")])
    assert [row.name for row in reads.workers(drive.db, RUN)] == ["w2", "w3"]
    assert drive.seat("w2").roles == ("review",)
    names = [(event.kind, event.data["worker_name"]) for event in drive.events()[-2:]]
    assert names == [("worker_left", "w1"), ("worker_joined", "w3")]
