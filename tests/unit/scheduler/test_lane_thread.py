"""The file of the host's lanes on its own thread: where it cannot be used, the run has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import FixedClock
from wf_tui.ledger.lanes.permits import Wish
from wf_tui.ledger.model.lane_state import LaneStatus
from wf_tui.ledger.model.usage import Usage
from wf_tui.profiles.logins import Logins
from wf_tui.profiles.run_profiles import RunProfiles
from wf_tui.scheduler.lanes.lane_thread import LaneThread
from wf_tui.scheduler.lanes.run_lanes import RunLanes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def thread(tmp_path: Path) -> AsyncIterator[LaneThread]:
    """Give a thread whose file nobody has made yet, by a clock that stands still."""
    made = LaneThread(tmp_path / "lanes.db", tmp_path / "run" / "lanes.db", FixedClock())
    made.free = lambda: None
    yield made
    made.close()


def lanes_of(thread: LaneThread) -> RunLanes:
    """Return the lanes of a run on it, whose profiles say nothing."""
    folder = thread.host.parent
    profiles = RunProfiles.read("", {}, folder / "homes", Logins(folder / "logins"))
    return RunLanes("r1", "/repo", thread, profiles)


async def test_a_broken_file_is_tried_again_each_minute(thread: LaneThread) -> None:
    """The run has lanes of its own until then, whose permits mean nothing in the other file."""
    thread.host.write_bytes(b"no database" * 99)
    lanes = lanes_of(thread)
    look = await lanes.look(["kimi"], {"kimi": ["a"]}, first=True)
    lanes.settle(look, [(("t", 1), "kimi")])
    assert (look.counts, thread.own.exists()) == ({"kimi": 1}, True)
    assert "not a ledger" in thread.problem or "not a database" in thread.problem
    thread.host.unlink()
    assert isinstance(thread.clock, FixedClock)
    thread.clock.move(61)
    assert await thread.call(lambda host: [row.in_use for row in host.rows()]) == []
    assert (thread.problem, thread.own.exists()) == ("", False)
    lanes.free(("t", 1))
    assert await thread.call(lambda host: host.take(Wish({}), lanes._holder).permits) == {}


async def test_nothing_is_asked_where_nothing_changed(thread: LaneThread) -> None:
    """A look without a wish answers from what was seen, until another process has written."""
    lanes = lanes_of(thread)
    first = await lanes.look(["kimi"], {}, first=True)
    await thread.call(lambda host: host.pause("kimi", "user:ann"))
    again = await lanes.look(["kimi"], {}, first=True)
    assert [one.status for one in (*first.states, *again.states)] == [LaneStatus.OPEN] * 2
    wished = await lanes.look(["kimi"], {"kimi": ["a"]}, first=True)
    assert (wished.states[0].status, wished.grant.short) == (LaneStatus.PAUSED, {"kimi": "lane"})


async def test_what_was_used_is_written_at_the_end(thread: LaneThread) -> None:
    """Also where no budget of a day asks for it at once."""
    lanes = lanes_of(thread)
    lanes.spent("kimi", Usage(input_tokens=3))
    lanes.spent("kimi", Usage(input_tokens=4))
    lanes._write_spent()
    spent = await thread.call(lambda host: host.rows()[0].spent)
    assert spent == Usage(input_tokens=7)
