"""Seats and lanes without a screen: why a seat is idle, what it has done, what a lane costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, seat, shell
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import LimitKind, Step
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.queries.lane_reads import RunLane
from wf_tui.ledger.queries.reasons import Reason, Reasons
from wf_tui.picture.seats.idle import why_idle
from wf_tui.picture.seats.records import read_records

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from tests.support.picture_harness import PictureHarness
    from wf_tui.ledger.model.new_tasks import NewTask
    from wf_tui.ledger.model.rows import TaskRow, WorkerRow
    from wf_tui.picture.batch import Batch


def prompt(name: str, **values: object) -> NewTask:
    """Return a task for an agent."""
    return shell(name, spec=Spec(prompt="Do it"), **values)


def agent_seat(number: int) -> WorkerRow:
    """Return one of many seats for prompts."""
    return seat(f"glm-{number}", "glm", kind="agent", lane="glm")


def why(batch: Batch, name: str, now: float) -> tuple[str, str]:
    """Return why a seat is idle, and what it would take first."""
    one = next(seat for seat in batch.workers if seat.name == name)
    ready = [task for task in batch.tasks if task.state == "pending" and not task.unmet]
    (found,) = why_idle([one], batch, ready, now)
    return found.text, found.next


def test_an_idle_seat_says_what_keeps_it(drive: LedgerHarness, view: PictureHarness) -> None:
    """No task, jobs, capacity, memory, scheduler, lane: that which holds longest."""
    agent = seat("glm-1", "glm", kind="agent", lane="glm")
    reviews = seat("rev", "rev", kind="agent", lane="glm", roles=("review", "check"))
    drive.make(prompt("a"), prompt("b"), seats=[agent, reviews, seat("w1"), seat("w2")], jobs=2)
    view.look()
    assert view.last is not None
    batch = replace(view.last, alive=True)
    now = drive.clock.now()
    assert why(batch, "w1", now) == ("no ready task", "")
    assert why(batch, "rev", now) == ("no ready task for its roles review, check", "")
    assert why(batch, "glm-1", now) == ("begins at once", "a")

    def with_lane(state: LaneState, short: str = "") -> tuple[str, str]:
        reasons = replace(batch.reasons, lanes={"glm": RunLane(state, short)})
        return why(replace(batch, reasons=reasons), "glm-1", now)

    assert with_lane(LaneState("glm", capacity=2), "capacity") == ("its lane bears 2 at once", "a")
    assert with_lane(LaneState("glm"), "memory") == ("too little free memory", "a")
    shut = LaneState("glm", LaneStatus.LIMITED, until=now + 60)
    assert with_lane(shut) == ("waits for its lane", "a")
    assert with_lane(replace(shut, until=now)) == ("begins at once", "a")
    full = replace(batch, run=replace(batch.run, open_attempts=2))
    assert why(full, "glm-1", now) == ("2 jobs at once, and all run", "a")
    assert why(replace(batch, alive=False), "glm-1", now) == ("no scheduler leads the run", "")


def test_a_reason_is_found_once_for_all_seats(drive: LedgerHarness, view: PictureHarness) -> None:
    """It looks at all seats, so that two hundred idle ones would cost forty thousand looks."""
    asked: list[str] = []

    class Counted(Reasons):
        def of(self, task: TaskRow) -> Reason:
            asked.append(task.id)
            return super().of(task)

    drive.make(prompt("a"), prompt("b"), seats=[agent_seat(number) for number in range(20)])
    view.look()
    assert view.last is not None
    batch = replace(view.last, alive=True, reasons=Counted(**vars(view.last.reasons)))
    found = why_idle(batch.workers, batch, batch.tasks, drive.clock.now())
    assert ({one.text for one in found}, len(found), asked) == ({"begins at once"}, 20, ["a"])


def test_lanes_are_in_the_order_of_their_seats(drive: LedgerHarness, view: PictureHarness) -> None:
    """Each has its seats, its models once, and its limit as long as that lasts."""
    seats = [
        seat("w1"),
        seat("glm-1", "glm", kind="agent", lane="glm", model="glm-5"),
        seat("w2"),
        seat("glm-2", "glm", kind="agent", lane="glm", model="glm-5"),
    ]
    drive.make(prompt("a"), seats=seats)
    drive.expect_claim("a", "glm-1")
    until = drive.clock.now() + 60
    limited = LaneState("glm", LaneStatus.LIMITED, LimitKind.RATE, "429", until, 1)
    drive.ledger.see_lanes(RUN, [limited], {})
    view.look()
    local, glm = view.picture.lanes
    assert (local.is_local, local.busy, [one.name for one in local.seats]) == (
        True,
        0,
        ["w1", "w2"],
    )
    assert (glm.models, glm.busy, glm.capacity) == (("glm-5",), 1, 1)
    assert (glm.status, glm.text, glm.until) == (LaneStatus.LIMITED, "429", until)
    at = read_records(drive.db, run=RUN, now=until).limited_at
    assert at == {"glm": drive.clock.now()}
    view.picture.tick(until)
    assert view.picture.lanes[1].status is LaneStatus.OPEN
    assert view.picture.idle["glm-2"].text == "no scheduler leads the run"


def test_a_seat_has_a_record_in_its_run(drive: LedgerHarness) -> None:
    """Tasks, what was merged, what failed, the median of what succeeded."""
    drive.make("a", "b", seats=[seat("w1")])
    first = drive.expect_claim("a", "w1", Step.RUNNING)
    drive.clock.move(40)
    drive.done(first)
    fence = drive.expect_claim("b", "w1", Step.RUNNING)
    drive.clock.move(5)
    drive.fail(fence)
    record = read_records(drive.db, run=RUN, now=drive.clock.now()).seats["w1"]
    assert (record.tasks, record.merged, record.failed) == (2, 1, 1)
    assert record.median == pytest.approx(40)


def test_a_day_of_a_lane_begins_at_midnight_here(drive: LedgerHarness) -> None:
    """Only what ended since then is counted, and what nobody told is unknown, not 0."""
    drive.make(prompt("a"), prompt("b"), seats=[seat("g", "glm", kind="agent", lane="glm")])
    fence = drive.expect_claim("a", "g", Step.RUNNING)
    drive.ledger.used(fence, Usage(input_tokens=10, output_tokens=2, cost_microusd=30))
    now = drive.clock.now()
    assert read_records(drive.db, run=RUN, now=now).spent == {}
    drive.fail(fence)
    spent = read_records(drive.db, run=RUN, now=now).spent["glm"]
    assert (spent.tokens, spent.cost_microusd) == (12, 30)
    midnight = datetime.fromtimestamp(now).astimezone().replace(hour=0, minute=0, second=0)
    tomorrow = midnight.timestamp() + 86_400 + 3600
    assert read_records(drive.db, run=RUN, now=tomorrow).spent == {}
