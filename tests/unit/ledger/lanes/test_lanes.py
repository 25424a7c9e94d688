"""The lanes of a host, in one file that several processes use."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import FixedClock
from tests.support.unprivileged import as_nobody
from wf_tui.errors import LedgerError
from wf_tui.ledger.lanes.memory import MIB, FreeMemory
from wf_tui.ledger.lanes.permits import Holder, Wish
from wf_tui.ledger.model.lane_state import LaneState, LaneStatus
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.store.store import StoreState
from wf_tui.ledger.stores import describe_lanes, open_lanes
from wf_tui.processes import own_identity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.ledger.lanes.lanes import Lanes

MINE = Holder("/repo", "r1", own_identity())
PLENTY = FreeMemory(100_000 * MIB, 90_000 * MIB)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a file that is not there yet."""
    return tmp_path / "state" / "lanes.db"


@pytest.fixture
def clock() -> FixedClock:
    """Give a clock that stands still."""
    return FixedClock()


@pytest.fixture
def lanes(path: Path, clock: FixedClock) -> Iterator[Lanes]:
    """Give the lanes of a host with much memory."""
    opened = open_lanes(path, clock=clock)
    opened.free = lambda: PLENTY
    yield opened
    opened.db.close()


def wish(count: int, memory: int = 100, lane: str = "kimi") -> Wish:
    """Return the wish for so many seats of a lane."""
    return Wish({lane: (memory,) * count})


def in_use(lanes: Lanes) -> dict[str, int]:
    """Return how many permits of each lane are held."""
    return {row.lane.name: row.in_use for row in lanes.rows()}


def test_what_is_taken_for_nothing_comes_back_at_once(lanes: Lanes) -> None:
    """Both the permit and the start that it stood for."""
    taken = lanes.take(wish(3), MINE).permits["kimi"]
    assert in_use(lanes) == {"kimi": 3}
    lanes.hold(taken[0], "task", 1)
    lanes.give_back(unused=taken[1:])
    assert in_use(lanes) == {"kimi": 1}
    assert len(lanes.take(wish(9), MINE).permits["kimi"]) == 4
    lanes.give_back(taken[:1])
    assert in_use(lanes) == {"kimi": 4}


def test_two_schedulers_share_a_lane(lanes: Lanes, path: Path, clock: FixedClock) -> None:
    """What one has taken is missing to the other one, until it is given back."""
    lanes.take(wish(2), MINE)
    lanes.limit("kimi", retry_after=1)  # of two that ran one may go on
    clock.move(2)
    with contextlib.closing(open_lanes(path, clock=clock).db) as db:
        other = replace(lanes, db=db)
        refused = other.take(wish(1), replace(MINE, run="r2"))
        assert (refused.permits, refused.short) == ({}, {"kimi": "capacity"})
        assert not other.changed()
        lanes.give_back([1, 2])
        assert other.changed()
        assert len(other.take(wish(2), replace(MINE, run="r2")).permits["kimi"]) == 1
        assert [row.runs for row in lanes.rows()] == [("r2",)]


def test_the_ramp_is_of_the_host(lanes: Lanes, clock: FixedClock) -> None:
    """Five start at once, whoever asks; the next one is told when to come again."""
    assert len(lanes.take(wish(9), MINE).permits["kimi"]) == 5
    none = lanes.take(wish(4), replace(MINE, run="r2"))
    assert (none.permits, none.short) == ({}, {"kimi": "ramp"})
    assert none.retry_at == pytest.approx(clock.now() + 0.7)
    clock.move(0.71)
    assert len(lanes.take(wish(4), MINE).permits["kimi"]) == 1


def test_a_shut_lane_gives_nothing_and_says_until_when(lanes: Lanes, clock: FixedClock) -> None:
    """The others are not concerned."""
    lanes.limit("kimi", retry_after=8)
    both = lanes.take(Wish({"kimi": (1,), "codex": (1,)}), MINE)
    assert list(both.permits) == ["codex"]
    assert (both.short, both.retry_at) == ({"kimi": "lane"}, clock.now() + 8)


def test_memory_is_for_those_who_were_there_first(lanes: Lanes, clock: FixedClock) -> None:
    """What was started in the last ten seconds is not seen yet, so it is reserved."""
    lanes.free = lambda: FreeMemory(1000 * MIB, 600 * MIB)
    few = lanes.take(wish(4, memory=200), MINE)
    assert len(few.permits["kimi"]) == 2  # and 100 MiB stay for everybody else
    assert (few.short, few.retry_at) == ({"kimi": "memory"}, clock.now() + 1)
    clock.move(10)
    assert len(lanes.take(wish(1, memory=400), MINE).permits["kimi"]) == 1


def test_the_first_attempt_of_a_run_always_starts(lanes: Lanes) -> None:
    """One, however little is left: a run that may never start helps nobody."""
    lanes.free = lambda: FreeMemory(1000 * MIB, 0)
    assert lanes.take(wish(2), MINE).permits == {}
    first = lanes.take(replace(wish(2), first=True), MINE)
    assert (len(first.permits["kimi"]), first.short) == (1, {"kimi": "memory"})
    lanes.free = lambda: None
    assert len(lanes.take(wish(2), MINE).permits["kimi"]) == 2


TAKING = """
import sys, time
from pathlib import Path
from wf_tui.ledger.lanes.permits import Holder, Wish
from wf_tui.ledger.stores import open_lanes
from wf_tui.processes import own_identity

lanes = open_lanes(Path(sys.argv[1]))
lanes.take(Wish({"kimi": (1, 1, 1)}, first=True), Holder("/repo", "r2", own_identity()))
print("taken", flush=True)
time.sleep(60)
"""


def test_permits_of_a_killed_scheduler_are_dropped(path: Path) -> None:
    """Whoever looks next drops them: nobody else could give them back."""
    with contextlib.closing(open_lanes(path).db) as db:
        lanes = replace(open_lanes(path), db=db, free=lambda: PLENTY)
        with subprocess.Popen(
            [sys.executable, "-c", TAKING, str(path)], stdout=subprocess.PIPE
        ) as program:
            assert program.stdout is not None
            assert program.stdout.readline() == b"taken\n"
            assert in_use(lanes) == {"kimi": 3}
            program.send_signal(signal.SIGKILL)
            program.wait()
        assert in_use(lanes) == {"kimi": 0}
        lanes.limit("kimi", retry_after=0)  # nothing of it runs by now
        assert len(lanes.take(wish(5), MINE).permits["kimi"]) == 1


RACING = """
import os, sys
from pathlib import Path
from wf_tui.ledger.lanes.permits import Holder, Wish
from wf_tui.ledger.stores import open_lanes
from wf_tui.processes import own_identity

lanes = open_lanes(Path(sys.argv[1]))
lanes.free = lambda: None
told = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND)
holder, left = Holder("/repo", sys.argv[3], own_identity()), 12
while left:
    for number in lanes.take(Wish({"kimi": (1, 1)}), holder).permits.get("kimi", ()):
        os.write(told, b"+")
        os.write(told, b"-")
        lanes.give_back(unused=[number])
        left = max(0, left - 1)
"""


def test_schedulers_that_race_never_have_more_than_the_lane_bears(path: Path) -> None:
    """Three processes take and give back as fast as they can: two permits are out at most."""
    with contextlib.closing(open_lanes(path).db) as db:
        lanes = replace(open_lanes(path), db=db, free=lambda: PLENTY)
        lanes.take(wish(3), MINE)
        lanes.limit("kimi", retry_after=0)
        lanes.give_back(unused=[1, 2, 3])
        told = path.with_name("told")
        told.touch()
        line = [sys.executable, "-c", RACING, str(path), str(told)]
        racing = [subprocess.Popen([*line, f"r{number}"]) for number in range(3)]
        assert [one.wait() for one in racing] == [0, 0, 0]
        running, most = 0, 0
        for sign in told.read_text():
            running += 1 if sign == "+" else -1
            most = max(most, running)
        assert (running, most <= 2) == (0, True)
        assert in_use(lanes) == {"kimi": 0}


def test_a_number_that_was_used_again_is_no_owner(lanes: Lanes) -> None:
    """A permit of another boot, or of a process that began at another time, does not count."""
    me = own_identity()
    for process in (replace(me, boot="before"), replace(me, pid_started="1")):
        lanes.take(wish(1), replace(MINE, process=process))
    lanes.take(wish(1), replace(MINE, process=replace(me, host="elsewhere")))
    assert in_use(lanes) == {"kimi": 0}


def test_what_a_person_says_is_kept_with_the_name(lanes: Lanes) -> None:
    """A pause and its end act on the lane of the host."""
    lanes.pause("kimi", "user:ann")
    paused = lanes.rows()[0].lane
    assert (paused.state, paused.text, paused.actor) == (
        LaneStatus.PAUSED,
        "paused by ann",
        "user:ann",
    )
    lanes.refuse("kimi", text="401")
    assert lanes.rows()[0].lane.state is LaneStatus.PAUSED
    lanes.open("kimi", "user:ann")
    assert lanes.rows()[0].lane.seen == LaneState("kimi", actor="user:ann")


def test_a_quota_without_a_time(lanes: Lanes, clock: FixedClock) -> None:
    """A plan is tried again in five hours, a balance waits for a person."""
    now = clock.now()
    assert lanes.use_up("a", reset_at=now + 900, plan=True).until == now + 900
    assert lanes.use_up("d", reset_at=now - 1e9, plan=True).until == now + 60
    assert lanes.use_up("b", reset_at=None, plan=True).until == now + 5 * 3600
    assert lanes.use_up("c", reset_at=None, plan=False).until is None


def test_three_failures_of_a_server_pause_a_lane(lanes: Lanes) -> None:
    """Unless one of its attempts works in between."""
    states = []
    for good in (False, False, True, False, False, False):
        if good:
            lanes.worked("kimi")
        else:
            states.append(lanes.failed("kimi", text="502").state)
    assert states == [*["open"] * 4, "limited"]


def test_the_budget_of_a_day_shuts_a_lane_until_midnight(lanes: Lanes, clock: FixedClock) -> None:
    """By UTC; what is not known of a cost stays unknown, and counts as nothing."""
    clock.at = 86_400.0 * 11 + 3600
    usage = Usage(input_tokens=10, cost_microusd=600)
    assert not lanes.spend("kimi", usage, 1000)
    assert not lanes.spend("kimi", Usage(input_tokens=5, unknown=1), 1000)
    assert lanes.spend("kimi", usage, 1000)
    row = lanes.rows()[0]
    assert (row.lane.state, row.lane.until) == (LaneStatus.QUOTA, 86_400.0 * 12)
    assert row.spent == Usage(input_tokens=25, cost_microusd=1200, unknown=1)
    clock.at = 86_400.0 * 12
    tomorrow = lanes.rows()[0]
    assert (tomorrow.lane.state, tomorrow.spent) == (LaneStatus.OPEN, Usage())


def test_a_clock_that_was_set_back_frees_nothing_twice(lanes: Lanes, clock: FixedClock) -> None:
    """The bucket does not fill, and a pause lasts as long as it was to."""
    lanes.take(wish(5), MINE)
    lanes.limit("kimi", retry_after=30)
    clock.move(-7200)
    assert lanes.take(wish(1), MINE).retry_at == clock.now() + 30
    clock.move(31)
    assert lanes.rows()[0].lane.state is LaneStatus.OPEN
    assert lanes.take(wish(9), MINE).short == {"kimi": "capacity"}


def test_a_damaged_file_is_named_and_left_as_it_is(path: Path) -> None:
    """Nobody knows what it held, and it is not made anew behind somebody's back."""
    path.parent.mkdir(mode=0o700)
    path.write_bytes(b"no database at all" * 300)
    with pytest.raises(LedgerError, match=r"lanes\.db"):
        open_lanes(path)
    assert path.read_bytes().startswith(b"no database")
    assert describe_lanes(path).state is StoreState.FOREIGN


def test_a_file_that_may_only_be_read_is_named() -> None:
    """Its lanes cannot be used by who cannot take a permit."""
    with as_nobody() as folder:
        path = folder / "lanes.db"
        open_lanes(path).db.close()
        path.chmod(0o400)
        with pytest.raises(LedgerError, match="read-only"):
            open_lanes(path).take(wish(1), MINE)


def test_a_ledger_is_not_taken_for_it(path: Path) -> None:
    """And a file of a later wf is left to that."""
    open_lanes(path).db.close()
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="newer version"):
        open_lanes(path)
    with contextlib.closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version = 1")
        raw.execute("PRAGMA application_id = 7")
    with pytest.raises(LedgerError, match="not a ledger"):
        open_lanes(path)
    assert describe_lanes(path).state is StoreState.FOREIGN
