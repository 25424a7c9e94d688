"""Lanes with real schedulers and agents: what one is refused holds for all, and is told in runs."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from tests.support.plans import parallel_plan
from tests.support.post_mortem import violations
from tests.support.run_harness import RunHarness
from tests.support.schedulers import kill_scheduler
from tests.support.scripted_runs import scripted, scripted_harness
from tests.support.waiting import until
from wf_tui.ledger.lanes.permits import Holder, Wish
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.queries import lane_reads, reads
from wf_tui.ledger.stores import open_lanes
from wf_tui.processes import own_identity
from wf_tui.project import open_reads

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.ledger.lanes.lanes import Lanes

LANE = "script"
WRITES = "mode: read_write, max_attempts: 1"


def refused(kind: str, **more: object) -> str:
    """Return the step of an agent whose provider refuses it, the first time alone."""
    return f"once down end {json.dumps({'ok': False, 'kind': kind, 'why': '429', **more})}"


@contextlib.contextmanager
def lanes_of(harness: RunHarness) -> Iterator[Lanes]:
    """Open the lanes of the host, as another process would."""
    opened = open_lanes(harness.folder / "state" / "lanes.db")
    opened.free = lambda: None
    with contextlib.closing(opened.db):
        yield opened


def lane_events(harness: RunHarness) -> list[tuple[str, object, object]]:
    """Return what the run was told of its lane: the kind, the state, and of which task."""
    told = [one for one in harness.events() if one.kind in {"lane_limited", "lane_open"}]
    return [(one.kind, one.data.get("state"), one.task) for one in told]


def test_a_refused_agent_goes_on_uncounted(tmp_path: Path) -> None:
    """Its lane pauses for as long as was asked; the same session goes on, without a try less."""
    harness = scripted_harness(tmp_path)
    steps = ("write a.txt mine", refused("rate_limit", retry_after=0.2), "write b.txt too")
    assert harness.play(parallel_plan(scripted("a", *steps, more=WRITES))) == "completed"
    first, second = harness.attempts("a")
    assert (first.session, first.worker) == (second.session, second.worker)
    assert (harness.task("a").tries, harness.merged("b.txt")) == (0, "too")
    with lanes_of(harness) as lanes:
        # Neither attempt told what it used.
        assert lanes.rows()[0].spent == harness.row().usage == Usage(unknown=2)
    limited, *later = lane_events(harness)
    assert (limited, later[-1][:2]) == (
        ("lane_limited", "limited", "a"),
        ("lane_open", "open"),
    )
    assert violations(harness) == set()
    with lanes_of(harness) as lanes:
        (row,) = lanes.rows()
        assert (row.lane.capacity, row.in_use) == (1, 0)


def test_a_refused_key_waits_for_a_person(tmp_path: Path) -> None:
    """Its task fails at once, what else is of the lane waits; a person's word lets it go on."""
    harness = scripted_harness(tmp_path)
    plan = parallel_plan(
        scripted("a", refused("auth"), "write a.txt x", more=WRITES),
        scripted("b", "write b.txt y", more=WRITES),
    )
    assert harness.play(plan) == "partial"
    assert (harness.task("a").kind, harness.task("a").tries) == ("failed", 0)
    assert harness.task("b").state == "pending"
    with lanes_of(harness) as lanes:
        lanes.open(LANE, "user:ann")
    harness.act(lambda ledger: ledger.open_lanes(harness.run))
    harness.act(lambda ledger: ledger.resume(harness.run))
    assert harness.lead() == "partial"  # what failed waits for a retry
    assert harness.merged("b.txt") == "y"
    assert violations(harness) == set()


def test_a_run_waits_for_what_another_one_uses(tmp_path: Path) -> None:
    """A lane that bears one attempt has one, whichever run it is of; the other does not stall."""
    harness = scripted_harness(tmp_path)
    with lanes_of(harness) as lanes:
        (number,) = lanes.take(Wish({LANE: (0,)}), Holder("/r", "other", own_identity())).permits[
            LANE
        ]
        lanes.limit(LANE, retry_after=0.0)
        harness.start(parallel_plan(scripted("a", "write a.txt x", more=WRITES)))
        pid = harness.detach()

        def short() -> str:
            with open_reads(harness.project) as db:
                found = lane_reads.lanes(db, harness.run).get(LANE)
            return found.short if found else ""

        until(lambda: short() == "capacity", "the run waits for the lane")
        assert harness.row().state == "running"
        lanes.give_back([number])
        harness.wait_for(lambda event: event.kind == "run_ended")
    os.waitid(os.P_PID, pid, os.WEXITED)
    assert harness.merged("a.txt") == "x"
    assert violations(harness) == set()


def test_a_killed_scheduler_holds_no_permit(tmp_path: Path) -> None:
    """Nobody else could give it back; the next scheduler takes one of its own."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    harness = scripted_harness(tmp_path)
    tool = f"once hang tool exec 4> {pipe}; echo up >&4; sleep 300"
    more = "mode: read_write, max_attempts: 2"
    harness.start(parallel_plan(scripted("a", "write a.txt x", tool, more=more)))
    pid = harness.detach()
    with pipe.open() as reader, lanes_of(harness) as lanes:
        assert reader.readline() == "up\n"
        assert [(row.in_use, row.runs) for row in lanes.rows()] == [(1, (harness.run,))]
        kill_scheduler(harness, pid)
        assert [row.in_use for row in lanes.rows()] == [0]
        assert harness.lead() == "completed"
        assert [row.in_use for row in lanes.rows()] == [0]


def test_lanes_that_cannot_be_shared_are_the_runs_own(tmp_path: Path) -> None:
    """A damaged file stops no run, and is left as it is; the limits still hold within the run."""
    harness = scripted_harness(tmp_path)
    shared = tmp_path / "state" / "lanes.db"
    shared.parent.mkdir(mode=0o700, exist_ok=True)
    shared.write_bytes(b"damaged" * 999)
    steps = (refused("rate_limit", retry_after=0.2), "write a.txt x")
    assert harness.play(parallel_plan(scripted("a", *steps, more=WRITES))) == "completed"
    assert shared.read_bytes().startswith(b"damaged")
    assert harness.paths.lanes.exists()
    # The scheduler may see the lane shut before the end of the attempt that shut it is told.
    assert ("lane_limited", "limited", "a") in lane_events(harness)


def test_what_an_agent_used_is_of_its_lane_and_may_shut_it(tmp_path: Path) -> None:
    """At its budget of the day a lane takes nothing more, in any run, until midnight."""
    harness = scripted_harness(tmp_path)
    used = {"ev": "usage", "input": 10, "output": 5, "cost_usd": 0.5, "scope": "step"}
    plan = parallel_plan(
        scripted("a", f"event {json.dumps(used)}", "write a.txt x", more=WRITES),
        scripted("b", "write b.txt y", more=WRITES),
    )
    harness.start(plan)
    harness.when(
        lambda event: event.kind == "lane_limited", lambda ledger: ledger.stop(harness.run)
    )
    leader = harness.leader()
    leader.lane_budgets = {LANE: 400_000}
    assert leader.run() == "paused"
    assert lane_events(harness) == [("lane_limited", "quota", None)]
    assert harness.task("b").state == "pending"
    with lanes_of(harness) as lanes:
        assert lanes.rows()[0].spent == harness.row().usage


def test_commands_ask_for_no_lane(tmp_path: Path) -> None:
    """A run of local seats opens no file of lanes, however much it does."""
    harness = RunHarness(tmp_path)
    assert harness.play(parallel_plan("id: a, run: 'true'")) == "completed"
    assert not (tmp_path / "state" / "lanes.db").exists()
    with open_reads(harness.project) as db:
        assert reads.attempts(db, harness.run)[0].lane == "local"
