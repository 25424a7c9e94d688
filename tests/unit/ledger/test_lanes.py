"""Lanes and budgets in a run's own ledger: what keeps seats from claiming, and what frees them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.histories import history, of
from tests.support.ledger_harness import BAD, RUN, LedgerHarness, merging, seat, shell
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.run_budget import NO_BUDGET, RunBudget
from wf_tui.ledger.model.states import LimitKind, Step
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.queries import lane_reads, reads
from wf_tui.ledger.rules.moves import RETRY

FAR = "far"


def shut(status: LaneStatus, until: float | None = None, *, actor: str = "") -> LaneState:
    """Return the lane of the host as it is then."""
    reason = LimitKind.PERSON if status is LaneStatus.PAUSED else LimitKind.RATE
    return LaneState(FAR, status, reason, "why", until, actor=actor)


@pytest.fixture
def far(drive: LedgerHarness) -> LedgerHarness:
    """Give a run of two tasks with two seats in a lane, and one seat that is local."""
    return drive.make("a", "b", seats=[seat("w1", lane=FAR), seat("w2", lane=FAR), seat("w3")])


def test_a_shut_lane_keeps_its_seats_alone(far: LedgerHarness) -> None:
    """The others go on; when it opens, its seats do, too."""
    until = far.clock.now() + 30
    far.ledger.see_lanes(RUN, [shut(LaneStatus.LIMITED, until)], {})
    assert (far.claim("w1"), far.claim("w2")) == (None, None)
    assert far.claim("w3") is not None
    assert reads.pulse(far.db, RUN, far.clock.now()).next_timer == until
    far.clock.move(30)
    assert far.claim("w1") is not None
    assert [event.kind for event in far.events("lane_limited", "lane_open")] == [
        "lane_limited",
        "lane_open",
    ]


def test_a_lane_without_a_permit_is_not_claimed_in(far: LedgerHarness) -> None:
    """How many each lane lets through is what the scheduler was given by the host."""
    ledger = far.ledger
    assert ledger.claim(RUN, "w1", permits={FAR: 0}) is None
    assert ledger.claim(RUN, "w1", permits={}) is None
    claim = ledger.claim(RUN, "w1", permits={FAR: 1})
    assert claim is not None
    assert claim.lane == FAR
    assert ledger.claim(RUN, "w3", permits={}) is not None


def test_only_what_differs_is_told_and_in_the_name_of_who_did_it(far: LedgerHarness) -> None:
    """A scheduler looks many times; a person's pause of the host has the person's name."""
    paused = shut(LaneStatus.PAUSED, actor="user:ann")
    for _ in range(3):
        far.ledger.see_lanes(RUN, [paused], {})
    opened = LaneState(FAR, actor="user:bob")
    far.ledger.see_lanes(RUN, [opened], {})
    far.ledger.see_lanes(RUN, [LaneState(FAR, capacity=3, actor="user:bob")], {FAR: "capacity"})
    told = far.events("lane_limited", "lane_open")
    assert [(event.kind, event.actor) for event in told] == [
        ("lane_limited", "user:ann"),
        ("lane_open", "user:bob"),
        ("lane_open", "user:bob"),
    ]
    assert told[-1].data == {"lane": FAR, "state": "open", "capacity": 3}
    assert lane_reads.lanes(far.db, RUN)[FAR].short == "capacity"


def test_a_person_opens_a_quota_before_its_time(far: LedgerHarness) -> None:
    """What it blocked goes back into the queue; nobody else opens it early."""
    until = far.clock.now() + 3600
    far.ledger.limited(far.expect_claim("a", "w1"), BAD, LimitKind.QUOTA, FAR, until)
    far.ledger.see_lanes(RUN, [LaneState(FAR)], {})
    assert (far.where("a"), far.claim("w1")) == ("B:quota", None)
    far.ledger.see_lanes(RUN, [LaneState(FAR, actor="user:ann")], {})
    assert far.where("a") == "P"
    assert far.task("a").not_before is None
    assert history(far.db).found() == []


def test_a_balance_waits_for_a_person(far: LedgerHarness) -> None:
    """Without a time there is no timer, and the run stalls when nothing else is left."""
    far.ledger.limited(far.expect_claim("a", "w1"), BAD, LimitKind.QUOTA, FAR, None)
    far.clock.move(1e6)
    far.ledger.release_due(RUN)
    assert far.where("a") == "B:quota"
    far.finish("b", worker="w3")
    assert far.ledger.end_when_idle(RUN, foreground=False) == "stalled"
    far.mine.open_lanes(RUN, [FAR])
    assert far.where("a") == "P"


def test_a_refused_key_is_opened_by_a_person(far: LedgerHarness) -> None:
    """By default all lanes that a refused key has shut, and no others."""
    far.ledger.limited(far.expect_claim("a", "w1"), BAD, LimitKind.AUTH, FAR, None)
    assert (far.where("a"), far.claim("w2")) == ("B:failed", None)
    assert far.mine.open_lanes(RUN) == [FAR]
    assert far.mine.open_lanes(RUN) == []
    assert far.claim("w2") is not None


def test_what_is_stricter_stays(far: LedgerHarness) -> None:
    """A late word of a slower attempt opens nothing that a refused key has shut."""
    first, second = far.expect_claim("a", "w1"), far.expect_claim("b", "w2")
    far.ledger.limited(first, BAD, LimitKind.AUTH, FAR, None)
    far.ledger.limited(second, BAD, LimitKind.RATE, FAR, far.clock.now() + 1)
    assert lane_reads.lanes(far.db, RUN)[FAR].state.status is LaneStatus.AUTH


def test_the_seats_that_may_find_a_task(far: LedgerHarness) -> None:
    """By lane; no more than the run may start, and none that no task fits."""
    assert lane_reads.seat_lanes(far.db, RUN) == [FAR]
    assert lane_reads.wanted_seats(far.db, far.run()) == {FAR: ["shell", "shell"]}
    far.mine.set_jobs(RUN, 1)
    assert lane_reads.wanted_seats(far.db, far.run()) == {FAR: ["shell"]}
    far.expect_claim("a", "w1")
    assert lane_reads.wanted_seats(far.db, far.run()) == {}
    far.mine.set_jobs(RUN, 9)
    assert lane_reads.wanted_seats(far.db, far.run()) == {FAR: ["shell"]}
    far.expect_claim("b", "w3")
    assert lane_reads.wanted_seats(far.db, far.run()) == {}


def test_a_budget_stops_claims_and_is_told_twice(drive: LedgerHarness) -> None:
    """At 80 and at 100 percent; what runs goes on, and the run stalls behind it."""
    merging(drive).make("a", shell("b", "a"))
    drive.mine.set_budget(RUN, RunBudget(cost_microusd=1000))
    fence = drive.expect_claim("a")
    for cost in (790, 20, 180, 30, 500):
        drive.ledger.used(fence, Usage(cost_microusd=cost))
    assert [event.data for event in drive.events("budget_reached")] == [
        {"of": "run", "percent": 80},
        {"of": "run", "percent": 100},
    ]
    drive.bring(fence, Step.INTEGRATING)
    drive.done(fence)
    assert drive.claim() is None
    assert drive.ledger.end_when_idle(RUN, foreground=False) == "stalled"
    drive.mine.set_budget(RUN, RunBudget(cost_microusd=2000))
    assert drive.run().state == "running"
    assert drive.claim() is not None
    assert history(drive.db).found() == []


def test_a_budget_that_is_used_up_already(drive: LedgerHarness) -> None:
    """A lower one is told at once, the same one is no change, and none lets all go on."""
    drive.make("a", "b")
    drive.ledger.used(drive.expect_claim("a"), Usage(input_tokens=95, output_tokens=5))
    drive.mine.set_budget(RUN, RunBudget(tokens=110))
    drive.mine.set_budget(RUN, RunBudget(tokens=100))
    assert [event.data["percent"] for event in drive.events("budget_reached")] == [80, 80, 100]
    assert not drive.mine.set_budget(RUN, RunBudget(tokens=100))
    assert drive.claim("w2") is None
    drive.mine.set_budget(RUN, NO_BUDGET)
    assert drive.claim("w2") is not None


def test_the_log_shows_what_was_claimed_against_a_limit(drive: LedgerHarness) -> None:
    """The checker knows of lanes and budgets by the log alone."""
    drive.make("a", "b", seats=[seat("w1", lane=FAR), seat("w2", lane=FAR)])
    until = drive.clock.now() + 30
    drive.ledger.see_lanes(RUN, [shut(LaneStatus.LIMITED, until)], {})
    drive.clock.move(30)
    drive.expect_claim("a", "w1")
    drive.ledger.see_lanes(RUN, [shut(LaneStatus.PAUSED)], {})
    drive.ledger.see_lanes(RUN, [LaneState(FAR, actor="user:ann")], {})
    drive.expect_claim("b", "w2")
    made = history(drive.db)
    assert made.found() == []
    assert "lane" in made.changed(of("lane_limited"), until=until + 60).found()
    by_ann = made.at(lambda event: event.actor == "user:ann" and event.kind == "lane_open")
    seq = made.events[by_ann].seq
    assert "lane" in made.without(lambda event: event.seq == seq).found()


def test_the_log_shows_what_was_claimed_over_a_budget(drive: LedgerHarness) -> None:
    """Also where a person raises it too late."""
    drive.make("a", "b")
    drive.mine.set_budget(RUN, RunBudget(tokens=1))
    drive.ledger.used(drive.expect_claim("a"), Usage(input_tokens=1))
    drive.mine.set_budget(RUN, RunBudget(tokens=9))
    drive.expect_claim("b", "w2")
    made = history(drive.db)
    assert made.found() == []
    late = of("budget_changed", limit={"cost_microusd": None, "tokens": 9})
    assert "budget" in made.sooner(of("task_claimed", "b"), late).found()
    assert "budget" in made.changed(of("budget_reached"), percent=70).found()


def test_a_retry_by_hand(far: LedgerHarness) -> None:
    """The task of a refused key goes on as any other one; its lane is the command's to open."""
    far.ledger.limited(far.expect_claim("a", "w1"), BAD, LimitKind.AUTH, FAR, None)
    far.mine.move(RUN, RETRY, ["a"])
    assert far.where("a") == "P"


def test_what_is_put_off_for_too_long_waits_for_a_person(far: LedgerHarness) -> None:
    """A provider that never answers helps nobody; when its lane opens by itself it stays so."""
    for _ in range(3):
        until = far.clock.now() + 60
        fence = far.expect_claim("a", "w1")
        far.ledger.limited(fence, BAD, LimitKind.RATE, FAR, until, 150.0)
        far.clock.move(60)
    assert (far.where("a"), far.task("a").limited_count) == ("P", 3)
    far.ledger.limited(far.expect_claim("a", "w1"), BAD, LimitKind.RATE, FAR, until, 150.0)
    assert far.where("a") == "B:quota"
    far.clock.move(1e6)
    far.ledger.release_due(RUN)
    assert far.where("a") == "B:quota"
    assert history(far.db).found() == []
    far.mine.move(RUN, RETRY, ["a"])
    assert (far.where("a"), far.task("a").limited_count) == ("P", 0)


def test_a_tool_call_between_is_progress(far: LedgerHarness) -> None:
    """What gets on, however slowly, is put off without an end."""
    for tools in (0, 1, 1, 1):
        fence = far.expect_claim("a", "w1")
        far.ledger.said(fence, "reads", tools=tools)
        far.ledger.limited(fence, BAD, LimitKind.RATE, FAR, far.clock.now() + 60, 100.0)
        far.clock.move(60)
    assert (far.where("a"), far.task("a").limited_count) == ("P", 1)


def test_a_role_waits_for_no_lane_that_a_person_has_to_open(drive: LedgerHarness) -> None:
    """Its tasks go to who takes all roles then; a limit that ends is waited for."""
    seats = [
        seat("r1", "reviews", kind="agent", lane=FAR, roles=("review",)),
        seat("k1", "kimi", kind="agent", lane="near"),
    ]
    drive.make(shell("a", spec=Spec(prompt="look"), role="review"), seats=seats)
    drive.ledger.see_lanes(RUN, [shut(LaneStatus.LIMITED, drive.clock.now() + 30)], {})
    assert (drive.claim("k1"), drive.reason("a").kind) == (None, "lane_limited")
    drive.ledger.see_lanes(RUN, [shut(LaneStatus.PAUSED, actor="user:ann")], {})
    assert drive.reason("a").kind == "ready"
    assert drive.claim("k1") is not None


def test_why_a_lane_is_shut_is_said_once() -> None:
    """In the words of the failure, which name the quota themselves; without any, that it is one."""
    used = LaneState("far", LaneStatus.QUOTA, text="its quota is used up: Insufficient Balance")
    assert lane_reads.explained(used, 0.0) == f"far is shut: {used.text}; wf lane far --open"
    bare = replace(used, text="")
    assert lane_reads.explained(bare, 0.0).startswith("far is shut: its quota is used up; ")
